package import Core
package import Store

/// At most four requests in flight for each lane, an (app, mailbox) pair, and none while its Retry-After lasts
/// (Microsoft Learn, "Microsoft Graph service-specific throttling limits", Outlook service).
///
/// It waits for a place, which takes as long as a request. It does not wait out a Retry-After: that may be
/// minutes, and the queue has better things to do.
package actor MailboxLimiter {
  /// Exchange's `MailboxConcurrency`.
  package static let width = 4

  private let time: any Time
  private var lanes: [LaneKey: Lane] = [:]
  private var tickets: UInt64 = 0

  private struct Lane {
    var inFlight = 0
    var closedUntil: Instant?
    /// In the order in which they came.
    var waiting: [(ticket: UInt64, caller: CheckedContinuation<Void, any Error>)] = []
  }

  package init(time: any Time) {
    self.time = time
  }

  /// Throws `graph.throttled` with the rest of the wait while the lane is closed, and then has not run `body`.
  package func run<Value: Sendable>(
    _ lane: LaneKey, _ body: @Sendable () async throws -> Value
  ) async throws -> Value {
    try await enter(lane)
    defer { leave(lane) }
    // It may have been closed while we waited.
    try checkOpen(lane)
    do {
      return try await body()
    } catch let problem as Problem {
      if let pause = Self.pause(problem) { close(lane, for: pause) }
      throw problem
    }
  }

  private func enter(_ lane: LaneKey) async throws {
    try checkOpen(lane)
    guard lanes[lane, default: Lane()].inFlight >= Self.width else {
      lanes[lane, default: Lane()].inFlight += 1
      return
    }
    tickets += 1
    let ticket = tickets
    try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { (caller: CheckedContinuation<Void, any Error>) in
        if Task.isCancelled { return caller.resume(throwing: CancellationError()) }
        lanes[lane, default: Lane()].waiting.append((ticket, caller))
      }
    } onCancel: {
      Task { await abandon(lane, ticket) }
    }
  }

  /// Hands the place to the one who has waited longest.
  private func leave(_ lane: LaneKey) {
    guard var state = lanes[lane] else { return }
    if state.waiting.isEmpty {
      state.inFlight -= 1
    } else {
      state.waiting.removeFirst().caller.resume()
    }
    let idle = state.inFlight == 0 && state.closedUntil.map { $0 <= time.now } ?? true
    lanes[lane] = idle ? nil : state
  }

  private func abandon(_ lane: LaneKey, _ ticket: UInt64) {
    guard let position = lanes[lane]?.waiting.firstIndex(where: { $0.ticket == ticket }) else { return }
    lanes[lane]?.waiting.remove(at: position).caller.resume(throwing: CancellationError())
  }

  private func checkOpen(_ lane: LaneKey) throws(Problem) {
    guard let until = lanes[lane]?.closedUntil else { return }
    let now = time.now
    if now < until { throw .throttled(lane.id, for: until - now) }
  }

  private func close(_ lane: LaneKey, for pause: Duration) {
    let until = time.now + pause
    lanes[lane, default: Lane()].closedUntil = max(until, lanes[lane]?.closedUntil ?? until)
  }

  /// What Graph asks of the whole mailbox; a daily limit on sending must not keep anybody from reading.
  private static func pause(_ problem: Problem) -> Duration? {
    guard problem.code == .graphThrottled || problem.code == .graphUnavailable,
      case .safe(let pause?) = problem.retry
    else { return nil }
    return pause
  }
}

// For the tests, which cannot see a place being waited for from outside.
extension MailboxLimiter {
  func isForgotten(_ lane: LaneKey) -> Bool { lanes[lane] == nil }
  func waiting(_ lane: LaneKey) -> Int { lanes[lane]?.waiting.count ?? 0 }
  func inFlight(_ lane: LaneKey) -> Int { lanes[lane]?.inFlight ?? 0 }
}
