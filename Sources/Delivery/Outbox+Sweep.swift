import Accounts
import Backends
import Core
import Logging
import Store

extension Outbox {
  /// Frees the keys of requests that this node was receiving when it stopped; then forgets, now and then,
  /// what need not be kept any longer. A failure is retried the next time, or when the leases end.
  func reclaimAndSweep() async throws {
    let node = node
    do {
      try await store.write(isolation: .readCommitted) { (tx: borrowing Transaction) in
        try tx.reclaimIdempotency(of: node)
      }
    } catch let problem as Problem {
      logger.warning(
        "Idempotency keys from before the restart could not be released yet.",
        metadata: ["problem": "\(problem)"])
    }
    try await sweep()
  }

  private func sweep() async throws {
    // Starting has more urgent things to do.
    try await time.sleep(for: configuration.sweepDelay)
    while true {
      do {
        try await sweepOnce()
      } catch let problem as Problem {
        logger.warning(
          "The outbox could not be swept; trying again later.", metadata: ["problem": "\(problem)"])
      }
      try await time.sleep(for: configuration.sweepInterval)
    }
  }

  func sweepOnce() async throws {
    let now = time.now
    let (settled, keys) = (now - configuration.retention, now - configuration.idempotencyRetention)
    try await store.write { (tx: borrowing Transaction) in
      try tx.deleteIdempotency(before: keys)
      try tx.deleteUploads(before: now)
      try tx.deleteUse(before: now)
    }
    while case let messages = try await store.read({ (tx: borrowing Transaction) in
      try tx.settledQueue(.mail, before: settled, limit: 100)
    }), !messages.isEmpty {
      for (workspace, id) in messages { try await deleteContent(of: id, in: workspace) }
    }
    let outcomes = now - configuration.outcomeRetention
    while try await store.write({ (tx: borrowing Transaction) in
      try tx.deleteOutcomes(before: outcomes, limit: 100)
    }) == 100 {}
    let told = now - configuration.eventRetention
    // A thousand at a time, so that other writers do not wait.
    while try await store.write({ (tx: borrowing Transaction) in
      try tx.deleteEvents(before: told, limit: 1000)
    }) == 1000 {}
    let bound = now - max(configuration.unboundRetention, .seconds(2 * 3600))
    while try await store.write(
      isolation: .readCommitted,
      { (tx: borrowing Transaction) in
        try tx.deleteSegments(before: bound, limit: 100)
      }) == 100
    {}
    while case let chunks = try await store.read({ (tx: borrowing Transaction) in
      try tx.unboundChunks(before: bound, limit: 100)
    }), !chunks.isEmpty {
      for chunk in chunks {
        try await store.write { (tx: borrowing Transaction) in try tx.deleteChunk(chunk) }
      }
    }
  }

  /// The chunks of a long message one by one, so that other writers do not wait for their deletion.
  private func deleteContent(of id: QueueID, in workspace: WorkspaceID) async throws {
    let message = try await store.read { (tx: borrowing Transaction) in try tx.message(workspace, id) }
    for sequence in 1..<max(1, message?.chunks ?? 1) {
      let key = ChunkKey(workspace, id, sequence)
      try await store.write { (tx: borrowing Transaction) in try tx.deleteChunk(key) }
    }
    try await store.write { (tx: borrowing Transaction) in try tx.deleteContent(of: id, in: workspace) }
  }

  /// What is to be done in mailboxes without haste: left-over drafts, and the Message-IDs of sent copies.
  func runErrands() async throws {
    while true {
      try await time.sleep(for: configuration.errandInterval)
      do {
        try await deleteOrphans()
        try await readSentCopies()
      } catch let problem as Problem {
        logger.warning(
          "Left-over drafts and sent copies cannot be listed; trying again later.",
          metadata: ["problem": "\(problem)"])
      }
    }
  }

  /// Deletes left-over drafts of messages. What cannot be deleted now is tried again, ever more
  /// seldom, for as long as the message itself can be asked about.
  private func deleteOrphans() async throws {
    let (now, limit) = (time.now, configuration.errandLimit)
    let orphans = try await store.read { (tx: borrowing Transaction) in
      try tx.orphanDrafts(due: now, limit: limit)
    }
    for orphan in orphans {
      let isOver = try await delete(orphan)
      // A quarter of the time it has been tried for already.
      let next = time.now + (time.now - orphan.created) / 4
      let isTooOld = next > orphan.created + configuration.retention
      try await store.write { (tx: borrowing Transaction) in
        if isOver || isTooOld {
          try tx.deleteOrphanDraft(orphan)
        } else {
          try tx.deferOrphanDraft(orphan, until: next)
        }
      }
    }
  }

  /// Returns whether there is nothing left to delete.
  private func delete(_ orphan: OrphanDraftRecord) async throws -> Bool {
    do {
      let sender = try await senderSource(orphan.workspace, orphan.account)
      switch Orphan(rawValue: orphan.draft) {
      case .draft(let draft):
        try await sender.deleteDraft(draft)
        return true
      case .copy(let draft):
        if try await sender.deleteSentCopies(of: orphan.correlationIDs, draft: draft) { return true }
      case .unseen:
        if case .draft(let draft) = try await sender.lookUp(orphan.correlationIDs, draft: nil) {
          try await sender.deleteDraft(draft)
        }
      case .duplicates:
        for draft in try await sender.duplicateDrafts(of: orphan.correlationIDs) {
          try await sender.deleteDraft(draft)
        }
      }
      // One that has not appeared within a day never will.
      return time.now > orphan.created + .seconds(86_400)
    } catch let problem as Problem {
      logger.info("A left-over draft could not be deleted yet.", metadata: ["problem": "\(problem)"])
      // Without its account it cannot be reached any more.
      return problem.code == .accountNotFound
    } catch {
      if Task.isCancelled { throw error }
      return false
    }
  }
}

extension OrphanDraftRecord {
  fileprivate var correlationIDs: CorrelationIDs {
    CorrelationIDs(internetMessageID: messageID, heliographID: message.rawValue)
  }
}
