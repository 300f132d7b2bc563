import Backends
import Core
import Queue
import Store
import Synchronization

/// Which mailboxes keep the Message-IDs of the messages that are sent from them, as far as this node has seen it. What
/// is forgotten costs one more look.
final class MessageIDMemory: Sendable {
  private let mailboxes = Mutex<[LaneKey: Sighting]>([:])

  private struct Sighting {
    var isKept: Bool
    var at: Instant
  }

  /// How long what was seen is taken for granted.
  static let trust: Duration = .seconds(86_400)
  /// Then it is emptied: far more than are busy at a time.
  static let limit = 10_000

  /// Whether sent copies have to be looked at: not while the last one that was seen had kept its Message-ID.
  func mustLook(in lane: LaneKey, now: Instant) -> Bool {
    guard let last = mailboxes.withLock({ $0[lane] }) else { return true }
    return !last.isKept || now >= last.at + Self.trust
  }

  /// One replaced Message-ID counts for more than those that were kept beside it.
  ///
  /// - Returns: Whether the mailbox counts as one that keeps them.
  @discardableResult
  func saw(kept: Bool, in lane: LaneKey, now: Instant) -> Bool {
    mailboxes.withLock { mailboxes in
      if kept, let last = mailboxes[lane], !last.isKept, now < last.at + Self.trust { return false }
      if mailboxes.count >= Self.limit, mailboxes[lane] == nil { mailboxes = [:] }
      mailboxes[lane] = Sighting(isKept: kept, at: now)
      return kept
    }
  }
}

/// What is known of the Message-ID of a message that was sent, where that has to be stored.
enum SentCopy: Sendable, Hashable {
  case replaced(String)
  case unseen(SentCopyRecord)
}

extension MessageIDMemory {
  /// How long after a message was accepted its copy is looked for: transport takes seconds.
  static let firstLook: Duration = .seconds(60)

  /// `nil` when there is nothing to be stored.
  func sentCopy(
    of settlement: Settlement, _ message: OutgoingMessageRecord, in lane: LaneKey, now: Instant
  ) -> SentCopy? {
    guard settlement.verdict == .sent else { return nil }
    if let messageID = settlement.sentMessageID {
      let isKept = messageID == message.messageID
      saw(kept: isKept, in: lane, now: now)
      return isKept ? nil : .replaced(messageID)
    }
    guard let draft = settlement.progress.sentDraft, mustLook(in: lane, now: now) else { return nil }
    return .unseen(
      SentCopyRecord(
        workspace: message.workspace, message: message.id, account: message.account, lane: lane,
        draft: draft.rawValue, messageID: message.messageID, due: now + Self.firstLook, created: now))
  }
}
