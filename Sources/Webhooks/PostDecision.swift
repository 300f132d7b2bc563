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
  ///   - isLate: whether the event was set aside before, so that none waits for it.
  ///   - jitter: 0...1.
  init(
    after failure: PostFailure, _ progress: WebhookProgress, _ health: WebhookHealth,
    ordering: WebhookOrdering, isLate: Bool, configuration: WebhookConfiguration, jitter: Double,
    at now: Instant
  ) {
    let since = progress.failingSince ?? now
    let othersSucceed = health.lastSuccess.map { $0 >= since } ?? false
    let pause = configuration.eventBackoff.pause(afterAttempt: progress.tries, jitter: jitter)
    let due = now + max(pause, failure.retryAfter ?? .zero)
    if failure.extent == .gone {
      self = .disable
    } else if isLate, failure.extent == .event {
      // Says nothing about the receiver.
      self = now - since >= configuration.giveUp ? .giveUp : .wait(until: due)
    } else if now - (health.failingSince ?? now) >= configuration.disable {
      self = .disable
    } else if failure.extent == .endpoint, !othersSucceed || failure.retryAfter != nil {
      // While others succeed it is not the receiver that is down, whatever the failure looks like; unless it asks for a
      // pause, which means everything.
      let rest = configuration.endpointBackoff.pause(afterAttempt: health.failures, jitter: jitter)
      self = .rest(until: now + max(failure.retryAfter ?? rest, .seconds(1)))
    } else {
      switch ordering {
      case .none where !isLate: self = .setAside(until: due)
      case .account where isLate: self = .wait(until: due)
      case .account where othersSucceed && now - since >= configuration.setAside:
        self = .setAside(until: due)
      case .strict where now - since >= configuration.giveUp: self = .giveUp
      case .account, .strict, .none: self = .wait(until: due)
      }
    }
  }
}
