package import Core

/// A server's reply (RFC 5321 section 4.2).
package struct SMTPReply: Sendable, Hashable, Error {
  package let code: Int
  /// The enhanced status code (RFC 3463, RFC 2034); `nil` where there is none, as in a greeting.
  package let enhanced: String?
  package let lines: [String]

  /// What is not ASCII is replaced: few clients know RFC 6531, which allows it.
  package init(_ code: Int, _ enhanced: String?, _ lines: String...) {
    self.init(code, enhanced, lines: lines)
  }

  package init(_ code: Int, _ enhanced: String?, lines: [String]) {
    self.code = code
    self.enhanced = enhanced
    self.lines = lines.flatMap { Self.folded(Self.plain($0)) }
  }

  /// What the catalogue says of the code, in the problem's own words.
  package init(_ problem: Problem) {
    let status = problem.code.smtp
    self.init(
      status.code, status.enhanced, lines: [problem.summary] + (problem.remedy.map { [$0] } ?? []))
  }

  package var isPositive: Bool { code < 400 }
  /// RFC 5321 section 3.8: after it the server closes the connection.
  package var endsSession: Bool { code == 421 }

  /// As it travels.
  package var bytes: [UInt8] {
    var bytes: [UInt8] = []
    let texts = lines.isEmpty ? [""] : lines
    for (index, text) in texts.enumerated() {
      bytes += "\(code)\(index == texts.count - 1 ? " " : "-")".utf8
      if let enhanced { bytes += "\(enhanced) ".utf8 }
      bytes += text.utf8
      bytes += "\r\n".utf8
    }
    return bytes
  }

  /// A line has 512 octets at most, with its code and its end (RFC 5321 section 4.5.3.1.5).
  private static let longestText = 480

  private static func folded(_ text: String) -> [String] {
    guard text.utf8.count > longestText else { return [text] }
    var lines: [String] = []
    var rest = Substring(text)
    while rest.utf8.count > longestText {
      let limit = rest.index(rest.startIndex, offsetBy: longestText)
      let end = rest[..<limit].lastIndex(of: " ") ?? limit
      lines.append(String(rest[..<end]))
      rest = rest[end...].drop { $0 == " " }
    }
    return rest.isEmpty ? lines : lines + [String(rest)]
  }

  private static func plain(_ text: String) -> String {
    String(
      String.UnicodeScalarView(
        text.unicodeScalars.map { scalar in
          switch scalar {
          case " "..."~": scalar
          case "“", "”", "„": "\""
          case "‘", "’": "'"
          case "–", "—": "-"
          default: "?"
          }
        }))
  }
}

extension SMTPReply {
  static let ok = SMTPReply(250, "2.0.0", "Ok")
  static let badSequence = SMTPReply(503, "5.5.1", "This command is not expected now")
  static let unknownCommand = SMTPReply(500, "5.5.2", "This command is not known")
  static let lineTooLong = SMTPReply(500, "5.5.2", "The line is too long")
  static let bareLineEnd = SMTPReply(500, "5.5.2", "A line must end with CRLF (RFC 5321 section 2.3.8)")
  static let tooManyErrors = SMTPReply(421, "4.7.0", "Too many bad commands; closing the connection")
  static let notSMTP = SMTPReply(554, "5.5.0", "This is an SMTP port; closing the connection")
  static let startTLSFirst = SMTPReply(530, "5.7.0", "Send STARTTLS first")
  static let authenticationRequired = SMTPReply(530, "5.7.0", "Authentication required")
  static let encryptionRequired = SMTPReply(
    538, "5.7.11", "Send STARTTLS first: passwords are taken over an encrypted connection only")

  static func syntax(_ text: String) -> SMTPReply { SMTPReply(501, "5.5.4", text) }

  static func tooLarge(limit: Int) -> SMTPReply {
    SMTPReply(552, "5.3.4", "The message is larger than \(limit) bytes")
  }
}
