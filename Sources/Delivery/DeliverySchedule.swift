package import Queue

/// When a message is tried again, and for how long.
package struct DeliverySchedule: Sendable, Hashable {
  /// How long to wait before looking for a message whose reply was lost: Exchange may still be processing it.
  package var unknownOutcomeWait: Duration = .seconds(120)
  /// A message that has not been sent by then has failed.
  package var maximumAge: Duration = .seconds(5 * 86_400)
  package var backoff = Backoff()
  /// How long a lane rests whose account cannot be used until a person acts.
  package var accountPause: Duration = .seconds(300)
  /// How long a lane rests when Graph throttles it without a `Retry-After`.
  package var throttledPause: Duration = .seconds(10)
  /// How long a lane rests, at most, after Microsoft could not be reached.
  package var outagePause: Duration = .seconds(5)

  package init() {}
}
