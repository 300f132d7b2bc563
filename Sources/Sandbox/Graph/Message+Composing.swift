import Core
import MIME

extension Message {
  /// A message that a client set property by property. Invalid addresses stay in the message, so that sending it
  /// can be refused, but are left out of its bytes.
  static func composing(
    _ fields: MessageFields, owner: MailboxOwner, messageID: String, at now: Instant
  ) throws(GraphError) -> Message {
    let from = fields.from ?? owner.correspondent
    var message = Message(
      mime: [], internetMessageID: fields.internetMessageID ?? messageID, subject: fields.subject ?? "",
      from: from, sender: fields.sender ?? from, to: fields.to ?? [], cc: fields.cc ?? [],
      bcc: fields.bcc ?? [],
      replyTo: fields.replyTo ?? [], body: fields.body ?? MessageBody(kind: .text, content: ""),
      importance: fields.importance ?? .normal, headers: fields.headers ?? [],
      attachments: fields.attachments ?? [])
    try message.recompose(at: now)
    return message
  }

  func applying(_ fields: MessageFields, at now: Instant) throws(GraphError) -> Message {
    var message = self
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
    message.headers = fields.headers ?? headers
    try message.recompose(at: now)
    return message
  }

  /// Composes the bytes from the properties.
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
      composition.attachments = attachments
      let blind = bcc.compactMap(\.named).map(\.address)
      mime = try MIMEMessage.addingBcc(blind, to: composition.compose())
      let fields = MIMEMessage(parsing: mime).fields
      headers = fields.map { MessageHeader(name: $0.name, value: $0.value) }
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
