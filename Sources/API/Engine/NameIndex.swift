/// Finds a name among up to a hundred without comparing it to each.
///
/// A name's place is made of its length and three of its bytes. Of names that are sent to hurt, none costs
/// more than a few comparisons, because the table never changes and its longest run is short.
struct NameIndex: Sendable {
  private let names: [String]
  /// The slot of the name that belongs here, or that found its place taken; -1 where there is none.
  private let places: [Int16]
  private let mask: Int

  /// Slots count in the order of `names`, which must differ.
  init(_ names: [String]) {
    var size = 4
    while size < 3 * names.count { size *= 2 }
    var places = [Int16](repeating: -1, count: size)
    for (slot, name) in names.enumerated() {
      var place = Self.key(name) & (size - 1)
      while places[place] >= 0 {
        precondition(names[Int(places[place])] != name, "The field \(name) stands twice in its table.")
        place = (place + 1) & (size - 1)
      }
      places[place] = Int16(slot)
    }
    self.names = names
    self.places = places
    mask = size - 1
  }

  func slot(of name: String) -> Int? {
    var place = Self.key(name) & mask
    while true {
      let slot = Int(places[place])
      if slot < 0 { return nil }
      if names[slot] == name { return slot }
      place = (place + 1) & mask
    }
  }

  private static func key(_ name: String) -> Int {
    name.utf8.withContiguousStorageIfAvailable { bytes in
      guard let first = bytes.first else { return 0 }
      let middle = bytes[bytes.count / 2], last = bytes[bytes.count - 1]
      return bytes.count &* 31 &+ Int(first) &* 7 &+ Int(middle) &* 13 &+ Int(last)
    } ?? 0
  }
}
