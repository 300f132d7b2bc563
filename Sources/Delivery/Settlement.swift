import Accounts
import Core
import Store

/// The result of an attempt to deliver a message, and when the next one is.
struct Settlement: Sendable, Hashable {
  var verdict: Verdict
  var progress: Progress
  /// When the message is due again, if it is.
  var due: Instant
  var problem: ProblemRecord?
  /// The account has to be fixed, not the message.
  var waitsForAccount = false
  /// The attempt counts among those that the message's author has limited.
  var isRefusal = false
  /// The whole lane rests until then.
  var pauseUntil: Instant?
  /// What is left to be deleted from the mailbox.
  var orphan: Orphan?
  /// The Message-ID of the sent copy, where that was seen.
  var sentMessageID: String?

  enum Verdict: String, Sendable, Hashable {
    case sent
    /// Not sent, and to be tried again.
    case deferred
    /// Perhaps sent: to be looked up.
    case unknown
    /// Perhaps sent: a person has to decide.
    case held
    case failed
  }

  init(verdict: Verdict, progress: Progress, due: Instant) {
    self.verdict = verdict
    self.progress = progress
    self.due = due
  }

  static func sent(_ progress: Progress, as messageID: String? = nil, now: Instant) -> Settlement {
    var settlement = Settlement(verdict: .sent, progress: progress, due: now)
    settlement.sentMessageID = messageID
    return settlement
  }

  static func held(_ problem: Problem, _ progress: Progress, now: Instant) -> Settlement {
    var settlement = Settlement(verdict: .held, progress: progress, due: now)
    settlement.problem = ProblemRecord(problem, at: now)
    return settlement
  }

  static func failed(_ problem: Problem, _ progress: Progress, now: Instant) -> Settlement {
    var settlement = Settlement(verdict: .failed, progress: progress, due: now)
    settlement.problem = ProblemRecord(problem, at: now)
    settlement.orphan = progress.orphan
    return settlement
  }
}

extension Settlement {
  /// As the queue keeps it.
  var queue: QueueSettlement {
    QueueSettlement(
      state: verdict.state, due: due, progress: progress.rawValue, problem: problem,
      parked: waitsForAccount && verdict == .deferred,
      isRefusal: isRefusal)
  }
}

extension Settlement.Verdict {
  fileprivate var state: QueueState {
    switch self {
    case .sent: .done
    case .deferred, .unknown: .deferred
    case .held: .held
    case .failed: .failed
    }
  }
}
