import Core
import Foundation
import JSON
import Queue
import Store

/// One turn of a task: posts its events one after the other until one is not taken.
struct PostRun: Sendable {
  let item: WebhookWork.Item
  let endpoint: Endpoint
  let route: WebhookRouteRecord
  let poster: Poster
  let configuration: WebhookConfiguration
  let time: any Time
  /// Changes what is known of the receiver, which other tasks post to as well, and returns what was known before.
  let health: @Sendable (_ change: (inout WebhookHealth) -> Void) -> WebhookHealth

  private var progress = WebhookProgress(cursor: 0)
  private var attempts: [WebhookAttemptRecord] = []
  private var setAside: [(progress: WebhookProgress, due: Instant)] = []
  private var recovered = false

  init(
    item: WebhookWork.Item, endpoint: Endpoint, route: WebhookRouteRecord, poster: Poster,
    configuration: WebhookConfiguration, time: any Time,
    health: @escaping @Sendable (_ change: (inout WebhookHealth) -> Void) -> WebhookHealth
  ) {
    self.item = item
    self.endpoint = endpoint
    self.route = route
    self.poster = poster
    self.configuration = configuration
    self.time = time
    self.health = health
    progress = item.progress
  }

  private var isLate: Bool { if case .span = item.task { true } else { false } }

  /// Of the last event of a span; of the last one that there is, for a stream.
  private var end: Int64 { if case .span(_, let last) = item.task { last } else { .max } }

  mutating func run() async throws -> QueueVerdict<WebhookWork.Report> {
    let started = time.now
    var events = item.events[...]
    while let placed = events.first, time.now - started < configuration.turn || attempts.isEmpty {
      events.removeFirst()
      guard let failure = try await post(placed, number: progress.tries + 1) else {
        progress.advance(to: placed.sequence)
        continue
      }
      let (decision, taken) = try await decide(after: failure, later: events)
      switch decision {
      case .wait(let due): return verdict("deferred", .deferred, due: due)
      case .rest(let until):
        _ = health { $0.isDown = true }
        return verdict("resting", .ready, due: time.now, pauseUntil: until)
      case .setAside(let due):
        var late = progress
        late.cursor = placed.sequence - 1
        setAside.append((late, due))
        progress.advance(to: taken ?? placed.sequence)
        events = events.drop { $0.sequence <= progress.cursor }
      case .giveUp:
        // A span of one event is its own record.
        if case .span(_, let last) = item.task, last == placed.sequence, progress.cursor == last - 1 {
          return verdict("failed", .failed, due: time.now)
        }
        progress.advance(to: placed.sequence)
        return verdict("failed", .ready, due: time.now, failed: placed.sequence)
      case .disable:
        let now = time.now
        return verdict(
          "disabled", .ready, due: now, pauseUntil: now + .seconds(3600),
          disabled: ProblemRecord(failure.problem, at: now))
      }
    }
    return finished(hasMore: !events.isEmpty)
  }

  /// All events were posted, or the turn is over.
  private func finished(hasMore: Bool) -> QueueVerdict<WebhookWork.Report> {
    let now = time.now
    if hasMore || item.events.count >= configuration.batch / 2 { return verdict("posted", .ready, due: now) }
    if item.isLost {
      let problem = ProblemRecord(.webhookEventLost(progress.cursor + 1), at: now)
      return verdict("lost", .failed, due: now, problem: problem)
    }
    return verdict("posted", isLate && progress.cursor < end ? .ready : .done, due: now)
  }

  /// Posts one event that the route wants, and records it. Returns why it was not taken; `nil` if it was, or is not
  /// wanted.
  private mutating func post(_ placed: PlacedEvent, number: Int) async throws -> PostFailure? {
    let envelope = EventEnvelope(placed, serviceURL: configuration.serviceURL)
    let body: [UInt8]
    do {
      guard let wanted = try endpoint.body(envelope, placed) else { return nil }
      body = wanted
    } catch {
      // Only an event that is larger than any JSON that is read here.
      return PostFailure(
        problem: .webhookInvalid("filter", "cannot be applied to the event: \(error)"), extent: .event)
    }
    let result = await poster.post(
      Poster.Post(
        id: envelope.id, event: placed.event.kind, body: body, occurred: placed.event.created, number: number),
      to: endpoint)
    if result.failure != nil, Task.isCancelled { throw CancellationError() }
    let ended = result.started + result.duration
    attempts.append(
      WebhookAttemptRecord(
        started: result.started, account: placed.event.account, sequence: placed.sequence,
        event: placed.event.kind, number: number, duration: result.duration, status: result.status,
        answer: result.answer, problem: result.failure.map { ProblemRecord($0.problem, at: ended) }))
    note(result, at: ended)
    return result.failure
  }

  private mutating func note(_ result: Poster.Result, at now: Instant) {
    let saysNothing = isLate && result.failure?.extent == .event
    let before = health { health in
      if let failure = result.failure {
        health.lastError = ProblemRecord(failure.problem, at: now)
        if saysNothing { return }
        health.failures += 1
        health.failingSince = health.failingSince ?? now
      } else {
        let recovered = health.isDown ? now : health.recovered
        health = WebhookHealth()
        (health.lastSuccess, health.recovered) = (now, recovered)
      }
    }
    if result.failure == nil, let since = before.failingSince, now - since >= configuration.outage {
      recovered = true
    }
  }

  /// - Returns: Also the number of one of `later` that was taken meanwhile.
  private mutating func decide(
    after failure: PostFailure, later: ArraySlice<PlacedEvent>
  ) async throws -> (PostDecision, taken: Int64?) {
    let now = time.now
    progress.tries += 1
    progress.failingSince = progress.failingSince ?? now
    let decision = decision(after: failure, at: now)
    guard case .wait(let until) = decision, failure.extent == .event, !isLate, route.ordering == .account,
      now - (progress.failingSince ?? now) >= configuration.setAside
    else { return (decision, nil) }
    // No other account's events tell whether it is this one or the receiver. The next one does: if it is taken, this
    // one is set aside; else both wait in their order.
    for next in later {
      let before = attempts.count
      let probed = try await post(next, number: 1)
      // One that the filter leaves out tells nothing.
      if attempts.count == before { continue }
      guard let probed else { return (.setAside(until: until), next.sequence) }
      let tellsMore = probed.extent == .gone || probed.isThrottled
      return (tellsMore ? self.decision(after: probed, at: time.now) : decision, nil)
    }
    return (decision, nil)
  }

  private func decision(after failure: PostFailure, at now: Instant) -> PostDecision {
    PostDecision(
      after: failure, progress, health { _ in }, (route.ordering, route.updated), isLate: isLate,
      configuration: configuration, jitter: .random(in: 0...1), at: now)
  }

  private func verdict(
    _ name: String, _ state: QueueState, due: Instant, pauseUntil: Instant? = nil, failed: Int64? = nil,
    disabled: ProblemRecord? = nil, problem: ProblemRecord? = nil
  ) -> QueueVerdict<WebhookWork.Report> {
    var task = item.task ?? .stream
    if case .span(_, let last) = task { task = .span(progress, last: last) }
    let report = WebhookWork.Outcome(
      row: item.row, route: route, task: task, progress: progress, end: item.end, attempts: attempts,
      setAside: setAside,
      failed: failed, disabled: disabled, recovered: recovered, ended: time.now)
    return QueueVerdict(
      name: name,
      settlement: QueueSettlement(
        state: state, due: due, progress: task.progress,
        problem: problem ?? (state == .done ? nil : attempts.last?.problem)),
      pauseUntil: pauseUntil, report: report)
  }
}
