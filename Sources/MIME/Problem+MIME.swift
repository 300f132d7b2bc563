import Core

// What is wrong with an address, a header field or a message. Repeating never helps: the input must change.
extension Problem {
  static func address(_ text: String, _ reason: String) -> Problem {
    Problem(
      .messageInvalidAddress, "\(quoted(text)) is not an e-mail address: \(reason).",
      remedy: "Give a single address, such as name@example.com; a display name has its own field.")
  }

  static func header(_ name: String, _ reason: String, remedy: String) -> Problem {
    Problem(
      .messageInvalidHeader, "The header field \(quoted(name)) is refused: \(reason).",
      remedy: remedy)
  }

  static func malformed(_ reason: String, remedy: String) -> Problem {
    Problem(.messageMalformed, "The message cannot be read: \(reason).", remedy: remedy)
  }

  /// `text` in quotes, with whatever does not print escaped, and cut after 60 characters.
  static func quoted(_ text: String) -> String {
    let limit = 60
    var result = "\""
    for scalar in text.unicodeScalars.prefix(limit) {
      switch scalar {
      case "\"", "\\": result += "\\" + String(scalar)
      case "\r": result += "\\r"
      case "\n": result += "\\n"
      case "\t": result += "\\t"
      case " ": result += " "
      case _ where scalar.breaksAddress: result += "\\u{" + String(scalar.value, radix: 16) + "}"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + (text.unicodeScalars.dropFirst(limit).isEmpty ? "\"" : "…\"")
  }
}

extension Unicode.Scalar {
  /// A control, a space or an invisible mark: what is never unquoted in an address. The two joiners that
  /// Persian and Indic words need are no such marks.
  var breaksAddress: Bool {
    switch properties.generalCategory {
    case .control, .lineSeparator, .paragraphSeparator, .spaceSeparator: true
    case .format: self != "\u{200C}" && self != "\u{200D}"
    default: false
    }
  }
}
