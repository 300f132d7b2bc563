// What each command does.
extension ServerSession {
  mutating func command(_ line: String) -> Event? {
    do throws(SMTPReply) {
      return try perform(SMTPCommand(parsing: line))
    } catch {
      complain(error)
      return nil
    }
  }

  private mutating func perform(_ command: SMTPCommand) throws(SMTPReply) -> Event? {
    switch command {
    case .hello(let name, let isExtended):
      clientName = name
      return reset(SMTPReply(250, nil, lines: isExtended ? extensions : [configuration.host]))
    case .mail(let command): return try mail(command)
    case .recipient(let command): return try recipient(command)
    case .data: return try data()
    case .chunk(let size, let isLast): return chunk(size, isLast: isLast)
    case .reset: return reset(.ok)
    case .authenticate(let mechanism, let initial): return try authenticate(mechanism, initial)
    case .startTLS: return try startTLS()
    case .noop: say(.ok)
    case .verify: say(SMTPReply(252, "2.5.2", "Send the message, and see"))
    case .expand: throw SMTPReply(502, "5.5.1", "EXPN is not supported")
    case .help: say(SMTPReply(214, "2.0.0", "See RFC 5321"))
    case .quit:
      say(SMTPReply(221, "2.0.0", "Goodbye"))
      end()
    case .http:
      say(.notSMTP)
      end()
    }
    return nil
  }

  private var extensions: [String] {
    var lines = [
      configuration.host, "PIPELINING", "SIZE \(configuration.sizeLimit)", "8BITMIME", "SMTPUTF8", "CHUNKING",
      "DSN", "ENHANCEDSTATUSCODES",
    ]
    if !isEncrypted, configuration.offersTLS { lines.append("STARTTLS") }
    if mayAuthenticate {
      let names = AuthenticationMechanism.allCases.map(\.rawValue).joined(separator: " ")
      lines.append("AUTH \(names)")
    }
    return lines
  }

  private var mayAuthenticate: Bool { isEncrypted || configuration.allowsClearPasswords }

  private mutating func reset(_ reply: SMTPReply) -> Event? {
    guard transaction != nil else {
      say(reply)
      return nil
    }
    transaction = nil
    question = .reset(reply)
    return .reset
  }

  private mutating func mail(_ command: MailCommand) throws(SMTPReply) -> Event? {
    guard clientName != nil else { throw SMTPReply(503, "5.5.1", "Send EHLO or HELO first") }
    guard transaction == nil else { throw SMTPReply(503, "5.5.1", "A message has been begun already") }
    if configuration.needsAuthentication, !isAuthenticated {
      throw mayAuthenticate ? .authenticationRequired : .startTLSFirst
    }
    if let size = command.size, size > configuration.sizeLimit {
      throw .tooLarge(limit: configuration.sizeLimit)
    }
    question = .mail(command)
    return .mail(command)
  }

  private mutating func recipient(_ command: RecipientCommand) throws(SMTPReply) -> Event? {
    guard let transaction else { throw SMTPReply(503, "5.5.1", "Send MAIL first") }
    guard transaction.chunks == nil else { throw .badSequence }
    guard transaction.isInternational || CommandScanner.isASCII(command.address) else { throw .international }
    guard transaction.recipients < configuration.recipientLimit else {
      // RFC 5321 section 4.5.3.1.10.
      say(SMTPReply(452, "4.5.3", "\(configuration.recipientLimit) recipients is the most for one message"))
      return nil
    }
    question = .recipient
    return .recipient(command)
  }

  private mutating func data() throws(SMTPReply) -> Event? {
    guard let transaction else { throw SMTPReply(503, "5.5.1", "Send MAIL first") }
    guard transaction.recipients > 0 else { throw SMTPReply(503, "5.5.1", "There is no valid recipient") }
    guard transaction.chunks == nil else { throw .badSequence }
    question = .data
    return .data
  }

  private mutating func startTLS() throws(SMTPReply) -> Event? {
    guard configuration.offersTLS else { throw SMTPReply(502, "5.5.1", "STARTTLS is not supported") }
    guard !isEncrypted, !isAuthenticated, transaction == nil else { throw .badSequence }
    say(SMTPReply(220, "2.0.0", "Ready to start TLS"))
    (phase, input, scanned) = (.handshake, [], 0)
    return .startTLS
  }
}

// Authentication
extension ServerSession {
  private mutating func authenticate(_ name: String, _ initial: String?) throws(SMTPReply) -> Event? {
    guard clientName != nil else { throw SMTPReply(503, "5.5.1", "Send EHLO first") }
    guard !isAuthenticated, transaction == nil else { throw .badSequence }
    guard mayAuthenticate else { throw .encryptionRequired }
    guard let mechanism = AuthenticationMechanism(rawValue: name) else {
      throw SMTPReply(504, "5.5.4", "This mechanism of AUTH is not supported")
    }
    let exchange = AuthenticationExchange(mechanism)
    guard let initial else {
      ask(exchange)
      return nil
    }
    return take(initial, in: exchange)
  }

  mutating func take(_ response: String, in exchange: AuthenticationExchange) -> Event? {
    var exchange = exchange
    do throws(SMTPReply) {
      switch try exchange.take(response) {
      case .challenge: ask(exchange)
      case .credentials(let credentials):
        question = .authentication(exchange)
        return .authenticate(credentials)
      }
    } catch {
      complain(error)
    }
    return nil
  }

  private mutating func ask(_ exchange: AuthenticationExchange) {
    say(SMTPReply(334, nil, exchange.prompt))
    phase = .authentication(exchange)
  }

  mutating func authenticated(_ exchange: AuthenticationExchange, _ answer: Answer) {
    guard let refusal = answer.refusal else {
      isAuthenticated = true
      return say(SMTPReply(235, "2.7.0", "Authentication succeeded"))
    }
    guard let error = exchange.refusal, !refusal.endsSession else { return say(refusal) }
    say(SMTPReply(334, nil, error))
    phase = .confirmation(refusal)
  }
}
