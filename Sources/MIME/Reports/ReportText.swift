/// The text of a report that was written for people: its own lines, and the header of the message that some put below
/// them.
struct ReportText {
  /// Octets. Texts about 1,000 recipients are longer; who sends to so many gets the reports that programs read.
  private static let longestText = 64 << 10
  private static let maximumLines = 4000
  /// Characters of a line.
  private static let longestLine = 1000

  /// Without those that are quoted.
  private(set) var lines: [String] = []
  /// What follows the line that says so.
  private(set) var returned: [UInt8] = []
  private(set) var phrases = Phrases("")
  /// The lines without what they are decorated with, each after a separator.
  private var starts = Phrases("")

  init(_ text: String) {
    read(text)
    phrases = Phrases(lines.joined(separator: "\n"))
    starts = Phrases(
      lines.map { Self.separator + $0.drop { $0.isWhitespace || $0 == "-" || $0 == "*" } }.joined(
        separator: "\n"))
  }

  private mutating func read(_ text: String) {
    let bytes = Array(text.utf8.prefix(Self.longestText))
    var scanner = LineScanner(bytes, in: 0..<bytes.count)
    var start = 0
    while lines.count < Self.maximumLines, let line = scanner.next() {
      let content = bytes[line.content]
      let phrases = Phrases(content.prefix(Self.longestLine))
      if Self.headerStarts.contains(where: phrases.start) || content.starts(with: "From ".utf8) && start > 0 {
        returned = Array(bytes[line.content.lowerBound...])
        return
      }
      start = line.end
      if Self.markers.contains(where: phrases.contain) {
        returned = Array(bytes[line.end...])
        return
      }
      guard content.first(where: { !$0.isBlank }) != UInt8(ascii: ">") || content.starts(with: ">>> ".utf8)
      else {
        continue
      }
      lines.append(UnicodeText.guess(content).prefix(Self.longestLine).description)
    }
  }

  /// No text has it.
  private static let separator = "\u{1F}"

  func hasLine(startingWith words: String) -> Bool { starts.contain(Self.separator + words) }

  /// Lines that end what the mail system says.
  private static let markers = [
    "below this line is a copy of the message", "this is a copy of the message",
    "this is a copy of your message",
    "original message headers:", "original message header:", "-----original message-----",
    "----- original message",
    "unsent message below", "header of the original message", "undelivered message follows",
    "original message follows",
    "--- original message",
  ]

  /// Lines that a returned header starts with where nothing announces it.
  private static let headerStarts = ["return-path: <", "received: from", "received: by", "message-id: <"]
}

extension HTMLText {
  /// The text of HTML: a line for each block, without scripts and styles.
  static func plain(_ html: String) -> String {
    let bytes = Array(html.utf8)
    var result: [UInt8] = []
    result.reserveCapacity(bytes.count)
    var index = 0
    while index < bytes.count {
      let end = bytes.index(of: UInt8(ascii: "<"), in: index..<bytes.count) ?? bytes.count
      result += bytes[index..<end]
      guard end < bytes.count else { break }
      let close = bytes.index(of: UInt8(ascii: ">"), in: end..<bytes.count) ?? bytes.count - 1
      let name = String(
        decoding: bytes[(end + 1)...].prefix {
          $0 != UInt8(ascii: ">") && !$0.isBlank && $0 != .cr && $0 != .lf
        }
        .prefix(longestName).map(\.lowercased), as: UTF8.self)
      if blocks.contains(name) { result.append(.lf) }
      index = close + 1
      if name == "style" || name == "script" || name == "head" {
        index = after("</\(name)", in: bytes, from: index)
      }
    }
    return unescaped(String(decoding: result, as: UTF8.self))
  }

  private static let longestName = 10
  private static let blocks: Set = [
    "br", "br/", "p", "/p", "div", "/div", "tr", "/tr", "li", "/li", "h1", "/h1", "h2", "/h2", "pre", "/pre",
    "td",
  ]

  private static func after(_ tag: String, in bytes: [UInt8], from start: Int) -> Int {
    var index = start
    while let found = bytes.index(of: UInt8(ascii: "<"), in: index..<bytes.count) {
      if bytes[found...].prefix(tag.utf8.count).elementsEqual(tag.utf8, by: { $0.lowercased == $1 }) {
        return found
      }
      index = found + 1
    }
    return bytes.count
  }

  private static func unescaped(_ text: String) -> String {
    guard text.utf8.contains(UInt8(ascii: "&")) else { return text }
    return [
      ("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&apos;", "'"), ("&nbsp;", " "),
      ("&#64;", "@"),
      ("&amp;", "&"),
    ].reduce(text) { $0.replacing($1.0, with: $1.1) }
  }
}
