import API
import Access
import Core
import Delivery
import Store

/// Messages that are accepted and not yet settled, and the outcome of one message.
struct OutboxRoutes: Sendable {
  let outbox: Outbox

  func add(to router: APIRouter) {
    router.on(Operations.outbox) { call in
      let own = try call.caller.account
      if let own, let account = call.query.account, account != own {
        throw Problem.accountNotFound(account)
      }
      let page = try await outbox.entries(
        call.query.request, QueueFilter(call.query.state), account: own ?? call.query.account,
        in: call.workspace)
      var reply = OutboxPage(call.query, total: page.total)
      reply.messages = page.elements.map { OutboxReply($0) }
      return reply
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

extension HeldOutcome {
  fileprivate init(_ outcome: ReleaseRequest.Outcome) {
    self =
      switch outcome {
      case .sent: .sent
      case .queued: .queued
      }
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
