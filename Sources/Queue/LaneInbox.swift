import Synchronization

/// What the worker of one lane receives while it waits: attempts that are over, and that there is more to
/// claim.
final class LaneInbox<Finished: Sendable>: Sendable {
  /// Rings after something was put in.
  let bell = Wakeup()
  private let contents = Mutex<(finished: [Finished], more: Bool, wantsMore: Bool)>(([], false, true))

  /// Rings only for a worker that has room: a busy lane may be given a thousand messages a second.
  func more() {
    let rings = contents.withLock { contents in
      contents.more = true
      return contents.wantsMore
    }
    if rings { bell.ring() }
  }

  /// Whether to ring from now on when there is more to claim.
  func wantsMore(_ wants: Bool) {
    let rings = contents.withLock { contents in
      contents.wantsMore = wants
      return wants && contents.more
    }
    if rings { bell.ring() }
  }

  func finished(_ finished: Finished) {
    contents.withLock { $0.finished.append(finished) }
    bell.ring()
  }

  /// Empties the box.
  func take() -> (finished: [Finished], more: Bool) {
    contents.withLock { contents in
      defer { (contents.finished, contents.more) = ([], false) }
      return (contents.finished, contents.more)
    }
  }
}
