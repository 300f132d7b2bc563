import Core
import Crypto
import Foundation

/// Names a mailbox by the directory id of its owner.
struct MailboxID: Hashable, Sendable {
  var uuid: UUID

  init(uuid: UUID) {
    self.uuid = uuid
  }

  /// `nil` unless the text is a UUID.
  init?(_ text: String) {
    guard let uuid = UUID(uuidString: text) else { return nil }
    self.uuid = uuid
  }

  var text: String { uuid.uuidString.lowercased() }
}

/// Whose a mailbox is, and the addresses at which it receives; the first is its own.
struct MailboxOwner: Sendable {
  var id: MailboxID
  var displayName: String
  var addresses: [String]

  var correspondent: Correspondent { Correspondent(name: displayName, address: addresses.first ?? "") }

  func owns(_ address: String) -> Bool {
    let key = address.lowercased()
    return addresses.contains { $0.lowercased() == key }
  }
}

/// The items of one mailbox and the indexes by which they are found. No look-up visits all items.
struct Mailbox: Sendable {
  var owner: MailboxOwner
  private(set) var items: [UInt64: MailItem] = [:]
  private(set) var folders = FolderTree()
  private(set) var all = ItemIndex()
  private var indexes: [MailFolder: ItemIndex] = [:]
  private var logs: [MailFolder: ChangeLog<UInt64>] = [:]
  private var byMessageID: [String: Set<UInt64>] = [:]
  private var byHeader: [MessageHeader: Set<UInt64>] = [:]
  /// By the GUID in a conversation's index.
  private var conversations: [[UInt8]: UInt64] = [:]
  private var batches: [GeneratedBatch] = []
  private var lastNumber: UInt64 = 0
  /// Counts the changes of items.
  private(set) var sequence: UInt64 = 1
  /// Tokens for changes that carry another number are dead.
  private(set) var tokenGeneration: UInt32 = 0
  /// The names, in lower case, of header fields that Exchange keeps in this mailbox.
  private(set) var knownHeaders: Set<String> = ["x-priority", "x-msmail-priority", "x-mailer"]
  private let feed: ChangeFeed

  /// Messages that are made up: those of one request have consecutive numbers, so no index of their Message-IDs is
  /// needed.
  private struct GeneratedBatch {
    let id: UInt32
    let first: UInt64
    let count: Int
  }

  init(owner: MailboxOwner, feed: ChangeFeed) {
    self.owner = owner
    self.feed = feed
  }

  func index(of folder: MailFolder) -> ItemIndex { indexes[folder] ?? ItemIndex() }
  func log(of folder: MailFolder) -> ChangeLog<UInt64> { logs[folder] ?? ChangeLog() }
  func numbers(header: MessageHeader) -> Set<UInt64> { byHeader[header.folded] ?? [] }

  func numbers(messageID: String) -> Set<UInt64> {
    let id = messageID.lowercased()
    return (byMessageID[id] ?? []).union(generated(id).map { [$0] } ?? [])
  }

  private func generated(_ messageID: String) -> UInt64? {
    let parts = messageID.dropFirst().prefix { $0 != "@" }.split(separator: ".")
    guard parts.count == 3, let batch = UInt32(parts[1]), let index = UInt64(parts[2]),
      let known = batches.first(where: { $0.id == batch }), index < known.count,
      let item = items[known.first + index], case .generated = item.content,
      item.content.internetMessageID == messageID
    else { return nil }
    return item.number
  }

  /// - Parameter configure: what the item is besides, before anybody sees it.
  mutating func add(
    _ message: Message, to folder: MailFolder, isDraft: Bool, isRead: Bool, at now: Instant,
    configure: (inout MailItem) -> Void = { _ in }
  ) -> MailItem {
    lastNumber += 1
    var item = MailItem(
      number: lastNumber, folder: folder, content: .parsed(message), isDraft: isDraft, isRead: isRead,
      givenThread: thread(of: message, number: lastNumber, at: now), created: now, modified: now,
      received: now, sent: isDraft ? message.date ?? now : now)
    configure(&item)
    return settle(nil, &item)
  }

  /// Messages that are made up, with a minute between two of them, the newest of now. Folders take turns.
  mutating func generate(_ count: Int, in folders: [MailFolder], at now: Instant) {
    let batch = GeneratedMessage.Batch(id: UInt32(batches.count + 1), recipient: owner.correspondent)
    batches.append(GeneratedBatch(id: batch.id, first: lastNumber + 1, count: count))
    items.reserveCapacity(items.count + count)
    for index in 0..<count {
      lastNumber += 1
      let received = now - .seconds(60 * (count - 1 - index))
      var item = MailItem(
        number: lastNumber, folder: folders[index % folders.count],
        content: .generated(GeneratedMessage(batch: batch, index: index)), isDraft: false,
        isRead: index % 3 != 0, created: received, modified: received, received: received, sent: received)
      _ = settle(nil, &item)
    }
  }

  /// Changes an item in place and keeps the indexes true. `nil` when there is none of this number.
  mutating func change(_ number: UInt64, at now: Instant, _ body: (inout MailItem) -> Void) -> MailItem? {
    guard let old = items[number] else { return nil }
    var item = old
    body(&item)
    if item.folder != old.folder { item.moves += 1 }
    if case .parsed(let message) = item.content, message.parents != old.message.parents {
      item.thread = thread(of: message, number: number, at: now)
    }
    item.version += 1
    item.modified = now
    return settle(old, &item)
  }

  @discardableResult
  mutating func remove(_ number: UInt64) -> MailItem? {
    guard let item = items.removeValue(forKey: number) else { return nil }
    sequence += 1
    unindex(item)
    all.remove(item)
    indexes[item.folder]?.remove(item)
    logDeparture(of: item)
    feed.publish(MailChange(mailbox: owner.id, before: item, after: nil), of: owner.id)
    return item
  }

  /// Transport has it. That is no change by a client: the change key stays.
  mutating func markSubmitted(_ number: UInt64) {
    items[number]?.isSubmitted = true
  }

  /// A named property for each of these fields exists from now on.
  mutating func learn(_ headers: some Sequence<String>) {
    for name in headers { knownHeaders.insert(name.lowercased()) }
  }

  /// Every token for changes that was given out is dead.
  mutating func expireTokens() { tokenGeneration += 1 }
}

// The indexes.
extension Mailbox {
  private mutating func settle(_ old: MailItem?, _ item: inout MailItem) -> MailItem {
    sequence += 1
    item.changed = sequence
    if let old, old.folder == item.folder {
      indexes[item.folder]?.update(old, item)
      all.update(old, item)
    } else {
      item.arrived = sequence
      if let old {
        indexes[old.folder]?.remove(old)
        logDeparture(of: old)
        all.update(old, item)
      } else {
        all.insert(item)
      }
      indexes[item.folder, default: ItemIndex()].insert(item)
    }
    if let old { unindex(old) }
    items[item.number] = item
    enter(item)
    logs[item.folder, default: ChangeLog()].append(
      .init(sequence: sequence, subject: item.number, isGone: false))
    let settled = item
    feed.publish(MailChange(mailbox: owner.id, before: old, after: settled), of: owner.id)
    return item
  }

  private mutating func logDeparture(of item: MailItem) {
    logs[item.folder, default: ChangeLog()].append(
      .init(
        sequence: sequence, subject: item.number, arrived: item.arrived, moves: item.moves, isGone: true))
  }

  /// Whether its number already says which Message-ID it has.
  private func isFoundByNumber(_ item: MailItem) -> Bool {
    guard case .generated(let message) = item.content,
      let batch = batches.first(where: { $0.id == message.batch.id })
    else { return false }
    return batch.first + UInt64(message.index) == item.number
  }

  private mutating func enter(_ item: MailItem) {
    guard !isFoundByNumber(item) else { return }
    byMessageID[item.content.internetMessageID.lowercased(), default: []].insert(item.number)
    for header in item.content.customHeaders { byHeader[header.folded, default: []].insert(item.number) }
  }

  private mutating func unindex(_ item: MailItem) {
    guard !isFoundByNumber(item) else { return }
    Self.remove(item.number, from: &byMessageID, at: item.content.internetMessageID.lowercased())
    for header in item.content.customHeaders {
      Self.remove(item.number, from: &byHeader, at: header.folded)
    }
  }

  private static func remove<Key>(_ number: UInt64, from index: inout [Key: Set<UInt64>], at key: Key) {
    index[key]?.remove(number)
    if index[key]?.isEmpty == true { index[key] = nil }
  }

  /// A reply joins the conversation of what it names as its parent: by In-Reply-To, References or Thread-Index.
  private mutating func thread(of message: Message, number: UInt64, at now: Instant) -> MailItem.Thread {
    for id in message.parents {
      guard let parent = numbers(messageID: id).min().flatMap({ items[$0] }) else { continue }
      return parent.thread.child(at: now)
    }
    let index =
      message.headers.first { $0.isNamed("Thread-Index") }.flatMap { ConversationIndex.parse($0.value) }
      ?? ConversationIndex.root(of: message.internetMessageID, at: now)
    let guid = Array(index[6..<22])
    let conversation = conversations[guid] ?? number
    conversations[guid] = conversation
    return MailItem.Thread(conversation: conversation, index: index)
  }
}

// Folders.
extension Mailbox {
  mutating func makeFolder(_ name: String, in parent: MailFolder, isHidden: Bool = false) -> MailFolder {
    folders.make(name, in: parent, isHidden: isHidden)
  }

  mutating func rename(_ folder: MailFolder, to name: String) { folders.rename(folder, to: name) }

  mutating func move(_ folder: MailFolder, to parent: MailFolder, as name: String) {
    folders.move(folder, to: parent, as: name)
  }

  /// The folder, those below it and all that is in them.
  mutating func remove(_ folder: MailFolder) {
    for folder in folders.subtree(of: folder) {
      for number in index(of: folder).numbers { remove(number) }
      indexes[folder] = nil
      logs[folder] = nil
    }
    folders.remove(folder)
  }

  func count(_ folder: MailFolder) -> FolderCount? {
    guard let node = folders[folder] else { return nil }
    let index = index(of: folder)
    return FolderCount(
      node: node, children: folders.children(of: folder, includingHidden: false).count, total: index.count,
      unread: index.unread)
  }

  /// Of the folders at the top and those that clients made, and of others that are not empty.
  var folderCounts: [FolderCount] {
    folders.subtree(of: .mailboxRoot).compactMap(count).filter {
      $0.total > 0
        || (!$0.node.isHidden && ($0.node.parent == .msgFolderRoot || !$0.folder.isWellKnown))
    }
  }
}

extension MessageHeader {
  /// Named properties are matched with the case of their names, and without that of their values.
  fileprivate var folded: MessageHeader { MessageHeader(name: name, value: value.lowercased()) }
}

extension MailItem.Thread {
  static func root(of messageID: String, conversation: UInt64, at now: Instant) -> MailItem.Thread {
    MailItem.Thread(conversation: conversation, index: ConversationIndex.root(of: messageID, at: now))
  }

  /// Of a reply to this.
  func child(at now: Instant) -> MailItem.Thread {
    MailItem.Thread(conversation: conversation, index: index + ConversationIndex.child(at: now))
  }
}

/// MS-OXOMSG section 2.2.1.3: a reserved byte, five bytes of time, a GUID; then five bytes for each reply.
private enum ConversationIndex {
  static func root(of messageID: String, at now: Instant) -> [UInt8] {
    [1] + time(now) + SHA256.hash(data: Data(messageID.utf8)).prefix(16)
  }

  static func child(at now: Instant) -> [UInt8] { time(now) }

  static func parse(_ text: String) -> [UInt8]? {
    guard let bytes = Data(base64Encoded: text), bytes.count >= 22 else { return nil }
    return Array(bytes)
  }

  private static func time(_ now: Instant) -> [UInt8] {
    withUnsafeBytes(of: now.microseconds.bigEndian) { Array($0.dropFirst(1).prefix(5)) }
  }
}
