import Core
import Store
import StoreTesting
import Synchronization
import Testing

@testable import Backends

/// Four requests at a time for each mailbox, none while Microsoft asks to wait.
@Suite struct MailboxLimiterTests {
  static let lane = LaneKey(clientID: "client", mailbox: "a@a.example")
  static let other = LaneKey(clientID: "client", mailbox: "b@a.example")

  @Test func `at most four requests of a mailbox are in flight, and all get their turn`() async throws {
    let limiter = MailboxLimiter(time: ManualTime())
    let crowd = Crowd()
    let ran = try await withThrowingTaskGroup(of: Int.self) { group in
      for number in 0..<40 {
        group.addTask {
          try await limiter.run(Self.lane) {
            crowd.enter()
            for _ in 0..<20 { await Task.yield() }
            crowd.leave()
            return number
          }
        }
      }
      return try await group.reduce(into: Set()) { $0.insert($1) }
    }
    #expect(ran.count == 40)
    #expect(crowd.most == MailboxLimiter.width)
  }

  @Test func `a Retry-After closes the mailbox, and only it, until it is over`() async throws {
    let time = ManualTime()
    let limiter = MailboxLimiter(time: time)
    let refusal = refused(.graphThrottled, .safe(after: .seconds(30)))
    await #expect(throws: Problem.self) { try await limiter.run(Self.lane) { throw refusal } }
    time.advance(by: .seconds(10))
    let problem = await #expect(throws: Problem.self) { try await limiter.run(Self.lane) {} }
    #expect(problem?.code == .graphThrottled)
    #expect(problem?.retry == .safe(after: .seconds(20)))
    try await limiter.run(Self.other) {}
    time.advance(by: .seconds(20))
    try await limiter.run(Self.lane) {}
  }

  @Test func `those who wait are told when the mailbox closes`() async throws {
    let limiter = MailboxLimiter(time: ManualTime())
    let (full, entered) = AsyncStream.makeStream(of: Void.self)
    let (hold, release) = AsyncStream.makeStream(of: Void.self)
    await withTaskGroup(of: Void.self) { group in
      for _ in 0..<MailboxLimiter.width {
        group.addTask {
          try? await limiter.run(Self.lane) {
            entered.yield()
            for await _ in hold {}
            throw refused(.graphUnavailable, .safe(after: .seconds(5)))
          }
        }
      }
      var arrivals = full.makeAsyncIterator()
      for _ in 0..<MailboxLimiter.width { await arrivals.next() }
      group.addTask {
        let problem = await #expect(throws: Problem.self) { try await limiter.run(Self.lane) {} }
        #expect(problem?.retry == .safe(after: .seconds(5)))
      }
      await limiter.untilWaiting(Self.lane, 1)
      release.finish()
    }
  }

  @Test func `one who gives up waiting leaves the place to others`() async throws {
    let limiter = MailboxLimiter(time: ManualTime())
    let (hold, release) = AsyncStream.makeStream(of: Void.self)
    try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 0..<MailboxLimiter.width {
        group.addTask { try await limiter.run(Self.lane) { for await _ in hold {} } }
      }
      await limiter.untilInFlight(Self.lane, MailboxLimiter.width)
      let impatient = Task { try await limiter.run(Self.lane) {} }
      await limiter.untilWaiting(Self.lane, 1)
      impatient.cancel()
      await #expect(throws: CancellationError.self) { try await impatient.value }
      group.addTask { try await limiter.run(Self.lane) {} }
      await limiter.untilWaiting(Self.lane, 1)
      release.finish()
      try await group.waitForAll()
    }
    #expect(limiter.isFree(Self.lane))
  }

  @Test func `a place that is taken and not used goes to whoever waits`() async throws {
    let limiter = MailboxLimiter(time: ManualTime())
    var places: [MailboxLimiter.Place] = []
    for _ in 0..<MailboxLimiter.width { places.append(try #require(limiter.placeAtOnce(in: Self.lane))) }
    #expect(limiter.placeAtOnce(in: Self.lane) == nil)
    let waiting = Task { try await limiter.run(Self.lane) {} }
    await limiter.untilWaiting(Self.lane, 1)
    places.removeLast()
    try await waiting.value
    // A place serves one request, and is free when that is over.
    try await places[0].run {}
    #expect(limiter.inFlight(Self.lane) == 2)
    places.removeAll()
    #expect(limiter.isFree(Self.lane))
  }

  @Test func `a place that was taken before the mailbox closed makes no request`() async throws {
    let time = ManualTime()
    let limiter = MailboxLimiter(time: time)
    let place = try #require(limiter.placeAtOnce(in: Self.lane))
    let refusal = refused(.graphThrottled, .safe(after: .seconds(30)))
    await #expect(throws: Problem.self) { try await limiter.run(Self.lane) { throw refusal } }
    #expect(limiter.placeAtOnce(in: Self.lane) == nil)
    let problem = await #expect(throws: Problem.self) {
      try await place.run { Issue.record("It was asked.") }
    }
    #expect(problem?.retry == .safe(after: .seconds(30)))
    time.advance(by: .seconds(30))
    #expect(limiter.placeAtOnce(in: Self.lane) != nil)
  }

  @Test(arguments: [
    refused(.graphThrottled, .safe(after: nil)), refused(.graphTokenRejected, .futile),
    refused(.graphLostReply, .unsafe), refused(.graphRejected, .safe(after: .seconds(60))),
  ])
  func `what names no time, or concerns one message, does not close the mailbox`(problem: Problem)
    async throws
  {
    let limiter = MailboxLimiter(time: ManualTime())
    await #expect(throws: Problem.self) { try await limiter.run(Self.lane) { throw problem } }
    #expect(limiter.isFree(Self.lane))
  }

  @Test func `a day's limit on sending does not keep anybody from reading`() async throws {
    let limiter = MailboxLimiter(time: ManualTime())
    let limit = refused(.graphSendingBlocked, .safe(after: .seconds(3600)))
    await #expect(throws: Problem.self) { try await limiter.run(Self.lane) { throw limit } }
    try await limiter.run(Self.lane) {}
  }
}

private final class Crowd: Sendable {
  private let counts = Mutex((now: 0, most: 0))

  func enter() {
    counts.withLock { $0 = ($0.now + 1, max($0.most, $0.now + 1)) }
  }

  func leave() {
    counts.withLock { $0.now -= 1 }
  }

  var most: Int { counts.withLock { $0.most } }
}

private func refused(_ code: ProblemCode, _ retry: Retry) -> Problem {
  Problem(code, "No.", remedy: nil, retry: retry)
}

extension MailboxLimiter {
  fileprivate func untilWaiting(_ lane: LaneKey, _ count: Int) async {
    while waiting(lane) < count { await Task.yield() }
  }

  fileprivate func untilInFlight(_ lane: LaneKey, _ count: Int) async {
    while inFlight(lane) < count { await Task.yield() }
  }
}
