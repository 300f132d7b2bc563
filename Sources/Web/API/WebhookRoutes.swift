import API
import Access
import Core
import JSON
import Store
import Webhooks

/// Webhook routes: where events are posted to, and what became of the posts.
struct WebhookRoutes: Sendable {
  let webhooks: Webhooks

  func add(to router: APIRouter) {
    router.on(Operations.webhookRoutes) { call in
      let page = try await webhooks.routes(call.query.request, in: call.workspace)
      var reply = WebhookRoutePage(call.query, total: page.total)
      reply.webhooks = page.elements.map { WebhookRouteReply($0) }
      return reply
    }
    router.on(Operations.addWebhookRoute) { call in
      let (id, secret) = try await webhooks.add(NewRoute(call.body), in: call.workspace)
      return WebhookRouteCreated(id, secret.text)
    }
    router.on(Operations.webhookRoute) { call in
      WebhookRouteReply(try await webhooks.route(call.path, in: call.workspace))
    }
    router.on(Operations.updateWebhookRoute) { call in
      try await webhooks.update(call.path, RouteChange(call.body), in: call.workspace)
      return WebhookRouteChanged(call.path)
    }
    router.on(Operations.deleteWebhookRoute) { call in
      try await webhooks.delete(call.path, in: call.workspace)
      return WebhookRouteDeleted(call.path)
    }
    router.on(Operations.rotateWebhookSecret) { call in
      let (secret, oldExpires) = try await webhooks.rotate(
        call.path, overlap: .seconds(call.body.overlap), in: call.workspace)
      var reply = WebhookSecretReply()
      (reply.id, reply.secret, reply.oldExpires) = (call.path, secret.text, oldExpires)
      return reply
    }
    addPosts(to: router)
  }

  private func addPosts(to router: APIRouter) {
    router.on(Operations.testWebhookRoute) { call in
      WebhookPostReply(try await webhooks.test(call.path, in: call.workspace))
    }
    router.on(Operations.webhookPosts) { call in
      let query = call.query
      let attempts = try await webhooks.attempts(
        WebhookAttemptSelection(
          account: query.account, failedOnly: query.failed, before: query.cursor, limit: query.limit),
        of: call.path, in: call.workspace)
      var page = WebhookPostPage()
      page.posts = attempts.map { WebhookPostReply($0) }
      page.next = attempts.count == query.limit ? attempts.last?.started.microseconds : nil
      return page
    }
    router.on(Operations.replayWebhookEvents) { call in
      let (body, workspace) = (call.body, try call.workspace)
      var reply = WebhookReplayed()
      if let sequence = body.sequence {
        reply.events = try await webhooks.replay(
          sequence, of: body.account, to: call.path, in: workspace)
      } else if let from = body.from {
        (reply.events, reply.next) = try await webhooks.replay(
          from: from, until: body.until ?? Instant(microseconds: .max), of: body.account, to: call.path,
          in: workspace)
      } else {
        reply.events = try await webhooks.replayFailed(to: call.path, in: workspace)
      }
      return reply
    }
  }
}

extension NewRoute {
  fileprivate init(_ request: WebhookRouteRequest) {
    self.init()
    name = request.name
    description = request.description
    enabled = request.enabled
    targetURL = request.targetUrl
    events = request.events
    accounts = request.accounts
    filter = request.filter
    payload = request.payload
    ordering = request.order
    customHeaders = request.customHeaders.map { CustomHeader($0) }
  }
}

extension RouteChange {
  fileprivate init(_ request: WebhookRouteUpdate) {
    self.init()
    name = request.name
    description = request.description
    enabled = request.enabled
    targetURL = request.targetUrl
    events = request.events
    accounts = request.accounts
    filter = request.filter
    payload = request.payload
    ordering = request.order
    customHeaders = request.customHeaders.map { $0.map { CustomHeader($0) } }
    skipsMissed = request.skipMissed
  }
}

extension WebhookRouteReply {
  fileprivate init(_ route: ShownRoute) {
    let record = route.record
    self.init()
    id = record.id
    name = record.name
    description = record.description
    created = record.created
    updated = record.updated
    enabled = record.enabled
    targetUrl = record.targetURL
    tcount = record.posts
    v = record.version
    webhookErrorFlag = record.health.lastError.map { WebhookErrorFlag($0) }
    customHeaders = route.headerNames.map { CustomHeaderField($0, Secret("")) }
    events = record.events
    accounts = record.accounts
    // What is stored has been read before.
    filter = record.filter.flatMap { try? JSONValue(parsing: $0) }
    payload = record.payload.flatMap { try? JSONValue(parsing: $0) }
    order = Word(record.ordering)
    lastSuccess = record.health.lastSuccess
    failingSince = record.health.failingSince
    rotatingUntil = route.rotatingUntil
    if route.tasks != WebhookTaskCounts() {
      var waiting = WebhookWaiting()
      (waiting.accounts, waiting.late, waiting.failed) =
        (route.tasks.accounts, route.tasks.late, route.tasks.failed)
      self.waiting = waiting
    }
  }
}

extension WebhookErrorFlag {
  fileprivate init(_ record: ProblemRecord) {
    self.init()
    message = record.summary
    problem = record.code
    remedy = record.remedy
    date = record.occurred
  }
}

extension WebhookPostReply {
  fileprivate init(_ attempt: WebhookAttemptRecord) {
    self.init()
    date = attempt.started
    account = attempt.account
    sequence = attempt.sequence
    event = attempt.event
    success = attempt.problem == nil
    self.attempt = attempt.number
    duration = Int(max(0, attempt.duration.microseconds) / 1000)
    status = attempt.status
    answer = attempt.answer
    error = attempt.problem?.summary
    problem = attempt.problem?.code
    remedy = attempt.problem?.remedy
  }
}
