import Core

/// The items of one place in their two orders. Both arrays are sorted; most items come at their ends.
struct ItemIndex: Sendable {
  /// By which lists of messages are sorted unless a client asks otherwise.
  struct Arrival: Comparable, Hashable, Sendable {
    let received: Instant
    let number: UInt64

    static func < (a: Arrival, b: Arrival) -> Bool { (a.received, a.number) < (b.received, b.number) }
  }

  private(set) var numbers: [UInt64] = []
  private(set) var arrivals: [Arrival] = []
  private(set) var unread = 0

  var count: Int { numbers.count }

  mutating func insert(_ item: MailItem) {
    Self.insert(item.number, into: &numbers)
    Self.insert(item.arrival, into: &arrivals)
    if !item.isRead { unread += 1 }
  }

  mutating func remove(_ item: MailItem) {
    Self.remove(item.number, from: &numbers)
    Self.remove(item.arrival, from: &arrivals)
    if !item.isRead { unread -= 1 }
  }

  /// For an item that stays where it is.
  mutating func update(_ old: MailItem, _ new: MailItem) {
    unread += (new.isRead ? 0 : 1) - (old.isRead ? 0 : 1)
    guard old.received != new.received else { return }
    Self.remove(old.arrival, from: &arrivals)
    Self.insert(new.arrival, into: &arrivals)
  }

  private static func insert<Element: Comparable>(_ element: Element, into list: inout [Element]) {
    guard let last = list.last, element < last else { return list.append(element) }
    list.insert(element, at: list.partitioningIndex { $0 > element })
  }

  private static func remove<Element: Comparable>(_ element: Element, from list: inout [Element]) {
    let place = list.partitioningIndex { $0 >= element }
    if place < list.count, list[place] == element { list.remove(at: place) }
  }
}

extension MailItem {
  var arrival: ItemIndex.Arrival { ItemIndex.Arrival(received: received, number: number) }
}
