@testable import SafeHTML

/// Reads what the sanitiser writes and nothing else: each tag in one spelling, each element closed, four references.
/// It shares the tables with the sanitiser, but none of its parsers.
struct StrictChecker {
  struct Fault: Error, CustomStringConvertible {
    let description: String
  }

  private var rest: Substring.UnicodeScalarView
  private var open: [String] = []

  private init(_ html: String) {
    rest = html[...].unicodeScalars
  }

  /// The first thing that is not allowed.
  static func fault(in html: String) -> Fault? {
    var checker = StrictChecker(html)
    do {
      try checker.check()
      return nil
    } catch {
      return error
    }
  }

  private mutating func check() throws(Fault) {
    while let first = rest.first {
      if first != "<" {
        _ = try text(upTo: "<")
      } else if rest.dropFirst().first == "/" {
        let tag = take { $0 != ">" }
        rest = rest.dropFirst()
        guard let name = open.popLast(), tag == "</" + name else {
          throw Fault(description: "unexpected \(tag)>")
        }
      } else {
        try startTag()
      }
    }
    guard open.isEmpty else { throw Fault(description: "not closed: \(open)") }
    guard open.count <= 256 else { throw Fault(description: "too deep") }
  }

  private mutating func take(_ isPart: (Unicode.Scalar) -> Bool) -> String {
    let part = rest.prefix(while: isPart)
    rest = rest[part.endIndex...]
    return String(part)
  }

  private mutating func startTag() throws(Fault) {
    rest = rest.dropFirst()
    let name = take { ("a"..."z").contains($0) || ("0"..."9").contains($0) }
    guard let tag = Tag(rawValue: name), tag != .body else { throw Fault(description: "element \(name)") }
    var names: Set<String> = []
    while rest.first == " " {
      rest = rest.dropFirst()
      let attribute = take { ("a"..."z").contains($0) }
      guard rest.starts(with: "=\"".unicodeScalars) else {
        throw Fault(description: "not quoted: \(attribute)")
      }
      rest = rest.dropFirst(2)
      let value = try text(upTo: "\"")
      guard rest.first == "\"" else { throw Fault(description: "not closed: \(attribute)") }
      rest = rest.dropFirst()
      guard names.insert(attribute).inserted else { throw Fault(description: "twice: \(attribute)") }
      try check(attribute, value, of: tag)
    }
    guard rest.first == ">" else { throw Fault(description: "<\(name) is followed by \(rest.prefix(10))") }
    rest = rest.dropFirst()
    if !tag.isVoid { open.append(name) }
  }

  /// Text with its references decoded.
  private mutating func text(upTo end: Unicode.Scalar) throws(Fault) -> String {
    var text = String.UnicodeScalarView()
    while let scalar = rest.first, scalar != end {
      switch scalar {
      case "<", ">", "`": throw Fault(description: "not escaped: \(scalar)")
      case "&":
        let reference = take { $0 != ";" }
        guard let character = ["&amp": "&", "&lt": "<", "&gt": ">", "&quot": "\"", "&#96": "`"][reference]
        else {
          throw Fault(description: "reference \(reference)")
        }
        text.append(contentsOf: character.unicodeScalars)
      case "\t", "\n", " "..."~", "\u{A0}"..."\u{FEFE}", "\u{FF00}"...: text.append(scalar)
      default: throw Fault(description: "character \(scalar.value)")
      }
      rest = rest.dropFirst()
    }
    return String(text)
  }

  private func check(_ name: String, _ value: String, of tag: Tag) throws(Fault) {
    let isAllowed =
      switch name {
      case "href": ["http://", "https://", "mailto:", "tel:"].contains { value.hasPrefix($0) }
      case "src":
        [
          "data:image/png;base64,", "data:image/jpeg;base64,", "data:image/gif;base64,",
          "data:image/webp;base64,", "http://",
          "https://",
        ]
        .contains { value.hasPrefix($0) }
      case "style": value.components(";").allSatisfy(Self.isDeclaration)
      case "target": tag == .a && value == "_blank"
      case "rel": tag == .a && value == "noopener noreferrer nofollow"
      default: true
      }
    let isKnown = AttributeTable.value(name, of: tag) != nil || name == "target" || name == "rel"
    guard isAllowed, isKnown, !name.hasPrefix("on") else {
      throw Fault(description: "\(tag) \(name)=\"\(value)\"")
    }
  }

  private static func isDeclaration(_ text: String) -> Bool {
    let parts = text.components(":")
    let hostile = [
      "url", "expression", "\\", "@", "/*", "var(", "calc", "<", "{", "}", "!", "- ", ": -", " -", "fixed;",
    ]
    guard parts.count == 2, parts[1].first == " ", !hostile.contains(where: { text.contains($0) }) else {
      return false
    }
    let property = parts[0].first == " " ? String(parts[0].dropFirst()) : parts[0]
    return StyleTable.properties[property] != nil
  }
}

extension String {
  fileprivate func components(_ separator: Character) -> [String] {
    split(separator: separator, omittingEmptySubsequences: false).map(String.init)
  }
}
