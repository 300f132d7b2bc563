import HTML
import Testing

@Suite struct MarkupTests {
  /// What breaks out of HTML that is not escaped. Some hide a character in a `Character` of several scalars.
  static let hostile = [
    "<script>alert(1)</script>", "\" onfocus=\"alert(1)", "' onfocus='alert(1)", "&lt;b&gt;", "&amp;quot;",
    "-->",
    "\"\u{301} autofocus onfocus=\"alert(1)", "<\u{200D}/textarea><\u{200D}script>", ">\u{20DD}<\u{336}b", "",
    "&",
    "a\r\nb\u{0}c", "\u{202E}olleh", "]]>", "{{{x}}}", "\\(x)",
  ]

  @Test(arguments: hostile)
  func `a value stays in its text and in its attribute`(value: String) {
    #expect(Self.stays(value))
  }

  @Test func `whatever text is put in, it stays where it was put`() {
    var generator = SystemRandomNumberGenerator()
    for _ in 0..<5000 {
      let value = Self.text(using: &generator)
      #expect(Self.stays(value), "\(value.unicodeScalars.map(\.value))")
    }
  }

  @Test func `markup in markup stays as it is, and numbers are digits`() {
    let inner: Markup = "<b>\("<&>")</b>"
    let outer: Markup = "<p>\(inner)\(inner) \(42)</p>"
    #expect(outer.text == "<p><b>&lt;&amp;&gt;</b><b>&lt;&amp;&gt;</b> 42</p>")
    #expect(Markup(joining: [inner, "<br>"]).text == "<b>&lt;&amp;&gt;</b><br>")
    #expect(Markup.isolated("<").text == "<bdi>&lt;</bdi>")
  }

  @Test func `an optional part is there or is not`() {
    #expect(Markup("<" as String?) { "<i>\($0)</i>" }.text == "<i>&lt;</i>")
    #expect(Markup(nil as String?) { "<i>\($0)</i>" }.text == "")
  }

  @Test(arguments: [
    "https://a.example/x?y=1&z=\"", "http://localhost:3000/", "/", "/accounts/help?code=1", "",
  ])
  func `a link leads to a page of the web or of our own`(text: String) {
    #expect(WebAddress(text)?.text == (text.isEmpty ? nil : text))
  }

  @Test(arguments: [
    "javascript:alert(1)", "JavaScript:alert(1)", " javascript:alert(1)", "data:text/html,x", "vbscript:x",
    "//evil.example/", "/\\evil.example/", "/\t/evil.example/", "\\\\evil.example", "https:evil",
    "mailto:a@b",
    "relative", "\u{0}https://a.example", "/\n/evil.example", "http\u{301}s://x",
  ])
  func `any other link is none`(text: String) {
    #expect(WebAddress(text) == nil)
  }

  @Test func `an address of ours is its path and its query`() {
    #expect(WebAddress(path: "/accounts/help").text == "/accounts/help")
    let link: Markup = "<a href=\"\(WebAddress(path: "/a", query: "b=1&c=\"2"))\">x</a>"
    #expect(link.text == "<a href=\"/a?b=1&amp;c=&quot;2\">x</a>")
  }
}

// A reader that knows as much of HTML as decides where a text and an attribute end (HTML Living Standard, 13.2.5.36
// and 13.2.5.1), by scalars, as browsers read.
extension MarkupTests {
  /// Whether a page with `value` as attribute and as text holds these two and nothing else.
  private static func stays(_ value: String) -> Bool {
    let page: Markup = "<p title=\"\(value)\">\(value)</p>"
    var rest = page.text.unicodeScalars[...]
    guard skip("<p title=\"", &rest) else { return false }
    let attribute = take(until: "\"", &rest)
    guard skip("\">", &rest) else { return false }
    let text = take(until: "<", &rest)
    guard skip("</p>", &rest), rest.isEmpty else { return false }
    return [attribute, text].allSatisfy { $0.unicodeScalars.elementsEqual(value.unicodeScalars) }
  }

  private static func skip(_ literal: String, _ rest: inout Substring.UnicodeScalarView) -> Bool {
    guard rest.starts(with: literal.unicodeScalars) else { return false }
    rest = rest.dropFirst(literal.unicodeScalars.count)
    return true
  }

  /// With the five references that we write resolved; a bare `&` would not come back as it was.
  private static func take(until end: Unicode.Scalar, _ rest: inout Substring.UnicodeScalarView) -> String {
    let references: [(String, Unicode.Scalar)] = [
      ("&amp;", "&"), ("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"),
    ]
    var taken = String.UnicodeScalarView()
    while let scalar = rest.first, scalar != end {
      if let (_, meant) = references.first(where: { skip($0.0, &rest) }) {
        taken.append(meant)
      } else {
        taken.append(scalar == "&" ? "\u{FFFD}" : scalar)
        rest.removeFirst()
      }
    }
    return String(taken)
  }

  /// Up to 40 scalars, half of them those that mean something in HTML or that join with what stands before them.
  private static func text(using generator: inout some RandomNumberGenerator) -> String {
    let special: [Unicode.Scalar] = [
      "<", ">", "\"", "'", "&", ";", "#", "/", "=", "-", "!", " ", "\n", "\u{0}", "\u{301}", "\u{200D}",
      "\u{FE0F}",
      "\u{20DD}", "\u{202E}", "\u{FEFF}",
    ]
    var scalars = String.UnicodeScalarView()
    for _ in 0..<Int.random(in: 0...40, using: &generator) {
      let any = Unicode.Scalar(UInt32.random(in: 0...0x10FFFF, using: &generator))
      let chosen = Bool.random(using: &generator) ? any : special.randomElement(using: &generator)
      scalars.append(chosen ?? "?")
    }
    return String(scalars)
  }
}
