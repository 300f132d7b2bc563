/// Reads the Mustache that templates may use: variables, sections, inverted sections and comments.
///
/// It reads bytes, not characters: `{` followed by a combining mark is still a brace. Its time grows with the length of
/// the text alone.
struct TemplateParser {
  /// Tags in one text. A tag in a loop counts again when it is rendered.
  static let tagLimit = 10_000
  /// Sections within sections; rendering takes stack for each.
  static let depthLimit = 10

  private let text: [UInt8]
  private var position = 0
  /// Where text begins that is not in `open` yet.
  private var textStart = 0
  private var tags = 0
  private var open = [Level()]

  private struct Level {
    var path = TemplatePath(names: [])
    var isInverted = false
    /// Where its tag is.
    var start = 0
    var nodes: [TemplateNode] = []
  }

  static func parse(_ text: String) throws(TemplateFault) -> [TemplateNode] {
    var parser = TemplateParser(text)
    return try parser.parse()
  }

  private init(_ text: String) {
    self.text = Array(text.utf8)
  }

  private mutating func parse() throws(TemplateFault) -> [TemplateNode] {
    while let start = find("{{", from: position) {
      let isTriple = start + 2 < text.count && text[start + 2] == UInt8(ascii: "{")
      let close: StaticString = isTriple ? "}}}" : "}}"
      let inner = start + (isTriple ? 3 : 2)
      guard let end = find(close, from: inner) else {
        throw fault("a tag begins here that does not end with \(close)", at: start)
      }
      position = end + close.utf8CodeUnitCount
      tags += 1
      guard tags <= Self.tagLimit else {
        throw fault("the text has more than \(Self.tagLimit) tags", at: start)
      }
      try take(TemplateTag(text[inner..<end], isTriple: isTriple), start..<position)
    }
    position = text.count
    addText(upTo: text.count)
    guard open.count == 1 else {
      let section = open[open.count - 1]
      throw fault("the section “\(section.path)” is not closed with {{/\(section.path)}}", at: section.start)
    }
    return open[0].nodes
  }

  private mutating func take(_ tag: TemplateTag, _ range: Range<Int>) throws(TemplateFault) {
    switch tag {
    case .variable(let path, let isRaw):
      addText(upTo: range.lowerBound)
      open[open.count - 1].nodes.append(.variable(path, isRaw: isRaw))
    case .comment: addTextAround(range)
    case .open(let path, let isInverted):
      guard open.count <= Self.depthLimit else {
        throw fault("sections are nested more than \(Self.depthLimit) deep", at: range.lowerBound)
      }
      addTextAround(range)
      open.append(Level(path: path, isInverted: isInverted, start: range.lowerBound))
    case .close(let path):
      let expected = open[open.count - 1].path
      guard open.count > 1, expected == path else {
        let message =
          open.count > 1
          ? "{{/\(path)}} stands where the section “\(expected)” has to be closed first"
          : "{{/\(path)}} closes a section that was not opened"
        throw fault(message, at: range.lowerBound)
      }
      addTextAround(range)
      let section = open.removeLast()
      open[open.count - 1].nodes.append(
        .section(section.path, isInverted: section.isInverted, section.nodes))
    case .refused(let message): throw fault(message, at: range.lowerBound)
    }
    textStart = max(textStart, range.upperBound)
  }

  private mutating func addText(upTo end: Int) {
    guard textStart < end else { return }
    open[open.count - 1].nodes.append(.text(String(decoding: text[textStart..<end], as: UTF8.self)))
  }

  /// Adds the text before a tag that leaves nothing itself, without the rest of its line when the tag has the line to
  /// itself (the specification of Mustache, "standalone tags").
  private mutating func addTextAround(_ tag: Range<Int>) {
    var (lineStart, lineEnd) = (tag.lowerBound, tag.upperBound)
    while lineStart > textStart, text[lineStart - 1].isBlank { lineStart -= 1 }
    while lineEnd < text.count, text[lineEnd].isBlank { lineEnd += 1 }
    let begins = lineStart == 0 || text[lineStart - 1] == UInt8(ascii: "\n")
    let breakLength = lineBreak(at: lineEnd)
    if begins, let breakLength {
      addText(upTo: lineStart)
      position = lineEnd + breakLength
    } else {
      addText(upTo: tag.lowerBound)
    }
    textStart = position
  }

  /// How many bytes end the line here: none at the end of the text, `nil` within a line.
  private func lineBreak(at index: Int) -> Int? {
    guard index < text.count else { return 0 }
    if text[index] == UInt8(ascii: "\n") { return 1 }
    return text[index...].starts(with: [0x0D, 0x0A]) ? 2 : nil
  }

  private func find(_ wanted: StaticString, from start: Int) -> Int? {
    wanted.withUTF8Buffer { wanted in
      var index = start
      while let found = text[index...].firstIndex(of: wanted[0]) {
        if text[found...].starts(with: wanted) { return found }
        index = found + 1
      }
      return nil
    }
  }

  private func fault(_ message: String, at index: Int) -> TemplateFault {
    TemplateFault(line: text[..<index].count { $0 == UInt8(ascii: "\n") } + 1, message: message)
  }
}

/// What is between the braces of one tag.
private enum TemplateTag {
  case variable(TemplatePath, isRaw: Bool)
  case open(TemplatePath, isInverted: Bool)
  case close(TemplatePath)
  case comment
  /// With the reason.
  case refused(String)

  init(_ bytes: ArraySlice<UInt8>, isTriple: Bool) {
    let bytes = bytes.trimmed
    guard !isTriple, let sigil = bytes.first else {
      self = Self.named(bytes) { .variable($0, isRaw: true) }
      return
    }
    let rest = bytes.dropFirst().trimmed
    switch sigil {
    case UInt8(ascii: "!"): self = .comment
    case UInt8(ascii: "&"): self = Self.named(rest) { .variable($0, isRaw: true) }
    case UInt8(ascii: "#"): self = Self.named(rest) { .open($0, isInverted: false) }
    case UInt8(ascii: "^"): self = Self.named(rest) { .open($0, isInverted: true) }
    case UInt8(ascii: "/"): self = Self.named(rest) { .close($0) }
    case UInt8(ascii: ">"), UInt8(ascii: "<"), UInt8(ascii: "$"):
      self = .refused("partials and inheritance are not supported: put their text into the template")
    case UInt8(ascii: "="): self = .refused("the delimiters cannot be changed: write {{ and }}")
    case UInt8(ascii: "%"): self = .refused("pragmas are not supported: leave the tag out")
    default: self = Self.named(bytes) { .variable($0, isRaw: false) }
    }
  }

  private static func named(_ bytes: ArraySlice<UInt8>, _ make: (TemplatePath) -> TemplateTag) -> TemplateTag
  {
    if bytes.elementsEqual(".".utf8) { return make(TemplatePath(names: [])) }
    let text = String(decoding: bytes, as: UTF8.self)
    if let hint = handlebarsHint(text) { return .refused(hint) }
    let names = bytes.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    guard names.allSatisfy({ !$0.isEmpty && $0.allSatisfy(\.isOfName) }) else {
      return .refused(
        "“\(TemplateText.quoted(text))” is not a name: letters, digits, _ and -, with dots between")
    }
    return make(TemplatePath(names: names.map { String(decoding: $0, as: UTF8.self) }))
  }

  /// What to write instead of what Handlebars has and Mustache has not.
  private static func handlebarsHint(_ text: String) -> String? {
    let words = text.split(separator: " ", omittingEmptySubsequences: true)
    guard let first = words.first else { return nil }
    let name = words.count > 1 ? TemplateText.quoted(String(words[1])) : "x"
    let tag = "“\(TemplateText.quoted(text))” is Handlebars, not Mustache"
    switch first {
    case "if", "each", "with": return "\(tag): write {{#\(name)}}…{{/\(name)}}"
    case "unless": return "\(tag): write {{^\(name)}}…{{/\(name)}}"
    case "else": return "\(tag): close the section and write {{^x}}…{{/x}} for the other case"
    case "this": return "\(tag): write {{.}} for the value itself"
    default: break
    }
    if first.hasPrefix("this.") {
      return "\(tag): write {{\(TemplateText.quoted(String(first.dropFirst(5))))}}"
    }
    if first.hasPrefix("../") { return "\(tag): leave out ../, outer names are found by themselves" }
    if first.hasPrefix("@") { return "\(tag): there are no variables of loops" }
    if first.hasPrefix("~") || text.hasSuffix("~") { return "\(tag): leave out ~" }
    if text.utf8.contains(UInt8(ascii: "(")) {
      return
        "“\(TemplateText.quoted(text))” calls a function; give the value in the form in which it is to be shown"
    }
    return words.count > 1 ? "\(tag): a tag has one name and no helpers" : nil
  }
}

extension UInt8 {
  fileprivate var isBlank: Bool { self == 0x20 || self == 0x09 }

  /// Of a name in a tag: ASCII letters and digits, `_`, `-`, and everything beyond ASCII.
  fileprivate var isOfName: Bool {
    switch self {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x80..., UInt8(ascii: "_"), UInt8(ascii: "-"): true
    default: false
    }
  }
}

extension ArraySlice<UInt8> {
  /// Without blanks and line breaks at its ends.
  fileprivate var trimmed: ArraySlice<UInt8> {
    var slice = drop { $0.isBlank || $0 == 0x0A || $0 == 0x0D }
    while let last = slice.last, last.isBlank || last == 0x0A || last == 0x0D { slice.removeLast() }
    return slice
  }
}
