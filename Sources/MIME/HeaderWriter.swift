import Core

/// Writes header fields one after the other, folding them (RFC 5322 section 2.2.3).
struct HeaderWriter {
  /// RFC 2047 section 2 allows a line with encoded words 76 octets; other lines may have two more.
  static let width = 76
  /// A word longer than this could, with a long field name before it, pass the 998 octets of a line.
  static let longestWord = 900
  static let longestName = 76

  private(set) var bytes: [UInt8] = []
  private var column = 0
  private var atStart = true

  /// A field of words and, after them, parameters (RFC 2045 section 5.1). The caller vouches for the words.
  mutating func structured(_ name: String, _ words: [String], parameters: [(String, String)] = []) {
    begin(name)
    for text in words { word(text.utf8) }
    for (attribute, value) in parameters {
      for section in Parameter.sections(attribute, value) {
        bytes.append(UInt8(ascii: ";"))
        column += 1
        word(section.utf8)
      }
    }
    end()
  }

  /// A list of addresses; no field at all for an empty one.
  mutating func addresses(_ name: String, _ list: [NamedAddress]) throws(Problem) {
    guard !list.isEmpty else { return }
    begin(name)
    for (index, mailbox) in list.enumerated() {
      if let display = mailbox.name {
        try Self.checked(name, display)
        phrase(display)
      }
      guard mailbox.address.isValid else {
        throw .address(mailbox.address.text, "a message has it where an address should be")
      }
      let wire = mailbox.address.wireText
      let address = mailbox.name == nil ? wire : "<\(wire)>"
      word((address + (index < list.count - 1 ? "," : "")).utf8)
    }
    end()
  }

  /// Free text that reads back exactly as given: encoded as a whole if any of it cannot be written literally.
  mutating func text(_ name: String, _ value: String) throws(Problem) {
    try Self.checked(name, value)
    begin(name)
    let words = Words(value)
    if words.edgesAreBlank || words.list.contains(where: { $0.needsEncoding || $0.looksEncoded }) {
      encoded(value)
    } else {
      for item in words.list { word(item.text.utf8, after: atStart ? " ".utf8 : item.blanks.utf8) }
    }
    end()
  }

  /// A field that the caller names. ASCII passes as it is, so that structured values and words encoded by the
  /// caller survive; runs of other words are encoded.
  mutating func extra(_ name: String, _ value: String) throws(Problem) {
    try Self.checkExtra(name)
    try Self.checked(name, value)
    begin(name)
    for run in Words(value).runs {
      if run.needsEncoding {
        encoded(run.text)
      } else if run.text.utf8.count + run.blanks.utf8.count <= Self.longestWord {
        word(run.text.utf8, after: atStart ? " ".utf8 : run.blanks.utf8)
      } else {
        throw .header(
          name, "its value has more than \(Self.longestWord) characters without a space",
          remedy: "Put spaces where the value may be folded, or shorten it.")
      }
    }
    end()
  }

  /// No line end or NUL may enter a header: it would start an unintended field. The value is
  /// content, so the problem does not show it.
  static func checked(_ name: String, _ value: String) throws(Problem) {
    guard let place = value.utf8.firstIndex(where: { $0 == .cr || $0 == .lf || $0 == 0 }) else { return }
    let position = value.unicodeScalars.distance(from: value.startIndex, to: place) + 1
    throw .header(
      name, "its value has a line end or a NUL at character \(position)",
      remedy: "Remove the line ends and NULs from the value.")
  }

  private mutating func phrase(_ name: String) {
    let words = Words(name)
    if !words.edgesAreBlank, words.list.allSatisfy({ $0.isAtom && $0.hasOneSpace }) {
      for item in words.list { word(item.text.utf8) }
    } else if name.utf8.count <= 60, name.utf8.allSatisfy({ (0x20..<0x7F).contains($0) }),
      !name.looksEncoded
    {
      word(("\"" + name.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\"").utf8)
    } else {
      encoded(name)
    }
  }

  private mutating func encoded(_ text: String) {
    var encoder = EncodedWord.Encoder(text)
    while let next = encoder.next(room: Self.width - column - 1) { word(next) }
  }

  private mutating func begin(_ name: String) {
    bytes.append(contentsOf: name.utf8)
    bytes.append(UInt8(ascii: ":"))
    column = name.utf8.count + 1
    atStart = true
  }

  /// Folds in front of the word if it does not fit, but never right after the field's name: some readers take
  /// such a field for empty.
  private mutating func word(_ word: some Collection<UInt8>, after blanks: some Collection<UInt8>) {
    if !atStart, column + blanks.count + word.count > Self.width {
      bytes.appendLineEnd()
      column = 0
    }
    bytes.append(contentsOf: blanks)
    bytes.append(contentsOf: word)
    column += blanks.count + word.count
    atStart = false
  }

  private mutating func word(_ word: some Collection<UInt8>) { self.word(word, after: " ".utf8) }

  private mutating func end() { bytes.appendLineEnd() }
}
