import Core
import Queue
import Store

/// What follows from a failed post. A value: it knows no clock, socket or database.
enum PostDecision: Sendable, Hashable {
  /// Try the event again then; those after it wait.
  case wait(until: Instant)
  /// The receiver is down: try again then, and post nothing to it before.
  case rest(until: Instant)
  /// Try the event again then, and go on with those after it.
  case setAside(until: Instant)
  /// Keep it as one that has failed, and go on with those after it.
  case giveUp
  /// Post nothing until somebody enables the route again.
  case disable

  /// - Parameters:
  ///   - progress: of the task, with this failure counted.
  ///   - health: of the route, with this failure counted.
  ///   - route: its order, and when it was last changed: what failed before that says nothing.
  ///   - isLate: whether the event was set aside before, so that none waits for it.
  ///   - jitter: 0...1.
  init(
    after failure: PostFailure, _ progress: WebhookProgress, _ health: WebhookHealth,
    _ route: (ordering: WebhookOrdering, updated: Instant), isLate: Bool, configuration: WebhookConfiguration,
    jitter: Double, at now: Instant
  ) {
    // The receiver being down, or the route disabled, is not the event's own failure.
    let since = [progress.failingSince ?? now, route.updated, health.recovered ?? route.updated].max() ?? now
    let othersSucceed = health.lastSuccess.map { $0 >= since } ?? false
    let isOverdue = now - since >= configuration.giveUp
    let pause = configuration.eventBackoff.pause(afterAttempt: progress.tries, jitter: jitter)
    let due = now + max(pause, failure.retryAfter ?? .zero)
    if failure.extent == .gone {
      self = .disable
      return
    }
    if isLate, failure.extent == .event || othersSucceed, !failure.isThrottled {
      self = isOverdue ? .giveUp : .wait(until: due)
      return
    }
    let down = now - max(health.failingSince ?? now, route.updated)
    if down >= configuration.disable {
      self = .disable
      return
    }
    // While others succeed it is not the receiver that is down, whatever the failure looks like. Without order, all
    // events are tried by themselves, so an outage shows in all of them.
    let isDown =
      failure.extent == .endpoint && !othersSucceed || route.ordering == .none && down >= configuration.outage
    if isDown || failure.isThrottled {
      // As long again as it has been down, whatever was in flight at once.
      let (first, limit) = (configuration.endpointBackoff.first, configuration.endpointBackoff.limit)
      let rest = min(max(first, down), limit) * (0.8 + 0.4 * jitter)
      self = .rest(until: now + max(failure.retryAfter ?? rest, first))
      return
    }
    switch route.ordering {
    case .none: self = .setAside(until: due)
    case .account where othersSucceed && now - since >= configuration.setAside: self = .setAside(until: due)
    case .strict where isOverdue: self = .giveUp
    case .account, .strict: self = .wait(until: due)
    }
  }
}
