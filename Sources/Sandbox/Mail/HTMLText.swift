/// The words of an HTML body, for previews and for clients that ask for text. Not a renderer.
enum HTMLText {
  static func plain(_ html: String) -> String {
    var text = String.UnicodeScalarView()
    var rest = Substring(html)
    while let open = rest.firstIndex(of: "<") {
      text.append(contentsOf: rest[..<open].unicodeScalars)
      let tag = rest[open...].prefix(while: { $0 != ">" })
      rest = rest[tag.endIndex...].dropFirst()
      let name = tag.dropFirst().prefix(while: { $0.isLetter || $0 == "/" || $0 == "!" }).lowercased()
      if name == "style" || name == "script" {
        rest = skip(to: "</" + name, in: rest)
      } else if breaking.contains(name) {
        text.append("\n")
      }
    }
    text.append(contentsOf: rest.unicodeScalars)
    return unescape(String(text))
  }

  /// White space runs become one blank; at most `limit` characters remain.
  static func folded(_ text: String, limit: Int) -> String {
    var folded = ""
    var count = 0
    var blank = false
    for character in text {
      if character.isWhitespace {
        blank = count > 0
        continue
      }
      if blank, count + 1 < limit {
        folded.append(" ")
        count += 1
      }
      blank = false
      guard count < limit else { break }
      folded.append(character)
      count += 1
    }
    return folded
  }

  private static let breaking: Set<String> = ["br", "p", "/p", "div", "/div", "tr", "/tr", "li", "/h", "hr"]

  private static func skip(to end: String, in rest: Substring) -> Substring {
    var rest = rest
    while let open = rest.firstIndex(of: "<") {
      rest = rest[open...]
      if rest.prefix(end.count).lowercased() == end {
        return rest.drop(while: { $0 != ">" }).dropFirst()
      }
      rest = rest.dropFirst()
    }
    return ""
  }

  private static func unescape(_ text: String) -> String {
    guard text.contains("&") else { return text }
    return [("&nbsp;", " "), ("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&amp;", "&")]
      .reduce(text) { $0.replacing($1.0, with: $1.1) }
  }
}
