import Core
import Events
import Store

/// The events of one message.
struct MessageEvents: Sendable {
  let message: OutgoingMessageRecord
  /// How many attempts there have been, this one included.
  let attempts: Int
  /// Roughly how many there will be before Heliograph gives up on the message.
  let attemptLimit: Int

  /// What counts as success, for the field in which other backends give the server's own words.
  static let acceptance = "202 Accepted"

  private var facts: MessageFacts { MessageFacts(message) }

  /// - Parameter changes: What was changed of the message when it was accepted, in sentences.
  func queued(_ changes: [String]) -> EventRecord {
    record(.messageQueued(facts, changes: changes), at: message.created)
  }

  func events(of settlement: Settlement, at now: Instant) -> [EventRecord] {
    switch settlement.verdict {
    case .sent: [record(.messageSent(facts, response: Self.acceptance), at: now)]
    case .deferred where settlement.due <= now: []
    // Nothing has failed; the account has an event of its own.
    case .deferred where settlement.problem?.code == ProblemCode.deliveryPaced.rawValue: []
    case .deferred, .unknown: [failure(settlement, nextAttempt: settlement.due, at: now)]
    case .held:
      [
        failure(settlement, nextAttempt: nil, at: now),
        record(.messageHeld(facts, settlement.problem), at: now),
      ]
    case .failed:
      [
        failure(settlement, nextAttempt: nil, at: now),
        record(.messageFailed(facts, settlement.problem), at: now),
      ]
    }
  }

  private func failure(_ settlement: Settlement, nextAttempt: Instant?, at now: Instant) -> EventRecord {
    record(
      .messageDeliveryError(
        facts,
        MessageFailure(
          problem: settlement.problem, state: settlement.verdict.rawValue, attemptsMade: attempts,
          attempts: attemptLimit, nextAttempt: nextAttempt)), at: now)
  }

  private func record(_ event: Event, at now: Instant) -> EventRecord {
    event.record(message.account, in: message.workspace, at: now)
  }
}
