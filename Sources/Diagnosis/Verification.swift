package import Core
import Store

/// What was found when an app, and perhaps one of its accounts, was tried out step by step.
package struct Verification: Sendable {
  package let app: AppID
  package let provider: OAuth2Provider
  package let account: AccountID?
  package let steps: [VerificationStep]

  /// Whether nothing has failed; what was not tried does not count.
  package var isFine: Bool { steps.allSatisfy { $0.status != .fail } }
}

package struct VerificationStep: Sendable {
  package let id: ID
  package let status: Status
  /// What was found, with the values in play; or why it was not tried.
  package let message: String
  /// What else is worth knowing.
  package let hint: String?
  package let problem: String?
  package let remedy: String?
  package let actor: Responsible?
  package let link: String?

  /// In the order in which they are tried.
  package enum ID: String, Sendable, CaseIterable {
    case dns, tls, clock, authority, client, secret, redirect, scopes, token, permissions, mailbox, send

    package var label: String {
      switch self {
      case .dns: "Names resolve"
      case .tls: "Microsoft is reachable"
      case .clock: "Clocks agree"
      case .authority: "Authority exists"
      case .client: "App is known"
      case .secret: "App authenticates"
      case .redirect: "Redirect URI is registered"
      case .scopes: "Scopes are sufficient"
      case .token: "Token is issued"
      case .permissions: "Permissions are granted"
      case .mailbox: "Mailbox opens"
      case .send: "Message is accepted"
      }
    }
  }

  package enum Status: String, Sendable {
    case ok, fail, skip
  }

  init(
    _ id: ID, _ status: Status, _ message: String, hint: String? = nil, problem: String? = nil,
    remedy: String? = nil, actor: Responsible? = nil, link: String? = nil
  ) {
    self.id = id
    self.status = status
    self.message = message
    self.hint = hint
    self.problem = problem
    self.remedy = remedy
    self.actor = actor
    self.link = link
  }
}

extension VerificationStep {
  /// For those who may use an app and not read it: whether the step went well, and our code.
  var withoutApp: VerificationStep {
    guard [.authority, .client, .secret, .redirect, .scopes].contains(id) else { return self }
    return VerificationStep(
      id, status,
      status == .fail ? "The operator's app has a fault." : "Only the operator can see the details.",
      problem: problem, remedy: status == .fail ? "Tell the operator, with the code." : nil,
      actor: status == .fail ? .appOwner : nil)
  }
}

/// What one step comes to.
enum Finding: Sendable {
  case fine(String, hint: String? = nil)
  /// There is nothing to test; steps that depend on it continue.
  case notNeeded(String, hint: String? = nil)
  case fault(ProblemRecord, hint: String? = nil)
}

/// The steps so far. One that fails does not stop those that do not need it.
struct VerificationWalk {
  private(set) var steps: [VerificationStep] = []
  /// For a step that failed, or could not be tried: the first one that is to blame.
  private var culprits: [VerificationStep.ID: VerificationStep.ID] = [:]
  let time: any Time

  init(time: any Time) {
    self.time = time
  }

  /// Throws only what is neither Microsoft's problem nor ours, such as a cancellation.
  mutating func step(
    _ id: VerificationStep.ID, after needed: [VerificationStep.ID] = [], _ body: () async throws -> Finding
  ) async throws {
    if let culprit = needed.compactMap({ culprits[$0] }).first {
      culprits[id] = culprit
      steps.append(
        VerificationStep(id, .skip, "Not tried, because “\(culprit.label)” has failed."))
      return
    }
    do {
      add(id, try await body())
    } catch let problem as Problem {
      add(id, .fault(ProblemRecord(problem, at: time.now)))
    }
  }

  private mutating func add(_ id: VerificationStep.ID, _ finding: Finding) {
    switch finding {
    case .fine(let message, let hint): steps.append(VerificationStep(id, .ok, message, hint: hint))
    case .notNeeded(let message, let hint): steps.append(VerificationStep(id, .skip, message, hint: hint))
    case .fault(let problem, let hint):
      culprits[id] = id
      steps.append(
        VerificationStep(
          id, .fail, problem.summary, hint: hint, problem: problem.code, remedy: problem.remedy,
          actor: problem.actor, link: problem.link))
    }
  }
}
