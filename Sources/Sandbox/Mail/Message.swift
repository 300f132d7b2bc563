import MIME

/// What one message says, wherever copies of it lie: its MIME bytes, and what was read from them once.
struct Message: Sendable {
  /// RFC 5322, with the Bcc field when the sender gave one.
  var mime: [UInt8]
  var internetMessageID: String
  var subject: String
  var from: Correspondent?
  var sender: Correspondent?
  var to: [Correspondent]
  var cc: [Correspondent]
  var bcc: [Correspondent]
  var replyTo: [Correspondent]
  var body: MessageBody
  var importance: Importance
  /// All header fields as they are in `mime`, unfolded.
  var headers: [MessageHeader]
  var attachments: [Attachment]

  var recipients: [Correspondent] { to + cc + bcc }

  /// Inline parts do not count (`message` resource type, Microsoft Learn).
  var hasAttachments: Bool { attachments.contains { !$0.isInline } }
}

struct MessageBody: Hashable, Sendable {
  enum Kind: String, Sendable { case text, html }

  var kind: Kind
  var content: String
  /// The plain alternative of an HTML body, or the plain body itself.
  var plain: String
  /// The first 255 characters of `plain`, its white space folded.
  let preview: String

  init(kind: Kind, content: String, plain: String? = nil) {
    self.kind = kind
    self.content = content
    self.plain = plain ?? (kind == .text ? content : HTMLText.plain(content))
    preview = HTMLText.folded(self.plain, limit: 255)
  }
}

enum Importance: String, Sendable { case low, normal, high }

struct MessageHeader: Hashable, Sendable {
  var name: String
  var value: String

  var isCustom: Bool { name.utf8.count > 2 && name.lowercased().hasPrefix("x-") }

  func isNamed(_ name: String) -> Bool { self.name.lowercased() == name.lowercased() }
}

/// A name and an address as a client wrote them. The address may be anything: Exchange keeps what it is
/// given in a draft and judges it when the message is sent.
struct Correspondent: Hashable, Sendable {
  var name: String
  var address: String

  init(name: String = "", address: String) {
    self.name = name
    self.address = address
  }

  /// What two spellings of one address have in common.
  var key: String { address.lowercased() }
}
