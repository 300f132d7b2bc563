package import Core
package import Store
import Synchronization

/// At most four requests in flight for each lane, a (client id, mailbox) pair, and none while Microsoft's
/// Retry-After lasts (Microsoft Learn, "Microsoft Graph service-specific throttling limits", Outlook service).
///
/// Microsoft counts by the app registration and the mailbox, whichever workspace or app record represents them
/// here; so all requests for a mailbox on this node, sending and reading alike, take their slots from
/// one limiter and observe one Retry-After. Requests from other nodes are not counted: a 429 covers them.
///
/// It also counts requests and uploaded bytes against the limits of Microsoft for a mailbox (`RequestWindow`).
///
/// It waits for a slot, which takes as long as a request. It does not wait for a Retry-After to pass: that may be
/// minutes, in which the queue can do other work.
package final class MailboxLimiter: Sendable {
  /// Exchange's `MailboxConcurrency`.
  package static let width = 4
  /// Replies that callers may read at a time, at their pace: the others of the four are left for what is quick.
  package static let downloads = 2

  let time: any Time
  private let state = Mutex(State())

  private struct State {
    var lanes: [LaneKey: Lane] = [:]
    var tickets: UInt64 = 0
    /// With more lanes than this, those that nothing is known of any longer are forgotten.
    var roomForLanes = 1000

    mutating func forgetIdleLanes(at now: Instant) {
      guard lanes.count > roomForLanes else { return }
      lanes = lanes.filter { !$0.value.isIdle(at: now) }
      roomForLanes = max(1000, 2 * lanes.count)
    }
  }

  private struct Lane {
    var inFlight = 0
    /// Of them, those whose replies are being read at the pace of a caller.
    var downloads = 0
    var closedUntil: Instant?
    var window = RequestWindow()
    /// In the order in which they came.
    var waiting: [(ticket: UInt64, caller: CheckedContinuation<Void, any Error>)] = []

    func isIdle(at now: Instant) -> Bool {
      inFlight == 0 && closedUntil.map { $0 <= now } ?? true && window.isIdle(at: now)
    }
  }

  package init(time: any Time) {
    self.time = time
  }

  /// Takes a slot and makes one request.
  ///
  /// - Throws: `graph.throttled` with the rest of the wait while the lane is closed, and then has not run `body`.
  package func run<Value: Sendable>(
    _ lane: LaneKey, uploading bytes: Int = 0, _ body: @Sendable () async throws -> Value
  ) async throws -> Value {
    try await place(in: lane).run(uploading: bytes, body)
  }

  /// - Throws: `graph.throttled` with the rest of the wait while the lane is closed; `CancellationError`.
  package func place(in lane: LaneKey) async throws -> Place {
    if let place = placeAtOnce(in: lane) { return place }
    let ticket = state.withLock { state in
      state.tickets += 1
      return state.tickets
    }
    try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { (caller: CheckedContinuation<Void, any Error>) in
        enter(lane, ticket, caller)
      }
    } onCancel: {
      abandon(lane, ticket)
    }
    let place = Place(lane, of: self)
    // It may have been closed while we waited.
    try checkOpen(lane)
    return place
  }

  /// `nil` when there is no free slot, or the lane is closed.
  package func placeAtOnce(in lane: LaneKey) -> Place? {
    let now = time.now
    let isFree = state.withLock { state in
      let found = state.lanes[lane, default: Lane()]
      guard found.inFlight < Self.width, found.closedUntil.map({ $0 <= now }) ?? true else { return false }
      state.lanes[lane, default: Lane()].inFlight += 1
      return true
    }
    return isFree ? Place(lane, of: self) : nil
  }

  /// One of the four. It is returned when its request is over, or when it is deallocated.
  package final class Place: Sendable {
    private let lane: LaneKey
    private let limiter: MailboxLimiter
    private let isHeld = Atomic(true)
    private let isDownload = Atomic(false)

    fileprivate init(_ lane: LaneKey, of limiter: MailboxLimiter) {
      self.lane = lane
      self.limiter = limiter
    }

    deinit { giveBack() }

    /// Makes the one request that the slot is for. A problem that concerns the whole mailbox closes the lane.
    ///
    /// - Parameter bytes: of its body.
    /// - Throws: `graph.throttled` when the lane was closed in the meantime or has reached a limit, and then has not run
    ///   `body`.
    package func run<Value: Sendable>(
      uploading bytes: Int = 0, _ body: @Sendable () async throws -> Value
    ) async throws -> Value {
      defer { giveBack() }
      return try await perform(uploading: bytes, body)
    }

    /// As `run`, for a request whose reply is read later, as fast as somebody takes it: the slot is returned with the
    /// last reference to it.
    ///
    /// - Throws: `server.busy` when as many replies are being read as may be.
    package func download<Value: Sendable>(
      _ body: @Sendable () async throws -> Value
    ) async throws -> Value {
      if !isDownload.load(ordering: .acquiring) {
        try limiter.beginDownload(lane)
        isDownload.store(true, ordering: .releasing)
      }
      return try await perform(uploading: 0, body)
    }

    private func perform<Value: Sendable>(
      uploading bytes: Int, _ body: @Sendable () async throws -> Value
    ) async throws -> Value {
      try limiter.checkOpen(lane)
      try limiter.count(bytes, lane)
      do {
        return try await body()
      } catch let problem as Problem {
        if let pause = problem.mailboxPause { limiter.close(lane, for: pause) }
        throw problem
      }
    }

    private func giveBack() {
      guard isHeld.exchange(false, ordering: .acquiringAndReleasing) else { return }
      if isDownload.load(ordering: .acquiring) { limiter.endDownload(lane) }
      limiter.leave(lane)
    }
  }
}

// The line of those that wait for the four slots
extension MailboxLimiter {
  private func enter(_ lane: LaneKey, _ ticket: UInt64, _ caller: CheckedContinuation<Void, any Error>) {
    let now = time.now
    let outcome: Result<Void, any Error>? = state.withLock { state in
      let found = state.lanes[lane, default: Lane()]
      if let until = found.closedUntil, now < until {
        return .failure(Problem.throttled(lane.id, for: until - now))
      }
      // Cancelled later, it is found in the line: `abandon` waits for this lock.
      if Task.isCancelled { return .failure(CancellationError()) }
      guard found.inFlight >= Self.width else {
        state.lanes[lane, default: Lane()].inFlight += 1
        return .success(())
      }
      state.lanes[lane, default: Lane()].waiting.append((ticket, caller))
      return nil
    }
    if let outcome { caller.resume(with: outcome) }
  }

  /// Hands the slot to the caller that has waited longest.
  private func leave(_ lane: LaneKey) {
    let now = time.now
    let next: CheckedContinuation<Void, any Error>? = state.withLock { state in
      guard var found = state.lanes[lane] else { return nil }
      defer {
        state.lanes[lane] = found.isIdle(at: now) ? nil : found
        state.forgetIdleLanes(at: now)
      }
      guard found.waiting.isEmpty else { return found.waiting.removeFirst().caller }
      found.inFlight -= 1
      return nil
    }
    next?.resume()
  }

  private func beginDownload(_ lane: LaneKey) throws(Problem) {
    let fits = state.withLock { state in
      guard state.lanes[lane, default: Lane()].downloads < Self.downloads else { return false }
      state.lanes[lane, default: Lane()].downloads += 1
      return true
    }
    guard fits else { throw .tooManyDownloads(lane.id, Self.downloads) }
  }

  private func endDownload(_ lane: LaneKey) {
    state.withLock { state in
      guard let found = state.lanes[lane] else { return }
      state.lanes[lane]?.downloads = max(0, found.downloads - 1)
    }
  }

  private func abandon(_ lane: LaneKey, _ ticket: UInt64) {
    let caller: CheckedContinuation<Void, any Error>? = state.withLock { state in
      guard let position = state.lanes[lane]?.waiting.firstIndex(where: { $0.ticket == ticket }) else {
        return nil
      }
      return state.lanes[lane]?.waiting.remove(at: position).caller
    }
    caller?.resume(throwing: CancellationError())
  }

  /// At a limit the lane is closed, so that the reason is told once.
  private func count(_ bytes: Int, _ lane: LaneKey) throws(Problem) {
    let now = time.now
    let until = state.withLock { $0.lanes[lane, default: Lane()].window.take(bytes: bytes, at: now) }
    guard let until else { return }
    close(lane, for: until - now)
    throw .throttled(lane.id, for: until - now)
  }

  private func checkOpen(_ lane: LaneKey) throws(Problem) {
    let now = time.now
    guard let until = state.withLock({ $0.lanes[lane]?.closedUntil }), now < until else { return }
    throw .throttled(lane.id, for: until - now)
  }

  private func close(_ lane: LaneKey, for pause: Duration) {
    let until = time.now + pause
    state.withLock { state in
      let earlier = state.lanes[lane]?.closedUntil ?? until
      state.lanes[lane, default: Lane()].closedUntil = max(until, earlier)
    }
  }
}

// For the tests, which cannot see from outside that a slot is being waited for.
extension MailboxLimiter {
  func isFree(_ lane: LaneKey) -> Bool {
    state.withLock { state in
      guard let found = state.lanes[lane] else { return true }
      return found.inFlight == 0 && found.waiting.isEmpty && found.closedUntil == nil
    }
  }
  func waiting(_ lane: LaneKey) -> Int { state.withLock { $0.lanes[lane]?.waiting.count ?? 0 } }
  func inFlight(_ lane: LaneKey) -> Int { state.withLock { $0.lanes[lane]?.inFlight ?? 0 } }
}
