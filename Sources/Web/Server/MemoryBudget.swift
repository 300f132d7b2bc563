import Core
import Synchronization

/// Bytes that the bodies of all requests in progress may hold in memory together.
final class MemoryBudget: Sendable {
  /// A body that stays under this may also use the last quarter: large uploads do not keep small requests out.
  static let smallBody = 64 * 1024

  private let limit: Int
  private let limitForLarge: Int
  private let used = Mutex(0)

  /// - Parameter largestBody: What one body may have, which must fit when it comes alone.
  init(limit: Int, largestBody: Int = 0) {
    self.limit = max(limit, largestBody / 3 * 4 + Self.smallBody)
    limitForLarge = self.limit / 4 * 3
  }

  var bytesInUse: Int { used.withLock { $0 } }

  fileprivate func take(_ count: Int, isSmall: Bool) -> Bool {
    used.withLock { used in
      guard used + count <= (isSmall ? limit : limitForLarge) else { return false }
      used += count
      return true
    }
  }

  fileprivate func giveBack(_ count: Int) {
    used.withLock { $0 -= count }
  }
}

/// What one request holds of the budget. All of it goes back when the request has been answered; a route that
/// stores a body as it arrives gives back what it has stored.
final class BodyMemory: Sendable {
  private let budget: MemoryBudget
  private let held = Mutex(0)

  init(_ budget: MemoryBudget) {
    self.budget = budget
  }

  deinit { budget.giveBack(held.withLock { $0 }) }

  /// - Throws: `server.busy` when the budget is used up.
  func take(_ count: Int) throws(Problem) {
    let fits = held.withLock { held in
      guard budget.take(count, isSmall: held + count <= MemoryBudget.smallBody) else { return false }
      held += count
      return true
    }
    if !fits { throw .bodyMemoryInUse }
  }

  /// At most what is held.
  func giveBack(_ count: Int) {
    let returned = held.withLock { held in
      let count = min(count, held)
      held -= count
      return count
    }
    budget.giveBack(returned)
  }

  func giveBackAll() { giveBack(.max) }
}
