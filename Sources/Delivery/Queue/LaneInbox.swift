import Synchronization

/// What the worker of one lane is told while it waits: attempts that are over, and that there is more to
/// claim.
final class LaneInbox<Finished: Sendable>: Sendable {
  /// Rings after something was put in.
  let bell = Doorbell()
  private let contents = Mutex<(finished: [Finished], more: Bool)>(([], false))

  func more() {
    contents.withLock { $0.more = true }
    bell.ring()
  }

  func finished(_ finished: Finished) {
    contents.withLock { $0.finished.append(finished) }
    bell.ring()
  }

  /// Empties the box.
  func take() -> (finished: [Finished], more: Bool) {
    contents.withLock { contents in
      defer { contents = ([], false) }
      return contents
    }
  }
}
