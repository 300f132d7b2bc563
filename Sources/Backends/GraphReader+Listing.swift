import Core
import Microsoft
import Store

// Folders.
extension GraphReader {
  func folders(counting: Bool) async throws -> [Folder] {
    let uses = try await specialUses()
    var folders: [Folder] = []
    var (parents, depth) = ([(id: String?, path: FolderPath?)]([(nil, nil)]), 0)
    // Level by level, so that a tree of any shape is walked without recursion.
    while !parents.isEmpty, depth < Self.depthLimit {
      var next: [(id: String?, path: FolderPath?)] = []
      for parent in parents {
        for child in try await children(of: parent.id) {
          let use = uses[child.id]
          let name = use == .inbox && parent.path == nil ? FolderPath.inbox.name : child.name
          let path = FolderPath(names: (parent.path?.names ?? []) + [name])
          folders.append(
            Folder(id: child.id, path: path, specialUse: use, messages: child.items, unseen: child.unread))
          if child.children > 0 { next.append((child.id, path)) }
        }
      }
      parents = next
      depth += 1
    }
    catalogue.keep(folders, of: access.account.lane)
    return folders
  }

  /// Exchange allows 300 levels, which nobody has made by hand.
  private static let depthLimit = 300

  /// None below a folder that has just been deleted.
  private func children(of parent: String?) async throws -> [GraphFolder] {
    do {
      return try await access.request { graph in try await graph.folders(below: parent) }
    } catch let problem as Problem where problem.code == .graphItemNotFound && parent != nil {
      return []
    }
  }

  /// By the ids of folders.
  private func specialUses() async throws -> [String: SpecialUse] {
    let lane = access.account.lane
    if let known = catalogue.specialUses(of: lane) { return known }
    var uses: [String: SpecialUse] = [:]
    for use in SpecialUse.allCases {
      do {
        let id = try await access.request { graph in try await graph.folderID(use.wellKnownFolder) }
        uses[id] = use
      } catch let problem as Problem where problem.code == .graphItemNotFound {
        // Not every mailbox has an archive.
      }
    }
    catalogue.keep(uses, of: lane)
    return uses
  }

  /// By their ids; as they were up to a minute ago.
  func knownFolders() async throws -> [String: Folder] {
    if let known = catalogue.folders(of: access.account.lane) { return known }
    let folders = try await folders(counting: false)
    return Dictionary(folders.map { ($0.id, $0) }) { first, _ in first }
  }

  /// The folder that a message is in; `nil` for one that people do not see.
  func folder(of item: GraphItem) async throws -> Folder? {
    let lane = access.account.lane
    if let known = catalogue.folders(of: lane) {
      if let folder = known[item.folderID] { return folder }
      if catalogue.isHidden(item.folderID, of: lane) { return nil }
    }
    let folder = try await folders(counting: false).first { $0.id == item.folderID }
    if folder == nil { catalogue.keep(hidden: item.folderID, of: lane) }
    return folder
  }

  /// What Graph calls a folder: its id, or a well-known name.
  ///
  /// - Throws: `mail.folderNotFound`.
  func folderID(_ folder: FolderName) async throws -> String {
    let path: FolderPath
    switch folder {
    case .special(let use): return use.wellKnownFolder.rawValue
    case .path(let found): path = found
    }
    var parent: String?
    for (depth, name) in path.names.enumerated() {
      if depth == 0, name.lowercased() == FolderPath.inbox.name.lowercased() {
        parent = WellKnownFolder.inbox.rawValue
        continue
      }
      guard !name.isEmpty, let child = try await child(name, of: parent) else {
        throw Problem.folderMissing(folder)
      }
      parent = child.id
    }
    guard let parent else { throw Problem.folderMissing(folder) }
    return parent
  }

  private func child(_ name: String, of parent: String?) async throws -> GraphFolder? {
    try await access.request { graph in try await graph.folder(named: name, below: parent) }
  }
}

extension SpecialUse {
  fileprivate var wellKnownFolder: WellKnownFolder {
    switch self {
    case .inbox: .inbox
    case .drafts: .drafts
    case .sent: .sentItems
    case .trash: .deletedItems
    case .junk: .junkEmail
    case .archive: .archive
    }
  }
}

// Messages of a folder.
extension GraphReader {
  func messages(in folder: FolderName, _ request: MessagePageRequest) async throws -> MessagePage {
    let id = try await folderID(folder)
    if let cursor = request.cursor, cursor.folder != id { throw Problem.cursorInvalid }
    let listing = GraphListing(
      folder: id, until: request.cursor?.until.map { Instant(microseconds: $0) },
      skip: request.cursor?.skip ?? request.page * request.size, top: request.size)
    let (items, counted, hasMore) = try await listed(listing, folder)
    let total = request.cursor?.total ?? counted ?? items.count
    let page = request.cursor?.page ?? request.page
    let shown = try await shown(folder, id)
    return MessagePage(
      messages: items.map { StoredMessage($0, in: shown) }, total: total, page: page,
      next: hasMore && !items.isEmpty && page < MessageCursor.pages.upperBound
        ? listing.next(after: items, page: page + 1, total: total) : nil,
      previous: page > 0
        ? MessageCursor(folder: id, page: page - 1, total: total, skip: (page - 1) * request.size) : nil)
  }

  private func listed(
    _ listing: GraphListing, _ folder: FolderName
  ) async throws -> (items: [GraphItem], total: Int?, hasMore: Bool) {
    do {
      var (items, total, hasMore) = ([GraphItem](), Int?.none, true)
      while hasMore, items.count < listing.top {
        var part = listing
        part.skip += items.count
        part.top = min(Self.partSize, listing.top - items.count)
        let request = part
        let found = try await access.request { graph in try await graph.items(request) }
        items += found.items
        total = total ?? found.total
        // A page may be empty and promise another.
        hasMore = found.hasMore && !found.items.isEmpty
      }
      return (items, total, hasMore)
    } catch let problem as Problem where problem.code == .graphItemNotFound {
      throw Problem.folderMissing(folder)
    }
  }

  /// Messages in one request.
  private static let partSize = 100

  /// The folder of a list, as its messages show it.
  private func shown(_ name: FolderName, _ id: String) async throws -> Folder? {
    switch name {
    case .path(let path):
      // The id of the Inbox is its well-known name.
      var use = SpecialUse.allCases.first { $0.wellKnownFolder.rawValue == id }
      if use == nil { use = try await specialUses()[id] }
      return Folder(id: id, path: path, specialUse: use)
    case .special(let use):
      return try await knownFolders().values.first { $0.specialUse == use }
    }
  }
}

extension GraphListing {
  /// The page after these goes on from the moment of the last of them, so that messages that arrive in between neither
  /// repeat nor hide one.
  fileprivate func next(after items: [GraphItem], page: Int, total: Int) -> MessageCursor {
    guard let last = items.last?.received else {
      return MessageCursor(
        folder: folder, page: page, total: total, until: until?.microseconds, skip: skip + items.count)
    }
    let ofThatMoment = items.reversed().prefix { $0.received == last }.count
    if ofThatMoment == items.count, until == nil, skip > 0 {
      // Those before them may be of that moment too.
      return MessageCursor(folder: folder, page: page, total: total, skip: skip + items.count)
    }
    let goesOn = ofThatMoment == items.count && until == last
    return MessageCursor(
      folder: folder, page: page, total: total, until: last.microseconds,
      skip: ofThatMoment + (goesOn ? skip : 0))
  }
}
