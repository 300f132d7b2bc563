import Foundation
import MIME

extension Message {
  /// The copy that recipients get: who else received it blindly is not in it.
  var withoutBcc: Message {
    guard headers.contains(where: { $0.isNamed("Bcc") || $0.isNamed("Resent-Bcc") }) else { return self }
    var message = self
    message.bcc = []
    message.headers.removeAll { $0.isNamed("Bcc") || $0.isNamed("Resent-Bcc") }
    // It was read when the message was made, so it can be read again.
    if let fields = try? MIMEMessage.removingBcc(from: source.fields) { message.source.replaceFields(fields) }
    return message
  }

  func replacingMessageID(with id: String) -> Message {
    var message = self
    message.internetMessageID = id
    message.setField("Message-ID", id)
    return message
  }

  /// Fills in what Exchange fills in when a sender left it out.
  func completed(by owner: MailboxOwner, messageID: String) -> Message {
    var message = internetMessageID.isEmpty ? replacingMessageID(with: messageID) : self
    if message.from == nil {
      message.from = owner.correspondent
      message.setField("From", "<\(owner.correspondent.address)>")
    }
    message.sender = message.sender ?? message.from
    return message
  }

  /// What Exchange itself sets when it accepts the message.
  func sent(by author: SendingAuthor) -> Message {
    var message = self
    if from?.key != author.from.key {
      message.from = author.from
      message.setField("From", author.from.field)
    }
    let isOnBehalf = author.sender.key != author.from.key
    message.sender = isOnBehalf ? author.sender : message.from
    message.setField("Sender", isOnBehalf ? author.sender.field : nil)
    return message
  }

  /// These and no others. No other byte changes.
  mutating func setRecipients(to: [Correspondent], cc: [Correspondent]) {
    (self.to, self.cc, bcc) = (to, cc, [])
    for (name, people) in [("Bcc", []), ("Cc", cc), ("To", to)] {
      setField(name, nil)
      if !people.isEmpty { setField(name, people.map(\.field).joined(separator: ", ")) }
    }
  }

  /// Takes these fields out, and changes no other byte.
  func removingFields(where isUnwanted: (MessageHeader) -> Bool) -> Message {
    var message = self
    for name in Set(headers.filter(isUnwanted).map(\.name)) { message.setField(name, nil) }
    return message
  }

  /// Gives the first field of this name another value, or puts one before all others; `nil` removes all of that
  /// name. No other byte changes.
  mutating func setField(_ name: String, _ value: String?) {
    let line = value.map { Array(MessageHeader(name: name, value: $0).line.utf8) } ?? []
    var bytes = source.fields
    defer { source.replaceFields(bytes) }
    let fields = MIMEMessage(parsing: bytes).fields.filter { $0.isNamed(name) }
    guard let field = fields.first else {
      guard let value else { return }
      bytes = line + bytes
      headers.insert(MessageHeader(name: name, value: value), at: 0)
      return
    }
    guard let value else {
      for field in fields.reversed() { bytes.removeSubrange(field.raw.indices) }
      headers.removeAll { $0.isNamed(name) }
      return
    }
    bytes.replaceSubrange(field.raw.indices, with: line)
    if let index = headers.firstIndex(where: { $0.isNamed(name) }) {
      headers[index] = MessageHeader(name: name, value: value)
    }
  }
}

// Attachments.
extension Message {
  /// What it was made of stays as it is; see `MessageSource`.
  mutating func add(_ attachment: Attachment) {
    attachments.append(attachment)
    attachmentNumbers.append(nextAttachmentNumber)
    nextAttachmentNumber += 1
    source.add([attachment], besideHTML: body.kind == .html)
    readHeaders()
  }

  /// - Returns: `false` for one that is part of the original, which must be composed anew.
  mutating func removeAdded(at index: Int) -> Bool {
    guard isAdded(index) else { return false }
    source.removeAdded(at: index - (attachments.count - source.addedCount))
    removeAttachment(at: index)
    readHeaders()
    return true
  }

  mutating func removeAttachment(at index: Int) {
    attachments.remove(at: index)
    attachmentNumbers.remove(at: index)
  }

  mutating func readHeaders() {
    headers = MIMEMessage(parsing: source.header).fields.map { MessageHeader(name: $0.name, value: $0.value) }
  }
}

extension Correspondent {
  /// For a header field.
  fileprivate var field: String {
    let quoted = name.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
    return name.isEmpty || name.utf8.contains { $0 >= 0x80 } ? "<\(address)>" : "\"\(quoted)\" <\(address)>"
  }
}

extension MessageHeader {
  /// With its line end: folded between words (RFC 5322 section 2.2.3), and as encoded words if it is not ASCII
  /// (RFC 2047).
  fileprivate var line: String {
    var (line, lines) = (name + ":", "")
    for word in words {
      if line.utf8.count + 1 + word.utf8.count > 76, line != name + ":" {
        lines += line + "\r\n"
        line = ""
      }
      line += " " + word
    }
    return lines + line + "\r\n"
  }

  private var words: [String] {
    if value.utf8.allSatisfy({ $0 < 0x80 }) { return value.split(separator: " ").map(String.init) }
    var (words, rest) = ([String](), value.unicodeScalars[...])
    while !rest.isEmpty {
      // At most 40 bytes.
      let part = String(String.UnicodeScalarView(rest.prefix(10)))
      words.append("=?utf-8?B?\(Data(part.utf8).base64EncodedString())?=")
      rest = rest.dropFirst(10)
    }
    return words
  }
}
