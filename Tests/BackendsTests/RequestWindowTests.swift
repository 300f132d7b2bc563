import Core
import StoreTesting
import Testing

@testable import Backends
@testable import Store

@Suite struct RequestWindowTests {
  private static let start = Instant(microseconds: 1_795_214_486_000_000)

  @Test func `after 10,000 requests the next one waits until the first are ten minutes old`() {
    var window = RequestWindow()
    for number in 0..<RequestWindow.requestLimit {
      #expect(window.take(bytes: 0, at: Self.start + .milliseconds(number)) == nil)
    }
    let now = Self.start + .seconds(20)
    let until = window.take(bytes: 0, at: now)
    #expect(until == Self.start + .seconds(605))
    #expect(window.take(bytes: 0, at: Self.start + .seconds(605)) == nil)
  }

  @Test func `uploads stop at 150 MB in five minutes, and other requests go on`() {
    var window = RequestWindow()
    for number in 0..<38 {
      #expect(window.take(bytes: 4_000_000, at: Self.start + .seconds(number)) == nil)
    }
    // What began below the limit was let through whole.
    #expect(window.take(bytes: 6_000_000, at: Self.start + .seconds(40)) == nil)
    #expect(window.take(bytes: 1, at: Self.start + .seconds(41)) == Self.start + .seconds(305))
    #expect(window.take(bytes: 0, at: Self.start + .seconds(42)) == nil)
    #expect(window.take(bytes: 4_000_000, at: Self.start + .seconds(305)) == nil)
    #expect(!window.isIdle(at: Self.start + .seconds(305)))
    #expect(window.isIdle(at: Self.start + .seconds(1000)))
  }

  @Test func `at the limit the mailbox is closed for as long, and no request is made`() async throws {
    let time = ManualTime()
    let limiter = MailboxLimiter(time: time)
    let lane = LaneKey(.mail, "client/mailbox")
    for _ in 0..<38 { try await limiter.run(lane, uploading: 4_200_000) {} }
    let problem = try #require(
      await #expect(throws: Problem.self) {
        try await limiter.run(lane, uploading: 1) { Issue.record("a request was made") }
      })
    #expect(problem.code == .graphThrottled)
    guard case .safe(let pause?) = problem.retry else {
      Issue.record("no pause is named")
      return
    }
    #expect(pause > .seconds(290) && pause <= .seconds(305))
    #expect(limiter.placeAtOnce(in: lane) == nil)
    time.advance(by: pause)
    try await limiter.run(lane, uploading: 1) {}
  }
}
