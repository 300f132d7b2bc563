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
  var wantsTotal = false
  /// Found messages come by the date on which they were sent, newest first.
  var search: MessageSearch?
}

struct MessagePage: Sendable {
  var items: [MailItem]
  /// How many match, on this page and off it; only if that was asked for.
  var total = 0
  var hasMore: Bool
}

extension Mailbox {
  func page(_ query: MessageQuery) -> MessagePage {
    if let search = query.search { return page(search, query) }
    if let found = found(query) { return Self.page(found.sorted(by: query.precedes), query) }
    let index = query.folder.map(index(of:)) ?? all
    guard query.order.count == 1, let order = query.order.first, order.property == "receivedDateTime" else {
      let matching = index.numbers.lazy.compactMap { items[$0] }.filter(query.matches)
      return Self.page(matching.sorted(by: query.precedes), query)
    }
    let range = query.filter.map { index.range($0) } ?? index.arrivals[...]
    if query.filter == nil {
      return page(range, descending: order.descending, query)
    }
    return order.descending
      ? collect(range.reversed().lazy.map(\.number), query) : collect(range.lazy.map(\.number), query)
  }

  private func page(_ search: MessageSearch, _ query: MessageQuery) -> MessagePage {
    let index = query.folder.map(index(of:)) ?? all
    let found = index.numbers.lazy.compactMap { items[$0] }.filter(search.holds)
    let sorted = found.sorted { ($0.sent, $0.number) > ($1.sent, $1.number) }
    return Self.page(Array(sorted.prefix(MessageSearch.maximumResults)), query)
  }

  /// Without a filter the page's place is known.
  private func page(
    _ range: ArraySlice<ItemIndex.Arrival>, descending: Bool, _ query: MessageQuery
  ) -> MessagePage {
    let start = min(query.skip, range.count)
    let end = min(start + (query.top ?? range.count), range.count)
    let wanted =
      descending
      ? range.dropLast(start).suffix(end - start).reversed()
      : Array(range.dropFirst(start).prefix(end - start))
    return MessagePage(
      items: wanted.compactMap { items[$0.number] }, total: range.count, hasMore: end < range.count)
  }

  /// Visits as many as the page needs, or all if they are to be counted.
  private func collect(_ numbers: some Sequence<UInt64>, _ query: MessageQuery) -> MessagePage {
    var page = MessagePage(items: [], hasMore: false)
    for number in numbers {
      guard let item = items[number], query.matches(item) else { continue }
      page.total += 1
      guard page.total > query.skip else { continue }
      if query.top.map({ page.items.count < $0 }) ?? true {
        page.items.append(item)
      } else {
        page.hasMore = true
        if !query.wantsTotal { break }
      }
    }
    return page
  }

  private static func page(_ sorted: [MailItem], _ query: MessageQuery) -> MessagePage {
    let start = min(query.skip, sorted.count)
    let end = query.top.map { min(start + $0, sorted.count) } ?? sorted.count
    return MessagePage(items: Array(sorted[start..<end]), total: sorted.count, hasMore: end < sorted.count)
  }

  /// What an index finds; `nil` if the filter has nothing that one knows.
  private func found(_ query: MessageQuery) -> [MailItem]? {
    for condition in query.filter?.conjuncts ?? [] {
      switch condition {
      case .comparison("internetMessageId", .eq, .text(let id)):
        return numbers(messageID: id).compactMap { items[$0] }.filter(query.matches)
      case .extendedProperty(let id, .eq, let value):
        guard let name = id.internetHeader, MessageHeader(name: name, value: value).isCustom else { continue }
        let numbers = numbers(header: MessageHeader(name: name, value: value))
        return numbers.compactMap { items[$0] }.filter(query.matches)
      default: continue
      }
    }
    return nil
  }
}

extension MessageQuery {
  fileprivate func matches(_ item: MailItem) -> Bool {
    (folder == nil || folder == item.folder) && (filter.map { item.satisfies($0) } ?? true)
  }

  /// The number breaks ties, so that pages of messages of one instant neither repeat nor lose any.
  fileprivate func precedes(_ a: MailItem, _ b: MailItem) -> Bool {
    for order in order {
      let (x, y) = (a.filterValue(order.property), b.filterValue(order.property))
      guard let x, let y, x != y else { continue }
      return x.isBefore(y) != order.descending
    }
    return (a.number < b.number) != (order.last?.descending ?? false)
  }
}

extension MailItem {
  func satisfies(_ filter: ODataFilter.Expression) -> Bool {
    filter.holds({ filterValue($0) }, extended: { value(of: $0) })
  }
}

extension ItemIndex {
  /// The part outside of which no item satisfies what the filter says of `receivedDateTime`.
  func range(_ filter: ODataFilter.Expression) -> ArraySlice<Arrival> {
    var (start, end) = (0, arrivals.count)
    // A filter compares whole seconds.
    let second = Duration.seconds(1)
    for case .comparison("receivedDateTime", let comparison, .date(let date)) in filter.conjuncts {
      if [.ge, .gt, .eq].contains(comparison) {
        start = max(start, arrivals.partitioningIndex { $0.received >= date - second })
      }
      if [.le, .lt, .eq].contains(comparison) {
        end = min(end, arrivals.partitioningIndex { $0.received > date + second })
      }
    }
    return arrivals[start..<max(start, end)]
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
    case "subject": .text(content.subject)
    case "internetMessageId": .text(content.internetMessageID)
    case "bodyPreview": .text(message.body.preview)
    case "importance": .text(message.importance.rawValue)
    case "inferenceClassification": .text(inference.rawValue)
    case "flag/flagStatus": .text(flag.status.rawValue)
    case "from/emailAddress/address": content.from.map { .text($0.address) }
    case "from/emailAddress/name": content.from.map { .text($0.name) }
    case "sender/emailAddress/address": message.sender.map { .text($0.address) }
    case "sender/emailAddress/name": message.sender.map { .text($0.name) }
    case "isRead": .bool(isRead)
    case "isDraft": .bool(isDraft)
    case "hasAttachments": .bool(content.hasAttachments)
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
