import MIME

extension Message {
  /// The copy that recipients get: who else received it blindly is not in it.
  var withoutBcc: Message {
    guard headers.contains(where: { $0.isNamed("Bcc") || $0.isNamed("Resent-Bcc") }) else { return self }
    var message = self
    message.bcc = []
    message.headers.removeAll { $0.isNamed("Bcc") || $0.isNamed("Resent-Bcc") }
    // It was read when the message was made, so it can be read again.
    message.mime = (try? MIMEMessage.removingBcc(from: mime)) ?? mime
    return message
  }

  func replacingMessageID(with id: String) -> Message {
    var message = self
    message.internetMessageID = id
    message.setField("Message-ID", id)
    return message
  }

  /// Fills in what Exchange fills in when a sender left it out, and what it always sets itself.
  func completed(by owner: MailboxOwner, messageID: String) -> Message {
    var message = internetMessageID.isEmpty ? replacingMessageID(with: messageID) : self
    if message.from == nil {
      message.from = owner.correspondent
      message.setField("From", "<\(owner.correspondent.address)>")
    }
    // The mailbox that sends, which is not the author's when a shared one is written for.
    let isOwn = owner.owns(message.from?.address ?? "")
    message.sender = isOwn ? message.from : owner.correspondent
    return message
  }

  /// Changes the first field of this name, or puts one before all others. No other byte changes.
  private mutating func setField(_ name: String, _ value: String) {
    let line = Array("\(name): \(value)\r\n".utf8)
    let header = MessageHeader(name: name, value: value)
    guard let index = headers.firstIndex(where: { $0.isNamed(name) }),
      let field = MIMEMessage(parsing: mime).field(name)
    else {
      // Without any field the message is all body, and needs the line between.
      mime = line + (headers.isEmpty ? Array("\r\n".utf8) : []) + mime
      headers.insert(header, at: 0)
      return
    }
    mime.replaceSubrange(field.raw.indices, with: line)
    headers[index] = header
  }
}
