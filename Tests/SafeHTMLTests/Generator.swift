/// SplitMix64: a test that fails does so again. It writes HTML that means harm.
struct Generator: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) {
    state = seed
  }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
    return z ^ z >> 31
  }

  private mutating func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &self) < percent }

  private mutating func one<Value>(_ values: [Value]) -> Value {
    values[Int.random(in: 0..<values.count, using: &self)]
  }

  /// Tags, text and fragments in any order, some of whose bytes have been changed.
  mutating func html() -> [UInt8] {
    // Half of the time only what is kept, because what is dropped often takes the rest with it.
    let isCalm = chance(50)
    // A few names each time, so that they meet.
    let names = (0..<Int.random(in: 1...8, using: &self)).map { _ in
      isCalm || chance(75) ? one(Self.kept) : one(Self.others)
    }
    var bytes: [UInt8] = []
    for _ in 0..<Int.random(in: 1...60, using: &self) { bytes += piece(names, isCalm).utf8 }
    if chance(30) {
      for _ in 0..<Int.random(in: 1...4, using: &self) where !bytes.isEmpty {
        let index = Int.random(in: 0..<bytes.count, using: &self)
        switch Int.random(in: 0..<3, using: &self) {
        case 0: bytes[index] = one(Array("<>/=\"'`& -!\0\t\n\u{C}x;".utf8))
        case 1: bytes.remove(at: index)
        default: bytes[index] = UInt8.random(in: 0...255, using: &self)
        }
      }
    }
    return bytes
  }

  private mutating func piece(_ names: [String], _ isCalm: Bool) -> String {
    switch Int.random(in: 0..<(isCalm ? 85 : 100), using: &self) {
    case 0..<45: tag(one(names))
    case 45..<65: "</\(one(names))>"
    case 65..<85: one(Self.texts)
    case 85..<92: one(Self.fragments)
    default: "<\(one(Self.others))>"
    }
  }

  private mutating func tag(_ name: String) -> String {
    var tag = "<" + (chance(10) ? name.uppercased() : name)
    if name == "a" || name == "img", chance(70) {
      let value = chance(50) ? one(Self.addresses) : one(Self.values)
      tag += one([" href=", " src=", " HREF = "]) + "\"\(value)\""
    }
    for _ in 0..<(chance(50) ? 0 : Int.random(in: 1...4, using: &self)) {
      if chance(50) {
        tag += " " + one(Self.harmless)
        continue
      }
      let value = chance(60) ? one(Self.values) : one(Self.styles) + ";" + one(Self.styles)
      let quoted =
        switch Int.random(in: 0..<4, using: &self) {
        case 0: value
        case 1: "'\(value)'"
        default: "\"\(value)\""
        }
      tag += one([" ", "/", "\t", "\n", " "]) + one(Self.attributes) + (chance(95) ? "=" : " = ") + quoted
    }
    return tag + (chance(8) ? "/>" : chance(97) ? ">" : "")
  }

  private static let kept = [
    "a", "a", "b", "i", "font", "em", "u", "code", "nobr", "span", "p", "p", "div", "div", "center",
    "blockquote",
    "h1", "h2", "ul", "ol", "li", "dl", "dt", "dd", "table", "table", "tr", "td", "th", "tbody", "thead",
    "tfoot",
    "caption", "colgroup", "col", "pre", "listing", "img", "br", "hr", "wbr", "ruby", "rt", "rp", "details",
    "summary", "section", "body", "image", "address", "figure", "abbr", "q", "sub",
  ]
  private static let others = [
    "svg", "math", "mtext", "mglyph", "malignmark", "annotation-xml", "foreignObject", "desc", "title",
    "style",
    "script", "template", "iframe", "frame", "frameset", "object", "embed", "applet", "noscript", "noembed",
    "noframes", "plaintext", "xmp", "form", "input", "button", "select", "option", "optgroup", "textarea",
    "base",
    "meta", "link", "html", "head", "marquee", "x-y", "o:p", "isindex", "keygen", "menuitem", "slot", "rb",
    "rtc",
    "fieldset", "legend", "dialog", "search", "portal", "selectedcontent",
  ]
  private static let attributes = [
    "href", "src", "style", "style", "onerror", "onload", "onclick", "id", "name", "class", "title", "alt",
    "align",
    "width", "height", "color", "face", "bgcolor", "background", "srcset", "formaction", "action",
    "xlink:href",
    "is", "slot", "shadowrootmode", "srcdoc", "target", "rel", "type", "colspan", "lang", "dir", "\"", "'",
    "`",
  ]
  private static let values = [
    "javascript:alert(1)", "jav&#x09;ascript:alert(1)", "java\nscript:alert(1)", "&#106;avascript:alert(1)",
    "data:text/html,<script>alert(1)</script>", "data:image/svg+xml,<svg onload=alert(1)>",
    "data:image/png;base64,iVBORw0KGgo=", "http://example.com/a?b=1&c=2",
    "https://example.com\\@evil.example",
    "//evil.example", "cid:a@b", "mailto:a@b", "alert(1)", "x", "1", "100%", "left", "#fff", "red", "rtl",
    "</style><img src=x onerror=alert(1)>", "--><img src=x onerror=alert(1)>", "&quot;&gt;<img src=x>",
    "&lt;img src=x onerror=alert(1)&gt;", "`onmouseover=alert(1)`", "x\" onload=\"alert(1)", "", "_self",
    "opener",
    "\u{0}", "&nbsp;", "\u{2028}", "é\u{301}", "]]>", "&#0;", "&NewLine;", "&copy", "text/html", "cite",
  ]
  private static let addresses = [
    "http://a/?b&amp;c#d", "https:\\\\a\\b", "mailto:a@b?c=d e", "cid:a", "cid:%61%", "http://[::1]/",
    "tel:1",
    "data:image/png;base64,iVBORw0KGgo=", "https://é.example/`'<>", " \tht\ntps:a", "//a", "http://a/%",
    "data:image/webp;base64,",
  ]
  private static let harmless = [
    "title='a\"b`c'",
    "alt=\"\u{A0}<b>&lt;\n\"", "align=left", "width=50%", "style='color:red;font:12px \"A\";margin:1px'",
    "dir=rtl", "lang=de",
    "bgcolor=fff", "color=red", "face=\"A, 'B'\"", "colspan=2", "rowspan=3", "valign=top", "type=a", "open",
    "nowrap", "span=2",
  ]
  private static let styles = [
    "color:red", "background:url(javascript:alert(1))", "width:expression(alert(1))", "position:fixed",
    "margin:-99px", "c\\6flor:red", "background:#fff", "behavior:url(x)", "-moz-binding:url(x)",
    "@import 'x'",
    "font-family:'a</style>'", "font-family:Arial,\"B\"", "color:/*", "*/", "}", "{", "content:'x'",
    "border:1px solid",
    "width:1e9px", "color:rgb(1,2,3)", "color:var(--a)", "--a:b", "font:12px/1 a", "display:block", "'", "\\",
    "&quot;",
    "color:rgb(", ")", "line-height:0", "background:image-set('x' 1x)", "z-index:9", "transform:scale(9)",
  ]
  private static let texts = [
    "a", "text ", " ", "\n", "\n\n", "&amp;", "&lt;script&gt;", "<", ">", "&", "\"", "'", "`", "&nbsp;",
    "\u{0}",
    "\u{FEFF}", "&#x3c;img src=x onerror=alert(1)&#x3e;", "&notin", "&not", "\t", "\r\n", "--", "]]>", "é",
    "👍", "\u{200B}",
  ]
  private static let fragments = [
    "<!--", "-->", "--!>", "<!-->", "<![CDATA[", "]]>", "<!", "<?", "</", "<!DOCTYPE x>", "<!--[if mso]>",
    "<![endif]-->",
    "</p>", "</br>", "</body>", "</html>", "</table>", "</svg>", "</math>", "</style>", "</script>",
    "</title>",
    "</textarea>", "</noscript>", "</xmp>",
    "<math><mtext><table><mglyph><style><!--</style><img title=\"--&gt;&lt;img src=1 onerror=alert(1)&gt;\">",
    "<svg></p><style><a title=\"</style><img src=x onerror=alert(1)>\">",
    "<form><math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
    "<table><tr><td><svg><desc><table>", "<a><table><a>", "<b><p></b>", "<select><template><style></select>",
  ]
}
