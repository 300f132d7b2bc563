extension SafeHTML {
  /// HTML of plain text: escaped, with line breaks and spaces kept, and links where addresses of the web and of
  /// mailboxes are written out. It is what `init` makes of it, too.
  package static func fromText(_ text: String) -> String {
    let lines = CharacterReferences.cleaned(Array(text.utf8)[...])
      .split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    var writer = TextWriter()
    for (index, line) in lines.enumerated() {
      if index > 0 { writer.append(.br, []) }
      writer.write(line)
    }
    var serializer = Serializer(writer.tree, limit: Int.max)
    return serializer.serialized()
  }
}

/// Makes a tree of lines of text.
private struct TextWriter {
  var tree = Tree()

  mutating func append(_ tag: Tag, _ attributes: [Tree.Attribute], text: ArraySlice<UInt8> = []) {
    let node = tree.element(tag, attributes)
    tree.append(node, to: Tree.root)
    if !text.isEmpty { tree.append(text, to: node) }
  }

  mutating func write(_ line: ArraySlice<UInt8>) {
    var plain = line.startIndex
    var position = plain
    while position < line.endIndex {
      guard !Self.isSeparator(line[position]) else {
        position += 1
        continue
      }
      let end = line[position...].firstIndex(where: Self.isSeparator) ?? line.endIndex
      if let link = Self.link(line[position..<end]) {
        writePlain(line[plain..<link.text.startIndex])
        append(
          .a, [Tree.Attribute(name: "href", value: link.address)] + AttributeTable.ofLinks, text: link.text)
        plain = link.text.endIndex
      }
      position = end
    }
    writePlain(line[plain...])
  }

  /// A space at the beginning of a line or after another space stays visible as a space that does not break.
  private mutating func writePlain(_ text: ArraySlice<UInt8>) {
    var written: [UInt8] = []
    var isAfterSpace = tree.nodes[Tree.root].last.map { tree.nodes[$0].tag == .br } ?? true
    for byte in text {
      let isSpace = byte == " " || byte == "\t"
      written += isSpace && isAfterSpace ? [0xC2, 0xA0] : [isSpace ? 0x20 : byte]
      isAfterSpace = isSpace
    }
    if !written.isEmpty { tree.append(written, to: Tree.root) }
  }

  private static func isSeparator(_ byte: UInt8) -> Bool {
    byte <= 0x20 || byte == "<" || byte == ">" || byte == "\""
  }

  private typealias Link = (text: ArraySlice<UInt8>, address: String)

  /// The address in a word, without brackets and punctuation around it.
  private static func link(_ word: ArraySlice<UInt8>) -> Link? {
    var word = word.drop { "([{'*_".utf8.contains($0) }
    // A closing bracket belongs to an address that has an opening one.
    let punctuation =
      Array(".,;:!?'*_}".utf8) + (word.contains { $0 == "(" } ? [] : Array(")".utf8))
      + (word.contains { $0 == "[" } ? [] : Array("]".utf8))
    while let last = word.last, punctuation.contains(last) { word.removeLast() }
    let text = String(decoding: word, as: UTF8.self)
    let lowercased = String(lowercasing: word.prefix(8))
    for scheme in ["http://", "https://"] where lowercased.hasPrefix(scheme) && word.count > scheme.utf8.count
    {
      return Address.link(text).map { (word, $0) }
    }
    if lowercased.hasPrefix("www."), word.count > 4 {
      return Address.link("http://\(text)").map { (word, $0) }
    }
    return isMailbox(word) ? Address.link("mailto:\(text)").map { (word, $0) } : nil
  }

  private static func isMailbox(_ word: ArraySlice<UInt8>) -> Bool {
    let parts = word.split(separator: UInt8(ascii: "@"), omittingEmptySubsequences: false)
    guard parts.count == 2, !parts[0].isEmpty, let dot = parts[1].lastIndex(where: { $0 == "." }) else {
      return false
    }
    let isName = parts[0].allSatisfy { $0.isLetter || $0.isDigit || "._+-".utf8.contains($0) }
    let isDomain = parts[1].allSatisfy { $0.isLetter || $0.isDigit || $0 == "." || $0 == "-" }
    return isName && isDomain && dot > parts[1].startIndex && dot + 1 < parts[1].endIndex
  }
}
