package import Core

/// Which messages of a folder are listed.
package struct MessagesQuery: PagedQuery {
  package var path = ""
  package var cursor: String?
  package var page = 0
  package var pageSize = 20

  package init() {}

  package static let fields = Fields<Self>("MessagesQuery", "Which messages of a folder are listed.") {
    Required(
      "path", \.path, .lines(1...65_536),
      "The `path` of the folder, or a special use such as `\\Sent`. `INBOX` is the Inbox in every language.")
    Field(
      "cursor", \.cursor, .line(1...1_048_576),
      "`nextPageCursor` or `prevPageCursor` of another page; then `page` is not regarded. With the first, messages "
        + "that arrive meanwhile neither repeat nor hide one.")
    Field(PageTerm.page, \.page)
    Field(PageTerm.pageSize, \.pageSize)
  }
}

/// One page of a folder.
package struct MessageList: PagedReply {
  package var total = 0
  package var page = 0
  package var pages = 0
  package var nextPageCursor: String??
  package var prevPageCursor: String??
  package var messages: [MessageReply] = []

  package init() {}

  package static let fields = Fields<Self>("MessageList", "One page of a folder, newest first.") {
    Required(PageTerm.total, \.total)
    Required(PageTerm.number, \.page)
    Required(PageTerm.pages, \.pages)
    Field(
      "nextPageCursor", \.nextPageCursor, .nullable(.line(1...1_048_576)),
      "The `cursor` of the next page; null on the last.")
    Field(
      "prevPageCursor", \.prevPageCursor, .nullable(.line(1...1_048_576)),
      "The `cursor` of the page before; null on the first.")
    Required("messages", \.messages, .list(.object, count: 0...1000), "The messages, newest first.")
  }
}

/// The forms of a text that are wanted.
package enum TextTypeWord: String, WireWord {
  case html
  case plain
  case both = "*"
}

/// What is shown of a message.
package struct MessageQuery: Contract {
  package var textType: TextTypeWord?
  package var maxBytes: Int?
  package var markAsSeen = false
  package var webSafeHtml = false

  package init() {}

  package static let fields = Fields<Self>("MessageQuery", "What is shown of a message.") {
    Field("textType", \.textType, .word(), "Which form of the text is shown; left out, none.")
    Field("maxBytes", \.maxBytes, .integer(0...1_073_741_824), MessageTerm.maxBytes)
    Field("markAsSeen", \.markAsSeen, .flag, "Whether the message counts as read from now on.")
    Field(
      "webSafeHtml", \.webSafeHtml, .flag,
      "Whether the HTML is made safe to show in a page: scripts, forms, styles from outside and remote images are taken "
        + "out, and attached images are put in. Implies `textType=*`.")
    Unsupported("embedAttachedImages", "preProcessHtml")
  }
}

/// What is shown of a text.
package struct TextQuery: Contract {
  package var textType = TextTypeWord.both
  package var maxBytes: Int?

  package init() {}

  package static let fields = Fields<Self>("TextQuery", "What is shown of a text.") {
    Field("textType", \.textType, .word(), "Which form is shown; `*`: both.")
    Field("maxBytes", \.maxBytes, .integer(0...1_073_741_824), MessageTerm.maxBytes)
  }
}

private enum MessageTerm {
  static let maxBytes = "Each form is cut after so many bytes of UTF-8, between two characters."
}

/// Names to add and to take away.
package struct FlagsField: Contract {
  package var add: [String]?
  package var delete: [String]?
  package var set: [String]?

  package init() {}

  package static let fields = Fields<Self>("FlagsField", "Flags to add and to take away.") {
    Field("add", \.add, .oneOrMany(.line(1...128), count: 0...100), "Flags to add: `\\Seen`, `\\Flagged`.")
    Field("delete", \.delete, .oneOrMany(.line(1...128), count: 0...100), "Flags to take away.")
    Field(
      "set", \.set, .oneOrMany(.line(1...128), count: 0...100),
      "The flags that the message has then, of those that can be changed; `add` and `delete` are not regarded."
    )
  }
}

package struct LabelsField: Contract {
  package var add: [String]?
  package var delete: [String]?

  package init() {}

  package static let fields = Fields<Self>("LabelsField", "Outlook's categories to add and to take away.") {
    Field("add", \.add, .oneOrMany(.line(1...128), count: 0...100), "Categories to add.")
    Field("delete", \.delete, .oneOrMany(.line(1...128), count: 0...100), "Categories to take away.")
  }
}

/// How a message is changed.
package struct MessageUpdate: Contract {
  package var flags: FlagsField?
  package var labels: LabelsField?

  package init() {}

  package static let fields = Fields<Self>("MessageUpdate", "How a message is changed.") {
    Field("flags", \.flags, .object, "Its flags.")
    Field("labels", \.labels, .object, "Its labels.")
  }
}

/// The flags or labels that a message has after a change.
package struct UpdatedNames: Contract {
  package var add: [String]?
  package var delete: [String]?
  package var set: [String]?
  package var result: [String] = []

  package init() {}

  package static let fields = Fields<Self>("UpdatedNames", "The flags or labels of a message after a change.")
  {
    Field("add", \.add, .list(.lines(0...4096), count: 0...100), "What was to be added.")
    Field("delete", \.delete, .list(.lines(0...4096), count: 0...100), "What was to be taken away.")
    Field("set", \.set, .list(.lines(0...4096), count: 0...100), "What was to be set.")
    Required("result", \.result, .list(.lines(0...4096), count: 0...10_000), "All that the message has now.")
  }
}

package struct MessageUpdated: Contract {
  package var flags: UpdatedNames?
  package var labels: UpdatedNames?

  package init() {}

  package static let fields = Fields<Self>("MessageUpdated", "A message that was changed.") {
    Field("flags", \.flags, .object, "Its flags, if they were to be changed.")
    Field("labels", \.labels, .object, "Its labels, if they were to be changed.")
  }
}

package struct MessageMove: Contract {
  package var path = ""

  package init() {}

  package static let fields = Fields<Self>("MessageMove", "Where a message is moved to.") {
    Required(
      "path", \.path, .lines(1...65_536), "The `path` of the folder, or a special use such as `\\Archive`.")
    Unsupported("source")
  }
}

package struct MessageMoved: Contract {
  package var path = ""
  package var id = ""

  package init() {}

  package static let fields = Fields<Self>("MessageMoved", "A message that was moved.") {
    Required("path", \.path, .lines(1...65_536), "The folder that it is in now.")
    Required("id", \.id, .line(1...1024), "Its id there.")
  }
}

package struct MessageDeletion: Contract {
  package var force = false

  package init() {}

  package static let fields = Fields<Self>("MessageDeletion", "How a message is deleted.") {
    Field(
      "force", \.force, .flag,
      "Whether it is deleted for good; otherwise it goes to Deleted Items, unless it is there already.")
  }
}

package struct MessageDeleted: Contract {
  package var deleted = false
  package var moved: MessageDestination?

  package init() {}

  package static let fields = Fields<Self>(
    "MessageDeleted", "A message that was deleted or moved to Deleted Items."
  ) {
    Required("deleted", \.deleted, .flag, "Whether it is gone for good.")
    Field("moved", \.moved, .object, "Where it is otherwise.")
  }
}

package struct MessageDestination: Contract {
  package var destination = ""
  package var message = ""

  package init() {}

  package init(_ destination: String, message: String) {
    self.destination = destination
    self.message = message
  }

  package static let fields = Fields<Self>("MessageDestination", "Where a message is now.") {
    Required("destination", \.destination, .lines(1...65_536), "The folder.")
    Required("message", \.message, .line(1...1024), "Its id there.")
  }
}

/// An account and a part of its mailbox.
package struct MailPath: PathValues, Hashable {
  package var account: AccountID
  /// The id of a message, an attachment or a text.
  package var item: String

  package init(_ account: AccountID, _ item: String) {
    (self.account, self.item) = (account, item)
  }

  package static var count: Int { 2 }
  /// Ids of Exchange have some 200 bytes, and that of an attachment names its message too.
  package static var limit: Int { 2048 }

  package init(parts: [String]) {
    self.init(AccountID(parts.first ?? ""), parts.last ?? "")
  }

  package var parts: [String] { [account.rawValue, item] }
}

extension Operations {
  private static let problems: [ProblemCode] = [.accountNotFound, .mailNotReadable, .mailMessageNotFound]

  package static let messages = Operation<AccountID, MessagesQuery, Nothing, MessageList>(
    .get, "/v1/account/{account}/messages", id: "getMessages", .messages, .account,
    "List the messages of a folder, newest first.", "Texts and attachments are not part of a list.",
    problems: [.accountNotFound, .mailNotReadable, .mailFolderNotFound, .mailCursorInvalid])

  package static let message = Operation<MailPath, MessageQuery, Nothing, MessageReply>(
    .get, "/v1/account/{account}/message/{message}", id: "getMessage", .messages, .account,
    "Show a message.", problems: problems)

  package static let storedSource = Operation<MailPath, Nothing, Nothing, Nothing>(
    .get, "/v1/account/{account}/message/{message}/source", id: "getMessageSource", .messages, .account,
    "Download a message as it is in the mailbox.", "Byte for byte as Microsoft gives it.", reply: .message,
    problems: problems)

  package static let text = Operation<MailPath, TextQuery, Nothing, MessageTextReply>(
    .get, "/v1/account/{account}/text/{text}", id: "getText", .messages, .account,
    "Show the text of a message.", problems: problems)

  package static let attachment = Operation<MailPath, Nothing, Nothing, Nothing>(
    .get, "/v1/account/{account}/attachment/{attachment}", id: "getAttachment", .messages, .account,
    "Download an attachment.", "An attached message comes as `message/rfc822`.", reply: .file,
    problems: problems + [.mailAttachmentNotFound, .mailAttachmentIsLink])

  package static let updateMessage = Operation<MailPath, Nothing, MessageUpdate, MessageUpdated>(
    .put, "/v1/account/{account}/message/{message}", id: "putMessage", .messages, .account,
    "Change flags and labels of a message.", problems: problems + [.mailFlagNotSupported])

  package static let moveMessage = Operation<MailPath, Nothing, MessageMove, MessageMoved>(
    .put, "/v1/account/{account}/message/{message}/move", id: "putMessageMove", .messages, .account,
    "Move a message to another folder.", problems: problems + [.mailFolderNotFound])

  package static let deleteMessage = Operation<MailPath, MessageDeletion, Nothing, MessageDeleted>(
    .delete, "/v1/account/{account}/message/{message}", id: "deleteMessage", .messages, .account,
    "Delete a message.", problems: problems)
}
