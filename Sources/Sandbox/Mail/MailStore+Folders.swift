import Core

// Folders, as clients read and change them.
extension MailStore {
  func count(_ folder: MailFolder, in id: MailboxID, at now: Instant) throws(MailFault) -> FolderCount {
    guard let count = try mailbox(id, at: now).count(folder) else { throw .folderNotFound }
    return count
  }

  /// Direct ones.
  func children(
    of folder: MailFolder, includingHidden: Bool, in id: MailboxID, at now: Instant
  ) throws(MailFault) -> [FolderCount] {
    let mailbox = try mailbox(id, at: now)
    return mailbox.folders.children(of: folder, includingHidden: includingHidden).compactMap(mailbox.count)
  }

  func createFolder(
    _ name: String, in parent: MailFolder, isHidden: Bool, of id: MailboxID, at now: Instant
  ) throws(MailFault) -> FolderCount {
    guard try !mailbox(id, at: now).folders.has(name, in: parent) else { throw .folderExists }
    guard let folder = mailboxes[id]?.makeFolder(name, in: parent, isHidden: isHidden) else {
      throw .mailboxNotFound
    }
    return try count(folder, in: id, at: now)
  }

  func rename(
    _ folder: MailFolder, to name: String, in id: MailboxID, at now: Instant
  ) throws(MailFault) -> FolderCount {
    let before = try count(folder, in: id, at: now).node
    guard !folder.isWellKnown else { throw .folderIsFixed(.renamed) }
    if before.displayName.lowercased() != name.lowercased() {
      guard try !mailbox(id, at: now).folders.has(name, in: before.parent) else { throw .folderExists }
    }
    mailboxes[id]?.rename(folder, to: name)
    return try count(folder, in: id, at: now)
  }

  func move(
    _ folder: MailFolder, to parent: MailFolder, in id: MailboxID, at now: Instant
  ) throws(MailFault) -> FolderCount {
    guard !folder.isWellKnown else { throw .folderIsFixed(.moved) }
    let node = try count(folder, in: id, at: now).node
    let folders = try mailbox(id, at: now).folders
    guard !folders.isBelow(parent, folder) else { throw .folderWithinItself }
    if node.parent != parent {
      guard !folders.has(node.displayName, in: parent) else { throw .folderExists }
      mailboxes[id]?.move(folder, to: parent, as: node.displayName)
    }
    return try count(folder, in: id, at: now)
  }

  /// With all that is in it and below it.
  func copy(
    _ folder: MailFolder, to parent: MailFolder, in id: MailboxID, at now: Instant
  ) throws(MailFault) -> FolderCount {
    let node = try count(folder, in: id, at: now).node
    let folders = try mailbox(id, at: now).folders
    guard !folders.isBelow(parent, folder) else { throw .folderWithinItself }
    guard !folders.has(node.displayName, in: parent) else { throw .folderExists }
    let copy = copy(node, to: parent, in: id, at: now)
    return try count(copy, in: id, at: now)
  }

  private func copy(
    _ node: FolderNode, to parent: MailFolder, in id: MailboxID, at now: Instant
  ) -> MailFolder {
    guard let copy = mailboxes[id]?.makeFolder(node.displayName, in: parent, isHidden: node.isHidden) else {
      return parent
    }
    for number in mailboxes[id]?.index(of: node.folder).numbers ?? [] {
      if let item = mailboxes[id]?.items[number] { _ = mailboxes[id]?.copy(item, to: copy, at: now) }
    }
    for child in mailboxes[id]?.folders.children(of: node.folder, includingHidden: true) ?? [] {
      if let child = mailboxes[id]?.folders[child] { _ = self.copy(child, to: copy, in: id, at: now) }
    }
    return copy
  }

  /// Moves to Deleted Items; what is already below it is deleted permanently.
  func delete(_ folder: MailFolder, in id: MailboxID, at now: Instant) throws(MailFault) {
    guard !folder.isWellKnown else { throw .folderIsFixed(.deleted) }
    let node = try count(folder, in: id, at: now).node
    let folders = try mailbox(id, at: now).folders
    guard !folders.isBelow(folder, .deletedItems) else { return try purge(folder, in: id, at: now) }
    mailboxes[id]?.move(folder, to: .deletedItems, as: folders.free(node.displayName, in: .deletedItems))
  }

  func purge(_ folder: MailFolder, in id: MailboxID, at now: Instant) throws(MailFault) {
    guard !folder.isWellKnown else { throw .folderIsFixed(.deleted) }
    _ = try count(folder, in: id, at: now)
    mailboxes[id]?.remove(folder)
  }
}

// What comes from outside.
extension MailStore {
  /// A message that arrived, its bytes as they are.
  func receive(
    _ message: Message, in folder: MailFolder, of id: MailboxID, isRead: Bool, received: Instant?,
    at now: Instant
  ) throws(MailFault) -> MailItem {
    settle(at: now)
    var message = message
    message.sender = message.sender ?? message.from
    let item = mailboxes[id]?.add(message, to: folder, isDraft: false, isRead: isRead, at: now) { item in
      item.received = received ?? now
      item.sent = item.message.date ?? item.received
    }
    guard let item else { throw .mailboxNotFound }
    return item
  }

  func generate(_ count: Int, in folders: [MailFolder], of id: MailboxID, at now: Instant) throws(MailFault) {
    settle(at: now)
    guard mailboxes[id] != nil else { throw .mailboxNotFound }
    mailboxes[id]?.generate(count, in: folders, at: now)
  }

  /// The folder of a path like `Projects/2026`, each part of which is made if need be; or of a well-known name.
  func folder(at path: String, in id: MailboxID, makes: Bool) throws(MailFault) -> MailFolder {
    if let folder = MailFolder(wellKnownName: path) { return folder }
    if GraphID(path) != nil { return try folder(path, in: id) }
    var place = MailFolder.msgFolderRoot
    for name in path.split(separator: "/").map(String.init) {
      guard let folders = mailboxes[id]?.folders else { throw .mailboxNotFound }
      let known = folders.children(of: place, includingHidden: true).first {
        folders[$0]?.displayName.lowercased() == name.lowercased()
      }
      guard known != nil || makes else { throw .folderNotFound }
      place = known ?? mailboxes[id]?.makeFolder(name, in: place) ?? place
    }
    guard place != .msgFolderRoot else { throw .folderNotFound }
    return place
  }
}

extension Mailbox {
  /// The copy is as old as the message, and an item of its own.
  mutating func copy(_ original: MailItem, to folder: MailFolder, at now: Instant) -> MailItem {
    add(
      original.message, to: folder, isDraft: original.isDraft, isRead: original.isRead, at: now
    ) { copy in
      copy.copyMarks(of: original)
      copy.content = original.content
      copy.isOwnCopy = original.isOwnCopy
      copy.received = original.received
      copy.sent = original.sent
    }
  }
}
