import API
import Access
import Core
import Delivery
import HTTPTypes
import Hummingbird
import NIOCore
import Store

/// Messages that are accepted and not yet settled, and the outcome of one message.
struct OutboxRoutes: Sendable {
  let outbox: Outbox

  func add(to router: APIRouter) {
    router.on(Operations.outbox) { call in
      let query = call.query
      let selection = QueueSelection(
        QueueFilter(query.state), account: try call.caller.share(of: query.account), text: query.query,
        since: query.since, until: query.until)
      let list = try await outbox.entries(query.request, selection, in: call.workspace)
      var reply = OutboxPage(query, total: list.page.total)
      reply.messages = list.page.elements.map { OutboxReply($0) }
      reply.searchedSince = list.searchedSince?.nextMillisecond
      return reply
    }
    addSelections(to: router)
    router.handle(Operations.messageSource) { call, _ in
      let source = try await outbox.source(call.path, account: call.caller.account, in: call.workspace)
      return Response(source: source, of: call.path)
    }
    router.on(Operations.outboxEntry) { call in
      OutboxReply(
        try await outbox.entry(call.path, account: call.caller.account, in: call.workspace))
    }
    router.on(Operations.cancelMessage) { call in
      let cancellation = try await outbox.cancel(
        call.path, account: call.caller.account, in: call.workspace)
      return MessageCancelled(deleted: cancellation == .cancelled || cancellation == .forgotten)
    }
    router.on(Operations.rescheduleMessage) { call in
      OutboxReply(
        try await outbox.reschedule(
          call.path, for: call.body.sendAt, account: call.caller.account, in: call.workspace))
    }
    router.on(Operations.releaseMessage) { call in
      OutboxReply(
        try await outbox.release(
          call.path, as: HeldOutcome(call.body.outcome), account: call.caller.account, in: call.workspace))
    }
    router.on(Operations.retryMessage) { call in
      OutboxReply(
        try await outbox.retry(call.path, account: call.caller.account, in: call.workspace))
    }
  }
}

// All messages that match filters.
extension OutboxRoutes {
  private func addSelections(to router: APIRouter) {
    router.on(Operations.cancelMessages) { try await apply(.cancel, $0) }
    router.on(Operations.retryMessages) { try await apply(.retry, $0) }
    router.on(Operations.releaseMessages) { try await apply(.release(HeldOutcome($0.body.outcome)), $0) }
    router.on(Operations.rescheduleMessages) { try await apply(.reschedule($0.body.sendAt), $0) }
  }

  private func apply<Body: SelectingRequest>(
    _ action: OutboxAction, _ call: Call<Nothing, Nothing, Body>
  ) async throws -> OutboxChange {
    let body = call.body
    var selection = QueueSelection(
      body.state.map { QueueFilter($0) } ?? action.filter, account: try call.caller.share(of: body.account),
      text: body.query, since: body.since, until: body.until)
    selection.after = body.after.flatMap { OutboxPosition(text: $0) }.map { QueuePosition($0.created, $0.id) }
    let changes = try await outbox.apply(action, to: selection, isDryRun: body.dryRun, in: call.workspace)
    var reply = OutboxChange()
    reply.matched = changes.matched
    reply.changed = changes.changed
    reply.skipped = changes.skipped
    reply.until = changes.begun
    reply.next = changes.next.map { OutboxPosition($0.created, $0.id).text }
    return reply
  }
}

extension Response {
  /// A message as a file; it is read from the database while it is sent.
  fileprivate init(source: MessageSource, of id: QueueID) {
    self.init(
      status: .ok,
      headers: [
        .contentType: "message/rfc822", .cacheControl: "no-store",
        .contentDisposition: #"attachment; filename="\(id).eml""#,
      ],
      body: ResponseBody(contentLength: source.size) { writer in
        var sent = 0
        while case let piece = try await source.piece(at: sent), !piece.isEmpty {
          sent += piece.count
          try await writer.write(ByteBuffer(bytes: piece))
        }
        try await writer.finish(nil)
      })
  }
}

extension Principal {
  /// The account to which a list of messages is limited.
  ///
  /// - Throws: `account.notFound` for one that the token may not see.
  fileprivate func share(of account: AccountID?) throws(Problem) -> AccountID? {
    guard let own = self.account else { return account }
    if let account, account != own { throw .accountNotFound(account) }
    return own
  }
}

extension Instant {
  /// Replies show milliseconds: what was accepted at this moment is before that one.
  fileprivate var nextMillisecond: Instant { Instant(microseconds: (microseconds / 1000 + 1) * 1000) }
}

extension HeldOutcome {
  fileprivate init(_ outcome: ReleaseRequest.Outcome) {
    self =
      switch outcome {
      case .sent: .sent
      case .queued: .queued
      }
  }
}

extension RecipientReply {
  fileprivate init(_ recipient: RecipientRecord) {
    self.init()
    address = recipient.address
    role =
      switch recipient.role {
      case .to: Word(.to)
      case .cc: Word(.cc)
      case .bcc: Word(.bcc)
      case .envelope: Word(.envelope)
      }
    state =
      switch recipient.state {
      case .queued: Word(.queued)
      case .sent: Word(.sent)
      case .failed: Word(.failed)
      case .cancelled: Word(.cancelled)
      }
    updated = recipient.updated
    problem = recipient.problem.map { ProblemReply($0) }
  }
}

extension QueueFilter {
  fileprivate init(_ state: OutboxReply.State?) {
    self =
      switch state {
      case nil: .unfinished
      case .queued: .queued
      case .scheduled: .scheduled
      case .sending: .sending
      case .deferred: .deferred
      case .held: .held
      case .failed: .failed
      case .sent: .sent
      case .cancelled: .cancelled
      }
  }
}

extension OutboxReply {
  fileprivate init(_ entry: OutboxEntry) {
    self.init()
    queueId = entry.queueID
    account = entry.account
    source = Word(Source(rawValue: entry.source) ?? .api)
    messageId = entry.messageID
    exchangeMessageId = entry.exchangeMessageID
    envelope = EnvelopeReply(from: entry.envelopeFrom, to: entry.envelopeTo)
    subject = entry.subject
    idempotencyKey = entry.idempotencyKey
    created = entry.created
    scheduled = entry.scheduled
    nextAttempt = entry.nextAttempt
    settled = entry.settled
    attemptsMade = entry.attemptsMade
    attempts = entry.attempts
    state = Word(State(entry))
    progress.status = Word(ProgressReply.Status(entry.status))
    progress.response = entry.response
    progress.error = entry.problem.map { ProblemReply($0) }
    recipients = entry.recipients.isEmpty ? nil : entry.recipients.map { RecipientReply($0) }
    changes = entry.changes.isEmpty ? nil : entry.changes
    warnings = entry.warnings.isEmpty ? nil : entry.warnings
    history = entry.history.map { AttemptReply($0) }
  }
}

extension OutboxReply.State {
  /// Of an entry, which is in one list besides that of the unfinished.
  fileprivate init(_ entry: OutboxEntry) {
    self = Self.allCases.first { QueueFilter($0) == entry.filter } ?? .queued
  }
}

extension ProgressReply.Status {
  fileprivate init(_ status: OutboxEntry.Status) {
    self =
      switch status {
      case .queued: .queued
      case .processing: .processing
      case .submitted: .submitted
      case .error: .error
      }
  }
}

extension AttemptReply {
  fileprivate init(_ attempt: AttemptRecord) {
    self.init()
    number = attempt.number
    // Steps and verdicts are stored in the words of the contract.
    step = Word(Step(rawValue: attempt.step) ?? .hold)
    node = attempt.node
    started = attempt.started
    ended = attempt.ended
    verdict = attempt.verdict.flatMap { Verdict(rawValue: $0) }.map { Word($0) }
    problem = attempt.problem.map { ProblemReply($0) }
  }
}
