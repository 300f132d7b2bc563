import Core
import Testing

@testable import Delivery
@testable import Queue

@Suite struct BackoffTests {
  @Test(arguments: [
    (1, 0.5, Duration.seconds(5)), (2, 0.5, .seconds(10)), (3, 0.5, .seconds(20)), (1, 0, .seconds(4)),
    (1, 1, .seconds(6)), (11, 0.5, .seconds(3600)), (1_000_000, 0.5, .seconds(3600)), (0, 0.5, .seconds(5)),
  ])
  func `a pause doubles up to its limit`(attempt: Int, jitter: Double, pause: Duration) {
    let difference = Backoff().pause(afterAttempt: attempt, jitter: jitter) - pause
    #expect(abs(difference.microseconds) < 10)
  }

  @Test func `five days hold some hundred and thirty attempts`() {
    #expect((120...135).contains(Backoff().attempts(within: .seconds(5 * 86_400))))
  }
}
