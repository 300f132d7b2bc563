package import Core
import Foundation
import Synchronization

/// The sandbox's time: the wall clock, and what `POST /sandbox/clock` has added to it.
package final class SandboxClock: Sendable {
  private let wall: @Sendable () -> Instant
  private let added = Mutex(Duration.zero)
  /// Those who wait for an instant.
  private let waiting = Mutex<[UUID: AsyncStream<Void>.Continuation]>([:])

  /// - Parameter wall: the clock that the offset is added to.
  package init(wall: @escaping @Sendable () -> Instant = SandboxClock.systemNow) {
    self.wall = wall
  }

  package var now: Instant { wall() + offset }

  /// What has been added to the wall clock; negative after a jump back.
  package var offset: Duration { added.withLock { $0 } }

  /// What a client's own clock shows, whatever has been added to this one: what clients judge by it, or write by it, is
  /// dated so.
  package var wallNow: Instant { wall() }

  /// Jumps; a negative duration jumps back.
  package func advance(by duration: Duration) {
    added.withLock { $0 += duration }
    wake()
  }

  /// Jumps to the wall clock's time plus `offset`.
  package func set(offset: Duration) {
    added.withLock { $0 = offset }
    wake()
  }

  /// Returns when this clock shows the instant, whether that much time passes or the clock jumps.
  func wait(until due: Instant) async throws {
    while now < due {
      // Before the clock is read: a jump in between is noticed.
      let (jumps, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
      let id = UUID()
      waiting.withLock { $0[id] = continuation }
      defer { _ = waiting.withLock { $0.removeValue(forKey: id) } }
      let rest = due - now
      try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { try await Task.sleep(for: rest) }
        group.addTask { for await _ in jumps { return } }
        try await group.next()
        group.cancelAll()
      }
      try Task.checkCancellation()
    }
  }

  private func wake() {
    for continuation in waiting.withLock({ Array($0.values) }) { continuation.yield() }
  }

  package func reset() {
    set(offset: .zero)
  }

  package static let systemNow: @Sendable () -> Instant = {
    Instant(microseconds: Int64(Date().timeIntervalSince1970 * 1_000_000))
  }
}
