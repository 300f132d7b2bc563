/// How much a queue does in parallel, and how long a node may be silent before another takes its lanes.
package struct QueueConfiguration: Sendable {
  /// Lanes this node works on at once.
  package var lanes = 128
  /// Attempts in flight in each lane. Graph serves four requests at once for each app and mailbox.
  package var attemptsPerLane = 4
  /// After so many claims a lane goes to the end of the line, so that a long one does not starve the others.
  package var claimsPerTurn = 256
  /// How long a lane rests when as many attempts in a row as it may have in flight have failed.
  package var failurePause: Duration = .seconds(5)
  /// How long a lane stays with a node that gives no sign of life. It is renewed three times as often.
  package var lease: Duration = .seconds(60)
  /// How often deferred rows, and rows from other nodes, are looked for.
  package var poll: Duration = .seconds(1)
  /// How long attempts in flight may take to finish at shutdown.
  package var drain: Duration = .seconds(20)

  package init() {}
}
