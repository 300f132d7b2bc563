import Core

/// One copy of a message in one mailbox.
struct MailItem: Sendable {
  /// Its number in the mailbox, for as long as the item lives there: what an immutable id names.
  let number: UInt64
  /// How often it changed folder: what an ordinary id names besides.
  var moves: UInt32 = 0
  var folder: MailFolder
  var content: MailContent
  var isDraft: Bool
  var isRead: Bool
  /// Accepted for sending, and not yet sent.
  var isSubmitted = false
  var categories: [String] = []
  var flag = FollowUpFlag()
  var inference = Inference.focused
  /// Extended properties that are no header fields.
  var properties: [PropertyID: String] = [:]
  /// Counted up by each change; the change key and the ETag are made from it.
  var version: UInt64 = 1
  /// `nil` of a message that is made up when it is read.
  var givenThread: Thread?
  let created: Instant
  var modified: Instant
  var received: Instant
  var sent: Instant
  /// The numbers of its last change in the mailbox, and of that by which it came to its folder.
  var changed: UInt64 = 0
  var arrived: UInt64 = 0

  /// What it says. Reading it makes up the message if need be.
  var message: Message {
    get { content.message(received: received) }
    set { content = .parsed(newValue) }
  }

  enum Inference: String, Sendable { case focused, other }

  /// Which conversation of the mailbox an item belongs to.
  struct Thread: Hashable, Sendable {
    var conversation: UInt64
    /// MS-OXOMSG section 2.2.1.3: 22 bytes at the root, 5 more with each reply.
    var index: [UInt8]
  }

  var thread: Thread {
    get { givenThread ?? .root(of: content.internetMessageID, conversation: number, at: received) }
    set { givenThread = newValue }
  }

  var conversation: UInt64 { givenThread?.conversation ?? number }

  /// Whether it came through transport, which is where header fields come from: an own draft or sent copy has none
  /// to show.
  var hasHeaders: Bool { !isDraft && !isOwnCopy }
  /// The copy that sending left behind, wherever it was moved since.
  var isOwnCopy = false
}

/// What a client notes on an item besides the message itself; `nil` leaves it as it is.
struct ItemMarks: Hashable, Sendable {
  var isRead: Bool?
  var categories: [String]?
  var flag: FollowUpFlag.Change?
  var inference: MailItem.Inference?
  var properties: [PropertyID: String] = [:]

  func apply(to item: inout MailItem, at now: Instant) {
    item.isRead = isRead ?? item.isRead
    item.categories = categories ?? item.categories
    if let flag { item.flag.apply(flag, at: now) }
    item.inference = inference ?? item.inference
    item.properties.merge(properties) { $1 }
  }
}

extension MailItem {
  /// Everything that a client has noted on another copy of it.
  mutating func copyMarks(of other: MailItem) {
    categories = other.categories
    flag = other.flag
    inference = other.inference
    properties = other.properties
    givenThread = other.thread
  }
}

/// What a message says, as it is kept.
enum MailContent: Sendable {
  indirect case parsed(Message)
  case generated(GeneratedMessage)

  func message(received: Instant) -> Message {
    switch self {
    case .parsed(let message): message
    case .generated(let message): message.message(received: received)
    }
  }

  // What is asked of many messages at once, without making them up.
  var internetMessageID: String {
    switch self {
    case .parsed(let message): message.internetMessageID
    case .generated(let message): message.internetMessageID
    }
  }

  var subject: String {
    switch self {
    case .parsed(let message): message.subject
    case .generated(let message): message.subject
    }
  }

  var from: Correspondent? {
    switch self {
    case .parsed(let message): message.from
    case .generated(let message): message.from
    }
  }

  var hasAttachments: Bool {
    switch self {
    case .parsed(let message): message.hasAttachments
    case .generated(let message): message.hasAttachment
    }
  }

  /// Those that Exchange keeps as named properties; a message that is made up has none.
  var customHeaders: [MessageHeader] {
    if case .parsed(let message) = self { message.headers.filter(\.isCustom) } else { [] }
  }
}
