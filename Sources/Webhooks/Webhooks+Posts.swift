package import Core
import Foundation
import HTTP
package import Store

// What was posted, and posting it again.
extension Webhooks {
  /// So many events become tasks in one request.
  package static var replayLimit: Int { 10_000 }

  /// Newest first.
  package func attempts(
    _ selection: WebhookAttemptSelection, of id: WebhookRouteID, in workspace: WorkspaceID
  ) async throws -> [WebhookAttemptRecord] {
    try await store.read { (tx: borrowing Transaction) in
      guard try tx.webhookRoute(id, in: workspace) != nil else { throw Problem.webhookRouteNotFound(id) }
      return try tx.webhookAttempts(selection, of: id, in: workspace)
    }
  }

  /// Posts a test event once, whether or not the route is enabled or wants it, and records that.
  package func test(_ id: WebhookRouteID, in workspace: WorkspaceID) async throws -> WebhookAttemptRecord {
    let route = try await store.read { (tx: borrowing Transaction) in try tx.webhookRoute(id, in: workspace) }
    guard let route else { throw Problem.webhookRouteNotFound(id) }
    let now = time.now
    let nonce = String(QueueID.make(at: now).rawValue.dropFirst(2))
    let envelope = EventEnvelope(
      test: route, nonce: nonce, serviceURL: configuration.serviceURL, at: now)
    let result = await Poster(exchange: exchange, time: time).post(
      Poster.Post(id: envelope.id, event: "test", body: envelope.json, occurred: now, number: 1),
      to: try Endpoint(route, vault))
    let attempt = WebhookAttemptRecord(
      started: result.started, account: nil, sequence: 0, event: "test", number: 1, duration: result.duration,
      status: result.status, answer: result.answer,
      problem: result.failure.map { ProblemRecord($0.problem, at: time.now) })
    try await store.write { (tx: borrowing Transaction) in try tx.insert(attempt, of: id, in: workspace) }
    return attempt
  }

  /// Posts one event again, whatever became of it.
  package func replay(
    _ sequence: Int64, of account: AccountID?, to id: WebhookRouteID, in workspace: WorkspaceID
  ) async throws {
    let now = time.now
    let lane = try await store.write { (tx: borrowing Transaction) in
      guard let route = try tx.webhookRoute(id, in: workspace) else { throw Problem.webhookRouteNotFound(id) }
      guard try tx.placedEvents(workspace, account, after: sequence - 1, limit: 1).first?.sequence == sequence
      else { throw Problem.webhookEventLost(sequence) }
      try tx.enqueue(.event(sequence), account, to: route, due: now, at: now)
      try tx.wake(route.lane, due: now)
      return route.lane
    }
    wake([lane])
  }

  /// Posts again what happened in a time, each account's events in order.
  ///
  /// - Returns: How many events these are, before the route's filter, and whether there are more than
  ///   `replayLimit`, which are left out.
  package func replay(
    from: Instant, until: Instant, of account: AccountID?, to id: WebhookRouteID, in workspace: WorkspaceID
  ) async throws -> (count: Int, isCut: Bool) {
    let now = time.now
    let (lane, count, isCut) = try await store.write { (tx: borrowing Transaction) in
      guard let route = try tx.webhookRoute(id, in: workspace) else { throw Problem.webhookRouteNotFound(id) }
      var events = try tx.placedEvents(
        workspace, account, from: from, until: until, limit: Self.replayLimit + 1)
      let isCut = events.count > Self.replayLimit
      if isCut { events.removeLast() }
      let wanted = events.filter { route.wants($0.event.kind, of: $0.event.account) }
      for (account, events) in Dictionary(grouping: wanted, by: \.event.account)
        .sorted(by: { ($0.key?.rawValue ?? "") < ($1.key?.rawValue ?? "") })
      {
        guard let first = events.first?.sequence, let last = events.last?.sequence else { continue }
        try tx.enqueue(
          .span(WebhookProgress(cursor: first - 1), last: last), account, to: route, due: now, at: now)
      }
      try tx.wake(route.lane, due: now)
      return (route.lane, wanted.count, isCut)
    }
    wake([lane])
    return (count, isCut)
  }

  /// Posts again what was given up. Returns how many events these are.
  package func replayFailed(to id: WebhookRouteID, in workspace: WorkspaceID) async throws -> Int {
    let now = time.now
    let (lane, count) = try await store.write { (tx: borrowing Transaction) in
      guard let route = try tx.webhookRoute(id, in: workspace) else { throw Problem.webhookRouteNotFound(id) }
      let failed = try tx.openWebhookTasks(of: route, limit: Self.replayLimit).filter { $0.state == .failed }
      for row in failed {
        guard case .span(let progress, let last) = WebhookTask(progress: row.progress) else { continue }
        // From its beginning, with a time of its own.
        let task = WebhookTask.span(WebhookProgress(cursor: progress.cursor), last: last)
        try tx.enqueue(task, row.eventAccount, to: route, due: now, at: now)
      }
      try tx.wake(route.lane, due: now)
      return (route.lane, failed.count)
    }
    wake([lane])
    return count
  }
}
