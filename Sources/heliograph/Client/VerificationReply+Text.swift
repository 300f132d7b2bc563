import API

extension VerificationReply {
  func printTable() {
    Terminal.table(
      ["step", "result", "details"], steps.map { [$0.label, $0.status.text, $0.message] }, states: "result")
    for step in steps {
      if step.failed {
        Terminal.line("\n" + step.explanation)
      } else if let hint = step.hint {
        Terminal.line("\nNote on “\(step.label)”: \(hint)")
      }
    }
  }

  var firstFault: VerificationStepReply? { steps.first(where: \.failed) }
}

extension VerificationStepReply {
  var failed: Bool { status.known == .fail }

  /// The sentence, the hint, the advice and the code.
  var explanation: String {
    var lines = ["\(label): \(message)"]
    if let hint { lines.append("  \(hint)") }
    lines += advice.lines(remedyLabel: "To do: ")
    if let problem { lines.append("  [\(problem)]") }
    return lines.joined(separator: "\n")
  }
}
