import Core
package import Queue

package struct WebhookConfiguration: Sendable {
  /// The public URL of the gateway, as `serviceUrl` in every event.
  package var serviceURL = ""
  /// Connecting and the reply together.
  package var timeout: Duration = .seconds(20)
  /// Events of an account that one task posts before others of the route have their turn.
  package var batch = 64
  /// After so long a task stops with what it has.
  package var turn: Duration = .seconds(5)
  /// How long nothing succeeds before that counts as an outage of the receiver, after which all that waits is tried.
  package var outage: Duration = .seconds(60)
  /// How long an event may fail, while others succeed, before those after it go on.
  package var setAside: Duration = .seconds(15 * 60)
  /// How long an event is tried that was set aside, or that holds up others in strict order.
  package var giveUp: Duration = .seconds(3 * 86_400)
  /// How long nothing may succeed before the route is disabled.
  package var disable: Duration = .seconds(3 * 86_400)
  /// Between two posts of an event that the receiver does not take.
  package var eventBackoff = Backoff(first: .seconds(5), limit: .seconds(900))
  /// Between two attempts to reach a receiver that is down.
  package var endpointBackoff = Backoff(first: .seconds(5), limit: .seconds(600))
  /// How long attempts, and events that were given up, can be looked at.
  package var retention: Duration = .seconds(7 * 86_400)
  package var sweepInterval: Duration = .seconds(3600)
  package var queue = WebhookConfiguration.queue

  /// A lane is a route, and one that is slow keeps its place: there are many places.
  private static var queue: QueueConfiguration {
    var queue = QueueConfiguration()
    queue.lanes = 2048
    queue.attemptsPerLane = 8
    // The receiver's own failures set the pauses.
    queue.failurePause = .zero
    queue.drain = .seconds(25)
    return queue
  }

  package init() {}
}
