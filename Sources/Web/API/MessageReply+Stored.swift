import API
import Backends
import JSON

// Folders and messages of a mailbox, in the words of the contract.
extension MailboxReply {
  init(_ folder: Folder, counting: Bool) {
    self.init()
    path = folder.path.text
    id = folder.id
    parentPath = folder.path.parent?.text
    name = folder.path.name
    specialUse = folder.specialUse
    if counting, let messages = folder.messages, let unseen = folder.unseen {
      status = MailboxStatusReply(messages: messages, unseen: unseen)
    }
  }
}

extension MessageList {
  init(_ page: MessagePage, _ query: MessagesQuery) {
    self.init(query, total: page.total)
    self.page = page.page
    nextPageCursor = .some(page.next?.text)
    prevPageCursor = .some(page.previous?.text)
    messages = page.messages.map { MessageReply($0) }
  }
}

extension MessageReply {
  init(_ message: StoredMessage) {
    self.init()
    id = message.id.rawValue
    emailId = message.id.rawValue
    threadId = message.threadID.flatMap { $0.isEmpty ? nil : $0 }
    path = message.path.flatMap { $0.text.isEmpty ? nil : $0.text }
    specialUse = message.specialUse
    date = message.date
    draft = message.flags.contains(.draft) ? true : nil
    unseen = !message.flags.contains(.seen)
    flagged = message.flags.contains(.flagged)
    subject = message.subject
    from = message.from.map { CorrespondentReply($0) }
    sender = message.sender.map { CorrespondentReply($0) }
    to = message.to.map { CorrespondentReply($0) }
    cc = message.cc.map { CorrespondentReply($0) }
    if !message.bcc.isEmpty { bcc = message.bcc.map { CorrespondentReply($0) } }
    if !message.replyTo.isEmpty { replyTo = message.replyTo.map { CorrespondentReply($0) } }
    messageId = message.internetMessageID.flatMap { $0.isEmpty ? nil : $0 }
    inReplyTo = message.inReplyTo.flatMap { $0.isEmpty ? nil : $0 }
    flags = message.flags.map(\.rawValue).sorted()
    labels = message.labels
    attachments = message.attachments?.map { MessageAttachmentReply($0) }
    headers = message.headers.map { Self.json($0) }
    preview = message.preview
    text = MessageTextReply()
    text?.id = id
  }

  private static func json(_ headers: [StoredMessage.HeaderValue]) -> JSONValue {
    var order: [String] = []
    var values: [String: [JSONValue]] = [:]
    for header in headers {
      let name = header.name.lowercased()
      if values[name] == nil { order.append(name) }
      values[name, default: []].append(.string(header.value))
    }
    return .object(JSONObject(order.map { (key: $0, value: .array(values[$0] ?? [])) }))
  }
}

extension CorrespondentReply {
  fileprivate init(_ correspondent: Correspondent) {
    self.init(name: correspondent.name, address: correspondent.address)
  }
}

extension MessageAttachmentReply {
  fileprivate init(_ attachment: StoredAttachment) {
    self.init()
    id = attachment.id.text
    contentType = attachment.contentType
    encodedSize = attachment.size
    inline = attachment.isInline
    embedded = attachment.isInline && attachment.contentID != nil
    contentId = attachment.contentID.map { "<\($0)>" }
    filename = attachment.filename
  }
}

extension MessageTextReply {
  /// - Parameter maxBytes: Each form is cut there.
  init(_ text: StoredText, maxBytes: Int?) {
    self.init()
    plain = text.plain.map { Self.cut($0, at: maxBytes) }
    html = text.html.map { Self.cut($0, at: maxBytes) }
    hasMore = plain?.utf8.count != text.plain?.utf8.count || html?.utf8.count != text.html?.utf8.count
  }

  /// Between two characters.
  private static func cut(_ text: String, at limit: Int?) -> String {
    guard let limit, text.utf8.count > limit else { return text }
    var end = text.utf8.index(text.startIndex, offsetBy: limit)
    while text.utf8[end] & 0xC0 == 0x80 { end = text.utf8.index(before: end) }
    return String(text[..<end])
  }
}

extension MessageUpdated {
  init(_ change: MessageUpdate, _ message: StoredMessage) {
    self.init()
    if let wanted = change.flags {
      var names = UpdatedNames()
      (names.add, names.delete, names.set) = (wanted.add, wanted.delete, wanted.set)
      names.result = message.flags.map(\.rawValue).sorted()
      flags = names
    }
    if let wanted = change.labels {
      var names = UpdatedNames()
      (names.add, names.delete) = (wanted.add, wanted.delete)
      names.result = message.labels
      labels = names
    }
  }
}

extension MessageDeleted {
  init(_ deletion: Deletion) {
    self.init()
    switch deletion {
    case .deleted: deleted = true
    case .moved(let folder, let id): moved = MessageDestination(folder.text, message: id.rawValue)
    }
  }
}
