import Accounts
import Backends
import Core
import Queue
import Store

/// Decides how one message is sent, step by step: given what was recorded last, or the result of a request, it
/// says what to do next. It uses no socket, no clock and no database.
struct DeliveryMachine: Sendable {
  /// What the account's sender can do.
  var abilities: SenderAbilities
  var unknownOutcome: UnknownOutcome
  /// When the message was due for the first time: its age counts from then.
  var firstDue: Instant
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

  /// What to do with a message that is due.
  func begin(_ progress: Progress, now: Instant) -> Action {
    let canLook = abilities.contains(.lookup)
    return switch progress {
    case .fresh: start(now: now)
    case .drafted(let draft, let inDoubt) where abilities.contains(.drafts):
      .request(.send(draft, inDoubt: inDoubt))
    // Drafts are not possible any more; this one is left over.
    case .drafted(_, inDoubt: false): start(now: now)
    // Sending it was never requested, so it may start again where it cannot be looked up.
    case .creating: canLook ? .request(.look(.create)) : start(now: now)
    case .sending(let draft, _), .drafted(let draft, inDoubt: true):
      canLook ? .request(.look(.send(draft))) : undecided(progress, now: now)
    case .submitting: canLook ? .request(.look(.submit)) : undecided(progress, now: now)
    }
  }

  func created(_ draft: DraftID) -> Action { .request(.send(draft, inDoubt: false)) }

  func accepted(_ request: DeliveryRequest, now: Instant) -> Action {
    .settle(.sent(request.progressUnknown, now: now))
  }

  func found(_ result: LookupResult, _ lost: LostStep, now: Instant) -> Action {
    let drafts = abilities.contains(.drafts)
    return switch (result, lost) {
    case (.sent(let messageID), _): .settle(.sent(lost.progress, as: messageID, now: now))
    // Sending it was never requested, so it has certainly not been sent.
    case (.draft(let draft), .create): drafts ? .request(.send(draft, inDoubt: false)) : start(now: now)
    // The same draft again, never a second one.
    case (.draft(let draft), .send(let lost)) where drafts && draft == lost:
      .request(.send(draft, inDoubt: true))
    // Not the draft we requested to be sent: either that one under another id, which transport will take, or a
    // duplicate.
    case (.draft, _): .settle(unclear(lost, now: now))
    case (.absent, .create): start(now: now)
    // Absence proves nothing: Exchange may have accepted the message and not show it yet.
    case (.absent, .send): .settle(.held(Problem.unknownOutcome, lost.progress, now: now))
    case (.absent, .submit): undecided(lost.progress, now: now)
    }
  }

  func failed(_ request: DeliveryRequest, _ problem: Problem, now: Instant) -> Action {
    if case .look = request { return .settle(unseen(request, problem, now: now)) }
    return switch (problem.retry, request) {
    case (.unsafe, _): .settle(unknown(request, problem, now: now))
    case (.safe, _): .settle(deferred(problem, request.progressBefore, now: now))
    case (.futile, _) where problem.scope.letsMessagesWait:
      .settle(deferred(problem, request.progressBefore, now: now))
    // Exchange may not show the draft yet, or have moved it when it accepted it: this has to be looked up.
    case (.futile, .send) where problem.code == .graphItemNotFound:
      .settle(unknown(request, problem, now: now))
    case (.futile, _): .settle(refused(problem, request.progressBefore, now: now))
    }
  }

  /// No request was made for the mailbox: there was no sender, or the next request could not be prepared.
  func unreached(_ problem: Problem, _ progress: Progress, now: Instant) -> Settlement {
    guard problem.retry == .futile, !problem.scope.letsMessagesWait else {
      return deferred(problem, progress, now: now)
    }
    return refused(problem, progress, now: now)
  }
}

// First and last steps
extension DeliveryMachine {
  /// The first request for a message that has not been requested to be sent.
  private func start(now: Instant) -> Action {
    abilities.contains(.drafts) ? .request(.create) : submit(inDoubt: false, now: now)
  }

  private func submit(inDoubt: Bool, now: Instant) -> Action {
    let request = DeliveryRequest.submit(inDoubt: inDoubt)
    guard abilities.contains(.submission) else {
      return .settle(deferred(Problem.cannotSend, request.progressBefore, now: now))
    }
    return .request(request)
  }

  /// The message may have been accepted, and this cannot be looked up: the account's setting decides what follows.
  private func undecided(_ progress: Progress, now: Instant) -> Action {
    switch unknownOutcome {
    case .hold: .settle(.held(Problem.unknownOutcome, progress, now: now))
    case .resend: submit(inDoubt: true, now: now)
    }
  }

  private func unknown(_ request: DeliveryRequest, _ problem: Problem, now: Instant) -> Settlement {
    let progress = request.progressUnknown
    var settlement: Settlement
    if progress.isInDoubt, !abilities.contains(.lookup), unknownOutcome == .hold {
      settlement = .held(Problem.unknownOutcome, progress, now: now)
    } else {
      settlement = Settlement(
        verdict: .unknown, progress: progress, due: now + schedule.unknownOutcomeWait)
      settlement.problem = ProblemRecord(problem, at: now)
    }
    // An outage that is told by a status leaves only what was in flight in doubt.
    if problem.origin != nil {
      let backoff = schedule.backoff.pause(afterAttempt: attempt, jitter: jitter)
      settlement.pauseUntil = lanePause(problem, backoff: backoff).map { now + $0 }
    }
    return settlement
  }

  /// The look-up was inconclusive; the next one may not be.
  private func unclear(_ lost: LostStep, now: Instant) -> Settlement {
    guard now < firstDue + schedule.maximumAge else {
      return .held(Problem.unknownOutcome, lost.progress, now: now)
    }
    let pause = max(
      schedule.unknownOutcomeWait, schedule.backoff.pause(afterAttempt: attempt, jitter: jitter))
    var settlement = Settlement(verdict: .unknown, progress: lost.progress, due: now + pause)
    settlement.problem = ProblemRecord(Problem.unknownOutcome, at: now)
    return settlement
  }

  /// The look-up failed. Whatever the reason, repeating it is harmless.
  private func unseen(_ request: DeliveryRequest, _ problem: Problem, now: Instant) -> Settlement {
    var settlement = deferred(problem, request.progressBefore, now: now)
    settlement.due = max(settlement.due, now + schedule.unknownOutcomeWait)
    return settlement
  }

  /// Microsoft will never accept it. Whether it accepted it before is a separate question.
  private func refused(_ problem: Problem, _ progress: Progress, now: Instant) -> Settlement {
    progress.isInDoubt ? .held(problem, progress, now: now) : .failed(problem, progress, now: now)
  }
}

// Pauses
extension DeliveryMachine {
  private func deferred(_ problem: Problem, _ progress: Progress, now: Instant) -> Settlement {
    guard now < firstDue + schedule.maximumAge else {
      return refused(
        progress.isInDoubt ? Problem.unknownOutcome : Problem.expired(problem), progress, now: now)
    }
    let backoff = schedule.backoff.pause(afterAttempt: attempt, jitter: jitter)
    var settlement = Settlement(
      verdict: .deferred, progress: progress, due: now + messagePause(problem, backoff: backoff))
    settlement.problem = ProblemRecord(problem, at: now)
    settlement.waitsForAccount = problem.waitsForAccount
    settlement.pauseUntil = lanePause(problem, backoff: backoff).map { now + $0 }
    return settlement
  }

  private func messagePause(_ problem: Problem, backoff: Duration) -> Duration {
    switch problem.retry {
    // The sender has learnt something, and would now act differently.
    case .safe(after: .zero?): .zero
    case .safe(let asked): max(backoff, asked ?? .zero)
    case .futile where problem.waitsForAccount: max(backoff, schedule.accountPause)
    case .futile, .unsafe: backoff
    }
  }

  /// A failure that stops every message of the mailbox, not only this one, stops the lane; a message that is
  /// invalid itself does not.
  private func lanePause(_ problem: Problem, backoff: Duration) -> Duration? {
    guard problem.scope.letsMessagesWait else { return nil }
    if case .safe(let asked?) = problem.retry { return asked > .zero ? asked : nil }
    return switch problem.scope {
    case .account, .app: problem.retry == .futile ? schedule.accountPause : schedule.throttledPause
    case .service, .installation: min(backoff, schedule.outagePause)
    case .request, .message, .recipient: nil
    }
  }
}

extension Problem {
  /// Whether nothing can continue before a person has fixed the account or its app.
  fileprivate var waitsForAccount: Bool {
    switch scope {
    case .account, .app: retry == .futile
    case .request, .message, .recipient, .service, .installation: false
    }
  }
}
