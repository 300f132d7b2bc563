import Core

/// One copy of a message in one mailbox.
struct MailItem: Sendable {
  /// Its number in the mailbox, for as long as the item lives there: what an immutable id names.
  let number: UInt64
  /// How often it changed folder: what an ordinary id names besides.
  var moves: UInt32 = 0
  var folder: MailFolder
  var message: Message
  var isDraft: Bool
  var isRead: Bool
  var categories: [String] = []
  var flag = "notFlagged"
  /// Counted up by each change; the change key and the ETag are made from it.
  var version: UInt64 = 1
  /// Replies are not linked to what they answer, so each message has its own.
  var conversation: UInt64
  let created: Instant
  var modified: Instant
  var received: Instant
  var sent: Instant
}

/// What a client notes on an item besides the message itself; `nil` leaves it as it is.
struct ItemMarks: Hashable, Sendable {
  var isRead: Bool?
  var categories: [String]?
  var flag: String?

  func apply(to item: inout MailItem) {
    item.isRead = isRead ?? item.isRead
    item.categories = categories ?? item.categories
    item.flag = flag ?? item.flag
  }
}
