import Core

/// The catalogue's names by the rarest of their words, so that a text costs one look-up for each of its words, and
/// only the names that it can contain are compared with it.
struct ErrorPhrases: Sendable {
  private let byAnchor: [String: [ErrorPhrase]]

  /// Graph's codes are single words that `ErrorCatalogue.entry` finds.
  init(_ entries: [ErrorEntry]) {
    let phrases = entries.filter { $0.party != .graph }.flatMap { entry in
      entry.names.map { ErrorPhrase($0, entry) }
    }
    byAnchor = Dictionary(grouping: phrases, by: \.anchor)
  }

  var count: Int { byAnchor.values.map(\.count).reduce(0, +) }

  /// The names whose anchor is in `text`, and where: each once, however often it is there, in the order of the
  /// text.
  func candidates(in text: ErrorText) -> [(phrase: ErrorPhrase, positions: [Int])] {
    var order: [String] = []
    var positions: [String: [Int]] = [:]
    for (position, word) in text.words.enumerated() where byAnchor[word] != nil {
      if positions[word] == nil { order.append(word) }
      positions[word, default: []].append(position)
    }
    return order.flatMap { word in
      byAnchor[word, default: []].map { ($0, positions[word, default: []]) }
    }
  }
}

/// A name as it is searched for in a text from elsewhere.
struct ErrorPhrase: Sendable {
  let party: ErrorEntry.Party
  let entry: ErrorEntry
  let length: Int
  /// The longest of `whole`.
  let anchor: String
  private let anchorOffset: Int
  /// Words that follow each other in the text, whatever separates them: `5.7.3` is not in `5.7.30`.
  private let whole: [String]
  /// May be anywhere in the text, also in the middle of a word: of an SMTP reply, the words after its numbers.
  private let part: String

  init(_ name: String, _ entry: ErrorEntry) {
    party = entry.party
    self.entry = entry
    length = name.utf8.count
    let reply = name.lowercased().wholeMatch(of: /(\d{3} )?(\d\.\d+\.\d+)( .+)?/)
    part = reply.flatMap { $0.3.map { String($0.dropFirst()) } } ?? ""
    let words = ErrorText(reply.map { String($0.2) } ?? name).words
    let longest = words.indices.max { words[$0].utf8.count < words[$1].utf8.count } ?? 0
    (whole, anchor, anchorOffset) = (words, words[longest], longest)
  }

  /// - Parameter positions: where the anchor is.
  func matches(_ text: ErrorText, at positions: [Int]) -> Bool {
    let stands = positions.contains { position in
      position >= anchorOffset && text.words[(position - anchorOffset)...].starts(with: whole)
    }
    return stands && (part.isEmpty || text.contains(part))
  }
}

/// What a person pasted or a peer wrote, cut into words once.
struct ErrorText: Sendable {
  /// ASCII alphanumerics and underscores, of which all names consist, in lower case. A dot between digits
  /// belongs to its word, as in `5.7.139`.
  let words: [String]
  /// The words as they were written.
  let spelt: [Substring]
  private let lowercased: [UInt8]

  /// Bytes that are read: Microsoft's error page as a whole has fewer.
  static let limit = 2000

  init(_ text: String) {
    var text =
      text.utf8.count <= Self.limit ? text : String(decoding: text.utf8.prefix(Self.limit), as: UTF8.self)
    text.makeContiguousUTF8()
    lowercased = text.utf8.map { $0.isUppercaseASCII ? $0 | 0x20 : $0 }
    spelt = Self.split(text)
    words = spelt.map {
      String(decoding: $0.utf8.map { $0.isUppercaseASCII ? $0 | 0x20 : $0 }, as: UTF8.self)
    }
  }

  func contains(_ part: String) -> Bool {
    let part = Array(part.utf8)
    guard let first = part.first, part.count <= lowercased.count else { return part.isEmpty }
    return (0...lowercased.count - part.count).contains { start in
      lowercased[start] == first && lowercased[start..<start + part.count].elementsEqual(part)
    }
  }

  private static func split(_ text: String) -> [Substring] {
    let bytes = text.utf8
    var words: [Substring] = []
    var start: String.Index?
    var previous: UInt8 = 0
    for index in bytes.indices {
      let byte = bytes[index]
      let next = bytes.index(after: index)
      let joinsDigits =
        byte == UInt8(ascii: ".") && previous.isDigit && next < bytes.endIndex && bytes[next].isDigit
      if byte.isWordCharacter || joinsDigits {
        start = start ?? index
      } else if let begun = start {
        words.append(text[begun..<index])
        start = nil
      }
      previous = byte
    }
    if let start { words.append(text[start...]) }
    return words
  }
}

extension UInt8 {
  var isDigit: Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) }
  var isUppercaseASCII: Bool { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(self) }

  fileprivate var isWordCharacter: Bool {
    isDigit || isUppercaseASCII || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(self)
      || self == UInt8(ascii: "_")
  }
}
