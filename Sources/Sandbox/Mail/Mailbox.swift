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

/// The items of one mailbox and the indexes by which they are found. No search visits all items.
struct Mailbox: Sendable {
  var owner: MailboxOwner
  private(set) var items: [UInt64: MailItem] = [:]
  private var folders: [MailFolder: Set<UInt64>] = [:]
  private var byMessageID: [String: Set<UInt64>] = [:]
  private var byHeader: [MessageHeader: Set<UInt64>] = [:]
  /// By the GUID in a conversation's index.
  private var conversations: [[UInt8]: UInt64] = [:]
  private var lastNumber: UInt64 = 0
  /// The names, in lower case, of header fields that Exchange keeps in this mailbox.
  private(set) var knownHeaders: Set<String> = ["x-priority", "x-msmail-priority", "x-mailer"]

  init(owner: MailboxOwner) {
    self.owner = owner
  }

  func numbers(in folder: MailFolder) -> Set<UInt64> { folders[folder] ?? [] }
  func numbers(messageID: String) -> Set<UInt64> { byMessageID[messageID.lowercased()] ?? [] }
  func numbers(header: MessageHeader) -> Set<UInt64> { byHeader[header.folded] ?? [] }

  /// - Parameter configure: what the item is besides, before anybody sees it.
  mutating func add(
    _ message: Message, to folder: MailFolder, isDraft: Bool, isRead: Bool, at now: Instant,
    configure: (inout MailItem) -> Void = { _ in }
  ) -> MailItem {
    lastNumber += 1
    var item = MailItem(
      number: lastNumber, folder: folder, message: message, isDraft: isDraft, isRead: isRead,
      thread: thread(of: message, number: lastNumber, at: now), created: now, modified: now, received: now,
      sent: isDraft ? message.date ?? now : now)
    configure(&item)
    insert(item)
    return item
  }

  /// Changes an item in place and keeps the indexes true. `nil` when there is none of this number.
  mutating func change(_ number: UInt64, at now: Instant, _ body: (inout MailItem) -> Void) -> MailItem? {
    guard var item = remove(number) else { return nil }
    let (folder, parents) = (item.folder, item.message.parents)
    body(&item)
    if item.folder != folder { item.moves += 1 }
    if item.message.parents != parents { item.thread = thread(of: item.message, number: number, at: now) }
    item.version += 1
    item.modified = now
    insert(item)
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

  @discardableResult
  mutating func remove(_ number: UInt64) -> MailItem? {
    guard let item = items.removeValue(forKey: number) else { return nil }
    folders[item.folder]?.remove(number)
    Self.remove(number, from: &byMessageID, at: item.message.internetMessageID.lowercased())
    for header in item.message.headers where header.isCustom {
      Self.remove(number, from: &byHeader, at: header.folded)
    }
    return item
  }

  private mutating func insert(_ item: MailItem) {
    items[item.number] = item
    folders[item.folder, default: []].insert(item.number)
    byMessageID[item.message.internetMessageID.lowercased(), default: []].insert(item.number)
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
  /// Named properties are matched with the case of their names, and without that of their values.
  fileprivate var folded: MessageHeader { MessageHeader(name: name, value: value.lowercased()) }
}

extension MailItem.Thread {
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
