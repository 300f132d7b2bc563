import Core

/// All mail of the sandbox, in memory.
///
/// Every call carries the instant at which it happens and first does what is due by then. A message thus leaves
/// Drafts exactly when its lag is over by the sandbox's clock, without a timer, and whatever the clock does.
package actor MailStore {
  private(set) var epoch = UInt32.random(in: 0...(.max))
  var mailboxes: [MailboxID: Mailbox] = [:]
  var addresses: [String: MailboxID] = [:]
  /// Accepted and not yet sent, by the instant at which they are.
  var outgoing: [Submission] = []
  var sentCount = 0
  var uploads = UploadBook()
  var rounds = DeltaRounds()
  private let feed: ChangeFeed

  init(owners: [MailboxOwner], feed: ChangeFeed = ChangeFeed()) {
    self.feed = feed
    for owner in owners {
      mailboxes[owner.id] = Mailbox(owner: owner, feed: feed)
      for address in owner.addresses { addresses[address.lowercased()] = owner.id }
    }
  }

  /// Empty mailboxes for these owners alone; messages in transit are dropped, and earlier ids find nothing.
  func reset(to owners: [MailboxOwner]) {
    epoch &+= 1
    outgoing = []
    uploads = UploadBook()
    rounds = DeltaRounds()
    mailboxes = [:]
    addresses = [:]
    for owner in owners { keep(owner) }
  }

  /// A mailbox for this owner, who may have one already and keeps its content then.
  func keep(_ owner: MailboxOwner) {
    addresses = addresses.filter { $0.value != owner.id }
    for address in owner.addresses { addresses[address.lowercased()] = owner.id }
    if mailboxes[owner.id] == nil {
      mailboxes[owner.id] = Mailbox(owner: owner, feed: feed)
    } else {
      mailboxes[owner.id]?.owner = owner
    }
  }

  func owner(of address: String) -> MailboxOwner? {
    addresses[address.lowercased()].flatMap { mailboxes[$0]?.owner }
  }
}

// What a client reads.
extension MailStore {
  func page(_ query: MessageQuery, in id: MailboxID, at now: Instant) throws(MailFault) -> MessagePage {
    try mailbox(id, at: now).page(query)
  }

  func item(
    _ name: String, in id: MailboxID, ifMatch tag: EntityTag? = nil, at now: Instant
  ) throws(MailFault) -> MailItem {
    let mailbox = try mailbox(id, at: now)
    guard let item = mailbox.items[try number(name, in: mailbox)] else { throw .itemNotFound }
    guard tag?.matches(item) != false else { throw .changed }
    return item
  }

  /// Every mailbox, by its first address.
  func overview(at now: Instant) -> [MailboxSummary] {
    settle(at: now)
    return mailboxes.values
      .map { mailbox in
        MailboxSummary(owner: mailbox.owner, folders: mailbox.folderCounts)
      }
      .sorted { $0.owner.correspondent.key < $1.owner.correspondent.key }
  }

  /// The newest of all mailboxes, newest first.
  func newest(_ count: Int, at now: Instant) -> [FoundMail] {
    settle(at: now)
    let all = mailboxes.values.flatMap { mailbox in
      mailbox.all.arrivals.suffix(count).compactMap { mailbox.items[$0.number] }.map {
        FoundMail(owner: mailbox.owner, item: $0, place: mailbox.folders[$0.folder]?.displayName ?? "")
      }
    }
    let sorted = all.sorted {
      // The last two only break ties, in the same way each time.
      ($0.item.received, $0.item.number, $0.owner.id.text) > (
        $1.item.received, $1.item.number, $1.owner.id.text
      )
    }
    return Array(sorted.prefix(count))
  }

  func owner(_ id: MailboxID, at now: Instant) throws(MailFault) -> MailboxOwner {
    try mailbox(id, at: now).owner
  }

  func mailbox(_ id: MailboxID, at now: Instant) throws(MailFault) -> Mailbox {
    settle(at: now)
    guard let mailbox = mailboxes[id] else { throw .mailboxNotFound }
    return mailbox
  }
}

// What a client changes.
extension MailStore {
  func createDraft(
    _ draft: NewDraft, in id: MailboxID, folder: MailFolder = .drafts, at now: Instant
  ) throws(MailFault) -> MailItem {
    let message = try completed(
      draft.message, dropsUnknownHeaders: draft.dropsUnknownHeaders, in: id, at: now)
    mailboxes[id]?.learn(draft.createdHeaders)
    guard
      let item = mailboxes[id]?.add(
        message, to: folder, isDraft: true, isRead: true, at: now,
        configure: { item in
          if let parent = draft.parent { item.thread = parent.child(at: now) }
          draft.marks.apply(to: &item, at: now)
          item.applyFlagsAtCreation()
        })
    else { throw .mailboxNotFound }
    return item
  }

  private func completed(
    _ message: Message, dropsUnknownHeaders: Bool, in id: MailboxID, at now: Instant
  ) throws(MailFault) -> Message {
    let mailbox = try mailbox(id, at: now)
    let message = message.completed(by: mailbox.owner, messageID: newMessageID())
    return dropsUnknownHeaders ? message.removingFields { mailbox.drops($0) } : message
  }

  /// - Parameters:
  ///   - tag: of `If-Match`; `nil` for any.
  ///   - headers: fields for which the change creates named properties.
  func change(
    _ name: String, in id: MailboxID, ifMatch tag: EntityTag? = nil, creating headers: [String] = [],
    at now: Instant, _ body: @Sendable (inout MailItem) -> Void
  ) throws(MailFault) -> MailItem {
    let item = try item(name, in: id, ifMatch: tag, at: now)
    mailboxes[id]?.learn(headers)
    guard let item = mailboxes[id]?.change(item.number, at: now, body) else { throw .itemNotFound }
    return item
  }

  func move(
    _ name: String, to folder: MailFolder, in id: MailboxID, ifMatch tag: EntityTag? = nil, at now: Instant
  ) throws(MailFault) -> MailItem {
    try change(name, in: id, ifMatch: tag, at: now) { $0.folder = folder }
  }

  func copy(
    _ name: String, to folder: MailFolder, in id: MailboxID, at now: Instant
  ) throws(MailFault) -> MailItem {
    let original = try item(name, in: id, at: now)
    let copy = mailboxes[id]?.copy(original, to: folder, at: now)
    guard let copy else { throw .mailboxNotFound }
    return copy
  }

  /// Other MIME for a draft; what is noted on it stays.
  func replaceContent(
    of name: String, in id: MailboxID, ifMatch tag: EntityTag?, with message: Message,
    dropsUnknownHeaders: Bool, at now: Instant
  ) throws(MailFault) -> MailItem {
    let message = try completed(message, dropsUnknownHeaders: dropsUnknownHeaders, in: id, at: now)
    return try change(name, in: id, ifMatch: tag, at: now) { item in
      item.message = message
      item.sent = message.date ?? item.sent
    }
  }

  /// Into Purges, which no client sees (Microsoft Learn, "message: permanentDelete").
  func purge(_ name: String, in id: MailboxID, at now: Instant) throws(MailFault) {
    let item = try item(name, in: id, at: now)
    mailboxes[id]?.remove(item.number)
  }

  /// Moves to Deleted Items; what is already there is deleted permanently.
  func delete(_ name: String, in id: MailboxID, ifMatch tag: EntityTag? = nil, at now: Instant)
    throws(MailFault)
  {
    let item = try item(name, in: id, ifMatch: tag, at: now)
    if item.folder == .deletedItems {
      mailboxes[id]?.remove(item.number)
    } else {
      _ = try move(name, to: .deletedItems, in: id, at: now)
    }
  }
}

// Names.
extension MailStore {
  func number(_ name: String, in mailbox: Mailbox) throws(MailFault) -> UInt64 {
    guard let id = GraphID(name), id.namesItem else { throw .idMalformed }
    guard id.epoch == epoch, id.mailbox == mailbox.owner.id, let item = mailbox.items[id.number] else {
      throw .itemNotFound
    }
    if case .place(let moves) = id.kind, moves != item.moves { throw .itemNotFound }
    return id.number
  }

  func folder(_ name: String, in id: MailboxID) throws(MailFault) -> MailFolder {
    if let folder = MailFolder(wellKnownName: name) { return folder }
    guard let named = GraphID(name), named.kind == .folder else { throw .idMalformed }
    guard named.epoch == epoch, named.mailbox == id, let number = Int(exactly: named.number),
      mailboxes[id]?.folders[MailFolder(number: number)] != nil
    else { throw .folderNotFound }
    return MailFolder(number: number)
  }
}

/// Why the store refuses a request.
enum MailFault: Error, Hashable, Sendable {
  case idMalformed
  case itemNotFound
  case folderNotFound
  case mailboxNotFound
  /// Not as `If-Match` expects.
  case changed
  /// Of this name, in that place.
  case folderExists
  /// Every mailbox has it.
  case folderIsFixed(FolderVerb)
  /// It would be moved or copied into itself.
  case folderWithinItself
  /// A token for changes of another place.
  case foreignToken
  /// A token for changes that are no longer known.
  case deadToken

  enum FolderVerb: Hashable, Sendable { case renamed, moved, deleted }
}

/// A message that a client hands in.
struct NewDraft: Sendable {
  var message: Message
  var marks = ItemMarks()
  /// Header fields for which it creates named properties.
  var createdHeaders: [String] = []
  /// It came as MIME, and the mailbox drops fields that it does not know.
  var dropsUnknownHeaders = false
  /// The thread of what it is a reply to or a forward of.
  var parent: MailItem.Thread?
}

extension MailItem {
  /// Without mfUnsent in PidTagMessageFlags an item that is created is no draft, which no other property can say.
  fileprivate mutating func applyFlagsAtCreation() {
    guard let flags = properties.removeValue(forKey: .messageFlags).flatMap(Int.init) else { return }
    isDraft = flags & 0x8 != 0
    isRead = flags & 0x1 != 0
  }
}

extension Mailbox {
  /// Reported of Exchange: it drops these fields from MIME, and custom ones without a named property. One-click
  /// unsubscription is taken to be like those, because no property of its own is documented for it.
  fileprivate func drops(_ header: MessageHeader) -> Bool {
    header.isNamed("Auto-Submitted") || header.isNamed("Return-Path")
      || ((header.isCustom || header.isNamed("List-Unsubscribe-Post"))
        && !knownHeaders.contains(header.name.lowercased()))
  }
}

/// A message and whose mailbox it lies in.
struct FoundMail: Sendable {
  var owner: MailboxOwner
  var item: MailItem
  /// The name of its folder.
  var place: String
}

struct MailboxSummary: Sendable {
  var owner: MailboxOwner
  /// The folders that a person sees, in their order.
  var folders: [FolderCount]
}
