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
      let page = try await outbox.entries(
        call.query.request, account: call.caller.account, in: call.workspace)
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
      return MessageCancelled(deleted: cancellation == .cancelled)
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
    envelope = EnvelopeReply(from: entry.envelopeFrom, to: entry.envelopeTo)
    subject = entry.subject
    idempotencyKey = entry.idempotencyKey
    created = entry.created
    scheduled = entry.scheduled
    nextAttempt = entry.nextAttempt
    attemptsMade = entry.attemptsMade
    attempts = entry.attempts
    state = Word(State(entry.state))
    progress.status = Word(ProgressReply.Status(entry.status))
    progress.response = entry.response
    progress.error = entry.problem.map { ProblemReply($0) }
    history = entry.history.map { AttemptReply($0) }
  }
}

extension OutboxReply.State {
  fileprivate init(_ state: QueueState) {
    self =
      switch state {
      case .ready: .ready
      case .active: .active
      case .held: .held
      case .deferred: .deferred
      case .done: .done
      case .failed: .failed
      case .cancelled: .cancelled
      }
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
