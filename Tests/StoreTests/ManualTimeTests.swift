import Core
import StoreTesting
import Testing

@Suite struct ManualTimeTests {
  @Test func `a sleeper wakes when the clock has moved far enough`() async throws {
    let time = ManualTime()
    let start = time.now
    let task = Task {
      try await time.sleep(for: .seconds(10))
      return time.now
    }
    await time.untilSleeping()
    #expect(time.wakings == [start + .seconds(10)])
    time.advance(by: .seconds(9))
    #expect(time.wakings.count == 1)
    time.advance(by: .seconds(1))
    #expect(try await task.value == start + .seconds(10))
  }

  @Test func `a cancelled sleeper wakes at once`() async throws {
    let time = ManualTime()
    let task = Task { try await time.sleep(for: .seconds(10)) }
    await time.untilSleeping()
    task.cancel()
    await #expect(throws: CancellationError.self) { try await task.value }
    #expect(time.wakings == [])
  }

  @Test func `who is cancelled before he sleeps does not sleep`() async throws {
    let time = ManualTime()
    let task = Task {
      withUnsafeCurrentTask { $0?.cancel() }
      try await time.sleep(for: .seconds(10))
    }
    await #expect(throws: CancellationError.self) { try await task.value }
  }
}
