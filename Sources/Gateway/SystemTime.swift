package import Core
import Foundation

/// The machine's own clock.
package struct SystemTime: Time {
  package init() {}

  package var now: Instant {
    Instant(microseconds: Int64(Date().timeIntervalSince1970 * 1_000_000))
  }

  package func sleep(for duration: Duration) async throws {
    try await Task.sleep(for: duration)
  }
}
