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
      _ = try tx.knownRoute(id, in: workspace)
      return try tx.webhookAttempts(selection, of: id, in: workspace)
    }
  }

  /// Posts a test event once, whether or not the route is enabled or wants it, and records that.
  package func test(_ id: WebhookRouteID, in workspace: WorkspaceID) async throws -> WebhookAttemptRecord {
    let route = try await store.read { (tx: borrowing Transaction) in try tx.knownRoute(id, in: workspace) }
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
  ///
  /// - Returns: How many events this is: none for one that waits already, or that the route does not want.
  package func replay(
    _ sequence: Int64, of account: AccountID?, to id: WebhookRouteID, in workspace: WorkspaceID
  ) async throws -> Int {
    let now = time.now
    let (lane, count) = try await store.write { (tx: borrowing Transaction) in
      let route = try tx.knownRoute(id, in: workspace)
      try tx.wake(route.lane, due: now)
      let found = try tx.placedEvents(workspace, account, after: sequence - 1, limit: 1).first
      guard let found, found.sequence == sequence else { throw Problem.webhookEventLost(sequence) }
      guard route.wants(found.event.kind, of: account),
        try tx.webhookStream(account, to: route).cursor >= sequence
      else { return (route.lane, 0) }
      try tx.enqueue(.event(sequence), account, to: route, due: now, at: now)
      return (route.lane, 1)
    }
    wake([lane])
    return count
  }

  /// Posts again what happened in a time, each account's events in order.
  ///
  /// - Returns: How many events these are, before the route's filter and without those that wait already; and, if there
  ///   are more than `replayLimit`, when the first happened that is left out.
  package func replay(
    from: Instant, until: Instant, of account: AccountID?, to id: WebhookRouteID, in workspace: WorkspaceID
  ) async throws -> (count: Int, next: Instant?) {
    let (now, limit) = (time.now, Self.replayLimit)
    let events = try await store.read { (tx: borrowing Transaction) in
      try tx.eventNames(workspace, account, from: from, until: until, limit: limit + 1)
    }
    let spans = Dictionary(grouping: events.prefix(limit), by: \.account)
    let (lane, count) = try await store.write { (tx: borrowing Transaction) in
      let route = try tx.knownRoute(id, in: workspace)
      try tx.wake(route.lane, due: now)
      var count = 0
      for (account, events) in spans {
        let cursor = try tx.webhookStream(account, to: route).cursor
        let meant = events.filter { $0.sequence <= cursor && route.wants($0.kind, of: account) }
        guard let first = meant.first?.sequence, let last = meant.last?.sequence else { continue }
        try tx.enqueue(
          .span(WebhookProgress(cursor: first - 1), last: last), account, to: route, due: now, at: now)
        count += meant.count
      }
      return (route.lane, count)
    }
    wake([lane])
    return (count, events.count > limit ? events.last?.created : nil)
  }

  /// Posts again what was given up. Returns how many events these are.
  package func replayFailed(to id: WebhookRouteID, in workspace: WorkspaceID) async throws -> Int {
    let now = time.now
    let (lane, count) = try await store.write { (tx: borrowing Transaction) in
      let route = try tx.knownRoute(id, in: workspace)
      try tx.wake(route.lane, due: now)
      var count = 0
      for row in try tx.failedWebhookTasks(of: route, limit: Self.replayLimit)
      where row.problem?.code != ProblemCode.webhookEventLost.rawValue {
        guard case .span(let progress, let last) = WebhookTask(progress: row.progress) else { continue }
        try tx.deleteWebhookTask(row)
        // From its beginning, with a time of its own.
        let task = WebhookTask.span(WebhookProgress(cursor: progress.cursor), last: last)
        try tx.enqueue(task, row.eventAccount, to: route, due: now, at: now)
        count += Int(last - progress.cursor)
      }
      return (route.lane, count)
    }
    wake([lane])
    return count
  }
}
