package import Core
package import JSON

/// A person as a message of a mailbox names them.
package struct CorrespondentReply: Contract {
  package var name: String?
  package var address: String?

  package init() {}

  package init(name: String?, address: String?) {
    self.name = name
    self.address = address
  }

  package static let fields = Fields<Self>(
    "Correspondent", "A person as a message names them. Either part may be missing or malformed."
  ) {
    Field("name", \.name, .lines(0...65_536), "The name that is shown.")
    Field("address", \.address, .lines(0...65_536), "The address.")
  }
}

/// What is attached to a message of a mailbox.
package struct MessageAttachmentReply: Contract {
  package var id = ""
  package var contentType = ""
  package var encodedSize = 0
  package var embedded = false
  package var inline = false
  package var contentId: String?
  package var filename: String?

  package init() {}

  package static let fields = Fields<Self>("MessageAttachment", "What is attached to a message.") {
    Required("id", \.id, .line(1...2048), "What `GET /v1/account/{account}/attachment/{attachment}` takes.")
    Required("contentType", \.contentType, .lines(0...4096), "The media type.")
    Required("encodedSize", \.encodedSize, .integer(0...(.max)), "The bytes that the mailbox stores for it.")
    Required(
      "embedded", \.embedded, .flag, "Whether the HTML shows it: it is `inline` and has a `contentId`.")
    Required("inline", \.inline, .flag, "Whether it is part of the text.")
    Field("contentId", \.contentId, .lines(0...4096), "With its angle brackets.")
    Field("filename", \.filename, .lines(0...65_536), "The name of the file.")
  }
}

/// The text of a message of a mailbox.
package struct MessageTextReply: Contract {
  package var id: String?
  package var plain: String?
  package var html: String?
  package var hasMore: Bool?
  package var webSafe: Bool?

  package init() {}

  package static let fields = Fields<Self>("MessageText", "The text of a message.") {
    Field("id", \.id, .line(1...10_240), "What `GET /v1/account/{account}/text/{text}` takes.")
    Field("plain", \.plain, .lines(0...(1 << 30)), "The plain text.")
    Field(
      "html", \.html, .lines(0...(1 << 30)),
      "The HTML: as it was received and not safe to show, unless `webSafe`.")
    Field("hasMore", \.hasMore, .flag, "Whether it was cut at `maxBytes`.")
    Field("webSafe", \.webSafe, .flag, "Whether the HTML was made safe to show, with `webSafeHtml`.")
  }
}

/// A message of a mailbox.
package struct MessageReply: Contract {
  package var id = ""
  package var emailId: String?
  package var threadId: String?
  package var path: String?
  package var specialUse: SpecialUse?
  package var date: Instant?
  package var draft: Bool?
  package var unseen = false
  package var flagged = false
  package var subject: String?
  package var from: CorrespondentReply?
  package var sender: CorrespondentReply?
  package var to: [CorrespondentReply] = []
  package var cc: [CorrespondentReply] = []
  package var bcc: [CorrespondentReply]?
  package var replyTo: [CorrespondentReply]?
  package var messageId: String?
  package var inReplyTo: String?
  package var flags: [String] = []
  package var labels: [String]?
  package var attachments: [MessageAttachmentReply]?
  package var headers: JSONValue?
  package var text: MessageTextReply?
  package var preview: String?

  package init() {}

  package static let fields = Fields<Self>("Message", "A message of a mailbox.") {
    Required("id", \.id, .line(1...1024), "Stays the same when the message moves to another folder.")
    Field("emailId", \.emailId, .line(1...1024), "The same.")
    Field("threadId", \.threadId, .line(1...1024), "Messages of one conversation have the same.")
    Field("path", \.path, .lines(1...65_536), "The folder; left out for one that people do not see.")
    Field("specialUse", \.specialUse, .word(), "What that folder is for.")
    Field("date", \.date, .moment, "When it was received; of a draft, when it was made.")
    Field("draft", \.draft, .flag, "Whether it is a draft.")
    Required("unseen", \.unseen, .flag, "Whether nobody has read it.")
    Required("flagged", \.flagged, .flag, "Whether it is marked to be followed up.")
    Field("subject", \.subject, .lines(0...1_048_576), "The subject.")
    Field("from", \.from, .object, "The author.")
    Field("sender", \.sender, .object, "Who sent it for the author.")
    Required("to", \.to, .list(.object, count: 0...100_000), "The recipients.")
    Required("cc", \.cc, .list(.object, count: 0...100_000), "Who gets a copy.")
    Field("bcc", \.bcc, .list(.object, count: 0...100_000), "Who gets a copy unseen; only of own messages.")
    Field("replyTo", \.replyTo, .list(.object, count: 0...100_000), "Where replies go.")
    Field("messageId", \.messageId, .lines(1...65_536), "The Message-ID header, with its angle brackets.")
    Field("inReplyTo", \.inReplyTo, .lines(1...65_536), "The In-Reply-To header; only of one message.")
    Required(
      "flags", \.flags, .list(.line(1...128), count: 0...16), "Flags as IMAP names them, such as `\\Seen`.")
    Field("labels", \.labels, .list(.lines(0...4096), count: 0...10_000), "Outlook's categories.")
    Field(
      "attachments", \.attachments, .list(.object, count: 0...100_000),
      "What is attached; only of one message.")
    Field(
      "headers", \.headers, .anyObject,
      "The fields of the header: the name in lower case, and a list of its values in order. Only of one message, "
        + "and only of one that was received.")
    Field("text", \.text, .object, "The text, with `textType`; else only its `id`.")
    Field("preview", \.preview, .lines(0...65_536), "The first 255 characters of the text.")
  }
}
