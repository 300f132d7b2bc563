import Core
import Foundation
import Store

/// What is told about a letter, in the vocabulary of EmailEngine's webhooks.
struct OutboxEvents: Sendable {
  let letter: LetterRecord
  /// How many attempts there have been, this one included.
  let attempts: Int
  /// About how many there will be before the letter is given up.
  let attemptLimit: Int

  func queued() -> EventRecord {
    event("messageQueued", Data(letter), at: letter.created)
  }

  func events(of settlement: Settlement, at now: Instant) -> [EventRecord] {
    switch settlement.verdict {
    case .sent:
      var data = Data(letter)
      data.response = Self.acceptance
      return [event("messageSent", data, at: now)]
    case .deferred where settlement.due <= now: return []
    case .deferred, .unknown: return [failure(settlement, nextAttempt: settlement.due, at: now)]
    case .held: return [failure(settlement, nextAttempt: nil, at: now)]
    case .failed:
      var data = Data(letter)
      data.add(settlement.problem)
      return [failure(settlement, nextAttempt: nil, at: now), event("messageFailed", data, at: now)]
    }
  }

  /// What counts as success, for the field in which other backends give the server's own words.
  static let acceptance = "202 Accepted"

  private func failure(_ settlement: Settlement, nextAttempt: Instant?, at now: Instant) -> EventRecord {
    var data = Data(letter)
    data.add(settlement.problem)
    data.state = settlement.verdict.rawValue
    data.job = Data.Job(
      id: letter.id.rawValue, attemptsMade: attempts, attempts: attemptLimit,
      nextAttempt: nextAttempt?.description)
    return event("messageDeliveryError", data, at: now)
  }

  private func event(_ kind: String, _ data: Data, at now: Instant) -> EventRecord {
    EventRecord(
      workspace: letter.workspace, account: letter.account, kind: kind, data: data.json, created: now)
  }
}

extension OutboxEvents {
  private struct Data: Encodable {
    var queueId: String
    var messageId: String
    var envelope: Envelope
    var response: String?
    var error: String?
    /// Microsoft's code where it gave one, else ours.
    var errorCode: String?
    /// Always ours.
    var problem: String?
    var remedy: String?
    var state: String?
    var job: Job?

    struct Envelope: Encodable {
      var from: String
      var to: [String]
    }

    struct Job: Encodable {
      var id: String
      var attemptsMade: Int
      var attempts: Int
      var nextAttempt: String?
    }

    init(_ letter: LetterRecord) {
      queueId = letter.id.rawValue
      messageId = letter.messageID
      envelope = Envelope(from: letter.envelopeFrom, to: letter.envelopeTo)
    }

    mutating func add(_ record: ProblemRecord?) {
      error = record?.summary
      errorCode = record?.peerCode ?? record?.code
      problem = record?.code
      remedy = record?.remedy
    }

    var json: String {
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
      // Strings and integers always encode.
      guard let json = try? encoder.encode(self) else { return "{}" }
      return String(decoding: json, as: UTF8.self)
    }
  }
}
