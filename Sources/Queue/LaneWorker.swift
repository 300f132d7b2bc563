import Core
import Store

/// Works one leased lane until nothing in it is due, one transaction at a time: settle what has finished,
/// claim what comes next, release the lane when it is empty.
struct LaneWorker<Work: QueueWork>: Sendable {
  let work: Work
  let lease: LaneLease
  let inbox: LaneInbox<Finished>
  let persistence: Persistence
  let time: any Time
  let configuration: QueueConfiguration
  /// Whether the node is shutting down: claim no more.
  let isStopping: @Sendable () -> Bool

  /// An attempt that is over. A failure means that it was cut off, and that the lane is no longer ours to
  /// settle; no verdict, that its row has been deleted.
  struct Finished: Sendable {
    var attempt: QueueAttempt
    var result: Result<QueueVerdict<Work.Report>?, any Error>
  }

  private struct Turn: Sendable {
    var claimed: [(attempt: QueueAttempt, item: Work.Item)] = []
    var released = false
    /// `nil` when the lane does not rest.
    var pausedUntil: Instant?
  }

  /// Returns when the lane has been released.
  ///
  /// - Throws: `LeaseLost` when another node has taken it; `CancellationError`; or what the database says to
  ///   a change that it will never accept.
  func run() async throws {
    try await withThrowingDiscardingTaskGroup { group in
      var inFlight = 0
      var claims = 0
      var pausedUntil: Instant?
      var failures = 0
      var finished: [(QueueAttempt, QueueVerdict<Work.Report>?)] = []
      var isOpening = true

      while true {
        let now = time.now
        for case (_, let verdict?) in finished {
          failures = verdict.settlement.isFailure(at: now) ? failures + 1 : 0
        }
        // The problem seems to concern not one message but the mailbox, or all of Microsoft.
        let pause = failures >= configuration.attemptsPerLane ? now + configuration.failurePause : nil
        let mayClaim = !isStopping() && claims < configuration.claimsPerTurn
        inFlight -= finished.count
        let turn = try await take(
          finished, inFlight: inFlight, limit: mayClaim ? configuration.attemptsPerLane - inFlight : 0,
          pause: pause, pausedUntil: pausedUntil, isOpening: isOpening, now: now)
        if turn.released { return }
        isOpening = false
        pausedUntil = turn.pausedUntil
        inFlight += turn.claimed.count
        claims += turn.claimed.count
        for (attempt, item) in turn.claimed { group.addTask { await self.attempt(attempt, item) } }
        let hasRoom = mayClaim && pausedUntil == nil && inFlight < configuration.attemptsPerLane
        finished = inFlight == 0 ? [] : try await wait(canClaim: hasRoom)
      }
    }
  }

  /// Waits until an attempt is over, or, when there is room for more, until there may be more.
  private func wait(canClaim: Bool) async throws -> [(QueueAttempt, QueueVerdict<Work.Report>?)] {
    inbox.wantsMore(canClaim)
    for await _ in inbox.bell.rings {
      let (finished, more) = inbox.take()
      if finished.isEmpty, !(more && canClaim) { continue }
      return try finished.map { ($0.attempt, try $0.result.get()) }
    }
    throw CancellationError()
  }

  private func attempt(_ attempt: QueueAttempt, _ item: Work.Item) async {
    let recorder = StepRecorder(attempt: attempt, persistence: persistence)
    do {
      let verdict = try await work.perform(item, recorder: recorder)
      inbox.finished(Finished(attempt: attempt, result: .success(verdict)))
    } catch is RowDeleted {
      inbox.finished(Finished(attempt: attempt, result: .success(nil)))
    } catch {
      inbox.finished(Finished(attempt: attempt, result: .failure(error)))
    }
  }

  /// One turn is one transaction: queue rows first, then accounts, the lane last, so that two of them never
  /// wait for each other; where others lock many rows of a lane at once, the lane first. Every statement on a row names
  /// its state and the lease, and the lane's row is locked before anything claimed may leave, so READ COMMITTED is enough.
  ///
  /// - Parameters:
  ///   - pause: Until when the lane rests beyond what the verdicts ask for.
  ///   - pausedUntil: Until when it rests since an earlier turn, unless somebody has ended that.
  private func take(
    _ finished: [(QueueAttempt, QueueVerdict<Work.Report>?)], inFlight: Int, limit: Int, pause: Instant?,
    pausedUntil: Instant?, isOpening: Bool, now: Instant
  ) async throws -> Turn {
    let (work, lease, configuration) = (work, lease, configuration)
    return try await persistence.write { (tx: borrowing Transaction) in
      if work.locksLaneFirst { try tx.hold(lease, length: configuration.lease) }
      if isOpening { try interrupt(in: tx, at: now) }
      var settled: [(attempt: QueueAttempt, verdict: QueueVerdict<Work.Report>)] = []
      var pauses = [pause]
      for case (let attempt, let verdict?) in finished
      where try tx.settle(attempt.row, verdict.settlement, under: lease, at: now) {
        settled.append((attempt, verdict))
        if try work.beforeClaims(verdict.report, in: tx) { pauses.append(verdict.pauseUntil) }
      }
      // Where others lock the lane, they may end its rest.
      var known = pausedUntil.flatMap { $0 > now ? $0 : nil }
      if known != nil, work.locksLaneFirst { known = try tx.rest(of: lease.lane, at: now) }
      let newPause = pauses.compactMap(\.self).filter { $0 > now }.max()
      var turn = Turn(pausedUntil: [newPause, known].compactMap(\.self).max())
      if limit > 0, turn.pausedUntil == nil {
        try tx.promote(lease.lane, now: now, limit: 100)
        for row in try tx.claim(lease, limit: limit) {
          let attempt = QueueAttempt(row: row, lease: lease, started: now)
          turn.claimed.append((attempt, try work.begin(attempt, in: tx)))
        }
      }
      for (attempt, verdict) in settled {
        try tx.endAttempt(
          attempt.row.workspace, attempt.row.id, number: attempt.row.attempts, verdict: verdict.name,
          problem: verdict.settlement.problem, at: now)
        try work.conclude(verdict.report, in: tx)
      }
      if let newPause, work.locksLaneFirst { try tx.pause(lease, until: newPause) }
      if !turn.claimed.isEmpty {
        try tx.hold(lease, length: configuration.lease)
      } else if inFlight == 0 {
        // A claim whose COMMIT got no answer may have happened all the same; nothing works on what it claimed.
        try interrupt(in: tx, at: now)
        if let until = turn.pausedUntil { try tx.pause(lease, until: until) }
        turn.released = try tx.release(
          lease, now: now, length: configuration.lease, isPaused: turn.pausedUntil != nil,
          evenIfDue: limit <= 0)
      }
      return turn
    }
  }

  /// No worker has these rows any more: their owner is gone, or never learnt that it has them.
  private func interrupt(in tx: borrowing Transaction, at now: Instant) throws {
    for row in try tx.activeQueue(lease.lane) {
      try tx.settle(row, work.interrupted(row, now: now), under: lease, at: now)
      try tx.endAttempt(
        row.workspace, row.id, number: row.attempts, verdict: "interrupted", problem: nil, at: now)
    }
  }
}

extension QueueSettlement {
  /// Whether the attempt had no effect and is to be repeated, though not immediately.
  fileprivate func isFailure(at now: Instant) -> Bool { state == .deferred && due > now }
}
