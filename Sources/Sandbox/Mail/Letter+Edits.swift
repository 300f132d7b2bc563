import MIME

extension Letter {
  /// The copy that recipients get: who else received it blindly is not in it.
  var withoutBcc: Letter {
    guard headers.contains(where: { $0.isNamed("Bcc") || $0.isNamed("Resent-Bcc") }) else { return self }
    var letter = self
    letter.bcc = []
    letter.headers.removeAll { $0.isNamed("Bcc") || $0.isNamed("Resent-Bcc") }
    // It was read when the letter was made, so it can be read again.
    letter.mime = (try? MIMEMessage.removingBcc(from: mime)) ?? mime
    return letter
  }

  func replacingMessageID(with id: String) -> Letter {
    var letter = self
    letter.internetMessageID = id
    letter.setField("Message-ID", id)
    return letter
  }

  /// Fills in what Exchange fills in when a sender left it out, and what it always sets itself.
  func completed(by owner: MailboxOwner, messageID: String) -> Letter {
    var letter = internetMessageID.isEmpty ? replacingMessageID(with: messageID) : self
    if letter.from == nil {
      letter.from = owner.correspondent
      letter.setField("From", "<\(owner.correspondent.address)>")
    }
    // The mailbox that sends, which is not the author's when a shared one is written for.
    let isOwn = owner.owns(letter.from?.address ?? "")
    letter.sender = isOwn ? letter.from : owner.correspondent
    return letter
  }

  /// Changes the first field of this name, or puts one before all others. No other byte changes.
  private mutating func setField(_ name: String, _ value: String) {
    let line = Array("\(name): \(value)\r\n".utf8)
    let header = LetterHeader(name: name, value: value)
    guard let index = headers.firstIndex(where: { $0.isNamed(name) }),
      let field = try? MIMEMessage(parsing: mime).field(name)
    else {
      // Without any field the letter is all body, and needs the line between.
      mime = line + (headers.isEmpty ? Array("\r\n".utf8) : []) + mime
      headers.insert(header, at: 0)
      return
    }
    mime.replaceSubrange(field.raw.indices, with: line)
    headers[index] = header
  }
}
