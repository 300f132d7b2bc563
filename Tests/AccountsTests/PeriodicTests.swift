import AccountsTesting
import Core
import Logging
import Queue
import ServiceLifecycle
import StoreTesting
import Synchronization
import Testing

/// Work that is done again and again, and work on many things with a limit.
@Suite struct PeriodicTests {
  @Test(arguments: [true, false])
  func `a body runs after each pause, also when it failed, and ends with the service`(atOnce: Bool)
    async throws
  {
    let time = ManualTime()
    let runs = Counter()
    let periodic = Periodic(
      "trying", every: .seconds(60), time: time, logger: Logger(label: "test") { _ in .silent })
    let group = ServiceGroup(
      services: [Runner(periodic: periodic, atOnce: atOnce) { try runs.countAndFail() }],
      logger: Logger(label: "test") { _ in .silent })
    try await withThrowingTaskGroup(of: Void.self) { tasks in
      tasks.addTask { try await group.run() }
      let first = atOnce ? 1 : 0
      for round in 0..<3 {
        await time.untilSleeping()
        #expect(runs.count == first + round)
        // At least nine tenths of the interval.
        let wait = try #require(time.wakings.first) - time.now
        #expect(wait >= .seconds(54) && wait <= .seconds(60))
        time.advance(by: .seconds(60))
      }
      await time.untilSleeping()
      await group.triggerGracefulShutdown()
      try await tasks.waitForAll()
    }
  }

  private struct Runner: Service {
    let periodic: Periodic
    let atOnce: Bool
    let body: @Sendable () throws -> Void

    func run() async throws { await periodic.run(startingAtOnce: atOnce) { try body() } }
  }

  @Test(arguments: [1, 3, 100])
  func `each element is seen once, and never more than the limit at a time`(limit: Int) async {
    let state = Watch()
    await (0..<50).forEach(limit: limit) { element in
      state.begin(element)
      await Task.yield()
      state.end()
    }
    #expect(state.seen == Set(0..<50) && state.most <= limit)
  }
}

private final class Watch: Sendable {
  private let state = Mutex(State())

  private struct State {
    var running = 0
    var most = 0
    var seen: Set<Int> = []
  }

  var seen: Set<Int> { state.withLock { $0.seen } }
  var most: Int { state.withLock { $0.most } }

  func begin(_ element: Int) {
    state.withLock { state in
      state.running += 1
      state.most = max(state.most, state.running)
      state.seen.insert(element)
    }
  }

  func end() {
    state.withLock { $0.running -= 1 }
  }
}

private final class Counter: Sendable {
  private struct Failure: Error {}
  private let runs = Mutex(0)

  var count: Int { runs.withLock { $0 } }

  func countAndFail() throws {
    runs.withLock { $0 += 1 }
    throw Failure()
  }
}
