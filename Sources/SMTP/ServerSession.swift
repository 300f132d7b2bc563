/// The server's side of one SMTP connection (RFC 5321, RFC 6409) as a value: bytes go in, events and bytes of replies
/// come out. It does no I/O and knows no accounts.
///
/// The user feeds what arrives, takes one event after the other until there is none, answers each except `startTLS`
/// and `close`, and sends `takeOutput()`. Until an event is answered there is no next one.
package struct ServerSession: Sendable {
  package struct Configuration: Sendable {
    /// In the greeting.
    package var host: String
    /// Octets of a message.
    package var sizeLimit: Int
    package var recipientLimit = 1000
    /// Whether STARTTLS can be offered.
    package var offersTLS = false
    /// Whether the connection was encrypted from its beginning.
    package var isEncrypted = false
    /// Whether passwords are taken over a connection that is not encrypted.
    package var allowsClearPasswords = false
    /// Whether nobody may send without AUTH.
    package var needsAuthentication = true

    package init(host: String, sizeLimit: Int) {
      self.host = host
      self.sizeLimit = sizeLimit
    }
  }

  package enum Event: Sendable {
    /// Whether these are right. A refusal of a token is preceded by the mechanism's own error.
    case authenticate(SMTPCredentials)
    case mail(MailCommand)
    case recipient(RecipientCommand)
    /// The client wants to send the content.
    case data
    case content([UInt8])
    /// The message is complete: whoever accepts it, has it.
    case end
    /// The message does not come to an end: what has been stored of it is to be dropped.
    case reset
    /// Send the output, then encrypt the connection and say `startedTLS()`.
    case startTLS
    /// Send the output, then close the connection.
    case close
  }

  package enum Answer: Sendable {
    /// With the usual reply.
    case accept
    /// A negative one refuses; 421 also closes the connection.
    case reply(SMTPReply)

    var refusal: SMTPReply? {
      if case .reply(let reply) = self, !reply.isPositive { reply } else { nil }
    }
  }

  /// Octets of a command line with its end. RFC 5321 section 4.5.3.1.4 asks for 512, and the parameters of RFC 3461 for
  /// some 1,000 more.
  static let longestLine = 4096
  /// Octets of a line of AUTH (RFC 4954 section 4).
  static let longestAuthenticationLine = 12_288
  /// Octets of a line that is too long that are thrown away before the connection is closed.
  static let longestExcess = 2 << 20
  /// Bad commands in one connection.
  static let errorLimit = 100

  enum Phase {
    case commands
    case authentication(AuthenticationExchange)
    /// The client confirms that it has seen why its token is refused.
    case confirmation(SMTPReply)
    case data(ContentReader)
    /// After the dot.
    case dataEnd(ContentReader.End)
    case chunk(remaining: Int, isLast: Bool)
    /// What arrives before TLS begins was sent in the clear, and is dropped.
    case handshake
    case closing
    case closed
  }

  enum Question {
    case authentication(AuthenticationExchange)
    case mail(MailCommand)
    case recipient
    case data
    case chunk(size: Int, isLast: Bool)
    case content
    case end
    case reset(SMTPReply?)
  }

  struct Transaction {
    var recipients = 0
    var isInternational: Bool
    /// Octets of the message so far.
    var size = 0
    /// Octets that were read for it, dropped ones included.
    var read = 0
    /// Why the content is dropped.
    var refusal: SMTPReply?
    /// Of BDAT, from one chunk to the next.
    var chunks: ContentReader?
  }

  let configuration: Configuration
  var phase = Phase.commands
  /// What the user has not answered yet.
  var question: Question?
  var transaction: Transaction?
  private(set) var isEncrypted: Bool
  package internal(set) var isAuthenticated = false
  /// As the client calls itself; `nil` before its greeting.
  package internal(set) var clientName: String?
  private var errors = 0
  var input: ArraySlice<UInt8> = []
  /// Octets of `input` that are known to have no line end.
  var scanned = 0
  /// Octets of a line that is too long.
  private var excess = 0
  private var output: [UInt8]

  package init(_ configuration: Configuration) {
    self.configuration = configuration
    isEncrypted = configuration.isEncrypted
    output = SMTPReply(220, nil, "\(configuration.host) ESMTP Heliograph").bytes
  }

  /// Whether a message is on its way.
  package var isReceiving: Bool { transaction != nil }
  /// Whether the next event needs more input.
  package var isWaiting: Bool { question == nil }

  package mutating func receive(_ bytes: [UInt8]) {
    switch phase {
    case .handshake, .closing, .closed: return
    default: break
    }
    input = input.isEmpty ? bytes[...] : input + bytes
  }

  /// The bytes that are to be sent.
  package mutating func takeOutput() -> [UInt8] {
    defer { output = [] }
    return output
  }

  /// To be called once the connection is encrypted. What the client said before is forgotten (RFC 3207 section 4.2).
  package mutating func startedTLS() {
    isEncrypted = true
    clientName = nil
    (input, scanned, excess) = ([], 0, 0)
    phase = .commands
  }

  /// Ends the session with `reply`; `next()` then gives `close`.
  package mutating func close(_ reply: SMTPReply) {
    if case .closed = phase { return }
    say(reply)
    end()
  }

  package mutating func next() -> Event? {
    while question == nil {
      var event: Event?
      switch phase {
      case .commands, .authentication, .confirmation:
        if let line = takeLine() { event = take(line) } else if !isClosing { return nil }
      case .data(let reader):
        losePatience()
        if case .data = phase, input.isEmpty { return nil }
        event = isClosing ? nil : readData(reader)
      case .dataEnd(let end): event = endData(end)
      case .chunk(let remaining, let isLast):
        if remaining > 0, input.isEmpty { return nil }
        event = remaining > 0 ? readChunk(remaining, isLast) : endChunk(isLast)
      case .handshake, .closed: return nil
      case .closing:
        phase = .closed
        event = .close
      }
      if let event { return event }
    }
    return nil
  }

  private var isClosing: Bool {
    if case .closing = phase { true } else { false }
  }

  package mutating func answer(_ answer: Answer) {
    guard let question else { return }
    self.question = nil
    switch question {
    case .authentication(let exchange): authenticated(exchange, answer)
    case .mail(let command):
      if answer.refusal == nil { transaction = Transaction(isInternational: command.isInternational) }
      say(answer, otherwise: SMTPReply(250, "2.1.0", "Sender ok"))
    case .recipient:
      if answer.refusal == nil { transaction?.recipients += 1 }
      say(answer, otherwise: SMTPReply(250, "2.1.5", "Recipient ok"))
    case .data:
      if answer.refusal == nil { phase = .data(ContentReader(isStuffed: true)) } else { transaction = nil }
      say(answer, otherwise: SMTPReply(354, nil, "Send the message, then a line with a single dot"))
    case .chunk(let size, let isLast):
      transaction?.chunks = ContentReader(isStuffed: false)
      transaction?.refusal = answer.refusal
      phase = .chunk(remaining: size, isLast: isLast)
    case .content: transaction?.refusal = answer.refusal
    case .end:
      transaction = nil
      say(answer, otherwise: .ok)
    case .reset(let reply):
      if let reply { say(reply) }
    }
  }

  mutating func say(_ reply: SMTPReply) {
    output += reply.bytes
    if reply.endsSession { end() }
  }

  private mutating func say(_ answer: Answer, otherwise usual: SMTPReply) {
    if case .reply(let reply) = answer { say(reply) } else { say(usual) }
  }

  mutating func end() {
    (phase, question, transaction, input) = (.closing, nil, nil, [])
  }

  /// Says what is wrong with a command.
  mutating func complain(_ reply: SMTPReply) {
    errors += 1
    say(errors > Self.errorLimit ? .tooManyErrors : reply)
  }
}

// Lines
extension ServerSession {
  /// The first octets of a TLS handshake (RFC 8446 section 5.1).
  private static let handshake: [UInt8] = [0x16, 0x03]

  /// Without its line end; `nil` when it has not arrived, or was refused and none follows.
  private mutating func takeLine() -> String? {
    if case .commands = phase, input.starts(with: Self.handshake) {
      say(.notSMTP)
      end()
      return nil
    }
    while let end = input[(input.startIndex + scanned)...].firstIndex(of: .lf) {
      let (line, limit) = (input[..<end], limit)
      input = input[(end + 1)...]
      scanned = 0
      if excess > 0 || line.count >= limit {
        excess = 0
        refuse(.lineTooLong)
      } else if line.last != .cr || line.dropLast().contains(.cr) {
        refuse(.bareLineEnd)
      } else if let text = String(validating: line.dropLast(), as: UTF8.self) {
        return text
      } else {
        refuse(SMTPReply(500, "5.5.2", "The line is not UTF-8"))
      }
      if isClosing { return nil }
    }
    scanned = input.count
    if excess + input.count > limit {
      excess += input.count
      (input, scanned) = ([], 0)
      if excess > Self.longestExcess {
        say(.lineTooLong)
        end()
      }
    }
    return nil
  }

  private var limit: Int {
    if case .commands = phase, !input.starts(with: Array("AUTH ".utf8), by: { $0 & 0xDF == $1 & 0xDF }) {
      Self.longestLine
    } else {
      Self.longestAuthenticationLine
    }
  }

  /// A bad line also ends an exchange of AUTH.
  private mutating func refuse(_ reply: SMTPReply) {
    phase = .commands
    complain(reply)
  }

  private mutating func take(_ line: String) -> Event? {
    switch phase {
    case .authentication(let exchange):
      phase = .commands
      return take(line, in: exchange)
    case .confirmation(let reply):
      phase = .commands
      say(reply)
      return nil
    default: return command(line)
    }
  }
}
