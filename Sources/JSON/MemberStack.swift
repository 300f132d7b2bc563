/// The content of open containers; that of the innermost lies on top and moves out when it is closed. Elements of
/// arrays are members with an empty key.
struct MemberStack: Sendable {
  typealias Member = (key: String, value: JSONValue)

  private var slots: [Member] = []
  private(set) var count = 0

  init() {
    // A message with few recipients fits.
    slots.reserveCapacity(24)
  }

  subscript(index: Int) -> Member {
    _read { yield slots[index] }
    _modify { yield &slots[index] }
  }

  mutating func append(_ key: consuming String, _ value: consuming JSONValue) {
    // Slots from `count` on are blank, and stay for what comes later.
    if count < slots.count { slots[count] = (key, value) } else { slots.append((key, value)) }
    count += 1
  }

  mutating func takeMembers(from start: Int) -> [Member] {
    // `Array(unsafeUninitializedCapacity:)` looks up the type's metadata at every call.
    var members: [Member] = []
    members.reserveCapacity(count - start)
    for index in start..<count { members.append(take(index)) }
    count = start
    return members
  }

  mutating func takeElements(from start: Int) -> [JSONValue] {
    var elements: [JSONValue] = []
    elements.reserveCapacity(count - start)
    for index in start..<count { elements.append(take(index).value) }
    count = start
    return elements
  }

  @inline(__always)
  private mutating func take(_ index: Int) -> Member {
    var member: Member = ("", .null)
    swap(&member, &slots[index])
    return member
  }
}
