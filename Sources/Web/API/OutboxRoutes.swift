import Access
import Accounts
import Core
import Delivery
import Hummingbird
import Store

/// `/v1/outbox`: messages that are accepted and not yet settled, and what became of one message.
struct OutboxRoutes: Sendable {
  let outbox: Outbox

  func add(to group: RouterGroup<WebContext>) {
    group.get("outbox", use: list)
    group.get("outbox/:queueId", use: get)
    group.delete("outbox/:queueId", use: delete)
  }

  private func list(_ request: Request, _ context: WebContext) async throws -> Response {
    let paging = try request.pageRequest
    let page = try await outbox.entries(
      paging, account: context.caller.account, in: context.workspace)
    let head = PageHead(paging, total: page.total)
    return try reply(
      OutboxPage(
        total: head.total, page: head.page, pages: head.pages,
        messages: page.elements.map { OutboxReply($0, history: nil) }))
  }

  private func get(_ request: Request, _ context: WebContext) async throws -> Response {
    let id = QueueID(try context.pathText("queueId"))
    let entry = try await outbox.entry(
      id, account: context.caller.account, in: context.workspace)
    return try reply(OutboxReply(entry, history: entry.history.map(AttemptReply.init)))
  }

  private func delete(_ request: Request, _ context: WebContext) async throws -> Response {
    let id = QueueID(try context.pathText("queueId"))
    let cancellation = try await outbox.cancel(
      id, account: context.caller.account, in: context.workspace)
    struct Deleted: Encodable { let deleted: Bool }
    return try reply(Deleted(deleted: cancellation == .cancelled))
  }
}

private struct OutboxPage: Encodable {
  let total, page, pages: Int
  let messages: [OutboxReply]
}

private struct OutboxReply: Encodable {
  let queueId, account, source, messageId, created, scheduled, state: String
  let envelope: Envelope
  let subject, idempotencyKey: String?
  let nextAttempt: NextAttempt
  let attemptsMade, attempts: Int
  let progress: Progress
  let history: [AttemptReply]?

  struct Envelope: Encodable {
    let from: String
    let to: [String]
  }

  struct Progress: Encodable {
    let status: String
    let response: String?
    let error: ProblemReply?
  }

  /// EmailEngine writes `false` where there is none.
  enum NextAttempt: Encodable {
    case none
    case at(Instant)

    func encode(to encoder: any Encoder) throws {
      var container = encoder.singleValueContainer()
      switch self {
      case .none: try container.encode(false)
      case .at(let instant): try container.encode(instant.description)
      }
    }
  }

  init(_ entry: OutboxEntry, history: [AttemptReply]?) {
    queueId = entry.queueID.rawValue
    account = entry.account.rawValue
    source = entry.source
    messageId = entry.messageID
    envelope = Envelope(from: entry.envelopeFrom, to: entry.envelopeTo)
    subject = entry.subject
    idempotencyKey = entry.idempotencyKey
    created = entry.created.description
    scheduled = entry.scheduled.description
    nextAttempt = entry.nextAttempt.map { .at($0) } ?? .none
    attemptsMade = entry.attemptsMade
    attempts = entry.attempts
    state = "\(entry.state)"
    progress = Progress(
      status: entry.status.rawValue, response: entry.response, error: entry.problem.map(ProblemReply.init))
    self.history = history
  }
}

private struct AttemptReply: Encodable {
  let number: Int
  let step, node, started: String
  let ended, verdict: String?
  let problem: ProblemReply?

  init(_ attempt: AttemptRecord) {
    number = attempt.number
    step = attempt.step
    node = attempt.node.rawValue
    started = attempt.started.description
    ended = attempt.ended?.description
    verdict = attempt.verdict
    problem = attempt.problem.map(ProblemReply.init)
  }
}
