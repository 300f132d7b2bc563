/// The folders that every sandbox mailbox has; none can be added.
enum MailFolder: Int, CaseIterable, Sendable {
  case inbox, drafts, sentItems, deletedItems, junkEmail, outbox, archive
  case conversationHistory, clutter, scheduled, syncIssues, conflicts, localFailures, serverFailures
  case recoverableItemsDeletions, searchFolders
  /// The parent of all folders that people see.
  case msgFolderRoot
  /// The parent of `msgFolderRoot`, and its own.
  case mailboxRoot

  /// The name that can replace the id in a path (Microsoft Learn, `mailFolder` resource type), in lower case.
  var wellKnownName: String { self == .mailboxRoot ? "root" : "\(self)".lowercased() }

  var displayName: String {
    switch self {
    case .inbox: "Inbox"
    case .drafts: "Drafts"
    case .sentItems: "Sent Items"
    case .deletedItems: "Deleted Items"
    case .junkEmail: "Junk Email"
    case .outbox: "Outbox"
    case .archive: "Archive"
    case .conversationHistory: "Conversation History"
    case .clutter: "Clutter"
    case .scheduled: "Scheduled"
    case .syncIssues: "Sync Issues"
    case .conflicts: "Conflicts"
    case .localFailures: "Local Failures"
    case .serverFailures: "Server Failures"
    case .recoverableItemsDeletions: "Deletions"
    case .searchFolders: "Finder"
    case .msgFolderRoot: "Top of Information Store"
    case .mailboxRoot: "Root"
    }
  }

  var parent: MailFolder {
    switch self {
    case .conflicts, .localFailures, .serverFailures: .syncIssues
    case .recoverableItemsDeletions, .searchFolders, .msgFolderRoot, .mailboxRoot: .mailboxRoot
    default: .msgFolderRoot
    }
  }

  /// Left out of lists unless `includeHiddenFolders` asks for it.
  var isHidden: Bool {
    switch self {
    case .clutter, .scheduled, .syncIssues, .recoverableItemsDeletions, .searchFolders, .mailboxRoot: true
    default: false
    }
  }

  func children(includingHidden: Bool) -> [MailFolder] {
    Self.allCases.filter { $0.parent == self && $0 != self && (includingHidden || !$0.isHidden) }
  }

  init?(wellKnownName name: String) {
    let name = name.lowercased()
    guard let folder = Self.allCases.first(where: { $0.wellKnownName == name }) else { return nil }
    self = folder
  }
}

extension FilterVocabulary {
  static let mailFolder = FilterVocabulary(
    type: "mailFolder",
    kinds: [
      "displayName": .text, "childFolderCount": .number, "unreadItemCount": .number,
      "totalItemCount": .number,
      "isHidden": .bool,
    ],
    unbuilt: ["id", "parentFolderId", "sizeInBytes", "childFolders", "messages"])
}

extension FolderCount {
  func filterValue(_ property: String) -> FilterValue? {
    switch property {
    case "displayName": .text(folder.displayName)
    case "childFolderCount": .number(Double(folder.children(includingHidden: false).count))
    case "unreadItemCount": .number(Double(unread))
    case "totalItemCount": .number(Double(total))
    case "isHidden": .bool(folder.isHidden)
    default: nil
    }
  }
}
