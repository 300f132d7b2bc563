import Accounts
import Core
import Foundation
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

  @Test(arguments: hostile)
  func `what is escaped has neither markup nor quotation marks`(text: String) {
    let html = PageText.escape(text)
    #expect(!html.unicodeScalars.contains { "<>\"'".unicodeScalars.contains($0) })
    let rows = PageText.escaped(["rows": [["title": text]], "plain": true])
    #expect((rows["rows"] as? [[String: Any]])?[0]["title"] as? String == html)
    #expect(rows["plain"] as? Bool == true)
  }

  @Test func `no template escapes again what is escaped`() {
    for (name, template) in PageTemplates.pages {
      #expect(!template.replacing("{{{", with: "").contains(/\{\{[A-Za-z]/), "\(name)")
    }
  }

  @Test(arguments: hostile)
  func `what somebody pastes into the help comes back as text`(text: String) async throws {
    try await WebFixture.withRouter { router in
      try await Application(router: router).test(.router) { client in
        let query = HelpLink(code: text).path
        try await client.execute(uri: query, method: .get) { response in
          let page = String(buffer: response.body)
          #expect(response.status == .ok)
          // The same amount of markup as for a harmless text: two places, each with the text escaped.
          let shown = text.trimmingCharacters(in: .whitespacesAndNewlines)
          #expect(page.components(separatedBy: PageText.escape(shown)).count == 3)
          #expect(!page.contains(shown) || PageText.escape(shown) == shown)
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
      let pages = try HostedPages(
        signIn: services.signIn, publicURL: "http://localhost:3000", loginOrigins: [cloud.login])
      let router = Router(context: WebContext.self)
      let failing = router.group("").add(middleware: PageProblemMiddleware(pages: pages))
      failing.get("x") { _, _ -> String in throw hostile }
      try await Application(router: router).test(.router) { client in
        try await client.execute(uri: "/x", method: .get) { response in
          let page = String(buffer: response.body)
          #expect(page.components(separatedBy: PageText.escape(words)).count == 4)
          #expect(!page.contains(words) && !page.contains("<script"))
          #expect(!page.contains("href=\"javascript:"))
          #expect(page.contains("An administrator of your organisation"))
        }
      }
    }
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
}
