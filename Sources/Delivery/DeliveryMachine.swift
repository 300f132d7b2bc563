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
  /// The files that are attached on their own, in order; empty for a message that leaves in one request.
  var files: [OutgoingFile] = []
  /// Files of this size and more are uploaded in ranges.
  var smallestUpload = OutgoingFile.smallestUpload
  /// How many attempts were refused so far, and after how many the message has failed, if its author has said so.
  var refusals = 0
  var refusalLimit: Int?
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
    case .attached(let draft, let files) where abilities.contains(.drafts):
      attachNext(to: draft, after: files)
    case .attaching(let draft, _) where abilities.contains(.drafts): .request(.list(draft))
    case .uploading(let draft, let files, let session) where abilities.contains(.drafts):
      .request(.resume(draft, files: files, session))
    case .drafted(let draft, let inDoubt) where abilities.contains(.drafts):
      .request(.send(draft, inDoubt: inDoubt))
    // Drafts are not possible any more; this one is left over.
    case .drafted(_, inDoubt: false), .attached, .attaching, .uploading: start(now: now)
    // Sending it was never requested, so it may start again where it cannot be looked up.
    case .creating: canLook ? .request(.look(.create)) : start(now: now)
    case .sending(let draft, _), .drafted(let draft, inDoubt: true):
      canLook ? .request(.look(.send(draft))) : undecided(progress, now: now)
    case .submitting: canLook ? .request(.look(.submit)) : undecided(progress, now: now)
    }
  }

  func created(_ draft: DraftID) -> Action { attachNext(to: draft, after: 0) }

  func accepted(_ request: DeliveryRequest, now: Instant) -> Action {
    .settle(.sent(request.progressUnknown, now: now))
  }

  func found(_ result: LookupResult, _ lost: LostStep, now: Instant) -> Action {
    let drafts = abilities.contains(.drafts)
    return switch (result, lost) {
    case (.sent(let messageID), _): .settle(.sent(lost.progress, as: messageID, now: now))
    // Sending it was never requested, so it has certainly not been sent.
    case (.draft(let draft), .create) where drafts:
      files.isEmpty ? .request(.send(draft, inDoubt: false)) : .request(.list(draft))
    case (.draft, .create): start(now: now)
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
    if isDraftGone(request, problem) { return .settle(deferred(problem, .creating, now: now)) }
    if request.isQuestion { return .settle(unseen(request, problem, now: now)) }
    return switch (problem.retry, request) {
    // Nothing was requested to be sent: the files of the draft will show what was done.
    case (.unsafe, .attach): .settle(unseen(request, problem, now: now))
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

  /// The mailbox may not send yet. Waiting for that makes no message too old.
  func paced(_ problem: Problem, _ progress: Progress, now: Instant) -> Settlement {
    postponed(problem, progress, now: now)
  }
}

// Files that are attached on their own
extension DeliveryMachine {
  func attached(_ draft: DraftID, files: Int) -> Action { attachNext(to: draft, after: files) }

  /// - Parameter session: `nil` when the file is too small for one.
  func opened(_ session: UploadSession?, _ draft: DraftID, files: Int) -> Action {
    guard let session else { return .request(.attach(draft, files: files)) }
    return .request(.upload(draft, files: files, session, from: 0))
  }

  func uploaded(_ status: UploadStatus, _ draft: DraftID, files: Int, _ session: UploadSession) -> Action {
    switch status {
    case .needs(let offset): .request(.upload(draft, files: files, session, from: offset))
    case .complete: attachNext(to: draft, after: files + 1)
    case .gone: .request(.list(draft))
    }
  }

  /// They are attached in order, so as many are there as have a namesake on the draft.
  ///
  /// - Parameter names: of the draft's files, those among them that came with it.
  func listed(_ names: [String], _ draft: DraftID) -> Action {
    var found = names.reduce(into: [:]) { $0[$1, default: 0] += 1 }
    let there = files.prefix { file in
      guard let count = found[file.name], count > 0 else { return false }
      found[file.name] = count - 1
      return true
    }
    return attachNext(to: draft, after: there.count)
  }

  /// The upload does not go on: nothing arrives, or Microsoft forgets the session each time.
  func stalled(_ draft: DraftID, files: Int, now: Instant) -> Settlement {
    deferred(Problem.uploadStalled, .attaching(draft, files: files), now: now)
  }

  /// Whether the file is uploaded in ranges; a smaller one is attached in one request.
  func isUploaded(_ file: Int) -> Bool { files[file].size >= smallestUpload }

  private func attachNext(to draft: DraftID, after count: Int) -> Action {
    guard count < files.count else { return .request(.send(draft, inDoubt: false)) }
    return .request(
      isUploaded(count) ? .open(draft, files: count) : .attach(draft, files: count))
  }

  /// Someone has deleted the draft, or Exchange does not show it yet: then it is looked for.
  private func isDraftGone(_ request: DeliveryRequest, _ problem: Problem) -> Bool {
    guard problem.code == .graphItemNotFound, problem.retry == .futile else { return false }
    return switch request {
    case .attach, .open, .list: true
    case .create, .upload, .resume, .send, .submit, .look: false
    }
  }
}

// First and last steps
extension DeliveryMachine {
  /// The first request for a message that has not been requested to be sent.
  private func start(now: Instant) -> Action {
    if abilities.contains(.drafts) { return .request(.create) }
    guard files.isEmpty else { return .settle(deferred(Problem.needsDrafts, .fresh, now: now)) }
    return submit(inDoubt: false, now: now)
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
    var settlement = deferred(problem, request.progressUnknown, now: now)
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
      var settlement = refused(
        progress.isInDoubt ? Problem.unknownOutcome : Problem.expired(problem), progress, now: now)
      settlement.waitsForAccount = problem.waitsForAccount
      return settlement
    }
    if problem.isRefusal, let refusalLimit, refusals + 1 >= refusalLimit {
      return refused(
        progress.isInDoubt ? Problem.unknownOutcome : Problem.refusedTooOften(refusals + 1, problem),
        progress,
        now: now)
    }
    return postponed(problem, progress, now: now)
  }

  private func postponed(_ problem: Problem, _ progress: Progress, now: Instant) -> Settlement {
    let backoff = schedule.backoff.pause(afterAttempt: attempt, jitter: jitter)
    var settlement = Settlement(
      verdict: .deferred, progress: progress, due: now + messagePause(problem, backoff: backoff))
    settlement.problem = ProblemRecord(problem, at: now)
    settlement.waitsForAccount = problem.waitsForAccount
    settlement.isRefusal = problem.isRefusal
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
    case .request, .message, .recipient, .endpoint: nil
    }
  }
}

extension Problem {
  /// Whether it counts as a failed attempt: not when Microsoft has named a time, or the message waits for a person.
  fileprivate var isRefusal: Bool {
    guard scope != .installation, !waitsForAccount else { return false }
    if case .safe(.some) = retry { return false }
    return true
  }

  /// Whether nothing can continue before a person has fixed the account or its app.
  fileprivate var waitsForAccount: Bool {
    switch scope {
    case .account, .app: retry == .futile
    case .request, .message, .recipient, .service, .endpoint, .installation: false
    }
  }
}
