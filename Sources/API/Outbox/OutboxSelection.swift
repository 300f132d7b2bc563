package import Core

/// What limits a list of messages.
enum OutboxTerm {
  static let account = Term("account", Kind<AccountID>.id(), "Only messages of this account.")
  static let query = Term(
    "query", Kind<String>.line(1...256),
    "Only messages with this text in the subject, the sender's or a recipient's address, a Message-ID or the queue id; "
      + "matched literally, except for the case of ASCII letters. Only the newest 100,000 messages that "
      + "match the other filters are searched.")
  static let since = Term("since", Kind<Instant>.date, "Only messages accepted at this time or later.")
  static let until = Term("until", Kind<Instant>.date, "Only messages accepted before this time.")

  // Of requests about all messages that match filters.
  static let state = Term(
    "state", Kind<OutboxReply.State>.word(),
    "Only messages in this state; default: held ones for a release, otherwise those that are not "
      + "settled and those that have failed.")
  static let all = Term("all", Kind<Bool>.flag, "All messages, instead of a filter.")
  static let dryRun = Term("dryRun", Kind<Bool>.flag, "Only count; change nothing.")
  static let after = Term("after", Kind<String>.line(3...300), "`next` of the last reply, to continue there.")

  static func checkOrder(_ since: Instant?, _ until: Instant?, _ complaints: inout Complaints) {
    guard let since, let until, until <= since else { return }
    complaints.add("until", "must be later than since, \(since)")
  }
}

/// The body of `PUT /v1/outbox/cancel` and `PUT /v1/outbox/retry`: which messages are meant.
package struct OutboxSelection: SelectingRequest {
  package var account: AccountID?
  package var state: OutboxReply.State?
  package var query: String?
  package var since: Instant?
  package var until: Instant?
  package var all = false
  package var dryRun = false
  package var after: String?

  package init() {}

  package static let fields = Fields<Self>(
    "OutboxSelection", "Which messages are meant: at least one filter, or `all`."
  ) {
    Field(OutboxTerm.account, \.account)
    Field(OutboxTerm.state, \.state)
    Field(OutboxTerm.query, \.query)
    Field(OutboxTerm.since, \.since)
    Field(OutboxTerm.until, \.until)
    Field(OutboxTerm.all, \.all)
    Field(OutboxTerm.dryRun, \.dryRun)
    Field(OutboxTerm.after, \.after)
    rules
  }
}

/// The body of `PUT /v1/outbox/release`.
package struct OutboxRelease: SelectingRequest {
  package var outcome = ReleaseRequest.Outcome.sent
  package var account: AccountID?
  package var state: OutboxReply.State?
  package var query: String?
  package var since: Instant?
  package var until: Instant?
  package var all = false
  package var dryRun = false
  package var after: String?

  package init() {}

  package static let fields = Fields<Self>(
    "OutboxReleaseSelection", "What a person has found out about many held messages."
  ) {
    Required(ReleaseRequest.term, \.outcome)
    Field(OutboxTerm.account, \.account)
    Field(OutboxTerm.state, \.state)
    Field(OutboxTerm.query, \.query)
    Field(OutboxTerm.since, \.since)
    Field(OutboxTerm.until, \.until)
    Field(OutboxTerm.all, \.all)
    Field(OutboxTerm.dryRun, \.dryRun)
    Field(OutboxTerm.after, \.after)
    rules
  }
}

/// The body of `PUT /v1/outbox/reschedule`.
package struct OutboxReschedule: SelectingRequest {
  package var sendAt = Instant(microseconds: 0)
  package var account: AccountID?
  package var state: OutboxReply.State?
  package var query: String?
  package var since: Instant?
  package var until: Instant?
  package var all = false
  package var dryRun = false
  package var after: String?

  package init() {}

  package static let fields = Fields<Self>("OutboxRescheduleSelection", "When many messages are to be sent.")
  {
    Required(RescheduleRequest.term, \.sendAt)
    Field(OutboxTerm.account, \.account)
    Field(OutboxTerm.state, \.state)
    Field(OutboxTerm.query, \.query)
    Field(OutboxTerm.since, \.since)
    Field(OutboxTerm.until, \.until)
    Field(OutboxTerm.all, \.all)
    Field(OutboxTerm.dryRun, \.dryRun)
    Field(OutboxTerm.after, \.after)
    rules
  }
}

/// A request about all messages that match filters.
package protocol SelectingRequest: Contract {
  var account: AccountID? { get set }
  var state: OutboxReply.State? { get set }
  var query: String? { get set }
  var since: Instant? { get set }
  var until: Instant? { get set }
  /// In place of a filter.
  var all: Bool { get set }
  var dryRun: Bool { get set }
  var after: String? { get set }
}

extension SelectingRequest {
  fileprivate static var rules: Rule<Self> {
    Rule { request, complaints in
      OutboxTerm.checkOrder(request.since, request.until, &complaints)
      if let after = request.after, OutboxPosition(text: after) == nil {
        complaints.add("after", "must be `next` of an earlier reply, not \(Quoted.text(after))")
      }
      if let state = request.state, [.sent, .cancelled].contains(state) {
        complaints.add("state", "must not be \(state.rawValue): nothing can be done to such messages")
      }
      let limits = ["account", "state", "query", "since", "until"].filter { complaints.isGiven($0) }
      if request.all {
        for limit in limits { complaints.add(limit, "cannot be combined with all") }
      } else if limits.isEmpty {
        complaints.add("all", "must be true unless there is a filter: account, state, query, since or until")
      }
    }
  }
}

/// A place in the list of messages, which only the gateway reads: `1763678486123456.q_01h...`.
package struct OutboxPosition: Sendable, Hashable {
  package var created: Instant
  package var id: QueueID

  package init(_ created: Instant, _ id: QueueID) {
    (self.created, self.id) = (created, id)
  }

  package init?(text: String) {
    let parts = text.split(separator: ".", maxSplits: 1)
    guard parts.count == 2, let created = Int64(parts[0]) else { return nil }
    self.init(Instant(microseconds: created), QueueID(String(parts[1])))
  }

  package var text: String { "\(created.microseconds).\(id)" }
}

/// The result for all messages that match filters, or for the first of them.
package struct OutboxChange: Contract {
  package var matched = 0
  package var changed = 0
  package var skipped = 0
  package var until: Instant?
  package var next: String?

  package init() {}

  package static let fields = Fields<Self>("OutboxChange", "What was done to many messages.") {
    Required("matched", \.matched, .integer(0...(.max)), "How many messages match the filters.")
    Required(
      "changed", \.changed, .integer(0...(.max)),
      "How many were changed; with `dryRun`, how many can be changed.")
    Required(
      "skipped", \.skipped, .integer(0...(.max)),
      "How many could not be changed, because of their state or because they were being sent.")
    Field(
      "until", \.until, .moment,
      "When the request was made. With this as `until`, a request after one with `dryRun` changes no message that was "
        + "accepted since.")
    Field(
      "next", \.next, .line(3...300),
      "Only if there may be more: to continue, repeat the request with this as `after`. One request "
        + "changes up to 10,000 messages and searches up to 100,000.")
  }
}

extension Operations {
  private static let manyDetails =
    "Each message is changed separately, as if requested alone. The filters are those of `GET /v1/outbox`."

  package static let cancelMessages = Operation<Nothing, Nothing, OutboxSelection, OutboxChange>(
    .put, "/v1/outbox/cancel", id: "putOutboxCancel", .outbox, .account,
    "Cancel all messages that match the filters, and forget those that have failed.", manyDetails,
    grant: OperationGrant(.destructive, .outbox), problems: [.accountNotFound])

  package static let retryMessages = Operation<Nothing, Nothing, OutboxSelection, OutboxChange>(
    .put, "/v1/outbox/retry", id: "putOutboxRetry", .outbox, .account,
    "Try all deferred and failed messages that match the filters now.",
    manyDetails + " Scheduled messages are sent now only with `state` `scheduled`.",
    problems: [.accountNotFound])

  package static let releaseMessages = Operation<Nothing, Nothing, OutboxRelease, OutboxChange>(
    .put, "/v1/outbox/release", id: "putOutboxRelease", .outbox, .account,
    "Decide about all held messages that match the filters.", manyDetails, problems: [.accountNotFound])

  package static let rescheduleMessages = Operation<Nothing, Nothing, OutboxReschedule, OutboxChange>(
    .put, "/v1/outbox/reschedule", id: "putOutboxReschedule", .outbox, .account,
    "Reschedule all messages that match the filters and have not been tried yet.", manyDetails,
    problems: [.accountNotFound])
}
