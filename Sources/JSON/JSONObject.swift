/// The members of an object in the order in which they were written or added; no key occurs twice.
///
/// Two objects are equal if they have the same members in the same order. Keys are compared as Swift compares
/// strings: canonically equivalent spellings are one key.
package struct JSONObject: Sendable {
  /// Up to so many keys a search from the first to the last is faster than a hash table.
  static let linearLimit = 16

  package private(set) var members: [(key: String, value: JSONValue)]
  /// The place of each key among `members`; `nil` only if there are no more than `linearLimit`.
  private var places: [String: Int]?

  package init() {
    members = []
  }

  /// If a key occurs twice, the last value counts, at the place of the first.
  package init(_ members: some Sequence<(key: String, value: JSONValue)>) {
    self.init()
    for member in members { self[member.key] = member.value }
  }

  /// For members without a doubled key.
  init(trusted members: [(key: String, value: JSONValue)], places: [String: Int]?) {
    self.members = members
    self.places = places
  }

  package var count: Int { members.count }
  package var isEmpty: Bool { members.isEmpty }
  package var keys: [String] { members.map(\.key) }

  /// A new key is added at the end; `nil` removes one.
  package subscript(_ key: String) -> JSONValue? {
    get {
      guard let place = place(of: key) else { return nil }
      return members[place].value
    }
    set {
      switch (place(of: key), newValue) {
      case (let place?, let value?): members[place].value = value
      case (let place?, nil):
        members.remove(at: place)
        places = nil
        index()
      case (nil, let value?):
        members.append((key, value))
        if places == nil { index() } else { places?[key] = members.count - 1 }
      case (nil, nil): break
      }
    }
  }

  private func place(of key: String) -> Int? {
    if let places { return places[key] }
    // `firstIndex` would copy every member.
    for place in members.indices where members[place].key == key { return place }
    return nil
  }

  private mutating func index() {
    guard members.count > Self.linearLimit else { return }
    places = Dictionary(uniqueKeysWithValues: members.enumerated().map { ($1.key, $0) })
  }
}

extension JSONObject: Hashable {
  package static func == (left: JSONObject, right: JSONObject) -> Bool {
    left.members.elementsEqual(right.members) { $0.key == $1.key && $0.value == $1.value }
  }

  package func hash(into hasher: inout Hasher) {
    hasher.combine(members.count)
    for member in members {
      hasher.combine(member.key)
      hasher.combine(member.value)
    }
  }
}

extension JSONObject: ExpressibleByDictionaryLiteral {
  package init(dictionaryLiteral elements: (String, JSONValue)...) {
    self.init(elements.map { (key: $0.0, value: $0.1) })
  }
}
