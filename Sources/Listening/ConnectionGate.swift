package import Core
package import Logging
import NIOCore
import Synchronization

/// Which connections are open, and whether one more may be.
///
/// When all places are taken, the connection gives way that has waited longest for the client's next request or command: a
/// client that opens hundreds and says nothing on them takes no place from one that has something to say.
package final class ConnectionGate: Sendable {
  package typealias ID = ObjectIdentifier

  fileprivate struct Entry {
    let address: IPAddress?
    let close: @Sendable () -> Void
    /// Counts the times that it began to wait; `nil` while it is busy.
    var waiting: Int?
  }

  fileprivate struct State {
    var entries: [ID: Entry] = [:]
    var perAddress: [IPAddress: Int] = [:]
    /// Those that began to wait, in that order. Those that have stopped since are skipped.
    var line: [(id: ID, turn: Int)] = []
    var first = 0
    var turns = 0
    var isFull = false
    var isRefusing: Set<IPAddress> = []
  }

  private let most: Int
  private let mostPerAddress: Int
  private let exempt: [CIDR]
  private let logger: Logger
  private let state = Mutex(State())

  /// - Parameter exempt: Addresses that may have any number of connections; loopback always may.
  package init(most: Int, perAddress: Int, exempt: [CIDR], logger: Logger) {
    self.most = most
    mostPerAddress = perAddress
    self.exempt = exempt
    self.logger = logger
  }

  package var count: Int { state.withLock { $0.entries.count } }

  /// Takes a place for a new connection, which waits for its first request.
  ///
  /// - Parameter close: Closes it; called from any thread, when another one needs the place.
  /// - Returns: Whether there is one. What has a place gives it back with `leave`.
  package func enter(_ id: ID, from address: IPAddress?, close: @escaping @Sendable () -> Void) -> Bool {
    let counted = address.flatMap { isExempt($0) ? nil : $0 }
    let (isAdmitted, evicted, complaint) = state.withLock { state in
      if let counted, state.perAddress[counted, default: 0] >= mostPerAddress {
        let isFirst = state.isRefusing.insert(counted).inserted
        return (false, nil as Entry?, isFirst ? "too many connections from one address" : nil)
      }
      var evicted: Entry?
      var complaint: String?
      if state.entries.count >= most {
        evicted = state.takeLongestWaiting()
        if !state.isFull { complaint = "all connections are in use" }
        state.isFull = true
        guard evicted != nil else { return (false, nil, complaint) }
      }
      state.entries[id] = Entry(address: counted, close: close)
      if let counted { state.perAddress[counted, default: 0] += 1 }
      state.wait(id)
      return (true, evicted, complaint)
    }
    evicted?.close()
    if let complaint {
      logger.warning(
        "Connections are refused or closed: \(complaint).",
        metadata: [
          "address": "\(address?.description ?? "unknown")", "limit": "\(most)",
          "limitPerAddress": "\(mostPerAddress)",
        ])
    }
    return isAdmitted
  }

  /// It waits for a request again.
  package func wait(_ id: ID) {
    state.withLock { $0.wait(id) }
  }

  /// It has something to do.
  package func work(_ id: ID) {
    state.withLock { $0.entries[id]?.waiting = nil }
  }

  package func leave(_ id: ID) {
    state.withLock { state in
      guard let entry = state.entries.removeValue(forKey: id) else { return }
      state.left(entry)
      // A run of refusals is over when a tenth of the places is free again.
      if state.entries.count * 10 <= most * 9 { state.isFull = false }
    }
  }

  /// Closes the connection that has waited longest, because there is no descriptor for another one.
  package func makeRoom() {
    state.withLock { $0.takeLongestWaiting() }?.close()
  }

  private func isExempt(_ address: IPAddress) -> Bool {
    address.networkClass == .loopback || exempt.contains { $0.contains(address) }
  }
}

extension ConnectionGate.State {
  fileprivate mutating func wait(_ id: ConnectionGate.ID) {
    guard entries[id] != nil else { return }
    turns += 1
    entries[id]?.waiting = turns
    line.append((id, turns))
    // Mostly places in line that have been left: keep the others.
    if line.count > 2 * entries.count + 64 {
      line = line[first...].filter { entries[$0.id]?.waiting == $0.turn }
      first = 0
    }
  }

  fileprivate mutating func takeLongestWaiting() -> ConnectionGate.Entry? {
    while first < line.count {
      let (id, turn) = line[first]
      first += 1
      if let entry = entries[id], entry.waiting == turn {
        entries[id] = nil
        left(entry)
        return entry
      }
    }
    return nil
  }

  fileprivate mutating func left(_ entry: ConnectionGate.Entry) {
    guard let address = entry.address, let count = perAddress[address] else { return }
    perAddress[address] = count > 1 ? count - 1 : nil
    // A run of refusals is over when the address has no connection left.
    if count <= 1 { isRefusing.remove(address) }
  }
}
