import SafeHTML
import Testing

struct AddressTests {
  @Test(arguments: [
    ("https://example.com/?a=1&amp;b=2#c", "https://example.com/?a=1&amp;b=2#c"),
    (" \t\nHTTPS://Example.com \n", "https://Example.com"), ("ht\ntp://exa\tmple.com", "http://example.com"),
    ("&#1;http://a/", "http://a/"), ("http:a", "http://a"), ("http:\\\\a\\b?c\\d", "http://a/b?c%5Cd"),
    ("https:///a", "https://a"),
    ("https://good.example\\@evil.example", "https://good.example/@evil.example"),
    ("mailto:a@b.example?subject=c d", "mailto:a@b.example?subject=c%20d"), ("TEL:+41 44", "tel:+41%2044"),
    ("http://a/'`b", "http://a/'%60b"), ("http://a/é", "http://a/é"), ("http://a/%41%", "http://a/%41%"),
    ("http://a/?x=&copy=1", "http://a/?x=&amp;copy=1"),
  ])
  func `Links of known schemes are kept, written in one form`(_ source: String, _ href: String) {
    #expect(
      SafeHTML("<a href=\"\(source)\">b</a>").html
        == "<a href=\"\(href)\" target=\"_blank\" rel=\"noopener noreferrer nofollow\">b</a>")
  }

  @Test(arguments: [
    "javascript:alert(1)", "JaVaScRiPt:alert(1)", " javascript:alert(1)", "jav&#x09;ascript:alert(1)",
    "jav&Tab;ascript&colon;alert(1)", "java\nscript:alert(1)", "&#1;javascript:alert(1)",
    "javascript&#58;alert(1)",
    "&#106avascript:alert(1)", "&#0000106&#0000097vascript:alert(1)", "java\u{0}script:alert(1)",
    "\u{FEFF}javascript:alert(1)", "vbscript:a", "data:text/html,<script>alert(1)</script>",
    "data:text/html;base64,AAAA", "blob:http://a/", "file:///etc/passwd", "about:blank",
    "view-source:http://a/",
    "intent://a", "cid:a", "ftp://a/", "//evil.example/", "/path", "path", "#top", "", "http:", "http://",
    "mailto:",
    "?q", "http\u{3A}\u{0}", "javascript://a/%0aalert(1)", "feed:javascript:alert(1)", "jar:http://a!/",
    "x:y",
    "https&#xff1a;//a", "h ttp://a/", "livescript:a", "mocha:a", "ms-word:a", "search-ms:a",
  ])
  func `Other links lose their address`(_ source: String) {
    #expect(SafeHTML("<a href=\"\(source)\">b</a>").html == "<a>b</a>")
  }

  @Test func `An address that is too long is left out`() {
    #expect(
      SafeHTML("<a href=\"http://a/\(String(repeating: "b", count: 20_000))\">b</a>").html == "<a>b</a>")
  }

  @Test(
    arguments: [
      ("data:image/png;base64,AAA=", "data:image/png;base64,AAA="),
      ("DATA:image/GIF;base64,A A\n", "data:image/gif;base64,AA"),
      ("data:image/jpg;base64,AA", "data:image/jpeg;base64,AA"), ("data:image/svg+xml;base64,AAAA", nil),
      ("data:image/svg+xml,<svg onload=alert(1)>", nil),
      ("data:image/png,AAAA", nil), ("data:image/png;base64,AA\"x", nil), ("data:text/html;base64,AA", nil),
      ("data:image/png;base64;x,AA", nil), ("data:image/png;charset=x;base64,AA", nil), ("data:,AA", nil),
      ("cid:logo@x", "data:image/png;base64,AB"), ("CID:logo%40x", "data:image/png;base64,AB"),
      ("cid:svg", nil),
      ("cid:path", "/v1/attachments/1?a=b&amp;c=d"), ("cid:other", nil), ("cid:script", nil),
      ("cid:host", nil),
      ("cid:web", "https://a.example/b"), ("http://a/", nil), ("//a/", nil), ("javascript:alert(1)", nil),
      ("x.png", nil),
      ("file:///a", nil), ("cid:space", nil), ("blob:a", nil), ("", nil),
    ] as [(String, String?)])
  func `Images come from the message, or from where the caller says`(_ source: String, _ expected: String?) {
    let parts = [
      "logo@x": "data:image/png;base64,AB", "svg": "data:image/svg+xml;base64,AB",
      "path": "/v1/attachments/1?a=b&c=d", "script": "javascript:alert(1)", "host": "//evil.example/",
      "web": "https://a.example/b", "space": "/a b",
    ]
    let safe = SafeHTML("<img src='\(source)'>", options: SafeHTML.Options { parts[$0] })
    #expect(safe.html == (expected.map { "<img src=\"\($0)\">" } ?? "<img>"))
  }

  @Test(arguments: [
    ("http://a/b.png", "<img src=\"http://a/b.png\">"), ("https:\\\\a", "<img src=\"https://a\">"),
    ("//a/b.png", "<img>"), ("ftp://a/", "<img>"), ("javascript:alert(1)", "<img>"),
  ])
  func `Images of other machines are only loaded where that is allowed`(_ source: String, _ html: String) {
    let allowed = SafeHTML("<img src='\(source)'>", options: SafeHTML.Options(allowsRemoteContent: true))
    #expect(allowed.html == html)
    #expect(SafeHTML("<img src='\(source)'>").html == "<img>")
  }

  @Test(arguments: [
    Case("a < b & c\n\"d\"", "a &lt; b &amp; c<br>\"d\""),
    Case("  a  b\t\n c", "\u{A0}\u{A0}a \u{A0}b <br>\u{A0}c"),
    Case("See https://a.example/b_(c)?d=1&e=2.", "See \(link("https://a.example/b_(c)?d=1&amp;e=2"))."),
    Case(
      "(http://a.example), <https://b.example>",
      "(\(link("http://a.example"))), &lt;\(link("https://b.example"))&gt;"),
    Case("www.a.example!", link("www.a.example", to: "http://www.a.example") + "!"),
    Case("mail a.b+c@d.example.", "mail " + link("a.b+c@d.example", to: "mailto:a.b+c@d.example") + "."),
    Case(
      "javascript:alert(1) a@b @ http:// x@y@z.example", "javascript:alert(1) a@b @ http:// x@y@z.example"),
    Case("http://a/\"onclick=x", link("http://a/") + "\"onclick=x"),
    Case("\n\na\r\n", "<br><br>a<br>"),
    Case("", ""),
  ])
  func `Plain text becomes HTML with its lines and links`(_ example: Case) {
    let html = SafeHTML.fromText(example.source)
    #expect(html == example.html)
    #expect(SafeHTML(html).html == html)
  }
}

private func link(_ text: String, to address: String? = nil) -> String {
  "<a href=\"\(address ?? text)\" target=\"_blank\" rel=\"noopener noreferrer nofollow\">\(text)</a>"
}
