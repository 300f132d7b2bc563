/// A client's command line (RFC 5321 section 4.1.1), read leniently where old devices stray and nothing else could be
/// meant.
package enum SMTPCommand: Sendable, Hashable {
  case hello(name: String, isExtended: Bool)
  case mail(MailCommand)
  case recipient(RecipientCommand)
  case data
  /// RFC 3030 section 2: so many octets follow.
  case chunk(size: Int, isLast: Bool)
  case reset
  case noop
  case quit
  case verify
  case expand
  case help
  /// RFC 3207.
  case startTLS
  /// RFC 4954.
  case authenticate(mechanism: String, initial: String?)
  /// The first line of an HTTP request: a web page has made a browser send it.
  case http
}

/// `MAIL FROM` with its parameters.
package struct MailCommand: Sendable, Hashable {
  /// Without brackets and route; empty for the null sender `<>`. Whether it is an address, is not checked.
  package var sender: String
  /// RFC 1870.
  package var size: Int?
  /// RFC 6531.
  package var isInternational = false
  /// RFC 3461 section 4.3.
  package var returns: Returns?
  /// RFC 3461 section 4.4, decoded.
  package var envelopeID: String?

  package enum Returns: String, Sendable {
    case full = "FULL"
    case headers = "HDRS"
  }
}

/// `RCPT TO` with its parameters.
package struct RecipientCommand: Sendable, Hashable {
  /// Without brackets and route. Whether it is an address, is not checked.
  package var address: String
  /// RFC 3461 section 4.1; `nil` when the client leaves it to the server.
  package var notify: Set<Notify>?
  /// RFC 3461 section 4.2: the type, and the address decoded.
  package var original: String?

  package enum Notify: String, Sendable {
    case never = "NEVER"
    case success = "SUCCESS"
    case failure = "FAILURE"
    case delay = "DELAY"
  }
}

extension SMTPCommand {
  /// - Parameter line: without its line end.
  package init(parsing line: String) throws(SMTPReply) {
    guard !line.unicodeScalars.contains(where: { $0.value < 0x20 && $0 != "\t" || $0.value == 0x7F }) else {
      throw .syntax("The line contains a control character")
    }
    var scanner = CommandScanner(line)
    let verb = scanner.word().uppercased()
    if Self.methods.contains(verb), line.uppercased().contains(" HTTP/") {
      self = .http
      return
    }
    switch verb {
    case "EHLO": self = .hello(name: scanner.rest(), isExtended: true)
    case "HELO": self = .hello(name: scanner.rest(), isExtended: false)
    case "MAIL": self = .mail(try MailCommand(&scanner))
    case "RCPT": self = .recipient(try RecipientCommand(&scanner))
    case "BDAT": self = try Self.chunk(&scanner)
    case "AUTH":
      let (mechanism, initial) = (scanner.word().uppercased(), scanner.rest())
      guard !mechanism.isEmpty else { throw .syntax("AUTH needs a mechanism") }
      self = .authenticate(mechanism: mechanism, initial: initial.isEmpty ? nil : initial)
    case "VRFY": self = .verify
    case "EXPN": self = .expand
    case "HELP": self = .help
    case "NOOP": self = .noop
    case "DATA": self = try scanner.end(.data)
    case "RSET": self = try scanner.end(.reset)
    case "QUIT": self = try scanner.end(.quit)
    case "STARTTLS": self = try scanner.end(.startTLS)
    default: throw .unknownCommand
    }
  }

  private static let methods: Set = [
    "GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH", "PRI",
  ]

  private static func chunk(_ scanner: inout CommandScanner) throws(SMTPReply) -> SMTPCommand {
    let (number, last) = (scanner.word(), scanner.rest().uppercased())
    guard let size = CommandScanner.number(number), last.isEmpty || last == "LAST" else {
      throw .syntax("BDAT needs a number of octets, and LAST after the last one")
    }
    return .chunk(size: size, isLast: last == "LAST")
  }
}

extension MailCommand {
  fileprivate init(_ scanner: inout CommandScanner) throws(SMTPReply) {
    sender = try scanner.path(after: "FROM")
    for (key, value) in try scanner.parameters() {
      switch key {
      case "SIZE":
        guard let size = CommandScanner.number(value ?? "") else { throw .syntax("SIZE needs a number") }
        self.size = size
      case "BODY":
        guard ["7BIT", "8BITMIME"].contains(value?.uppercased()) else {
          throw .syntax("BODY is 7BIT or 8BITMIME")
        }
      case "SMTPUTF8":
        guard value == nil else { throw .syntax("SMTPUTF8 has no value") }
        isInternational = true
      case "RET":
        guard let returns = Returns(rawValue: value?.uppercased() ?? "") else {
          throw .syntax("RET is FULL or HDRS")
        }
        self.returns = returns
      case "ENVID": envelopeID = try CommandScanner.decoded(value, of: key)
      // RFC 4954 section 5: who first submitted it. Nobody here relays for others.
      case "AUTH": _ = try CommandScanner.decoded(value, of: key)
      default: throw SMTPReply(555, "5.5.4", "The parameter \(key) is not supported")
      }
    }
    guard isInternational || CommandScanner.isASCII(sender) else { throw .international }
  }
}

extension RecipientCommand {
  fileprivate init(_ scanner: inout CommandScanner) throws(SMTPReply) {
    address = try scanner.path(after: "TO")
    guard !address.isEmpty else { throw SMTPReply(553, "5.1.3", "RCPT needs an address") }
    for (key, value) in try scanner.parameters() {
      switch key {
      case "NOTIFY":
        let words = (value ?? "").uppercased().split(separator: ",", omittingEmptySubsequences: false)
        let notify = words.compactMap { Notify(rawValue: String($0)) }
        guard notify.count == words.count, !notify.contains(.never) || notify.count == 1 else {
          throw .syntax("NOTIFY is NEVER, or some of SUCCESS, FAILURE and DELAY")
        }
        self.notify = Set(notify)
      case "ORCPT":
        guard let value, let colon = value.firstIndex(of: ";"), colon > value.startIndex else {
          throw .syntax("ORCPT is a type and an address, such as rfc822;a@example.com")
        }
        original = try CommandScanner.decoded(value, of: key)
      default: throw SMTPReply(555, "5.5.4", "The parameter \(key) is not supported")
      }
    }
  }
}

extension SMTPReply {
  static let international = SMTPReply(
    553, "5.6.7", "An address outside ASCII needs the parameter SMTPUTF8 of MAIL (RFC 6531)")
}
