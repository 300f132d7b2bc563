import Foundation

/// What a verification found, as the gateway tells it.
struct VerificationReport: Decodable, Sendable {
  let app, provider: String
  let account: String?
  let ok: Bool
  let steps: [Step]

  struct Step: Decodable, Sendable {
    let id, label, status, message: String
    let hint, problem, remedy, actor, link: String?
  }

  func printTable() {
    Terminal.table(["step", "verdict", "what was found"], steps.map { [$0.label, $0.status, $0.message] })
    for step in steps {
      if step.status == "fail" { Terminal.line("\n" + step.explanation) }
      if step.status != "fail", let hint = step.hint { Terminal.line("\nNote on “\(step.label)”: \(hint)") }
    }
  }

  var firstFault: Step? { steps.first { $0.status == "fail" } }
}

extension VerificationReport.Step {
  /// The sentence, what to do, who can, and where.
  var explanation: String {
    var lines = ["\(label): \(message)"]
    if let hint { lines.append("  \(hint)") }
    if let remedy { lines.append("  To do: \(remedy)") }
    if let actor, let who = Self.who[actor] { lines.append("  Who: \(who)") }
    if let link { lines.append("  Where: \(link)") }
    if let problem { lines.append("  [\(problem)]") }
    return lines.joined(separator: "\n")
  }

  static let who = [
    "user": "the owner of the mailbox", "appOwner": "whoever registered the app",
    "administrator": "an administrator of the tenant", "nobody": "nobody; it passes by itself",
  ]
}
