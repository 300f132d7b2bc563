package import Core
import Foundation
import Synchronization

/// The sandbox's time: the wall clock, and what `POST /sandbox/clock` has added to it.
package final class SandboxClock: Sendable {
  private let wall: @Sendable () -> Instant
  private let added = Mutex(Duration.zero)

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
  }

  /// Jumps to the wall clock's time plus `offset`.
  package func set(offset: Duration) {
    added.withLock { $0 = offset }
  }

  package func reset() {
    set(offset: .zero)
  }

  package static let systemNow: @Sendable () -> Instant = {
    Instant(microseconds: Int64(Date().timeIntervalSince1970 * 1_000_000))
  }
}
