import Accounts
import Backends
import Core
import Logging
import Store

// Exchange may replace a message's Message-ID when it sends it. Nothing depends on these looks: one that fails is made
// again a few times, and then the Message-ID stays unknown.
extension Outbox {
  /// How many mailboxes are looked into at a time, each with one request at a time.
  private static let width = 16
  /// After that many looks without a result a mailbox is left alone until the next round.
  private static let misses = 3
  /// The pause after each look but the last.
  private static let pauses: [Duration] = [.seconds(300), .seconds(1800), .seconds(3 * 3600)]

  /// Looks at the sent copies that are due.
  func readSentCopies() async throws {
    let (now, limit) = (time.now, configuration.errandLimit)
    let copies = try await store.read { (tx: borrowing Transaction) in
      try tx.sentCopies(due: now, limit: limit)
    }
    var mailboxes = Dictionary(grouping: copies, by: \.lane).makeIterator()
    try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 0..<Self.width {
        guard let (lane, copies) = mailboxes.next() else { break }
        group.addTask { try await self.read(copies, in: lane) }
      }
      while try await group.next() != nil {
        guard let (lane, copies) = mailboxes.next() else { continue }
        group.addTask { try await self.read(copies, in: lane) }
      }
    }
  }

  private func read(_ copies: [SentCopyRecord], in lane: LaneKey) async throws {
    var misses = 0
    for copy in copies where misses < Self.misses {
      guard messageIDs.mustLook(in: lane, now: time.now) else {
        return try await store.write(isolation: .readCommitted) { (tx: borrowing Transaction) in
          try tx.deleteSentCopies(in: lane)
        }
      }
      if try await !read(copy) { misses += 1 }
    }
  }

  /// Returns whether the mailbox may be asked for the next one.
  private func read(_ copy: SentCopyRecord) async throws -> Bool {
    let isLast = copy.tries >= Self.pauses.count
    let next = time.now + (isLast ? .seconds(3600) : Self.pauses[copy.tries])
    guard copy.tries <= Self.pauses.count, time.now < copy.created + MessageIDMemory.trust else {
      try await forget(copy)
      return true
    }
    // Counted before it is made, so that it is not made twice by two nodes, nor again and again by one that crashes.
    let isOurs = try await store.write(isolation: .readCommitted) { (tx: borrowing Transaction) in
      try tx.claim(copy, next: next)
    }
    guard isOurs else { return true }
    do {
      let sender = try await senderSource(copy.workspace, copy.account)
      guard sender.abilities.contains(.lookup) else {
        try await forget(copy)
        return true
      }
      let found = try await sender.sentMessageID(of: copy.correlationIDs, draft: DraftID(copy.draft))
      if let found {
        try await learn(found, of: copy)
      } else if isLast {
        // A mailbox that does not save what it sends; in one that does, others would have been found.
        try await learn(copy.messageID, of: copy)
      }
      return found != nil
    } catch let problem as Problem {
      logger.info("A sent copy could not be looked at.", metadata: ["problem": "\(problem)"])
      if isLast || problem.code == .accountNotFound { try await forget(copy) }
      return false
    } catch {
      if Task.isCancelled { throw error }
      return false
    }
  }

  private func learn(_ messageID: String, of copy: SentCopyRecord) async throws {
    let isKept = messageID == copy.messageID
    let mailboxKeeps = messageIDs.saw(kept: isKept, in: copy.lane, now: time.now)
    try await store.write(isolation: .readCommitted) { (tx: borrowing Transaction) in
      if !isKept { try tx.setExchangeMessageID(messageID, of: copy.message, in: copy.workspace) }
      // The others of the mailbox, too, are taken to have kept theirs.
      if mailboxKeeps { try tx.deleteSentCopies(in: copy.lane) } else { try tx.deleteSentCopy(copy) }
    }
  }

  private func forget(_ copy: SentCopyRecord) async throws {
    try await store.write(isolation: .readCommitted) { (tx: borrowing Transaction) in
      try tx.deleteSentCopy(copy)
    }
  }
}

extension SentCopyRecord {
  fileprivate var correlationIDs: CorrelationIDs {
    CorrelationIDs(internetMessageID: messageID, heliographID: message.rawValue)
  }
}
