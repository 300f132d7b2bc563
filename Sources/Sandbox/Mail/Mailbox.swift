import Core
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

/// The items of one mailbox and the indexes by which they are found. No search visits all items.
struct Mailbox: Sendable {
  var owner: MailboxOwner
  private(set) var items: [UInt64: MailItem] = [:]
  private var folders: [MailFolder: Set<UInt64>] = [:]
  private var byMessageID: [String: Set<UInt64>] = [:]
  private var byHeader: [MessageHeader: Set<UInt64>] = [:]
  private var lastNumber: UInt64 = 0

  init(owner: MailboxOwner) {
    self.owner = owner
  }

  func numbers(in folder: MailFolder) -> Set<UInt64> { folders[folder] ?? [] }
  func numbers(messageID: String) -> Set<UInt64> { byMessageID[messageID] ?? [] }
  func numbers(header: MessageHeader) -> Set<UInt64> { byHeader[header.folded] ?? [] }

  mutating func add(
    _ message: Message, to folder: MailFolder, isDraft: Bool, isRead: Bool, marks: ItemMarks = ItemMarks(),
    at now: Instant
  ) -> MailItem {
    lastNumber += 1
    var item = MailItem(
      number: lastNumber, folder: folder, message: message, isDraft: isDraft, isRead: isRead,
      conversation: lastNumber, created: now, modified: now, received: now, sent: now)
    marks.apply(to: &item)
    insert(item)
    return item
  }

  /// Changes an item in place and keeps the indexes true. `nil` when there is none of this number.
  mutating func change(_ number: UInt64, at now: Instant, _ body: (inout MailItem) -> Void) -> MailItem? {
    guard var item = remove(number) else { return nil }
    let folder = item.folder
    body(&item)
    if item.folder != folder { item.moves += 1 }
    item.version += 1
    item.modified = now
    insert(item)
    return item
  }

  @discardableResult
  mutating func remove(_ number: UInt64) -> MailItem? {
    guard let item = items.removeValue(forKey: number) else { return nil }
    folders[item.folder]?.remove(number)
    Self.remove(number, from: &byMessageID, at: item.message.internetMessageID)
    for header in item.message.headers where header.isCustom {
      Self.remove(number, from: &byHeader, at: header.folded)
    }
    return item
  }

  private mutating func insert(_ item: MailItem) {
    items[item.number] = item
    folders[item.folder, default: []].insert(item.number)
    byMessageID[item.message.internetMessageID, default: []].insert(item.number)
    for header in item.message.headers where header.isCustom {
      byHeader[header.folded, default: []].insert(item.number)
    }
  }

  private static func remove<Key>(_ number: UInt64, from index: inout [Key: Set<UInt64>], at key: Key) {
    index[key]?.remove(number)
    if index[key]?.isEmpty == true { index[key] = nil }
  }
}

extension MessageHeader {
  /// Named properties of internet headers are matched without regard to case, their values with it.
  fileprivate var folded: MessageHeader { MessageHeader(name: name.lowercased(), value: value) }
}
