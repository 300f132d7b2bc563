import Hummingbird
import JSON
import Synchronization

/// The requested faults that are not used up, and which messages have met the faults of their recipients.
package final class FaultStore: Sendable {
  private struct Contents {
    var faults: [Fault] = []
    var lastID = 0
    var met: Set<Meeting> = []
  }

  private struct Meeting: Hashable {
    var fault: RecipientFault
    var message: String
  }

  private let contents = Mutex(Contents())

  package init() {}

  var isAny: Bool { contents.withLock { !$0.faults.isEmpty } }
  var all: [Fault] { contents.withLock { $0.faults } }

  var json: JSONValue { ["value": .array(all.map(\.json))] }

  /// The fault with its id.
  @discardableResult
  func add(_ fault: Fault) -> Fault {
    contents.withLock { contents in
      contents.lastID += 1
      var fault = fault
      fault.id = contents.lastID
      contents.faults.append(fault)
      return fault
    }
  }

  /// Whether there was one with this id.
  func remove(_ id: Int) -> Bool {
    contents.withLock { contents in
      guard let index = contents.faults.firstIndex(where: { $0.id == id }) else { return false }
      contents.faults.remove(at: index)
      return true
    }
  }

  /// Keeps which messages have met a fault.
  func removeAll() {
    contents.withLock { $0.faults = [] }
  }

  /// No later fault gets the id of an earlier one.
  package func reset() {
    contents.withLock { $0 = Contents(lastID: $0.lastID) }
  }

  /// The first fault, in the order in which they were requested, that matches this request; uses it up once. Those
  /// before it that match and let requests pass first, let this one pass.
  func take(_ method: String, path: String, user: SandboxDirectory.User?) -> Fault? {
    take { $0.matches(method, path: path, user: user) }
  }

  /// What becomes of a notification about this person's mailbox; uses the fault up once.
  func takeNotification(of owner: SandboxDirectory.User?) -> Fault.NotificationEffect? {
    take { $0.matches(notificationTo: owner) }?.notificationEffect
  }

  private func take(_ matches: (Fault) -> Bool) -> Fault? {
    contents.withLock { contents in
      let matching = contents.faults.indices.filter { matches(contents.faults[$0]) }
      let taken = matching.firstIndex { contents.faults[$0].skip == 0 }
      for index in matching[..<(taken ?? matching.endIndex)] { contents.faults[index].skip -= 1 }
      guard let index = taken.map({ matching[$0] }) else { return nil }
      let fault = contents.faults[index]
      if fault.count == 1 {
        contents.faults.remove(at: index)
      } else if fault.count > 1 {
        contents.faults[index].count -= 1
      }
      return fault
    }
  }

  /// Whether this message meets the fault of its recipient for the first time.
  func isFirst(_ fault: RecipientFault, of message: String) -> Bool {
    contents.withLock { $0.met.insert(Meeting(fault: fault, message: message)).inserted }
  }
}

extension Fault {
  /// - Parameter refuse: the answer for a status and a code, in the form of the service that is called.
  func run(
    _ context: SandboxContext, clock: SandboxClock, refuse: (Int, String?) throws -> Response,
    serve: () async throws -> Response
  ) async throws -> Response {
    if let delayMs { try await Task.sleep(for: .milliseconds(delayMs)) }
    if let advanceSeconds { clock.advance(by: .seconds(advanceSeconds)) }
    if close == .before { try await context.dropConnection() }
    if let status { return try refuse(status, code) }
    let answer = try await serve()
    // What was refused has done nothing, and its answer says why.
    if let then, answer.status.code < 400 { return try refuse(then, code) }
    if close == .after { try await context.dropConnection() }
    return answer
  }
}
