import ProcessTesting
import Testing

@testable import SafeHTML

struct HostileTests {
  /// Known ways around sanitisers, by their kinds.
  static let vectors = [
    // Malformed tags.
    "<img src=x onerror=alert(1)>", "<img/src=x/onerror=alert(1)>", "<IMG SRC=x ONERROR=alert(1)//",
    "<<img src=x onerror=alert(1)>>",
    "<img \u{0}src=x onerror=alert(1)>", "<img src=\"x\"onerror=alert(1)>",
    "<img src='x' onerror\t=\nalert(1)>",
    "<scr<script>ipt>alert(1)</script>", "<script\u{0}>alert(1)</script>", "<script/x>alert(1)</script/x>",
    "<script>alert(1)",
    "</script><script>alert(1)</script>", "<img src=x onerror=&#97;lert(1)>",
    "<\u{0}script>alert(1)</script>",
    "<img src=\"`<img src=x onerror=alert(1)>`\">", "<img src=`x` onerror=alert(1)>",
    "<p title=``onmouseover=alert(1)>",
    "<img alt=\"``onload=alert(1)\">", "<a href=\"x\u{0}\" onclick=alert(1)>", "<body onload=alert(1)>",
    "<body background=javascript:alert(1)>",
    // Raw text that ends elsewhere for another parser.
    "<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\">",
    "<title><a title=\"</title><img src=x onerror=alert(1)>\"></title>",
    "<textarea><a title=\"</textarea><img src=x onerror=alert(1)>\"></textarea>",
    "<style><a title=\"</style><img src=x onerror=alert(1)>\">",
    "<iframe><a title=\"</iframe><img src=x onerror=alert(1)>\">",
    "<noembed><a title=\"</noembed><img src=x onerror=alert(1)>\">",
    "<xmp><a title=\"</xmp><img src=x onerror=alert(1)>\">", "<plaintext><img src=x onerror=alert(1)>",
    "<noframes><a title=\"</noframes><img src=x onerror=alert(1)>\">",
    "<script><!--<script></script>--><img src=x onerror=alert(1)></script>",
    "<template><p title=\"</template><img src=x onerror=alert(1)>\">",
    "<select><style></select><img src=x onerror=alert(1)></style>",
    "<select><option><style></option></select><b><img src=x onerror=alert(1)></style></option>",
    // Comments.
    "<!--><img src=x onerror=alert(1)>-->", "<!---><img src=x onerror=alert(1)>-->",
    "<!-- --!><img src=x onerror=alert(1)>-->",
    "<!--x--!\u{0}><img src=x onerror=alert(1)>-->",
    "<!--[if gte IE 4]><script>alert(1)</script><![endif]-->", "<![CDATA[<img src=x onerror=alert(1)>]]>",
    "<!x><img src=x onerror=alert(1)>", "<?x ><img src=x onerror=alert(1)>",
    "</ x><img src=x onerror=alert(1)>", "<!-- `<img/src/onerror=alert(1)> --!>",
    // Mutation in foreign content and tables.
    "<svg></p><style><a id=\"</style><img src=1 onerror=alert(1)>\">",
    "<math><mtext><table><mglyph><style><!--</style><img title=\"--&gt;&lt;img src=1 onerror=alert(1)&gt;\">",
    "<form><math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
    "<math><annotation-xml encoding=\"text/html\"><style><img src=x onerror=alert(1)></style></annotation-xml></math>",
    "<svg><foreignObject><p><style></foreignObject><img src=x onerror=alert(1)>",
    "<svg><desc><p title=\"</desc></svg><img src=x onerror=alert(1)>\">",
    "<svg><title><style><a title=\"</title></style><img src=x onerror=alert(1)>\">",
    "<svg><![CDATA[><img src=x onerror=alert(1)>]]></svg>",
    "<math><mi><table><mi><style><!--</style><img src=x onerror=alert(1)>--></mi></table></mi></math>",
    "<table><svg><style><a title=\"</style><img src=x onerror=alert(1)>\"></table>",
    "<a><table><a href=javascript:alert(1)><svg>", "<svg><a xlink:href=javascript:alert(1)><text>a",
    "<svg onload=alert(1)>",
    "<svg><animate onbegin=alert(1) attributeName=x>", "<svg><set attributeName=href to=javascript:alert(1)>",
    "<svg><use href=\"data:image/svg+xml,x\">", "<math href=javascript:alert(1)>a",
    "<svg><br><style><a title='</style><img src onerror=alert(1)>'>",
    "<p><svg><p><style><!--</style><img src=x onerror=alert(1)>-->",
    String(repeating: "<div>", count: 600) + "<svg><style><a title=\"</style><img src=x onerror=alert(1)>\">",
    String(repeating: "<table><td>", count: 300) + "<math><mtext><style><img src=x onerror=alert(1)>",
    String(repeating: "<b><p>", count: 300) + "</b><img src=x onerror=alert(1)>",
    // Addresses.
    "<a href=\"jav&#x09;ascript:alert(1)\">a</a>", "<a href=\"&#1;javascript:alert(1)\">a</a>",
    "<a href=\"javascript&colon;alert(1)\">a</a>", "<a href='java\u{0}script:alert(1)'>a</a>",
    "<a href=data:text/html,<script>alert(1)</script>>a</a>",
    "<img src=data:image/svg+xml,<svg/onload=alert(1)>>", "<img srcset='x 1x' onerror=alert(1)>",
    "<img src=\"data:image/png;base64,x&quot;onerror=alert(1)&quot;\">",
    "<a href=\"https://a/&quot;onclick=alert(1)&quot;\">a</a>", "<a href=x target=_top rel=opener>a</a>",
    "<form action=javascript:alert(1)><button>a", "<button formaction=javascript:alert(1)>a",
    "<input type=image src=x onerror=alert(1)>",
    "<isindex action=javascript:alert(1) type=image>", "<object data=javascript:alert(1)>",
    "<embed src=javascript:alert(1)>", "<iframe srcdoc='<script>alert(1)</script>'>",
    "<base href=javascript:alert(1)//>", "<link rel=stylesheet href=http://x/>",
    "<meta http-equiv=refresh content='0;url=javascript:alert(1)'>",
    "<video><source onerror=alert(1)></video>", "<details open ontoggle=alert(1)>",
    "<marquee onstart=alert(1)>", "<p id=body name=cookie>", "<a id=x><a id=x name=y href=http://a/>",
    "<div is=x-y slot=a part=b exportparts=c>",
    "<div><template shadowrootmode=open><img src=x onerror=alert(1)></template></div>",
    "<table background=javascript:alert(1)><td background=http://x/>",
    // Styles.
    "<p style=\"width:expression(alert(1))\">", "<p style=\"background:url(javascript:alert(1))\">",
    "<p style=\"background:\\75rl(http://x/)\">", "<p style=\"position:fixed;top:0;left:0;width:100%\">",
    "<p style=\"color:red;/*\"><p style=\"*/background:url(x)\">",
    "<p style=\"font-family:'&quot;&gt;&lt;img src=x onerror=alert(1)&gt;'\">",
    "<p style=\"x:\u{0}expr/**/ession(alert(1))\">", "<p style=\"background:image-set('http://x/' 1x)\">",
    "<p style=\"--x:url(http://x/);background:var(--x)\">",
    "<p style=\"margin:-999px\">", "<p style=\"list-style:url(http://x/)\">",
    "<p style=\"font:12px/url(http://x/) a\">", "<p style=\"@import url(http://x/)\">",
    "<style>@import 'http://x/';</style>", "<p style='color:red;}</style><script>alert(1)</script>'>",
  ]

  @Test(arguments: vectors)
  func `Known vectors leave only what is in the tables`(_ vector: String) {
    for remote in [false, true] {
      let html = SafeHTML(vector, options: SafeHTML.Options(allowsRemoteContent: remote)).html
      #expect(StrictChecker.fault(in: html) == nil, "\(html)")
      #expect(!html.contains("<img src=\"x\"") && !html.contains("onerror=\"") && !html.contains("<script"))
    }
  }

  @Test func `Generated HTML leaves only what is in the tables, and nothing changes the second time`() {
    var generator = Generator(seed: 20_260_401)
    for number in 0..<6000 {
      let source = generator.html()
      let options = SafeHTML.Options(allowsRemoteContent: number % 2 == 0) { _ in "data:image/gif;base64,AAAA"
      }
      let safe = SafeHTML(source, options: options)
      let again = SafeHTML(safe.html, options: options)
      let fault = StrictChecker.fault(in: safe.html)
      guard fault == nil, again.html == safe.html, again.removedElements == 0, !safe.isTruncated else {
        Issue.record(
          "\(number): \(fault.map(\.description) ?? "changes")\n\(String(decoding: source, as: UTF8.self))\n\(safe.html)\n\(again.html)"
        )
        return
      }
    }
  }

  @Test func `The checker finds what is not in the tables`() {
    let faults = [
      "<script>a</script>", "<p onclick=\"a\">b</p>", "<p>", "</p>", "<p title=a>b</p>", "a&b", "a&nbsp;b",
      "a>b",
      "<a href=\"javascript:a\">b</a>", "<p style=\"position: fixed\">a</p>",
      "<p style=\"color: url(a)\">a</p>",
      "<b><i></b></i>", "<img src=\"data:image/svg+xml,a\">", "<p id=\"a\">b</p>", "<body>a</body>", "a\u{0}",
      "<!-- a -->",
      "<p style=\"margin: -5px\">a</p>", "<a target=\"_top\">a</a>", "<P>a</P>", "<p title=\"<\">a</p>",
    ]
    for fault in faults { #expect(StrictChecker.fault(in: fault) != nil, "\(fault)") }
  }

  @Test func `The tables hold nothing that acts, loads or leaves its place`() {
    let elements = Set(Tag.allCases.map(\.name))
    #expect(
      elements.isDisjoint(with: [
        "script", "style", "svg", "math", "template", "iframe", "frame", "frameset", "object", "embed",
        "applet",
        "noscript", "noembed", "noframes", "plaintext", "xmp", "listing", "form", "input", "button", "select",
        "textarea", "base", "meta", "link", "title", "head", "body", "html", "video", "audio", "canvas",
        "source",
        "picture", "slot", "portal", "dialog", "nobr", "marquee",
      ]))
    let attributes = Set(AttributeTable.ofAll.keys).union(AttributeTable.ofElements.values.flatMap(\.keys))
    #expect(
      attributes.isDisjoint(with: [
        "id", "name", "class", "srcset", "background", "poster", "action", "formaction", "data", "srcdoc",
        "is",
        "slot", "ping", "download", "target", "rel", "usemap", "longdesc", "cite", "contenteditable",
        "tabindex",
        "accesskey", "autofocus", "popover",
      ]))
    #expect(!attributes.contains { $0.hasPrefix("on") || $0.contains(":") })
    #expect(
      Set(StyleTable.properties.keys).isDisjoint(with: [
        "position", "top", "left", "right", "bottom", "inset", "z-index", "transform", "translate",
        "background",
        "background-image", "list-style-image", "border-image", "content", "cursor", "filter", "animation",
        "transition", "behavior", "-moz-binding", "all", "zoom", "mask", "clip-path", "float-defer",
        "pointer-events",
      ]))
  }

  /// The same kinds of input twice as long take about twice as long; four times is far from a square.
  @Test(arguments: [
    "<", "<b>", "<b><p>", "<p><font color=red>", "<a href=x>", "<table>", "<table><td>", "<!--", "<![CDATA[",
    "<svg>", "<div>",
    "</p>", "&", "&#", "&amp", "<b a=", "<b \"", "<ul><li>", "<table><b>x", "</b>", "<b><div>",
    "<i><b><p></i></b>",
    "<p style=color:red;'>", "<script><!--", "<title>", "<b></p>", "<h1><b>", "a\n", "<pre>\n",
    "<dd><a href=http://a/>", "<object>", ")", "a@", "([", " ",
  ])
  func `Time grows with the length, whatever the input`(_ piece: String) {
    func time(_ count: Int) -> Duration {
      let source = String(repeating: piece, count: count)
      let start = processorTime()
      #expect(StrictChecker.fault(in: SafeHTML(source).html) == nil)
      #expect(StrictChecker.fault(in: SafeHTML.fromText("http://a/" + source)) == nil)
      return processorTime() - start
    }
    let count = 6000 / piece.utf8.count
    let short = time(count)
    #expect(time(4 * count) < short * 12 + .milliseconds(50))
  }
}
