package import Core
import JSON

extension Kind where Value == ListID {
  /// The name of a list, in any case; it is read in lower case.
  static var list: Kind {
    Kind(.text(.list), text: { $0.rawValue }, write: { $1.json.string($0.rawValue) }) { value, reading in
      TextRule.list.read(value, &reading).map { ListID(name: $0) ?? ListID($0) }
    }
  }
}

extension TextRule {
  fileprivate static let list = TextRule(
    length: 1...ListID.longest, hasLines: false,
    format: TextFormat("list-id") { text in
      ListID(name: text) == nil
        ? "must be words of letters, digits, hyphens and underscores with dots between them, not "
          + Quoted.text(text)
        : nil
    })
}

extension ListID {
  /// As in a path.
  ///
  /// - Throws: `request.invalidField` for a text that is not the name of a list.
  package func checked() throws(Problem) -> ListID {
    if let fault = TextRule.list.fault(in: rawValue) {
      throw Problem(.requestInvalidField, faults: [FieldFault(message: fault, key: "listId")], of: 1)
    }
    return ListID(name: rawValue) ?? self
  }
}

/// The body of `POST /v1/blocklist/{listId}`.
package struct BlocklistRequest: Contract {
  package var account = AccountID("")
  package var recipient = ""
  package var reason = "block"

  package init() {}

  package static let fields = Fields<Self>(
    "BlocklistRequest", "An address that is to receive no more of a list."
  ) {
    Required("account", \.account, .id(), "The account on whose behalf it is blocked.")
    Required(ListTerm.recipient, \.recipient)
    Field("reason", \.reason, .line(1...256), "Why, for people.")
  }
}

package struct BlocklistAdded: Contract {
  package var success = true
  package var added = false

  package init() {}

  package init(added: Bool) {
    self.added = added
  }

  package static let fields = Fields<Self>("BlocklistAdded", "The result of blocking an address.") {
    Required("success", \.success, .flag, "Always `true`.")
    Required(
      "added", \.added, .flag, "Whether it was not on the list before; an entry that is there stays as it is."
    )
  }
}

/// The query of `DELETE /v1/blocklist/{listId}`.
package struct BlocklistDeletion: Contract {
  package var recipient = ""

  package init() {}

  package init(_ recipient: String) {
    self.recipient = recipient
  }

  package static let fields = Fields<Self>("BlocklistDeletion", "Which address is taken off a list.") {
    Required(ListTerm.recipient, \.recipient)
  }
}

package struct BlocklistDeleted: Contract {
  package var deleted = false

  package init() {}

  package init(deleted: Bool) {
    self.deleted = deleted
  }

  package static let fields = Fields<Self>("BlocklistDeleted", "The result of taking an address off a list.")
  {
    Required("deleted", \.deleted, .flag, "Whether it was on the list.")
  }
}

/// One address that receives no more of a list.
package struct BlocklistEntry: Contract {
  package var recipient = ""
  package var account = AccountID("")
  package var messageId: String?
  package var source: String?
  package var reason: String?
  package var remoteAddress: String?
  package var userAgent: String?
  package var created = Instant(microseconds: 0)

  package init() {}

  package static let fields = Fields<Self>("BlocklistEntry", "An address that receives no more of a list.") {
    Required(ListTerm.recipient, \.recipient)
    Required("account", \.account, .id(), "The account whose message led to it, or that blocked it.")
    Field("messageId", \.messageId, .line(1...998), "The message whose link was used.")
    Field(
      "source", \.source, .line(1...64),
      "`one-click` (a mail program's own button, RFC 8058), `form` (the page behind the link) or `api`.")
    Field("reason", \.reason, .line(1...256), "`unsubscribe`, or what was given with the API.")
    Field("remoteAddress", \.remoteAddress, .line(1...64), "The IP address from which it came.")
    Field("userAgent", \.userAgent, .line(1...1024), "The program by which it came.")
    Required("created", \.created, .moment, "Since when.")
  }
}

package struct BlocklistPage: PagedReply {
  package var listId = ListID("")
  package var total = 0
  package var page = 0
  package var pages = 0
  package var addresses: [BlocklistEntry] = []

  package init() {}

  package static let fields = Fields<Self>("BlocklistPage", "One page of a suppression list.") {
    Required("listId", \.listId, .list, "The list.")
    Required(PageTerm.total, \.total)
    Required(PageTerm.number, \.page)
    Required(PageTerm.pages, \.pages)
    Required(
      "addresses", \.addresses, .list(.object, count: 0...1000), "The addresses, the oldest entry first.")
  }
}

/// One list and how many addresses receive no more of it.
package struct BlocklistCount: Contract {
  package var listId = ListID("")
  package var count = 0

  package init() {}

  package init(_ listId: ListID, count: Int) {
    (self.listId, self.count) = (listId, count)
  }

  package static let fields = Fields<Self>("BlocklistCount", "A list that somebody has left.") {
    Required("listId", \.listId, .list, "The list.")
    Required("count", \.count, .integer(0...(.max)), "How many addresses receive no more of it.")
  }
}

package struct BlocklistsPage: PagedReply {
  package var total = 0
  package var page = 0
  package var pages = 0
  package var blocklists: [BlocklistCount] = []

  package init() {}

  package static let fields = Fields<Self>("BlocklistsPage", "One page of the suppression lists.") {
    Required(PageTerm.total, \.total)
    Required(PageTerm.number, \.page)
    Required(PageTerm.pages, \.pages)
    Required("blocklists", \.blocklists, .list(.object, count: 0...1000), "The lists, by name.")
  }
}

private enum ListTerm {
  static let recipient = Term(
    "recipient", Kind<String>.lines(1...1024, format: .email), "The address; its case does not count.")
}

extension Operations {
  package static let blocklists = Operation<Nothing, PageQuery, Nothing, BlocklistsPage>(
    .get, "/v1/blocklists", id: "getBlocklists", .lists, .workspace, "List the suppression lists.",
    "A list is there as long as an address is on it.")

  package static let blocklist = Operation<ListID, PageQuery, Nothing, BlocklistPage>(
    .get, "/v1/blocklist/{listId}", id: "getBlocklist", .lists, .workspace,
    "List the addresses that receive no more of a list.")

  package static let addToBlocklist = Operation<ListID, Nothing, BlocklistRequest, BlocklistAdded>(
    .post, "/v1/blocklist/{listId}", id: "postBlocklist", .lists, .workspace,
    "Let an address receive no more of a list.", problems: [.accountNotFound])

  package static let deleteFromBlocklist = Operation<ListID, BlocklistDeletion, Nothing, BlocklistDeleted>(
    .delete, "/v1/blocklist/{listId}", id: "deleteBlocklist", .lists, .workspace,
    "Let an address receive a list again.",
    "For an address whose owner has asked for that, since others have left the list themselves.")
}
