import Core

/// Which messages of a mailbox, in which order, how many: what a Graph query says, without its spelling.
struct MessageQuery: Sendable {
  enum Field: String, Sendable {
    case receivedDateTime, sentDateTime, createdDateTime, lastModifiedDateTime
  }

  enum Comparison: String, Sendable { case eq, ne, gt, ge, lt, le }

  enum Condition: Sendable {
    case messageID(String)
    case header(MessageHeader)
    case isDraft(Bool)
    case isRead(Bool)
    case hasAttachments(Bool)
    case subject(String)
    case from(String)
    case date(Field, Comparison, Instant)
  }

  struct Order: Sendable {
    var field = Field.receivedDateTime
    var descending = true
  }

  /// `nil`: all folders.
  var folder: MailFolder?
  /// All of them hold.
  var conditions: [Condition] = []
  var order = Order()
  var skip = 0
  /// `nil`: all.
  var top: Int?
}

struct MessagePage: Sendable {
  var items: [MailItem]
  /// How many match, on this page and off it.
  var total: Int
  var hasMore: Bool
}

extension Mailbox {
  func page(_ query: MessageQuery) -> MessagePage {
    var matching = candidates(query).filter { item in
      (query.folder == nil || query.folder == item.folder)
        && query.conditions.allSatisfy { $0.holds(for: item) }
    }
    // The number breaks ties, so that pages of messages of one instant neither repeat nor lose any.
    matching.sort {
      let (a, b) = ($0.date(query.order.field), $1.date(query.order.field))
      let ascending = a == b ? $0.number < $1.number : a < b
      return ascending != query.order.descending
    }
    let start = min(query.skip, matching.count)
    let end = query.top.map { min(start + $0, matching.count) } ?? matching.count
    return MessagePage(
      items: Array(matching[start..<end]), total: matching.count, hasMore: end < matching.count)
  }

  /// The smallest indexed set that holds all matches.
  private func candidates(_ query: MessageQuery) -> [MailItem] {
    for condition in query.conditions {
      switch condition {
      case .messageID(let id): return numbers(messageID: id).compactMap { items[$0] }
      case .header(let header): return numbers(header: header).compactMap { items[$0] }
      case .isDraft, .isRead, .hasAttachments, .subject, .from, .date: continue
      }
    }
    return query.folder.map { numbers(in: $0).compactMap { items[$0] } } ?? Array(items.values)
  }
}

extension MessageQuery.Condition {
  func holds(for item: MailItem) -> Bool {
    switch self {
    case .messageID(let id): item.message.internetMessageID == id
    case .header(let header):
      item.message.headers.contains {
        $0.value == header.value && $0.name.lowercased() == header.name.lowercased()
      }
    case .isDraft(let value): item.isDraft == value
    case .isRead(let value): item.isRead == value
    case .hasAttachments(let value): item.message.hasAttachments == value
    case .subject(let value): item.message.subject == value
    case .from(let address): item.message.from?.key == address.lowercased()
    case .date(let field, let comparison, let instant):
      comparison.holds(item.date(field), instant)
    }
  }
}

extension MessageQuery.Comparison {
  func holds<Value: Comparable>(_ a: Value, _ b: Value) -> Bool {
    switch self {
    case .eq: a == b
    case .ne: a != b
    case .gt: a > b
    case .ge: a >= b
    case .lt: a < b
    case .le: a <= b
    }
  }
}

extension MailItem {
  /// In whole seconds: that is all Graph shows of a date, and a filter compares what is shown.
  func date(_ field: MessageQuery.Field) -> Instant {
    switch field {
    case .receivedDateTime: received.wholeSeconds
    case .sentDateTime: sent.wholeSeconds
    case .createdDateTime: created.wholeSeconds
    case .lastModifiedDateTime: modified.wholeSeconds
    }
  }
}

extension Instant {
  var wholeSeconds: Instant {
    Instant(microseconds: microseconds - ((microseconds % 1_000_000) + 1_000_000) % 1_000_000)
  }
}
