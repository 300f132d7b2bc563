import Core
import MIME

/// What one message says, wherever copies of it lie: its MIME bytes, and what was read from them once.
struct Message: Sendable {
  /// With the Bcc field when the sender gave one.
  var source: MessageSource
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
  var asksForReadReceipt = false
  /// `nil`: nobody has said; Graph shows null.
  var asksForDeliveryReceipt: Bool?
  /// Of its Date field; `nil` for a message that was not handed in as MIME.
  var date: Instant?
  /// All header fields as they are in `source`, unfolded.
  var headers: [MessageHeader]
  /// Those of the original, then those that were added.
  var attachments: [Attachment]
  /// What the ids of the attachments are made of: one for each, and none a second time.
  var attachmentNumbers: [Int]
  var nextAttachmentNumber: Int

  var recipients: [Correspondent] { to + cc + bcc }

  /// Inline parts do not count (`message` resource type, Microsoft Learn).
  var hasAttachments: Bool { attachments.contains { !$0.isInline } }

  /// Whether it was added, and not part of what was handed in.
  func isAdded(_ index: Int) -> Bool { index >= attachments.count - source.addedCount }

  /// The Message-IDs of what it answers, nearest first (RFC 5322 section 3.6.4).
  var parents: [String] {
    let answered = headers.filter { $0.isNamed("In-Reply-To") }.flatMap(\.messageIDs)
    return answered + headers.filter { $0.isNamed("References") }.flatMap(\.messageIDs).reversed()
  }
}

struct MessageBody: Hashable, Sendable {
  enum Kind: String, Sendable { case text, html }

  var kind: Kind
  var content: String
  /// The plain alternative of an HTML body, or the plain body itself.
  var plain: String
  /// The first 255 characters of `plain`, its lines kept.
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

  /// Each in its angle brackets.
  fileprivate var messageIDs: [String] {
    value.split(separator: "<", omittingEmptySubsequences: false).dropFirst().compactMap { part in
      part.contains(">") ? "<" + part.prefix { $0 != ">" } + ">" : nil
    }
  }

  /// Whether Exchange keeps a header field of this name as a property of its own (MS-OXCMAIL sections 2.1.3.2.4 and
  /// 2.2.3.2.29). It writes the others from what it knows otherwise.
  static func mayBeProperty(_ name: String) -> Bool {
    let name = name.lowercased()
    return !name.isEmpty && name.utf8.allSatisfy { (0x21...0x7E).contains($0) && $0 != UInt8(ascii: ":") }
      && !["content-", "resent-", "x-ms-exchange-organization-"].contains(where: name.hasPrefix)
      && !reserved.contains(name)
  }

  private static let reserved: Set = [
    "from", "sender", "reply-to", "to", "cc", "bcc", "subject", "date", "message-id", "mime-version",
    "importance", "received", "return-path", "comments", "organization", "disposition-notification-to",
    "return-receipt-to",
  ]
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
