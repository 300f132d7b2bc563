/// Names a folder of a mailbox: one of those that every mailbox has, or one that a client made.
struct MailFolder: Hashable, Sendable {
  /// What its id is made of. Those that clients make start at `firstMade`.
  let number: Int

  static let inbox = MailFolder(number: 0)
  static let drafts = MailFolder(number: 1)
  static let sentItems = MailFolder(number: 2)
  static let deletedItems = MailFolder(number: 3)
  static let junkEmail = MailFolder(number: 4)
  static let outbox = MailFolder(number: 5)
  static let archive = MailFolder(number: 6)
  static let syncIssues = MailFolder(number: 10)
  static let searchFolders = MailFolder(number: 15)
  /// The parent of all folders that people see.
  static let msgFolderRoot = MailFolder(number: 16)
  /// The parent of `msgFolderRoot`, and its own.
  static let mailboxRoot = MailFolder(number: 17)

  static let firstMade = 1000

  /// Whether every mailbox has it; nobody can rename, move or delete it.
  var isWellKnown: Bool { number < Self.firstMade }

  /// What can replace the id in a path (Microsoft Learn, `mailFolder` resource type), in lower case.
  var wellKnownName: String? { isWellKnown ? Self.standard[number].name : nil }

  /// In the address of a page: its well-known name, or its number.
  var key: String { wellKnownName ?? String(number) }

  init(number: Int) {
    self.number = number
  }

  init?(wellKnownName name: String) {
    let name = name.lowercased()
    guard let number = Self.standard.firstIndex(where: { $0.name == name }) else { return nil }
    self.init(number: number)
  }

  static var wellKnownNames: [String] { standard.map(\.name) }
}

/// One folder in the tree of a mailbox.
struct FolderNode: Sendable, Hashable {
  let folder: MailFolder
  var displayName: String
  var parent: MailFolder
  /// Left out of lists unless `includeHiddenFolders` asks for it.
  let isHidden: Bool
  /// The number of its last change among those of the mailbox's folders, and that of its creation.
  var changed: UInt64 = 0
  var arrived: UInt64 = 0
}

// The folders that every mailbox has, by their numbers.
extension MailFolder {
  fileprivate struct Standard {
    let name: String
    let displayName: String
    var parent = 16
    var isHidden = false
  }

  fileprivate static let standard: [Standard] = [
    Standard(name: "inbox", displayName: "Inbox"),
    Standard(name: "drafts", displayName: "Drafts"),
    Standard(name: "sentitems", displayName: "Sent Items"),
    Standard(name: "deleteditems", displayName: "Deleted Items"),
    Standard(name: "junkemail", displayName: "Junk Email"),
    Standard(name: "outbox", displayName: "Outbox"),
    Standard(name: "archive", displayName: "Archive"),
    Standard(name: "conversationhistory", displayName: "Conversation History"),
    Standard(name: "clutter", displayName: "Clutter", isHidden: true),
    Standard(name: "scheduled", displayName: "Scheduled", isHidden: true),
    Standard(name: "syncissues", displayName: "Sync Issues", isHidden: true),
    Standard(name: "conflicts", displayName: "Conflicts", parent: 10),
    Standard(name: "localfailures", displayName: "Local Failures", parent: 10),
    Standard(name: "serverfailures", displayName: "Server Failures", parent: 10),
    Standard(name: "recoverableitemsdeletions", displayName: "Deletions", parent: 17, isHidden: true),
    Standard(name: "searchfolders", displayName: "Finder", parent: 17, isHidden: true),
    Standard(name: "msgfolderroot", displayName: "Top of Information Store", parent: 17),
    Standard(name: "root", displayName: "Root", parent: 17, isHidden: true),
  ]
}

extension FolderNode {
  static let standard = MailFolder.standard.enumerated().map { number, folder in
    FolderNode(
      folder: MailFolder(number: number), displayName: folder.displayName,
      parent: MailFolder(number: folder.parent), isHidden: folder.isHidden)
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

/// A folder and what is in it.
struct FolderCount: Sendable {
  var node: FolderNode
  /// Direct ones that are not hidden.
  var children: Int
  var total: Int
  var unread: Int

  var folder: MailFolder { node.folder }

  func filterValue(_ property: String) -> FilterValue? {
    switch property {
    case "displayName": .text(node.displayName)
    case "childFolderCount": .number(Double(children))
    case "unreadItemCount": .number(Double(unread))
    case "totalItemCount": .number(Double(total))
    case "isHidden": .bool(node.isHidden)
    default: nil
    }
  }
}
