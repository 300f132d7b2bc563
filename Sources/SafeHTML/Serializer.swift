/// Writes a tree as HTML: each attribute in double quotes, each element with its end tag.
struct Serializer {
  /// What is kept free for the end tag of each open element.
  private static let longestEndTag = 16

  private let tree: Tree
  private let limit: Int
  private var html: [UInt8] = []
  private var open: [Int] = []
  private(set) var isTruncated = false

  /// - Parameter limit: bytes.
  init(_ tree: Tree, limit: Int) {
    self.tree = tree
    self.limit = limit
  }

  /// Up to where the text of the innermost open element may go.
  private var end: Int { limit - (open.count + 1) * Self.longestEndTag }

  mutating func serialized() -> String {
    html.reserveCapacity(max(0, min(limit, tree.text.count + 32 * tree.nodes.count)))
    var next = tree.nodes[Tree.root].first
    while let node = next {
      guard write(node) else { break }
      if tree.nodes[node].first != nil {
        open.append(node)
        next = tree.nodes[node].first
        continue
      }
      end(node)
      next = tree.nodes[node].next
      while next == nil, let parent = open.popLast() {
        end(parent)
        next = tree.nodes[parent].next
      }
    }
    while let node = open.popLast() { end(node) }
    return String(decoding: html, as: UTF8.self)
  }

  /// False when it does not fit.
  private mutating func write(_ node: Int) -> Bool {
    guard let tag = tree.nodes[node].tag else { return writeText(tree.text[tree.nodes[node].text]) }
    var start = Array("<\(tag.name)".utf8)
    for attribute in tree.attributes[tree.nodes[node].attributes] {
      start += " \(attribute.name)=\"".utf8
      for byte in attribute.value.utf8 {
        if byte == "\"" { start += "&quot;".utf8 } else { Self.escape(byte, into: &start) }
      }
      start += "\"".utf8
    }
    start += ">".utf8
    guard html.count + start.count <= end - Self.longestEndTag else {
      isTruncated = true
      return false
    }
    html += start
    return true
  }

  private mutating func writeText(_ text: ArraySlice<UInt8>) -> Bool {
    // The end of the last whole character that fits.
    var whole = html.count
    let end = end
    for byte in text {
      if byte & 0xC0 != 0x80 { whole = html.count }
      Self.escape(byte, into: &html)
      guard html.count <= end else {
        html.removeSubrange(whole...)
        isTruncated = true
        return false
      }
    }
    return true
  }

  private mutating func end(_ node: Int) {
    guard let tag = tree.nodes[node].tag, !tag.isVoid else { return }
    html += "</\(tag.name)>".utf8
  }

  /// In text and in attributes. A grave accent quotes attributes in old browsers.
  private static func escape(_ byte: UInt8, into html: inout [UInt8]) {
    switch byte {
    case UInt8(ascii: "&"): html += "&amp;".utf8
    case UInt8(ascii: "<"): html += "&lt;".utf8
    case UInt8(ascii: ">"): html += "&gt;".utf8
    case UInt8(ascii: "`"): html += "&#96;".utf8
    default: html.append(byte)
    }
  }
}
