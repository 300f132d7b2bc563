package import Core

/// What is shown of folders.
package struct MailboxesQuery: Contract {
  package var counters = false

  package init() {}

  package static let fields = Fields<Self>("MailboxesQuery", "What is shown of folders.") {
    Field("counters", \.counters, .flag, "Whether to show how many messages each folder has.")
  }
}

extension SpecialUse: WireWord {}

/// A folder of an account's mailbox.
package struct MailboxReply: Contract {
  package var path = ""
  package var id = ""
  package var delimiter: String? = "/"
  package var parentPath: String?
  package var name = ""
  package var listed = true
  package var subscribed = true
  package var specialUse: SpecialUse?
  package var status: MailboxStatusReply?

  package init() {}

  package static let fields = Fields<Self>("Mailbox", "A folder of an account's mailbox.") {
    Required(
      "path", \.path, .lines(1...65_536),
      "The names of the folder and of those above it, joined by `/`; a `/` in a name is written `%2F`, and a `%` "
        + "is written `%25`.")
    Required("id", \.id, .line(1...1024), "Microsoft's id of the folder, which a new name does not change.")
    Field("delimiter", \.delimiter, .line(1...1), "What separates the names in `path`: `/`.")
    Field("parentPath", \.parentPath, .lines(1...65_536), "The `path` of the folder above it.")
    Required("name", \.name, .lines(0...4096), "The folder's own name.")
    Field("listed", \.listed, .flag, "Always `true`.")
    Field("subscribed", \.subscribed, .flag, "Always `true`: Microsoft knows no subscribed folders.")
    Field("specialUse", \.specialUse, .word(), "What the folder is for; left out for ordinary folders.")
    Field("status", \.status, .object, "Only with `counters`.")
  }
}

package struct MailboxStatusReply: Contract {
  package var messages = 0
  package var unseen = 0

  package init() {}

  package init(messages: Int, unseen: Int) {
    self.messages = messages
    self.unseen = unseen
  }

  package static let fields = Fields<Self>("MailboxStatus", "How many messages a folder has.") {
    Required("messages", \.messages, .integer(0...(.max)), "All of them.")
    Required("unseen", \.unseen, .integer(0...(.max)), "Those that nobody has read.")
  }
}

package struct MailboxList: Contract {
  package var mailboxes: [MailboxReply] = []

  package init() {}

  package static let fields = Fields<Self>("MailboxList", "The folders of an account's mailbox.") {
    Required(
      "mailboxes", \.mailboxes, .list(.object, count: 0...1_000_000),
      "The folders, those above before those below.")
  }
}

extension Operations {
  package static let mailboxes = Operation<AccountID, MailboxesQuery, Nothing, MailboxList>(
    .get, "/v1/account/{account}/mailboxes", id: "getMailboxes", .mailboxes, .account,
    "List the folders of a mailbox.", "Hidden folders are left out.",
    problems: [.accountNotFound, .mailNotReadable])
}
