// The content of a message.
extension ServerSession {
  /// Octets that are read for a message before the connection is closed: a client that does not look at replies sends
  /// all of it before it learns that it is too large.
  private var patience: Int { 2 * configuration.sizeLimit + (1 << 20) }

  /// Closes the connection of a client that goes on sending what has been refused.
  mutating func losePatience() {
    guard let transaction, transaction.read > patience, let refusal = transaction.refusal else { return }
    say(refusal)
    end()
  }

  /// What DATA sends (RFC 5321 section 4.1.1.4).
  mutating func readData(_ reader: ContentReader) -> Event? {
    var reader = reader
    let (content, count, end) = reader.read(input)
    input = input.dropFirst(count)
    phase = end == .none ? .data(reader) : .dataEnd(end)
    return take(content, of: count, isFlawed: reader.isFlawed)
  }

  mutating func endData(_ end: ContentReader.End) -> Event? {
    phase = .commands
    let event = finish()
    // Who knows what the client means by what follows?
    if end == .doubtful { self.end() }
    return event
  }

  /// What BDAT announces (RFC 3030 section 2). Without a message its octets are read all the same, and thrown away.
  mutating func chunk(_ size: Int, isLast: Bool) -> Event? {
    guard size <= patience else {
      say(.tooLarge(limit: configuration.sizeLimit))
      end()
      return nil
    }
    if let transaction, transaction.recipients > 0, transaction.chunks == nil {
      question = .chunk(size: size, isLast: isLast)
      return .data
    }
    phase = .chunk(remaining: size, isLast: isLast)
    return nil
  }

  mutating func readChunk(_ remaining: Int, _ isLast: Bool) -> Event? {
    let piece = input.prefix(remaining)
    input = input.dropFirst(piece.count)
    phase = .chunk(remaining: remaining - piece.count, isLast: isLast)
    guard var reader = transaction?.chunks else { return nil }
    let (content, count, _) = reader.read(piece)
    transaction?.chunks = reader
    return take(content, of: count, isFlawed: reader.isFlawed)
  }

  mutating func endChunk(_ isLast: Bool) -> Event? {
    guard let transaction, var reader = transaction.chunks else {
      phase = .commands
      complain(SMTPReply(503, "5.5.1", "There is no message that this could belong to"))
      return nil
    }
    if isLast, transaction.refusal == nil {
      reader.finish()
      if let event = take([], of: 0, isFlawed: reader.isFlawed) { return event }
    }
    phase = .commands
    if isLast || transaction.refusal != nil { return finish() }
    say(SMTPReply(250, "2.0.0", "\(transaction.read) octets received"))
    return nil
  }

  private mutating func take(_ content: [UInt8], of count: Int, isFlawed: Bool) -> Event? {
    transaction?.read += count
    guard transaction?.refusal == nil else { return nil }
    transaction?.size += content.count
    if isFlawed {
      transaction?.refusal = .flawed
    } else if let transaction, transaction.size > configuration.sizeLimit {
      self.transaction?.refusal = .tooLarge(limit: configuration.sizeLimit)
    }
    guard transaction?.refusal == nil else {
      question = .reset(nil)
      return .reset
    }
    guard !content.isEmpty else { return nil }
    question = .content
    return .content(content)
  }

  private mutating func finish() -> Event? {
    guard let refusal = transaction?.refusal else {
      question = .end
      return .end
    }
    transaction = nil
    say(refusal)
    return nil
  }
}

extension SMTPReply {
  static let flawed = SMTPReply(
    554, "5.6.0",
    "The message has a CR or LF that is not part of a CRLF, or a NUL; nothing of it was accepted",
    "Send it with CRLF at the end of every line (RFC 5321 section 2.3.8).")
}
