import Foundation

/// The body of `POST /v1/account/{account}/submit`, in EmailEngine's words.
struct SubmitRequest: RequestObject {
  let from: AddressField?
  let replyTo: [AddressField]
  let to: [AddressField]
  let cc: [AddressField]
  let bcc: [AddressField]
  let subject: String?
  let text: String?
  let html: String?
  let messageId: String?
  /// In the order of their names: JSON objects have none.
  let headers: [(name: String, value: String)]
  let attachments: [AttachmentField]
  let envelope: EnvelopeField?

  static let known: Set = [
    "from", "replyTo", "to", "cc", "bcc", "subject", "text", "html", "messageId", "headers", "attachments",
    "envelope",
  ]
  static let notSupported: Set = [
    "reference", "previewText", "template", "mailMerge", "raw", "render", "trackOpens", "trackClicks", "copy",
    "sentMailPath", "locale", "tz", "sendAt", "deliveryAttempts", "gateway", "listId", "dsn", "baseUrl",
    "proxy", "localAddress", "dryRun",
  ]

  init(from decoder: any Decoder) throws {
    let fields = try Fields(decoder, of: Self.self)
    from = fields.optional("from")
    replyTo = fields.optional("replyTo") ?? []
    to = fields.optional("to") ?? []
    cc = fields.optional("cc") ?? []
    bcc = fields.optional("bcc") ?? []
    subject = fields.text("subject", limit: 10_240)
    text = fields.text("text", limit: 5_242_880, singleLine: false)
    html = fields.text("html", limit: 5_242_880, singleLine: false)
    messageId = fields.text("messageId", limit: 996)
    headers = (fields.optional("headers") as [String: String]? ?? [:]).sorted { $0.key < $1.key }
      .map { (name: $0.key, value: $0.value) }
    attachments = fields.optional("attachments") ?? []
    envelope = fields.optional("envelope")
  }
}

/// `{"name": "Alice", "address": "alice@example.com"}`.
struct AddressField: RequestObject {
  let name: String?
  let address: String

  static let known: Set = ["name", "address"]

  init(from decoder: any Decoder) throws {
    let fields = try Fields(decoder, of: Self.self)
    name = fields.text("name", limit: 256)
    // Control characters are told by the address's own check, with the place where they stand.
    address = fields.text("address", limit: 1024, singleLine: false) ?? ""
    if address.isEmpty { fields.missing("address") }
  }
}

/// Who gets the message, whatever its header says.
struct EnvelopeField: RequestObject {
  let from: String?
  let to: [String]

  static let known: Set = ["from", "to"]

  init(from decoder: any Decoder) throws {
    let fields = try Fields(decoder, of: Self.self)
    from = fields.text("from", limit: 1024, singleLine: false)
    to = fields.optional("to") ?? []
  }
}

struct AttachmentField: RequestObject {
  let filename: String?
  let contentType: String?
  let inline: Bool
  let contentID: String?
  let content: [UInt8]

  static let known: Set = ["filename", "contentType", "contentDisposition", "cid", "encoding", "content"]
  static let notSupported: Set = ["reference"]

  init(from decoder: any Decoder) throws {
    let fields = try Fields(decoder, of: Self.self)
    filename = fields.text("filename", limit: 256)
    contentType = fields.text("contentType", limit: 256)
    contentID = fields.text("cid", limit: 256)
    let disposition = fields.text("contentDisposition", limit: 256)
    inline = disposition == "inline" || disposition == nil && contentID != nil
    if let disposition, disposition != "inline", disposition != "attachment" {
      fields.fault("contentDisposition", "must be inline or attachment")
    }
    if let encoding = fields.text("encoding", limit: 256), encoding != "base64" {
      fields.fault("encoding", "must be base64")
    }
    let text: String? = fields.optional("content")
    if text == nil { fields.missing("content") }
    let data = text.flatMap { Data(base64Encoded: $0, options: .ignoreUnknownCharacters) }
    if text != nil, data == nil { fields.fault("content", "is not base64") }
    content = data.map(Array.init) ?? []
  }
}
