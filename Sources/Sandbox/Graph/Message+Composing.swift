import Core
import Foundation
import MIME

extension Message {
  /// A message that a client set property by property. Invalid addresses stay in the message, so that sending it
  /// can be refused, but are left out of its bytes.
  static func composing(
    _ fields: MessageFields, owner: MailboxOwner, messageID: String, at now: Instant
  ) throws(GraphError) -> Message {
    let from = fields.from ?? owner.correspondent
    let attachments = try (fields.attachments ?? []).map { file throws(GraphError) in
      try Attachment(file, owner: owner, at: now)
    }
    var message = Message(
      source: MessageSource([], fieldsEnd: 0), internetMessageID: fields.internetMessageID ?? messageID,
      subject: fields.subject ?? "",
      from: from, sender: fields.sender ?? from, to: fields.to ?? [], cc: fields.cc ?? [],
      bcc: fields.bcc ?? [],
      replyTo: fields.replyTo ?? [], body: fields.body ?? MessageBody(kind: .text, content: ""),
      importance: fields.importance ?? .normal, asksForDeliveryReceipt: false, headers: fields.headers ?? [],
      attachments: attachments, attachmentNumbers: Array(attachments.indices),
      nextAttachmentNumber: attachments.count)
    try message.recompose(at: now)
    message.writeFields(fields)
    return message
  }

  /// The draft with these changes.
  func applying(_ fields: MessageFields, at now: Instant) throws(GraphError) -> Message {
    var message = self
    if fields.rewritesMessage || fields.importance != nil {
      message.subject = fields.subject ?? subject
      message.body = fields.body ?? body
      message.from = fields.from ?? from
      message.sender = fields.sender ?? sender
      message.to = fields.to ?? to
      message.cc = fields.cc ?? cc
      message.bcc = fields.bcc ?? bcc
      message.replyTo = fields.replyTo ?? replyTo
      message.importance = fields.importance ?? importance
      message.internetMessageID = fields.internetMessageID ?? internetMessageID
      try message.recompose(at: date ?? now)
    }
    message.writeFields(fields)
    return message
  }

  /// Without the attachment of this number, if it has it.
  func removingAttachment(_ number: Int, at now: Instant) throws(GraphError) -> Message {
    guard let index = attachmentNumbers.firstIndex(of: number) else { return self }
    var message = self
    if message.removeAdded(at: index) { return message }
    message.removeAttachment(at: index)
    try message.recompose(at: date ?? now)
    return message
  }

  /// A message that is no draft: its properties change, and what was received stays.
  func noting(_ fields: MessageFields) -> Message {
    var message = self
    message.importance = fields.importance ?? importance
    message.asksForReadReceipt = fields.asksForReadReceipt ?? asksForReadReceipt
    message.asksForDeliveryReceipt = fields.asksForDeliveryReceipt ?? asksForDeliveryReceipt
    return message
  }

  /// Properties that travel as header fields.
  private mutating func writeFields(_ fields: MessageFields) {
    let address = from.map { "<\($0.address)>" }
    if let asks = fields.asksForReadReceipt {
      asksForReadReceipt = asks
      setField("Disposition-Notification-To", asks ? address : nil)
    }
    if let asks = fields.asksForDeliveryReceipt {
      asksForDeliveryReceipt = asks
      setField("Return-Receipt-To", asks ? address : nil)
    }
    for property in fields.properties {
      if let name = property.id.header { setField(name, property.value) }
    }
  }

  /// Composes the bytes from the properties, and adds all attachments to them.
  private mutating func recompose(at now: Instant) throws(GraphError) {
    do throws(Problem) {
      let nobody = NamedAddress(address: try EmailAddress("nobody@sandbox.test"))
      var composition = Composition(
        from: from?.named ?? nobody, messageID: try MessageID(internetMessageID), date: now)
      composition.replyTo = replyTo.compactMap(\.named)
      composition.to = to.compactMap(\.named)
      composition.cc = cc.compactMap(\.named)
      composition.subject = subject
      if body.kind == .html { composition.html = body.content } else { composition.text = body.content }
      composition.headers = headers.filter { !$0.isWrittenAnew }.map { ($0.name, $0.value) }
      if importance != .normal { composition.headers.append(("Importance", importance.rawValue)) }
      let blind = bcc.compactMap(\.named).map(\.address)
      let bytes = try MIMEMessage.addingBcc(blind, to: composition.compose())
      let fields = MIMEMessage(parsing: bytes).fields
      source = MessageSource(bytes, fieldsEnd: fields.last?.raw.endIndex ?? 0)
      source.add(attachments, besideHTML: body.kind == .html)
      readHeaders()
    } catch {
      throw GraphError(400, "ErrorInvalidPropertySet", error.summary)
    }
  }
}

extension MessageHeader {
  /// Whether composing writes this field from the properties, so that it must not be copied.
  fileprivate var isWrittenAnew: Bool {
    let name = name.lowercased()
    return name.hasPrefix("content-") || Self.composed.contains(name)
  }

  private static let composed: Set = [
    "from", "sender", "reply-to", "to", "cc", "bcc", "resent-bcc", "subject", "date", "message-id",
    "mime-version",
    "importance",
  ]
}

extension Attachment {
  /// - Parameter owner: whose an attached message is, if it does not say from whom it is.
  init(_ fields: AttachmentFields, owner: MailboxOwner, at now: Instant) throws(GraphError) {
    switch fields {
    case .file(let file): self = file
    case .message(let name, let isInline, let fields):
      // It never was in a mailbox, where it would have got one.
      let messageID = "<\(UUID().uuidString.lowercased())@sandbox.prod.outlook.test>"
      let message = try Message.composing(fields, owner: owner, messageID: messageID, at: now)
      self.init(
        name: name, contentType: "message/rfc822", isInline: isInline,
        content: message.withoutBcc.source.bytes)
    }
  }
}

extension NewDraft {
  /// What the fields say besides the message that was composed of them.
  init(composed message: Message, _ fields: MessageFields, parent: MailItem.Thread? = nil) {
    self.init(
      message: message, marks: fields.marks, createdHeaders: fields.createdHeaders, parent: parent)
    marks.properties = fields.storedProperties(ofDraft: true)
  }
}

extension MessageFields {
  /// The extended properties that are no header fields of the message.
  func storedProperties(ofDraft isDraft: Bool) -> [PropertyID: String] {
    let stored = properties.filter { !isDraft || $0.id.header == nil }
    return Dictionary(stored.map { ($0.id, $0.value) }) { $1 }
  }

  /// The custom header fields for which Exchange creates named properties.
  var createdHeaders: [String] { (headers ?? []).map(\.name) + properties.compactMap(\.id.internetHeader) }
}
