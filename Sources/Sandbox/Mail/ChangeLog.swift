/// What changed in one place, oldest first, for those who ask for the changes since they last asked. Each entry is a few
/// words long: what a thing is now is read from the thing itself.
struct ChangeLog<Subject: Hashable & Sendable>: Sendable {
  struct Entry: Sendable {
    let sequence: UInt64
    let subject: Subject
    /// Of what is gone: the number of the change by which it came.
    var arrived: UInt64 = 0
    /// Of a message that is gone: what its id at this place was made of.
    var moves: UInt32 = 0
    var isGone: Bool
  }

  private(set) var entries: [Entry] = []
  /// Changes up to this one are forgotten; whoever knows only earlier ones must start again.
  private(set) var floor: UInt64 = 0

  /// 200,000 changes of one folder take 10 MB; Exchange too forgets old tokens when new ones come.
  static var maximumEntries: Int { 200_000 }

  mutating func append(_ entry: Entry) {
    entries.append(entry)
    guard entries.count > Self.maximumEntries else { return }
    // Half of them, so that the rest is moved seldom.
    let dropped = entries.count / 2
    floor = entries[dropped - 1].sequence
    entries.removeFirst(dropped)
  }

  /// The place of the first entry after this change.
  func place(after sequence: UInt64) -> Int {
    entries.partitioningIndex { $0.sequence > sequence }
  }
}

extension Array {
  /// The first place from which on the condition holds, in an array where it holds from some place on.
  func partitioningIndex(where holds: (Element) -> Bool) -> Int {
    var (low, high) = (0, count)
    while low < high {
      let middle = (low + high) / 2
      if holds(self[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
