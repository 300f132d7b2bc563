package import Core

/// A message as its author gives it, before it becomes bytes. There is no Bcc: hidden recipients live in the
/// envelope alone.
package struct Composition: Sendable {
  package var from: NamedAddress
  package var sender: NamedAddress?
  package var replyTo: [NamedAddress] = []
  /// May be empty, and so may `cc`: whether anyone receives the message is the envelope's matter.
  package var to: [NamedAddress] = []
  package var cc: [NamedAddress] = []
  package var subject: String?
  package var text: String?
  package var html: String?
  /// Further fields, in order. Names that `compose` writes itself, `Bcc` and `Content-…` are refused.
  package var headers: [(name: String, value: String)] = []
  package var attachments: [Attachment] = []
  /// Boundaries are made from it too, so that composing is a pure function.
  package var messageID: MessageID
  package var date: Instant

  package init(from: NamedAddress, messageID: MessageID, date: Instant) {
    self.from = from
    self.messageID = messageID
    self.date = date
  }
}

/// A file that travels with a message.
package struct Attachment: Hashable, Sendable {
  package var name: String?
  /// `type/subtype`, parameters allowed.
  package var contentType: String
  /// What `cid:` URLs in the HTML name, without angle brackets.
  package var contentID: String?
  /// Shown within the text rather than beside it.
  package var isInline: Bool
  package var body: Body

  package enum Body: Hashable, Sendable {
    case bytes([UInt8])
    /// Not in memory, and already as `Base64Lines` writes it. The number is the caller's own name for it.
    case encoded(Int)
  }

  package init(
    name: String?, contentType: String = "application/octet-stream", contentID: String? = nil,
    isInline: Bool = false, body: Body
  ) {
    self.name = name
    self.contentType = contentType
    self.contentID = contentID
    self.isInline = isInline
    self.body = body
  }

  package init(
    name: String?, contentType: String = "application/octet-stream", contentID: String? = nil,
    isInline: Bool = false, content: [UInt8]
  ) {
    self.init(
      name: name, contentType: contentType, contentID: contentID, isInline: isInline, body: .bytes(content))
  }

  /// The bytes; empty when they are not in memory.
  package var content: [UInt8] {
    if case .bytes(let bytes) = body { bytes } else { [] }
  }

  /// Whether it is an invitation or an answer to one: calendar data with a method (RFC 6047 section 2.4). Mail
  /// programs offer its buttons only where it is an alternative of the text.
  package var isInvitation: Bool {
    ContentType(contentType)?.isInvitation == true
  }

  /// Whether it is a message, which RFC 2046 section 5.2.1 forbids to encode in base64.
  package var isMessage: Bool { ContentType(contentType)?.type == "message" }
}
