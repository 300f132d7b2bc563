package import Core
import JSON

/// A message in a folder, as people see it (Microsoft Learn, "message resource type").
package struct GraphItem: Sendable, Hashable {
  /// Immutable within the mailbox.
  package var id: String
  package var conversationID: String?
  package var folderID: String
  package var received: Instant?
  package var sent: Instant?
  package var isDraft: Bool
  package var isRead: Bool
  /// Whether a person has marked it to be followed up.
  package var isFlagged: Bool
  package var subject: String?
  package var from: GraphRecipient?
  package var sender: GraphRecipient?
  package var to: [GraphRecipient]
  package var cc: [GraphRecipient]
  package var bcc: [GraphRecipient]
  package var replyTo: [GraphRecipient]
  /// With its angle brackets, if it has any.
  package var internetMessageID: String?
  package var categories: [String]
  /// Not counting those that are shown in the text.
  package var hasAttachments: Bool
  /// The first 255 characters of the text.
  package var preview: String?
  /// In the order of the header; only of one message, and only of one that was received.
  package var headers: [(name: String, value: String)] { zip(headerNames, headerValues).map { ($0, $1) } }
  private var headerNames: [String] = []
  private var headerValues: [String] = []

  init(_ json: JSONValue) throws(ReplyFault) {
    id = try json.required("id", \.string)
    conversationID = try json.optional("conversationId", \.string)
    folderID = try json.required("parentFolderId", \.string)
    received = try json.moment("receivedDateTime")
    sent = try json.moment("sentDateTime")
    isDraft = try json.optional("isDraft", \.bool) ?? false
    isRead = try json.optional("isRead", \.bool) ?? true
    isFlagged = try json["flag"]?.optional("flagStatus", \.string) == "flagged"
    subject = try json.optional("subject", \.string)
    from = try GraphRecipient(optional: json["from"])
    sender = try GraphRecipient(optional: json["sender"])
    to = try json.recipients("toRecipients")
    cc = try json.recipients("ccRecipients")
    bcc = try json.recipients("bccRecipients")
    replyTo = try json.recipients("replyTo")
    internetMessageID = try json.optional("internetMessageId", \.string)
    categories = try json.optional("categories", \.strings) ?? []
    hasAttachments = try json.optional("hasAttachments", \.bool) ?? false
    preview = try json.optional("bodyPreview", \.string)
    for header in try json.optional("internetMessageHeaders", \.array) ?? [] {
      headerNames.append(try header.required("name", \.string))
      headerValues.append(try header.optional("value", \.string) ?? "")
    }
  }

  /// Never a body, so that a list stays small.
  static let select =
    "id,conversationId,parentFolderId,receivedDateTime,sentDateTime,isDraft,isRead,flag,subject,from,sender,"
    + "toRecipients,ccRecipients,bccRecipients,replyTo,internetMessageId,categories,hasAttachments,bodyPreview"
}

/// A name and an address; either may be missing or malformed in what others have sent.
package struct GraphRecipient: Sendable, Hashable {
  package var name: String?
  package var address: String?

  init(_ json: JSONValue) throws(ReplyFault) {
    guard let address = json["emailAddress"], case .object = address else { return }
    name = try address.optional("name", \.string)
    self.address = try address.optional("address", \.string)
  }

  fileprivate init?(optional json: JSONValue?) throws(ReplyFault) {
    guard let json, !json.isNull else { return nil }
    try self.init(json)
  }
}

extension JSONValue {
  fileprivate func recipients(_ name: String) throws(ReplyFault) -> [GraphRecipient] {
    guard let list = self[name], !list.isNull else { return [] }
    return try self.list(name) { (recipient) throws(ReplyFault) in try GraphRecipient(recipient) }
  }

  fileprivate func moment(_ name: String) throws(ReplyFault) -> Instant? {
    guard let text = try optional(name, \.string) else { return nil }
    // A date before 1970 or after 9999 is shown as none: old programs write such.
    return Timestamp.read(text, allowsDay: false)
  }
}

/// What is attached to a message in a folder (Microsoft Learn, "attachment resource type").
package struct GraphAttachment: Sendable, Hashable {
  package enum Kind: String, Sendable {
    case file = "#microsoft.graph.fileAttachment"
    /// Another message, an event or a contact.
    case item = "#microsoft.graph.itemAttachment"
    /// A file that lies elsewhere.
    case reference = "#microsoft.graph.referenceAttachment"
  }

  package var id: String
  package var kind: Kind
  package var name: String?
  package var contentType: String?
  /// As Exchange stores it: somewhat more than the bytes of the file.
  package var size: Int
  package var isInline: Bool
  /// Without angle brackets.
  package var contentID: String?

  init(_ json: JSONValue) throws(ReplyFault) {
    id = try json.required("id", \.string)
    guard let kind = Kind(rawValue: try json.required("@odata.type", \.string)) else {
      throw .member("@odata.type")
    }
    self.kind = kind
    name = try json.optional("name", \.string)
    contentType = try json.optional("contentType", \.string)
    size = Int(clamping: try json.optional("size", \.int64) ?? 0)
    isInline = try json.optional("isInline", \.bool) ?? false
    contentID = try json.optional("contentId", \.string)
  }
}

/// The text of a message, in one of the two forms.
package struct GraphBody: Sendable, Hashable {
  package enum Form: String, Sendable {
    case text
    case html
  }

  package var form: Form
  package var content: String

  init(_ json: JSONValue) throws(ReplyFault) {
    guard let body = json["body"], case .object = body,
      let form = Form(rawValue: try body.required("contentType", \.string).lowercased())
    else { throw .member("body") }
    self.form = form
    content = try body.optional("content", \.string) ?? ""
  }
}
