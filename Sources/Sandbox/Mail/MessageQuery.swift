import Core

/// Which messages of a mailbox, in which order, how many: what a Graph query says, without its spelling.
struct MessageQuery: Sendable {
  /// `nil`: all folders.
  var folder: MailFolder?
  var filter: ODataFilter.Expression?
  var order = [ODataQuery.Order(property: "receivedDateTime", descending: true)]
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
        && query.filter?.holds({ item.filterValue($0) }, extended: { item.value(of: $0) }) != false
    }
    // The number breaks ties, so that pages of messages of one instant neither repeat nor lose any.
    matching.sort { a, b in
      for order in query.order {
        let (x, y) = (a.filterValue(order.property), b.filterValue(order.property))
        guard let x, let y, x != y else { continue }
        return x.isBefore(y) != order.descending
      }
      return (a.number < b.number) != (query.order.last?.descending ?? false)
    }
    let start = min(query.skip, matching.count)
    let end = query.top.map { min(start + $0, matching.count) } ?? matching.count
    return MessagePage(
      items: Array(matching[start..<end]), total: matching.count, hasMore: end < matching.count)
  }

  /// The smallest indexed set that holds all matches.
  private func candidates(_ query: MessageQuery) -> [MailItem] {
    for condition in query.filter?.conjuncts ?? [] {
      switch condition {
      case .comparison("internetMessageId", .eq, .text(let id)):
        return numbers(messageID: id).compactMap { items[$0] }
      case .extendedProperty(let id, .eq, let value):
        guard let name = id.internetHeader, MessageHeader(name: name, value: value).isCustom else { continue }
        return numbers(header: MessageHeader(name: name, value: value)).compactMap { items[$0] }
      default: continue
      }
    }
    return query.folder.map { numbers(in: $0).compactMap { items[$0] } } ?? Array(items.values)
  }
}

extension FilterVocabulary {
  /// The properties of a message by which Exchange filters and sorts. Nested ones are written with a slash.
  static let message = FilterVocabulary(
    type: "message",
    kinds: [
      "subject": .text, "internetMessageId": .text, "bodyPreview": .text, "importance": .text,
      "inferenceClassification": .text, "flag/flagStatus": .text, "from/emailAddress/address": .text,
      "from/emailAddress/name": .text, "sender/emailAddress/address": .text,
      "sender/emailAddress/name": .text,
      "isRead": .bool, "isDraft": .bool, "hasAttachments": .bool, "isReadReceiptRequested": .bool,
      "isDeliveryReceiptRequested": .bool, "receivedDateTime": .date, "sentDateTime": .date,
      "createdDateTime": .date, "lastModifiedDateTime": .date, "categories": .texts,
      "conversationId": .number,
    ],
    unbuilt: [
      "id", "changeKey", "body", "uniqueBody", "parentFolderId", "conversationIndex", "webLink",
      "toRecipients", "ccRecipients", "bccRecipients", "replyTo", "internetMessageHeaders", "attachments",
      "singleValueExtendedProperties", "multiValueExtendedProperties", "extensions",
    ])
}

extension MailItem {
  /// - Parameter property: of `FilterVocabulary.message`. Dates are in whole seconds: that is all Graph shows of
  ///   them, and a filter compares what is shown.
  func filterValue(_ property: String) -> FilterValue? {
    switch property {
    case "subject": .text(message.subject)
    case "internetMessageId": .text(message.internetMessageID)
    case "bodyPreview": .text(message.body.preview)
    case "importance": .text(message.importance.rawValue)
    case "inferenceClassification": .text(inference.rawValue)
    case "flag/flagStatus": .text(flag.status.rawValue)
    case "from/emailAddress/address": message.from.map { .text($0.address) }
    case "from/emailAddress/name": message.from.map { .text($0.name) }
    case "sender/emailAddress/address": message.sender.map { .text($0.address) }
    case "sender/emailAddress/name": message.sender.map { .text($0.name) }
    case "isRead": .bool(isRead)
    case "isDraft": .bool(isDraft)
    case "hasAttachments": .bool(message.hasAttachments)
    case "isReadReceiptRequested": .bool(message.asksForReadReceipt)
    case "isDeliveryReceiptRequested": .bool(message.asksForDeliveryReceipt ?? false)
    case "receivedDateTime": .date(received.wholeSeconds)
    case "sentDateTime": .date(sent.wholeSeconds)
    case "createdDateTime": .date(created.wholeSeconds)
    case "lastModifiedDateTime": .date(modified.wholeSeconds)
    case "categories": .texts(categories)
    case "conversationId": .number(Double(conversation))
    default: nil
    }
  }
}

extension Instant {
  var wholeSeconds: Instant {
    Instant(microseconds: microseconds - ((microseconds % 1_000_000) + 1_000_000) % 1_000_000)
  }
}
