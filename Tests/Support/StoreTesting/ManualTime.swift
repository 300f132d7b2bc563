package import Core
import Synchronization

/// Time that stands still until a test moves it.
///
///     let time = ManualTime()
///     async let work: Void = renewer.run(time: time)
///     await time.untilSleeping()          // it has come to its pause
///     time.advance(by: .seconds(60))      // and goes on
package final class ManualTime: Time {
  private struct Sleeper {
    let until: Instant
    let continuation: CheckedContinuation<Void, any Error>
  }

  private struct State {
    var now: Instant
    var lastID = 0
    var sleepers: [Int: Sleeper] = [:]
    /// Cancelled before they fell asleep.
    var cancelled: Set<Int> = []
    var watchers: [(count: Int, continuation: CheckedContinuation<Void, Never>)] = []
  }

  private let state: Mutex<State>

  /// Starts on 2026-11-20 at 22:41:26 UTC unless told otherwise.
  package init(now: Instant = Instant(microseconds: 1_795_214_486_000_000)) {
    state = Mutex(State(now: now))
  }

  package var now: Instant { state.withLock { $0.now } }

  /// When each of those who sleep now will wake, earliest first.
  package var wakings: [Instant] { state.withLock { $0.sleepers.values.map(\.until).sorted() } }

  package func sleep(for duration: Duration) async throws {
    let id = state.withLock { state in
      state.lastID += 1
      return state.lastID
    }
    try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { fallAsleep(id, duration, $0) }
    } onCancel: {
      let sleeper = state.withLock { state in
        let sleeper = state.sleepers.removeValue(forKey: id)
        if sleeper == nil { state.cancelled.insert(id) }
        return sleeper
      }
      sleeper?.continuation.resume(throwing: CancellationError())
    }
  }

  /// Moves the clock and wakes those whose time has come, earliest first.
  package func advance(by duration: Duration) {
    let woken = state.withLock { state in
      state.now = state.now + duration
      let due = state.sleepers.filter { $0.value.until <= state.now }
      for id in due.keys { state.sleepers[id] = nil }
      return due.values.sorted { $0.until < $1.until }
    }
    woken.forEach { $0.continuation.resume() }
  }

  /// Returns when at least `count` tasks sleep.
  package func untilSleeping(_ count: Int = 1) async {
    await withCheckedContinuation { continuation in
      let ready = state.withLock { state in
        if state.sleepers.count >= count { return true }
        state.watchers.append((count, continuation))
        return false
      }
      if ready { continuation.resume() }
    }
  }

  private func fallAsleep(
    _ id: Int, _ duration: Duration, _ continuation: CheckedContinuation<Void, any Error>
  ) {
    let (result, watchers) = state.withLock {
      state -> (Result<Void, any Error>?, [CheckedContinuation<Void, Never>]) in
      if state.cancelled.remove(id) != nil { return (.failure(CancellationError()), []) }
      if duration <= .zero { return (.success(()), []) }
      state.sleepers[id] = Sleeper(until: state.now + duration, continuation: continuation)
      let asleep = state.sleepers.count
      let watchers = state.watchers.filter { $0.count <= asleep }.map(\.continuation)
      state.watchers.removeAll { $0.count <= asleep }
      return (nil, watchers)
    }
    if let result { continuation.resume(with: result) }
    watchers.forEach { $0.resume() }
  }
}
