/// The folders that every sandbox mailbox has; none can be added.
enum MailFolder: Int, CaseIterable, Sendable {
  case inbox, drafts, sentItems, deletedItems, junkEmail, outbox, archive

  /// The name that can replace the id in a path (Microsoft Learn, `mailFolder` resource type), in lower case.
  var wellKnownName: String {
    switch self {
    case .inbox: "inbox"
    case .drafts: "drafts"
    case .sentItems: "sentitems"
    case .deletedItems: "deleteditems"
    case .junkEmail: "junkemail"
    case .outbox: "outbox"
    case .archive: "archive"
    }
  }

  var displayName: String {
    switch self {
    case .inbox: "Inbox"
    case .drafts: "Drafts"
    case .sentItems: "Sent Items"
    case .deletedItems: "Deleted Items"
    case .junkEmail: "Junk Email"
    case .outbox: "Outbox"
    case .archive: "Archive"
    }
  }

  init?(wellKnownName name: String) {
    let name = name.lowercased()
    guard let folder = Self.allCases.first(where: { $0.wellKnownName == name }) else { return nil }
    self = folder
  }
}
