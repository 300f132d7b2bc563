import Synchronization

/// Tells all who listen that something has happened, and not how often.
package final class Signal: Sendable {
  private struct State {
    var nextID = 0
    var listeners: [Int: AsyncStream<Void>.Continuation] = [:]
  }

  private let state = Mutex(State())

  package init() {}

  /// Ends when its reader does.
  package func stream() -> AsyncStream<Void> {
    let (stream, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
    let id = state.withLock { state in
      state.nextID += 1
      state.listeners[state.nextID] = continuation
      return state.nextID
    }
    continuation.onTermination = { _ in self.state.withLock { $0.listeners[id] = nil } }
    return stream
  }

  package func send() {
    for listener in state.withLock({ Array($0.listeners.values) }) { listener.yield() }
  }
}
