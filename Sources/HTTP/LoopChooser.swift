import NIOCore
import Synchronization

/// Spreads requests over all event loops: each goes where the fewest are in flight, and to the first of those. So
/// a gateway with little to do keeps to one loop and its warm connections, and a busy one uses every processor.
final class LoopChooser: Sendable {
  struct Place {
    let loop: any EventLoop
    fileprivate let index: Int
  }

  private let loops: [any EventLoop]
  private let inFlight: Mutex<[Int]>

  init(_ group: any EventLoopGroup) {
    loops = Array(group.makeIterator())
    inFlight = Mutex(Array(repeating: 0, count: loops.count))
  }

  func take() -> Place {
    let index = inFlight.withLock { inFlight in
      let least = inFlight.min() ?? 0
      let index = inFlight.firstIndex(of: least) ?? 0
      inFlight[index] += 1
      return index
    }
    return Place(loop: loops[index], index: index)
  }

  func giveBack(_ place: Place) {
    inFlight.withLock { $0[place.index] -= 1 }
  }
}
