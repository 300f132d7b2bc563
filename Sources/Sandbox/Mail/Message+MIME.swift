import Core
import MIME

extension Message {
  /// Reads everything once. Text in a recipient field that is not an address also becomes a
  /// recipient, so that sending the message can be refused. Throws if the message passes a limit of Exchange.
  init(parsing bytes: [UInt8]) throws(Problem) {
    let message = MIMEMessage(parsing: bytes)
    try message.checkLimits()
    func all(_ name: String) -> [Correspondent] { message.addresses(name).map(Correspondent.init) }
    source = MessageSource(bytes, fieldsEnd: message.fields.last?.raw.endIndex ?? 0)
    internetMessageID = message.messageID ?? ""
    subject = message.subject ?? ""
    from = all("From").first
    sender = all("Sender").first
    to = all("To") + message.doubtfulRecipients.map { Correspondent(address: $0) }
    cc = all("Cc")
    bcc = all("Bcc")
    replyTo = all("Reply-To")
    body =
      message.html.map { MessageBody(kind: .html, content: $0, plain: message.text) }
      ?? MessageBody(kind: .text, content: message.text ?? "")
    importance =
      message.field("Importance").flatMap { Importance(rawValue: $0.value.lowercased()) } ?? .normal
    asksForReadReceipt = message.field("Disposition-Notification-To") != nil
    asksForDeliveryReceipt = message.field("Return-Receipt-To").map { _ in true }
    date = message.date
    headers = message.fields.map { MessageHeader(name: $0.name, value: $0.value) }
    attachments = message.attachments
    attachmentNumbers = Array(attachments.indices)
    nextAttachmentNumber = attachments.count
  }
}

extension Correspondent {
  init(_ named: NamedAddress) {
    self.init(name: named.name ?? "", address: named.address.text)
  }

  /// `nil` unless the address is valid.
  var named: NamedAddress? {
    guard let address = try? EmailAddress(address) else { return nil }
    return NamedAddress(name: name, address: address)
  }
}
