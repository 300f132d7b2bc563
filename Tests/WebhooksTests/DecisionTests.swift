import Core
import Store
import Testing

@testable import Webhooks

/// What follows from a failed post, as a table.
@Suite struct DecisionTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var extent = PostFailure.Extent.event
    var status = 500
    var retryAfter: Int?
    var ordering = WebhookOrdering.account
    var isLate = false
    /// Seconds for which the event has failed, and for which nothing has succeeded.
    var failing = 0
    var down = 0
    /// Seconds since a success, if there was one.
    var success: Int?
    /// Seconds since the route was changed.
    var changed = 1_000_000
    var expected: String

    var testDescription: String { "\(self)" }
  }

  private static let day = 86_400

  @Test(arguments: [
    Case(expected: "wait 5"),
    Case(failing: 3600, down: 3600, expected: "wait 5"),
    Case(failing: 3600, success: 10, expected: "aside 5"),
    Case(failing: 800, success: 10, expected: "wait 5"),
    // A success before it failed says nothing.
    Case(failing: 3600, down: 3600, success: 4000, expected: "wait 5"),
    // Nor does the time for which the route was disabled.
    Case(failing: 3600, success: 10, changed: 60, expected: "wait 5"),
    Case(extent: .endpoint, status: 503, expected: "rest 5"),
    Case(extent: .endpoint, status: 503, down: 60, expected: "rest 60"),
    Case(extent: .endpoint, status: 503, down: 7000, expected: "rest 600"),
    Case(extent: .endpoint, status: 503, retryAfter: 100, down: 60, expected: "rest 100"),
    Case(extent: .endpoint, status: 503, retryAfter: 0, down: 60, expected: "rest 5"),
    Case(extent: .endpoint, status: 404, failing: 60, success: 10, expected: "wait 5"),
    Case(extent: .endpoint, status: 404, failing: 3600, success: 10, expected: "aside 5"),
    // One event that always gets Retry-After does not hold up all.
    Case(extent: .endpoint, status: 503, retryAfter: 100, failing: 3600, success: 10, expected: "aside 100"),
    Case(extent: .endpoint, status: 429, retryAfter: 100, failing: 3600, success: 10, expected: "rest 100"),
    Case(down: 3 * day, expected: "disable"),
    Case(extent: .endpoint, status: 503, down: 3 * day, expected: "disable"),
    Case(extent: .endpoint, status: 503, down: 3 * day, changed: 10, expected: "rest 10"),
    Case(extent: .gone, status: 410, expected: "disable"),
    Case(extent: .gone, status: 410, ordering: .strict, isLate: true, expected: "disable"),
    Case(ordering: .strict, failing: 3600, success: 10, expected: "wait 5"),
    Case(ordering: .strict, failing: 3 * day, success: 10, expected: "give up"),
    Case(ordering: .none, success: 10, expected: "aside 5"),
    Case(ordering: .none, expected: "aside 5"),
    Case(ordering: .none, down: 120, expected: "rest 120"),
    Case(ordering: .none, failing: 60, success: 10, expected: "aside 5"),
    Case(isLate: true, failing: 3600, expected: "wait 5"),
    Case(isLate: true, failing: 3 * day, down: 3 * day, expected: "give up"),
    Case(extent: .endpoint, status: 404, isLate: true, failing: 3 * day, success: 10, expected: "give up"),
    Case(extent: .endpoint, status: 404, isLate: true, failing: 3600, success: 10, expected: "wait 5"),
    Case(extent: .endpoint, status: 503, isLate: true, down: 60, expected: "rest 60"),
  ])
  func `what follows depends on what failed and on what else is known`(one: Case) {
    let now = Instant(microseconds: 1_795_214_486_000_000)
    func ago(_ seconds: Int) -> Instant { now - .seconds(seconds) }
    var progress = WebhookProgress(cursor: 1)
    (progress.tries, progress.failingSince) = (1, ago(one.failing))
    var health = WebhookHealth()
    (health.failures, health.failingSince) = (1, ago(one.down))
    health.lastSuccess = one.success.map { ago($0) }
    let failure = PostFailure(
      problem: Problem(
        .webhookRefused, "x", remedy: nil, retry: .safe(after: one.retryAfter.map { .seconds($0) }),
        origin: PeerError(status: one.status)), extent: one.extent)
    let decision = PostDecision(
      after: failure, progress, health, (one.ordering, ago(one.changed)), isLate: one.isLate,
      configuration: WebhookConfiguration(), jitter: 0.5, at: now)
    let word =
      switch decision {
      case .wait(let until): "wait \((until - now).components.seconds)"
      case .rest(let until): "rest \((until - now).components.seconds)"
      case .setAside(let until): "aside \((until - now).components.seconds)"
      case .giveUp: "give up"
      case .disable: "disable"
      }
    #expect(word == one.expected)
  }
}
