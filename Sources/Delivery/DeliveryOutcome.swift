import Core
import Store

/// What a settled message leaves: the outcome for its recipients, and perhaps a draft that nothing will
/// send. Written by the transaction that settles it.
struct DeliveryOutcome: Sendable {
  let message: OutgoingMessageRecord
  let recipients: RecipientState
  let problem: ProblemRecord?
  var orphan: Orphan?
  /// What is known of the Message-ID that it was sent with.
  var sentCopy: SentCopy?
  let settled: Instant

  /// `nil` when the message continues.
  init?(of settlement: Settlement, _ message: OutgoingMessageRecord, at now: Instant) {
    switch settlement.verdict {
    case .sent: self.init(.sent, of: message, problem: nil, orphan: settlement.orphan, at: now)
    case .failed:
      self.init(.failed, of: message, problem: settlement.problem, orphan: settlement.orphan, at: now)
    case .deferred, .unknown, .held: return nil
    }
  }

  init(
    _ recipients: RecipientState, of message: OutgoingMessageRecord, problem: ProblemRecord? = nil,
    orphan: Orphan?, at now: Instant
  ) {
    self.message = message
    self.recipients = recipients
    self.problem = problem
    self.orphan = orphan
    settled = now
  }

  func write(in tx: borrowing Transaction) throws {
    try tx.settleRecipients(
      of: message.id, in: message.workspace, as: recipients, problem: problem, at: settled)
    switch sentCopy {
    case .replaced(let messageID)?:
      try tx.setExchangeMessageID(messageID, of: message.id, in: message.workspace)
    case .unseen(let copy)?: try tx.insert(copy)
    case nil: break
    }
    guard let orphan else { return }
    try tx.insert(
      OrphanDraftRecord(
        workspace: message.workspace, message: message.id, account: message.account, draft: orphan.rawValue,
        messageID: message.messageID, created: settled))
  }
}
