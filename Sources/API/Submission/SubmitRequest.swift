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
    Unsupported(
      "reference", "previewText", "template", "mailMerge", "raw", "render", "trackOpens", "trackClicks",
      "copy",
      "sentMailPath", "locale", "tz", "sendAt", "deliveryAttempts", "gateway", "listId", "dsn", "baseUrl",
      "proxy",
      "localAddress", "dryRun")
  }

  /// As many as Exchange can be set to take in one message.
  private static let addresses = Kind<[AddressField]>.oneOrMany(.object, count: 0...1000)
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
  package var contentType = "application/octet-stream"
  package var contentDisposition: Disposition?
  package var cid: String?
  package var encoding = Encoding.base64
  package var content = Content.bytes([])

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
    Field("contentType", \.contentType, .line(1...256), "The media type.")
    Field(
      "contentDisposition", \.contentDisposition, .word(),
      "Whether the file is shown within the message; left out, it is if it has a `cid`.")
    Field("cid", \.cid, .line(0...256), "The Content-ID by which the HTML refers to the file.")
    Field("encoding", \.encoding, .word(), "How `content` is encoded.")
    Required(
      "content", \.content, .base64,
      "The file as base64 or base64url, without a `data:` prefix; white space is allowed.")
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
