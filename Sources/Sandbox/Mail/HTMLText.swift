import Foundation

/// The words of an HTML body, for previews and for clients that ask for text; and what Exchange makes of the markup.
/// Not a renderer.
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

  /// Lines end with CRLF and keep their order, blanks inside them become one; the blank ones at both ends are gone.
  /// At most `limit` characters remain, a line end counting as two.
  static func folded(_ text: String, limit: Int) -> String {
    var folded = ""
    var count = 0
    for line in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline) {
      if count > 0 {
        guard count + 2 < limit else { break }
        folded += "\r\n"
        count += 2
      }
      for word in line.split(whereSeparator: \.isWhitespace) {
        let gap = count > 0 && folded.last != "\r\n" ? " " : ""
        let part = (gap + word).prefix(limit - count)
        folded += part
        count += part.count
        guard count < limit else { return folded }
      }
    }
    while let last = folded.last, last.isWhitespace { folded.removeLast() }
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

// Markup, as Exchange shows it.
extension HTMLText {
  /// A whole document.
  static func wrapped(_ html: String) -> String {
    guard html.prefix(2048).range(of: "<html", options: .caseInsensitive) == nil else { return html }
    return
      "<html>\r\n<head>\r\n<meta http-equiv=\"Content-Type\" content=\"text/html; charset=utf-8\">\r\n</head>"
      + "\r\n<body>\r\n\(html)\r\n</body>\r\n</html>\r\n"
  }

  /// Plain text as a document.
  static func html(_ text: String) -> String {
    let escaped = [("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ("\r\n", "\n"), ("\n", "<br>\r\n")]
      .reduce(text) { $0.replacing($1.0, with: $1.1) }
    return wrapped("<div class=\"PlainText\">\(escaped)</div>")
  }

  /// Without what could act: elements that run or embed something, attributes that handle events, and links that are
  /// scripts (Microsoft Learn, "message: get", about `outlook.allow-unsafe-html`).
  static func safe(_ html: String) -> String {
    var safe = ""
    var rest = Substring(html)
    while let open = rest.firstIndex(of: "<") {
      safe += rest[..<open]
      let tag = wholeTag(rest[open...])
      rest = rest[tag.endIndex...]
      let name = tag.dropFirst().prefix { $0.isLetter || $0.isNumber || $0 == "/" }.lowercased()
      let bare = name.hasPrefix("/") ? String(name.dropFirst()) : name
      if acting.contains(name) {
        rest = skip(to: "</" + name, in: rest)
      } else if !acting.contains(bare), !dropped.contains(bare) {
        safe += harmless(tag)
      }
    }
    return safe + rest
  }

  private static let acting: Set = ["script", "iframe", "object", "applet", "noscript"]
  /// Without content of their own.
  private static let dropped: Set = ["embed", "base", "frame", "frameset"]

  /// Up to the `>` outside of quotes.
  private static func wholeTag(_ text: Substring) -> Substring {
    var quote: Character?
    for index in text.indices {
      let character = text[index]
      if let open = quote {
        if character == open { quote = nil }
      } else if character == "\"" || character == "'" {
        quote = character
      } else if character == ">" {
        return text[...index]
      }
    }
    return text
  }

  private static func harmless(_ tag: Substring) -> String {
    String(tag)
      .replacing(
        #/\s+on[A-Za-z]+\s*=\s*("[^"]*"|'[^']*'|[^\s>]*)/#.ignoresCase(), with: ""
      )
      .replacing(
        #/\s+(href|src|action)\s*=\s*("\s*javascript:[^"]*"|'\s*javascript:[^']*'|javascript:[^\s>]*)/#
          .ignoresCase(),
        with: "")
  }
}
