/// A stack whose topmost elements move out into an array, while their slots stay for the next ones.
struct SlotStack<Element: Sendable>: Sendable {
  private var slots: [Element] = []
  private(set) var count = 0
  /// What stands in the slots from `count` on.
  private let blank: Element

  init(blank: Element) {
    self.blank = blank
    // A message with few recipients fits.
    slots.reserveCapacity(24)
  }

  subscript(index: Int) -> Element {
    _read { yield slots[index] }
    _modify { yield &slots[index] }
  }

  mutating func append(_ element: consuming Element) {
    if count < slots.count { slots[count] = element } else { slots.append(element) }
    count += 1
  }

  /// Those from `start` on.
  mutating func take(from start: Int) -> [Element] {
    // `Array(unsafeUninitializedCapacity:)` looks up the type's metadata at every call.
    var content: [Element] = []
    content.reserveCapacity(count - start)
    for index in start..<count {
      var element = blank
      swap(&element, &slots[index])
      content.append(element)
    }
    count = start
    return content
  }
}
