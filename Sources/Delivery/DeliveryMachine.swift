import Accounts
import Backends
import Core
import Queue
import Store

/// Decides one message's way out, step by step: told what was recorded last, or what a request came to, it
/// says what to do next. It knows no socket, no clock and no database.
struct DeliveryMachine: Sendable {
  /// Whether a message goes as a draft, whose fate can be looked up.
  var canReconcile: Bool
  var unknownOutcome: UnknownOutcome
  /// When the message was accepted.
  var created: Instant
  /// Which attempt this is, from 1.
  var attempt: Int
  var schedule: DeliverySchedule
  /// 0...1: where in its spread the next pause falls.
  var jitter: Double

  enum Action: Sendable, Hashable {
    /// Record the request's progress, if it has one; then make it.
    case request(DeliveryRequest)
    case settle(Settlement)
  }

  /// What to do with a message whose turn has come.
  func begin(_ progress: Progress, now: Instant) -> Action {
    guard canReconcile else {
      return progress.isInDoubt ? blindly(progress, now: now) : .request(.submit(inDoubt: false))
    }
    return switch progress {
    case .fresh: .request(.create)
    case .creating: .request(.look(.create))
    case .drafted(let draft, let inDoubt): .request(.send(draft, inDoubt: inDoubt))
    case .sending(let draft, _): .request(.look(.send(draft)))
    case .submitting: .request(.look(.submit))
    }
  }

  func created(_ draft: DraftID) -> Action { .request(.send(draft, inDoubt: false)) }

  func accepted(_ request: DeliveryRequest, now: Instant) -> Action {
    .settle(.sent(request.progressUnknown, now: now))
  }

  func found(_ fate: LookupResult, _ lost: LostStep, now: Instant) -> Action {
    switch (fate, lost) {
    case (.sent, _): .settle(.sent(lost.progress, now: now))
    // To send it was never asked, so nobody doubts that it has not been sent.
    case (.draft(let draft), .create): .request(.send(draft, inDoubt: false))
    // The same draft again, never a second one.
    case (.draft(let draft), .send(let lost)) where draft == lost: .request(.send(draft, inDoubt: true))
    // Not the one we asked to be sent: either that one under another id, which transport will take, or a
    // stray.
    case (.draft, _): .settle(unclear(lost, now: now))
    case (.absent, .create): .request(.create)
    // Absence proves nothing: Exchange may have taken the message and not shown it yet.
    case (.absent, .send): .settle(.held(Problem.unknownOutcome, lost.progress, now: now))
    case (.absent, .submit): blindly(lost.progress, now: now)
    }
  }

  func failed(_ request: DeliveryRequest, _ problem: Problem, now: Instant) -> Action {
    if case .look = request { return .settle(unseen(request, problem, now: now)) }
    return switch (problem.retry, request) {
    case (.unsafe, _): .settle(unknown(request, problem, now: now))
    case (.safe, _): .settle(deferred(problem, request.progressBefore, now: now))
    case (.futile, _) where problem.scope.letsMessagesWait:
      .settle(deferred(problem, request.progressBefore, now: now))
    // Exchange may not show the draft yet, or have moved it when it took it: that is to be looked up.
    case (.futile, .send) where problem.code == .graphItemNotFound:
      .settle(unknown(request, problem, now: now))
    case (.futile, _) where request.progressBefore.isInDoubt:
      .settle(.held(problem, request.progressBefore, now: now))
    case (.futile, _): .settle(.failed(problem, request.progressBefore, now: now))
    }
  }

  /// The way into the mailbox could not be found: nothing was asked for.
  func unreached(_ problem: Problem, _ progress: Progress, now: Instant) -> Settlement {
    guard problem.retry == .futile, !problem.scope.letsMessagesWait else {
      return deferred(problem, progress, now: now)
    }
    return progress.isInDoubt ? .held(problem, progress, now: now) : .failed(problem, progress, now: now)
  }
}

// Pauses
extension DeliveryMachine {
  /// The message may have been accepted, and nobody can look: the account's owner has decided what follows.
  private func blindly(_ progress: Progress, now: Instant) -> Action {
    switch unknownOutcome {
    case .hold: .settle(.held(Problem.unknownOutcome, progress, now: now))
    case .resend: .request(.submit(inDoubt: true))
    }
  }

  private func unknown(_ request: DeliveryRequest, _ problem: Problem, now: Instant) -> Settlement {
    if !canReconcile, unknownOutcome == .hold {
      return .held(Problem.unknownOutcome, request.progressUnknown, now: now)
    }
    var settlement = Settlement(
      verdict: .unknown, progress: request.progressUnknown, due: now + schedule.unknownOutcomeWait)
    settlement.problem = ProblemRecord(problem, at: now)
    return settlement
  }

  /// Looking has not told; the next look may.
  private func unclear(_ lost: LostStep, now: Instant) -> Settlement {
    guard now < created + schedule.maximumAge else {
      return .held(Problem.unknownOutcome, lost.progress, now: now)
    }
    let pause = max(
      schedule.unknownOutcomeWait, schedule.backoff.pause(afterAttempt: attempt, jitter: jitter))
    var settlement = Settlement(verdict: .unknown, progress: lost.progress, due: now + pause)
    settlement.problem = ProblemRecord(Problem.unknownOutcome, at: now)
    return settlement
  }

  /// Looking failed. However that was, looking again is harmless.
  private func unseen(_ request: DeliveryRequest, _ problem: Problem, now: Instant) -> Settlement {
    var settlement = deferred(problem, request.progressBefore, now: now)
    settlement.due = max(settlement.due, now + schedule.unknownOutcomeWait)
    return settlement
  }

  private func deferred(_ problem: Problem, _ progress: Progress, now: Instant) -> Settlement {
    let asked: Duration? = if case .safe(let pause) = problem.retry { pause } else { nil }
    guard now < created + schedule.maximumAge else {
      if progress.isInDoubt { return .held(Problem.unknownOutcome, progress, now: now) }
      return .failed(Problem.expired(problem), progress, now: now)
    }
    let backoff = schedule.backoff.pause(afterAttempt: attempt, jitter: jitter)
    let waitsForAccount = problem.retry == .futile
    let pause =
      switch asked {
      // The backend has learnt something, and would do otherwise at once.
      case .zero?: Duration.zero
      case _ where waitsForAccount: max(backoff, schedule.accountPause, asked ?? .zero)
      default: max(backoff, asked ?? .zero)
      }
    var settlement = Settlement(verdict: .deferred, progress: progress, due: now + pause)
    settlement.problem = ProblemRecord(problem, at: now)
    settlement.waitsForAccount = waitsForAccount
    settlement.pauseUntil = lanePause(problem, asked: asked, backoff: backoff).map { now + $0 }
    return settlement
  }

  /// What stops every message of the mailbox and not this one alone stops the lane; a message that is poison by
  /// itself does not.
  private func lanePause(_ problem: Problem, asked: Duration?, backoff: Duration) -> Duration? {
    if let asked { return asked > .zero ? asked : nil }
    return switch problem.scope {
    case .account, .app: problem.retry == .futile ? schedule.accountPause : schedule.throttledPause
    case .service, .installation: min(backoff, schedule.outagePause)
    case .request, .message, .recipient: nil
    }
  }
}
