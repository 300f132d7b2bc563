import Core
import Events
import Foundation
import HTTP
import Logging
import Queue
import Store
import Synchronization
import Vault

/// Posting events as work of a queue. A row is the events of one account on their way to one route, its lane is the
/// route: a slow receiver holds up only itself.
final class WebhookWork: QueueWork {
  let kind = WorkKind.webhook
  /// The sequencer makes many rows ready at once.
  let locksLaneFirst = true

  private let vault: Vault
  private let poster: Poster
  private let time: any Time
  private let configuration: WebhookConfiguration
  private let logger: Logger
  private let endpoints = Mutex<[LaneKey: Endpoint]>([:])
  private let healths = Mutex<[LaneKey: (epoch: Int64, version: Int, health: WebhookHealth)]>([:])

  struct Item: Sendable {
    var row: QueueRecord
    /// `nil` for one that is gone.
    var route: WebhookRouteRecord?
    /// `nil` for what only a newer Heliograph can have written.
    var task: WebhookTask?
    var progress = WebhookProgress(cursor: 0)
    var events: [PlacedEvent] = []
    /// The last position whose event the stream posts; those after it are posted to the account's own URL.
    var end = Int64.max
    /// Whether its events are older than events are kept.
    var isLost = false
  }

  typealias Report = Outcome?

  struct Outcome: Sendable {
    var row: QueueRecord
    var route: WebhookRouteRecord
    /// `nil` if nothing was tried.
    var task: WebhookTask?
    var progress: WebhookProgress
    /// The last position whose event the stream posts.
    var end = Int64.max
    var attempts: [WebhookAttemptRecord] = []
    /// Events that are posted later, when, and what is known of them.
    var setAside: [(progress: WebhookProgress, due: Instant)] = []
    /// The number of one that is given up.
    var failed: Int64?
    var disabled: ProblemRecord?
    /// Whether it was the first success after an outage: what waits for another try is due.
    var recovered = false
    var ended: Instant

    var posts: Int { attempts.count { $0.problem == nil } }
  }

  init(
    vault: Vault, exchange: GuardedExchange, time: any Time, configuration: WebhookConfiguration,
    logger: Logger
  ) {
    self.vault = vault
    poster = Poster(exchange: exchange, time: time)
    self.time = time
    self.configuration = configuration
    self.logger = logger
  }

  func begin(_ attempt: QueueAttempt, in tx: borrowing Transaction) throws -> Item {
    let row = attempt.row
    let id = WebhookRouteID(String(row.lane.id.dropFirst(row.workspace.rawValue.utf8.count + 1)))
    var item = Item(
      row: row, route: try tx.webhookRoute(id, in: row.workspace), task: WebhookTask(progress: row.progress))
    guard let route = item.route, route.enabled, let task = item.task else {
      endpoints.withLock { $0[row.lane] = nil }
      return item
    }
    healths.withLock { healths in
      if let known = healths[row.lane], known.epoch == attempt.lease.epoch, known.version == route.version {
        return
      }
      healths[row.lane] = (attempt.lease.epoch, route.version, route.health)
    }
    var last = Int64.max
    switch task {
    case .stream:
      item.progress = try tx.webhookStream(row.eventAccount, to: route)
      if route.kind == .settings, let account = row.eventAccount {
        item.end = try tx.endOfSettings(for: account, in: row.workspace) ?? .max
      }
    case .span(let known, let end): (item.progress, last) = (known, end)
    }
    try read(&item, upTo: last, of: route, tx)
    return item
  }

  /// Passes over what the route does not want, a limited number at a time.
  private func read(
    _ item: inout Item, upTo last: Int64, of route: WebhookRouteRecord, _ tx: borrowing Transaction
  ) throws {
    for pass in 0..<8 {
      let found = try tx.placedEvents(
        item.row.workspace, item.row.eventAccount, after: item.events.last?.sequence ?? item.progress.cursor,
        limit: configuration.batch)
      let meant = found.filter { $0.sequence <= last && $0.position <= item.end }
      if pass == 0, meant.isEmpty, last < .max, item.progress.cursor < last { item.isLost = true }
      let wanted = meant.filter { route.wants($0.event.kind, of: $0.event.account) }
      if wanted.isEmpty, item.events.isEmpty, let passed = meant.last?.sequence {
        item.progress.advance(to: passed)
      }
      item.events += wanted
      if meant.count < configuration.batch || item.events.count >= configuration.batch / 2 { break }
    }
  }

  func perform(_ item: Item, recorder: StepRecorder) async throws -> QueueVerdict<Report> {
    let now = time.now
    guard let route = item.route, item.task != nil else {
      return QueueVerdict(
        name: "gone", settlement: QueueSettlement(state: .cancelled, due: now, progress: item.row.progress),
        pauseUntil: nil, report: nil)
    }
    guard route.enabled else {
      // Enabling the route ends the rest.
      return QueueVerdict(
        name: "disabled",
        settlement: QueueSettlement(state: .ready, due: now, progress: item.row.progress),
        pauseUntil: now + (route.kind == .formerAccount ? .seconds(5) : .seconds(3600)),
        report: Outcome(row: item.row, route: route, task: nil, progress: item.progress, ended: now))
    }
    let endpoint: Endpoint
    do {
      endpoint = try self.endpoint(route, item.row.lane)
    } catch {
      let problem = error as? Problem ?? .webhookInvalid("route", "cannot be read")
      logger.error(
        "A webhook route cannot be used.", metadata: ["route": "\(route.id)", "problem": "\(problem)"])
      return QueueVerdict(
        name: "unusable",
        settlement: QueueSettlement(
          state: .ready, due: now, progress: item.row.progress, problem: ProblemRecord(problem, at: now)),
        pauseUntil: now + .seconds(60), report: nil)
    }
    var run = PostRun(
      item: item, endpoint: endpoint, route: route, poster: poster, configuration: configuration, time: time,
      health: { [self] change in
        healths.withLock { healths in
          let before = healths[item.row.lane, default: (0, route.version, route.health)].health
          change(&healths[item.row.lane, default: (0, route.version, route.health)].health)
          return before
        }
      })
    return try await run.run()
  }

  private func endpoint(_ route: WebhookRouteRecord, _ lane: LaneKey) throws -> Endpoint {
    if let known = endpoints.withLock({ $0[lane] }), known.route.version == route.version,
      known.route.serviceSecret == route.serviceSecret
    {
      return known
    }
    let made = try Endpoint(route, vault)
    endpoints.withLock { $0[lane] = made }
    return made
  }

  /// The receiver may have had some of them: they are posted again, with the same ids.
  func interrupted(_ row: QueueRecord, now: Instant) -> QueueSettlement {
    QueueSettlement(state: .ready, due: now, progress: row.progress, problem: row.problem)
  }

  func beforeClaims(_ report: Report, in tx: borrowing Transaction) throws -> Bool {
    guard let report else { return true }
    let (route, account) = (report.route, report.row.eventAccount)
    let current = try tx.webhookRoute(route.id, in: route.workspace)
    // Somebody has changed the route meanwhile, so that what was learnt about the receiver no longer counts.
    let isCurrent = current?.version == route.version
    guard let task = report.task else { return try isCurrent && !handOver(current, tx) }
    guard let current, current.startPosition == route.startPosition else {
      // What was missed is to be skipped, and this is part of it.
      try tx.deleteWebhookTask(report.row)
      if let current, task == .stream {
        try tx.enqueue(.stream, account, to: current, due: report.ended, at: report.ended)
      }
      return false
    }
    if task == .stream {
      try tx.save(report.progress, of: account, to: route)
      try tx.renew(report.row, ifEventsAfter: report.progress.cursor, upTo: report.end, at: report.ended)
    }
    for late in report.setAside {
      let task = WebhookTask.span(late.progress, last: late.progress.cursor + 1)
      try tx.enqueue(task, account, to: route, due: late.due, at: report.ended)
    }
    if let failed = report.failed {
      try tx.keepFailed(failed, account, of: route, report.attempts.last?.problem, at: report.ended)
    }
    if report.recovered { try tx.hurry(route, at: report.ended) }
    return try !handOver(current, tx) && isCurrent
  }

  /// Whether the settings' route has gone on in the place of one that is no more.
  private func handOver(_ route: WebhookRouteRecord?, _ tx: borrowing Transaction) throws -> Bool {
    guard let route, route.kind == .formerAccount else { return false }
    return try tx.handOver(route, at: time.now)
  }

  func conclude(_ report: Report, in tx: borrowing Transaction) throws {
    guard let report else { return }
    let route = report.route
    for attempt in report.attempts { try tx.insert(attempt, of: route.id, in: route.workspace) }
    let health = healths.withLock { $0[route.lane]?.health }
    if let health, !report.attempts.isEmpty { try tx.note(health, posts: report.posts, of: route) }
    if let problem = report.disabled, try tx.disable(route, problem, at: report.ended) {
      try tx.append(
        Event.webhookDisabled(DisabledRoute(route, problem))
          .record(nil, in: route.workspace, at: report.ended))
    }
  }
}
