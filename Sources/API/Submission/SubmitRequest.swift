package import Core
package import JSON

/// The body of a submission: one message.
package struct SubmitRequest: Contract {
  package var from: AddressField?
  package var replyTo: [AddressField] = []
  package var to: [AddressField] = []
  package var cc: [AddressField] = []
  package var bcc: [AddressField] = []
  package var subject: String?
  package var text: String?
  package var html: String?
  package var messageId: String?
  package var headers: [NamedText] = []
  package var attachments: [AttachmentField] = []
  package var envelope: EnvelopeField?
  package var raw: Content?
  package var previewText: String?
  package var mailMerge: [MergeField]?
  package var template: TemplateID?
  package var render: Choice<RenderField>?
  package var locale: String?
  package var tz: String?
  package var sendAt: Instant?
  package var priority: Priority?
  package var deliveryAttempts: Int?
  package var copy: Bool?
  package var listId: ListID?
  package var dryRun: Bool?

  /// Which messages of one mailbox leave first.
  package enum Priority: String, WireWord {
    case high = "high"
    case normal = "normal"
    case low = "low"
  }

  package init() {}

  package static let fields = Fields<Self>("SubmitRequest", "One message.") {
    Field("from", \.from, .object, "The author in the From header; left out, the account itself.")
    Field("replyTo", \.replyTo, addresses, "Where replies should go.")
    Field("to", \.to, addresses, "Recipients in the To header.")
    Field("cc", \.cc, addresses, "Recipients in the Cc header.")
    Field("bcc", \.bcc, addresses, "Recipients whom no other recipient sees.")
    Field("subject", \.subject, .line(0...10_240), "The Subject header.")
    Field("text", \.text, .lines(0...5_242_880), "The message as plain text.")
    Field("html", \.html, .lines(0...5_242_880), "The message as HTML.")
    Field(
      "messageId", \.messageId, .line(1...996),
      "The Message-ID header, with its angle brackets; left out, Heliograph generates one.")
    Field(
      "headers", \.headers, .texts(count: 0...100, name: 1...1024, value: 0...10_240),
      "Further headers, each name with its value. Exchange's DKIM signature usually covers neither `List-Unsubscribe` nor "
        + "`List-Unsubscribe-Post`, so one-click unsubscription is not guaranteed.")
    Field("attachments", \.attachments, .list(.object, count: 0...100), "Files that go with the message.")
    Field(
      "envelope", \.envelope, .object,
      "Who receives the message, whatever its headers say; must name everyone in `to` and `cc`.")
    Field(
      "raw", \.raw, .base64,
      "A whole message (RFC 5322) as base64. Its header is kept without `Bcc`; `from`, `to`, `cc`, `bcc`, `replyTo`, "
        + "`subject`, `messageId` and `headers`, where given, replace what it says. Not together with `text`, `html` or "
        + "`attachments`.")
    Field(
      "previewText", \.previewText, .line(0...1024),
      "What mail programs show beside the subject in a list; put into the HTML, where it is not displayed.")
    Field(
      "mailMerge", \.mailMerge, .list(.object, count: 1...1000),
      "Recipients who each get a message of their own, rendered with their own `params` beside those of `render`: all "
        + "are accepted, or none. Not together with `to`, `cc`, `bcc`, `messageId`, `envelope` or `raw`.")
    Field(
      "template", \.template, .id(),
      "A template of the account or of the whole workspace, whose texts the message has; `subject` and `previewText` win "
        + "over those of the template. Not together with `text`, `html` or `raw`.")
    Field(
      "render", \.render, .objectOrFalse(),
      "How the texts are rendered as Mustache templates: those of `template`, or without one the message's own. `false` "
        + "leaves them as they are.")
    Field("locale", \.locale, TemplateTerm.locale, "The recipient's language; templates have it as `locale`.")
    Field("tz", \.tz, TemplateTerm.timeZone, "The recipient's time zone; templates have it as `tz`.")
    Field(
      "sendAt", \.sendAt, .moment,
      "When the message is sent, in any zone; at once if that is over. Until then it can be moved, sent or cancelled."
    )
    Field(
      "priority", \.priority, .word(),
      "Messages of a mailbox that are due leave in this order: a password reset does not wait behind a newsletter."
    )
    Field(
      "deliveryAttempts", \.deliveryAttempts, .integer(1...10_000),
      "How often Microsoft may refuse the message or not be reached before it has failed; waits that Microsoft has asked "
        + "for do not count. Left out, it is tried for five days.")
    Field(
      "copy", \.copy, .flag,
      "Whether a copy stays in Sent Items. With `false` it is deleted after the outcome is recorded, which needs "
        + "Mail.ReadWrite.")
    Field(
      "listId", \.listId, .list,
      "The list that the message belongs to: words of letters, digits, hyphens and underscores with dots between them, in "
        + "any case. The message, which must have one recipient, gets `List-ID`, `List-Unsubscribe` and "
        + "`List-Unsubscribe-Post`; a recipient who has left the list is refused. Of a merge, each message gets its own link, "
        + "and entries whose recipients have left the list are skipped.")
    Field(
      "dryRun", \.dryRun, .flag,
      "Check and compose the message, and reply with it as `preview`; nothing is queued.")
    Unsupported(
      "reference", "trackOpens", "trackClicks", "sentMailPath", "gateway", "dsn", "baseUrl", "proxy",
      "localAddress")
  }

  /// Where `BodyReader` finds the field `raw`.
  package static let rawPath = "raw"

  /// As many as Exchange can be set to take in one message.
  private static let addresses = Kind<[AddressField]>.oneOrMany(.object, count: 0...1000)
}

/// One recipient of a merge.
package struct MergeField: Contract {
  package var to = AddressField()
  package var messageId: String?
  package var params = JSONValue.object([:])
  package var sendAt: Instant?

  package init() {}

  package static let fields = Fields<Self>("MergeField", "One recipient of a merge.") {
    Required("to", \.to, .object, "The recipient; templates have it as `rcpt`.")
    Field(
      "messageId", \.messageId, .line(1...996),
      "The Message-ID header, with its angle brackets; left out, Heliograph generates one.")
    Field("params", \.params, .anyObject, "The values of variables for this recipient.")
    Field("sendAt", \.sendAt, .moment, "When this message is sent; left out, as `sendAt` of the whole says.")
  }
}

/// How the texts of a message are rendered.
package struct RenderField: Contract {
  package var format = TemplateFormat.html
  package var params = JSONValue.object([:])

  package init() {}

  package static let fields = Fields<Self>("RenderField", "How the texts of a message are rendered.") {
    Field("format", \.format, TemplateTerm.format, "The language of the HTML.")
    Field(
      "params", \.params, .anyObject, "The values of variables: `name` is in templates `{{params.name}}`.")
  }
}

/// A person in a header.
package struct AddressField: Contract {
  package var name: String?
  package var address = ""

  package init() {}

  package init(_ address: String, name: String? = nil) {
    self.name = name
    self.address = address
  }

  package static let fields = Fields<Self>("AddressField", "A person in a header of a message.") {
    Field("name", \.name, .line(0...256), "The name that is shown.")
    // The check of addresses says at which position there is a control character.
    Required("address", \.address, .lines(1...1024, format: .email), "The e-mail address.")
  }
}

/// Who sends and receives a message, whatever its headers say.
package struct EnvelopeField: Contract {
  package var from: String?
  package var to: [String] = []

  package init() {}

  package static let fields = Fields<Self>("EnvelopeField", "Who sends and receives a message.") {
    Field("from", \.from, .lines(1...1024, format: .email), "The sender; must be the address in `from`.")
    Field(
      "to", \.to, .list(.lines(1...1024, format: .email), count: 0...1000),
      "Everyone who receives the message, including the addresses in `to` and `cc`.")
  }
}

/// A file that goes with a message.
package struct AttachmentField: Contract {
  package var filename: String?
  package var contentType: String?
  package var contentDisposition: Disposition?
  package var cid: String?
  package var encoding = Encoding.base64
  package var content: Content?
  package var upload: UploadID?

  package enum Disposition: String, WireWord {
    case inline = "inline"
    case attachment = "attachment"
  }

  package enum Encoding: String, WireWord {
    case base64 = "base64"
  }

  package init() {}

  /// Whether the file is shown within the message.
  package var isInline: Bool { contentDisposition.map { $0 == .inline } ?? (cid != nil) }

  package static let fields = Fields<Self>("AttachmentField", "A file that goes with a message.") {
    Field("filename", \.filename, .line(0...256), "The name under which the file is saved.")
    Field(
      "contentType", \.contentType, .line(1...256),
      "The media type; left out, that of the upload, or `application/octet-stream`.")
    Field(
      "contentDisposition", \.contentDisposition, .word(),
      "Whether the file is shown within the message; left out, it is if it has a `cid`.")
    Field("cid", \.cid, .line(0...256), "The Content-ID by which the HTML refers to the file.")
    Field("encoding", \.encoding, .word(), "How `content` is encoded.")
    Field(
      "content", \.content, .base64,
      "The file as base64 or base64url, without a `data:` prefix; white space is allowed. This or `upload` is required."
    )
    Field("upload", \.upload, .id(), "An upload of the account that is complete, in place of `content`.")
    Unsupported("reference")
  }
}

/// The query of a submission.
package struct SubmitQuery: Contract {
  package init() {}

  package static let fields = Fields<Self>("SubmitQuery", "How a message is submitted.") {
    Unsupported("documentStore", "useStructuredFormat")
  }
}
