package import Core
package import Store

/// A message in the outbox, as its sender may see it.
package struct OutboxEntry: Sendable {
  package var queueID: QueueID
  package var account: AccountID
  package var source: String
  /// With its angle brackets.
  package var messageID: String
  /// The one that Exchange has put in its place, with its angle brackets; `nil` while that is not known.
  package var exchangeMessageID: String?
  package var envelopeFrom: String
  package var envelopeTo: [String]
  package var subject: String?
  package var idempotencyKey: String?
  package var created: Instant
  /// When it is due for the first time.
  package var scheduled: Instant
  /// `nil` when there will be none, or when one is running.
  package var nextAttempt: Instant?
  package var attemptsMade: Int
  /// Roughly how many there will be before Heliograph gives up.
  package var attempts: Int
  package var state: QueueState
  /// Which list it is in.
  package var filter: QueueFilter
  /// The backend's reply when it accepted the message.
  package var response: String?
  /// Why it has not been sent, or not yet.
  package var problem: ProblemRecord?
  /// What recipients will not get as it was asked for, in sentences; only for an entry that was requested individually,
  /// while its content is kept.
  package var warnings: [String] = []
  /// What was changed of it when it was accepted, in sentences.
  package var changes: [String]
  /// When it was sent, failed or was cancelled.
  package var settled: Instant?
  /// In the order of the envelope; only for an entry that was requested individually.
  package var recipients: [RecipientRecord] = []
  /// All attempts, in order; only for an entry that was requested individually.
  package var history: [AttemptRecord]

  /// EmailEngine's word for the state.
  package var status: Status {
    switch state {
    case .ready: .queued
    case .active: .processing
    case .done: .submitted
    case .deferred: problem == nil ? .queued : .error
    case .held, .failed, .cancelled: .error
    }
  }

  package enum Status: String, Sendable {
    case queued
    case processing
    case submitted
    case error
  }
}

/// A page of the outbox.
package struct OutboxList: Sendable {
  package var page: Page<OutboxEntry>
  /// The time of the last message among which a text was looked for, where there are more.
  package var searchedSince: Instant?

  var elements: [OutboxEntry] { page.elements }
  var total: Int { page.total }
}

/// The result of a request to cancel a message.
package enum Cancellation: Sendable, Hashable {
  case cancelled
  /// It had failed, and is not kept any longer.
  case forgotten
  /// It had been sent, or was cancelled before.
  case settled(QueueState)
}
