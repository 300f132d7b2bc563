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
    message.mime = (try? MIMEMessage.removingBcc(from: mime)) ?? mime
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
    let fields = MIMEMessage(parsing: mime).fields.filter { $0.isNamed(name) }
    guard let field = fields.first else {
      guard let value else { return }
      // Without any field the message is all body, and needs the line between.
      mime = line + (headers.isEmpty ? Array("\r\n".utf8) : []) + mime
      headers.insert(MessageHeader(name: name, value: value), at: 0)
      return
    }
    guard let value else {
      for field in fields.reversed() { mime.removeSubrange(field.raw.indices) }
      headers.removeAll { $0.isNamed(name) }
      return
    }
    mime.replaceSubrange(field.raw.indices, with: line)
    if let index = headers.firstIndex(where: { $0.isNamed(name) }) {
      headers[index] = MessageHeader(name: name, value: value)
    }
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
