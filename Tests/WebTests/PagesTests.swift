import Accounts
import Core
import Foundation
import HTML
import Hummingbird
import HummingbirdTesting
import Microsoft
import Store
import Testing

@testable import Web

/// What strangers put into a page stays text.
@Suite struct PagesTests {
  /// What breaks out of markup that is not escaped. The last one hides the quotation mark in a `Character` of two
  /// scalars.
  static let hostile = [
    "<script>alert(1)</script>", "\" onfocus=\"alert(1)", "' onfocus='alert(1)", "javascript:alert(1)",
    "a\r\nSet-Cookie: b=c\r\n\r\n<h1>d", "&lt;b&gt;", "{{{code}}}{{>page}}",
    "\"\u{301} autofocus onfocus=\"alert(1)", "<\u{200D}/textarea><\u{200D}script>",
  ]

  private static func escaped(_ text: String) -> String {
    let markup: Markup = "\(text)"
    return markup.text
  }

  @Test func `whatever is pasted, the page has the same tags and attributes`() {
    var generator = SystemRandomNumberGenerator()
    let plain = Self.skeleton(HostedPage.help(HelpLink(code: "x"), nil).html)
    for _ in 0..<200 {
      let noise = (0..<20).compactMap { _ in
        Bool.random(using: &generator)
          ? Unicode.Scalar(UInt32.random(in: 0...0x10FFFF, using: &generator))
          : "<>\"'&/= \u{301}\u{200D}".unicodeScalars.randomElement(using: &generator)
      }
      let text = "x" + String(String.UnicodeScalarView(noise))
      #expect(
        Self.skeleton(HostedPage.help(HelpLink(code: text), nil).html) == plain, "\(noise.map(\.value))")
      let failure = PageFailure(Problem(.requestInternal, text, remedy: text, actor: .user, link: text))
      let page = HostedPage.refused(failure, tryAgain: text, back: nil, seconds: 20).html
      #expect(Self.skeleton(page).filter { $0 == "<" }.count == Self.failureTags, "\(noise.map(\.value))")
    }
  }

  /// Of a failure without links, as all of these are.
  private static let failureTags = skeleton(
    HostedPage.refused(
      PageFailure(Problem(.requestInternal, "x", remedy: "x", actor: .user)), tryAgain: nil, back: nil,
      seconds: 20
    ).html
  ).count { $0 == "<" }

  /// The tags of a page without what their attributes hold, by scalars, as a browser reads them.
  private static func skeleton(_ html: String) -> [Unicode.Scalar] {
    var (isInTag, isInValue) = (false, false)
    return html.unicodeScalars.filter { scalar in
      switch scalar {
      case "<" where !isInTag: isInTag = true
      case ">" where isInTag && !isInValue:
        isInTag = false
        return true
      case "\"" where isInTag:
        isInValue.toggle()
        return true
      default: break
      }
      return isInTag && !isInValue
    }
  }

  @Test(arguments: hostile)
  func `what somebody pastes into the help comes back as text`(text: String) async throws {
    try await WebFixture.withRouter { router in
      try await Application(router: router).test(.router) { client in
        let query = HelpLink(code: text).help.text
        try await client.execute(uri: query, method: .get) { response in
          let page = String(buffer: response.body)
          #expect(response.status == .ok)
          // The same amount of markup as for a harmless text: two places, each with the text escaped.
          let shown = text.trimmingCharacters(in: .whitespacesAndNewlines)
          #expect(page.components(separatedBy: Self.escaped(shown)).count == 3)
          #expect(!page.contains(shown) || Self.escaped(shown) == shown)
          #expect(response.headers[.setCookie] == nil)
        }
      }
    }
  }

  @Test func `a failure's words are text, and its links lead to pages only`() async throws {
    let words = PagesTests.hostile.joined()
    let hostile = Problem(
      .requestInternal, words, remedy: words, origin: PeerError(code: words, requestID: "\"><b>"),
      actor: .administrator, link: "javascript:alert(1)")
    try await WebFixture.withServices { services, cloud in
      let pages = HostedPages(
        signIn: services.signIn, publicURL: "http://localhost:3000", loginOrigins: [cloud.login])
      let router = Router(context: WebContext.self)
      let failing = router.group("").add(middleware: PageProblemMiddleware(pages: pages))
      failing.get("x") { _, _ -> String in throw hostile }
      try await Application(router: router).test(.router) { client in
        try await client.execute(uri: "/x", method: .get) { response in
          let page = String(buffer: response.body)
          #expect(page.components(separatedBy: Self.escaped(words)).count == 4)
          #expect(!page.contains(words) && !page.contains("<script"))
          #expect(!page.contains("href=\"javascript:"))
          #expect(page.contains("An administrator of your organisation"))
        }
      }
    }
  }

  @Test(arguments: [Responsible.administrator, .user])
  func `a link that somebody else has to open is written out, ready to be sent`(actor: Responsible) {
    let link = "https://login.example/adminconsent?client_id=1&scope=2"
    let page = HostedPage.refused(
      PageFailure(Problem(.signInDeclined, "No.", remedy: "Have \(link) opened.", actor: actor, link: link)),
      sendOnly: WebAddress("/accounts/new?with=sending"), seconds: 20
    ).html
    let escaped = Self.escaped(link)
    if actor == .user {
      #expect(page.contains("<a href=\"\(escaped)\">Open the page at Microsoft"))
    } else {
      #expect(page.contains("<p class=\"copy\"><a href=\"\(escaped)\">\(escaped)</a></p>"))
      #expect(page.contains("Have the link below opened."))
    }
    #expect(page.contains("<a class=\"button second\" href=\"/accounts/new?with=sending\">"))
  }

  @Test func `a link that has done its work says so`() {
    let page = HostedPage.alreadyConnected(email: "<a>@x.example").html
    #expect(page.contains("is already connected") && page.contains("<bdi>&lt;a&gt;@x.example</bdi>"))
    #expect(!page.contains("not connected") && page.contains("class=\"check\""))
  }

  @Test func `a page from an address tells no sentence of that address`() async throws {
    try await WebFixture.withRouter { router in
      try await Application(router: router).test(.router) { client in
        let uri = "/?account=%3Cb%3E&state=failed&problem=form.used&error=Call+this+number&remedy=Now"
        try await client.execute(uri: uri, method: .get) { response in
          let page = String(buffer: response.body)
          #expect(page.contains("was not connected") && !page.contains("number") && !page.contains("<b>"))
          #expect(page.contains("href=\"/accounts/help?code=form.used\""))
        }
        try await client.execute(uri: "/?state=failed&problem=%22%3E", method: .get) { response in
          #expect(!String(buffer: response.body).contains("/accounts/help"))
        }
      }
    }
  }

  /// A name that comes twice could mean one thing to a filter before us, and another to us.
  @Test(arguments: [
    "/oauth?code=a&code=b&state=c", "/accounts/help?code=%FF", "/accounts/new?data=%zz",
    "/?account=a&account=b",
  ])
  func `a query that is malformed or ambiguous is a page that says so`(uri: String) async throws {
    try await WebFixture.withRouter { router in
      try await Application(router: router).test(.router) { client in
        try await client.execute(uri: uri, method: .get) { response in
          #expect(response.status == .badRequest)
          #expect(String(buffer: response.body).contains("The query or form has "))
          #expect(response.headers[.location] == nil)
        }
      }
    }
  }
}
