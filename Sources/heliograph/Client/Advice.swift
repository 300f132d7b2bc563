import API
import Core

/// What commands print below the sentence about a problem: what to do, how, who can do it, and where.
struct Advice {
  let remedy: String?
  let code: ProblemCode?
  let actor: Responsible?
  let link: String?

  /// - Parameter remedyLabel: Precedes the remedy, such as `To do: `.
  func lines(remedyLabel: String = "") -> [String] {
    [
      remedy.map { remedyLabel + CommandWords.translate($0) }, code?.how.map { "How: \($0.command)" },
      actor.map { "Who: \($0.words)" }, link.map { "Where: \($0)" },
    ].compactMap { line in line.map { "  \($0)" } }
  }
}

extension Problem {
  var advice: Advice { Advice(remedy: remedy, code: code, actor: actor, link: link) }

  /// Prints it on standard error.
  func show() {
    Terminal.error("heliograph: \(Printable.text(summary))")
    for line in advice.lines() { Terminal.error(line) }
    Terminal.error("  [\(code.rawValue)]")
  }
}

extension ProblemReply {
  var advice: Advice { Advice(remedy: remedy, code: knownCode, actor: actor?.known, link: link) }
}

extension VerificationStepReply {
  var advice: Advice {
    Advice(
      remedy: remedy, code: problem.flatMap { ProblemCode(rawValue: $0) }, actor: actor?.known, link: link)
  }
}

extension Responsible {
  var words: String {
    switch self {
    case .user: "the owner of the mailbox"
    case .appOwner: "the person who registered the app"
    case .administrator: "an administrator of the tenant"
    case .operator: "the operator of this gateway"
    case .nobody: "nobody; this resolves itself"
    }
  }
}
