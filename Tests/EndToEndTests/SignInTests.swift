import Foundation
import Testing

/// Connecting a mailbox as its owner does: with a browser, a link and Microsoft's page.
@Suite struct SignInTests {
  @Test func `A person who signs in is connected and comes back to where the program wants them`()
    async throws
  {
    try await Rig.run { rig in
      let link = try await rig.signInLink(["account": "alice", "email": .string(Self.alice)])
      var browser = Browser(http: rig.http)
      let end = try await rig.signIn(&browser, link, as: Self.alice)
      #expect(end.url.absoluteString.hasPrefix(rig.sandbox.origin + "/?"))
      #expect(end.url.query?.contains("account=alice") == true)
      let account = try await rig.gateway.get("/v1/account/alice").expect()
      #expect(account["state"].text == "connected")
      #expect(account["email"].text == Self.alice)
      #expect(account["type"].text == "outlook")
      _ = try await rig.gateway.submit("signed in", from: "alice", to: Self.bob).expect()
      try await eventually("the message arrived") {
        try await rig.sandbox.subjects(of: Self.bob).contains("signed in")
      }
    }
  }

  @Test func `Whoever is signed in at Microsoft passes through in one go, as the page's form-action allows`()
    async throws
  {
    try await Rig.run { rig in
      let first = try await rig.signInLink(["account": "alice", "email": .string(Self.alice)])
      var browser = Browser(http: rig.http)
      _ = try await rig.signIn(&browser, first, as: Self.alice)
      let program = "http://127.0.0.1:\(rig.gateway.port)/"
      let second = try await rig.signInLink(
        ["account": "alice", "email": .string(Self.alice), "redirectUrl": .string(program)])
      let start = try await browser.open(second)
      // One press of the button: page, Microsoft, callback, program.
      let end = try await browser.press("app", on: start)
      #expect(end.url.absoluteString.hasPrefix(program + "?"))
      #expect(try await rig.gateway.get("/v1/accounts").expect()["total"].int == 1)
    }
  }

  @Test func `A page's form-action lets Microsoft send people on to its other hosts`() async throws {
    try await Rig.run { rig in
      let link = try await rig.signInLink(["redirectUrl": "http://[::1]:8080/done"])
      var browser = Browser(http: rig.http)
      let page = try await browser.open(link)
      for target in [
        rig.gateway.origin + "/accounts/new", rig.sandbox.origin + "/common", "http://[::1]:8080/done",
        "https://login.live.com/oauth20_authorize.srf", "https://sts.contoso.test/adfs/ls",
      ] {
        #expect(page.permits(formTo: target), "\(target)")
      }
      for target in ["http://evil.test/", "javascript:alert(1)", "data:text/html,x"] {
        #expect(!page.permits(formTo: target), "\(target)")
      }
    }
  }

  @Test func `Whoever signs in with another mailbox reads both addresses, and nothing is stored`()
    async throws
  {
    try await Rig.run { rig in
      let link = try await rig.signInLink(["account": "alice", "email": .string(Self.alice)])
      var browser = Browser(http: rig.http)
      let end = try await rig.signIn(&browser, link, as: Self.bob)
      #expect(end.status == 403)
      #expect(end.text.contains(Self.alice))
      #expect(end.text.contains(Self.bob))
      try await rig.expectNoAccount()
      // The link still works for the right person.
      var second = Browser(http: rig.http)
      _ = try await rig.signIn(&second, link, as: Self.alice)
      #expect(try await rig.gateway.get("/v1/account/alice").status == 200)
    }
  }

  @Test func `Opening a link consumes nothing, connecting an account does`() async throws {
    try await Rig.run { rig in
      let link = try await rig.signInLink(["account": "alice"])
      for _ in 1...3 {
        let scanner = try await rig.http.send("GET", link)
        #expect(scanner.status == 200)
      }
      var browser = Browser(http: rig.http)
      _ = try await rig.signIn(&browser, link, as: Self.alice)
      let again = try await browser.open(link)
      #expect(again.status == 200)
      #expect(again.body.contains("is already connected") && !again.body.contains("<form"))
    }
  }

  @Test func `An answer of Microsoft works once`() async throws {
    try await Rig.run { rig in
      let link = try await rig.signInLink(["account": "alice"])
      var browser = Browser(http: rig.http)
      _ = try await rig.signIn(&browser, link, as: Self.alice)
      let callback = try #require(browser.visited.last { $0.hasPrefix(rig.gateway.origin + "/oauth") })
      let tokens = try await rig.sandbox.requests().count { $0.isToken }
      let replayed = try await browser.open(callback)
      #expect(replayed.status >= 400)
      #expect(replayed.body.contains("signIn.expired"))
      #expect(try await rig.sandbox.requests().count { $0.isToken } == tokens)
    }
  }

  @Test func `An answer that another browser brings is refused, and the first may still finish`() async throws
  {
    try await Rig.run { rig in
      let link = try await rig.signInLink(["account": "alice"])
      var owner = Browser(http: rig.http)
      owner.stopsBefore = rig.gateway.origin + "/oauth"
      let stopped = try await rig.signIn(&owner, link, as: Self.alice)
      var stranger = Browser(http: rig.http)
      let refused = try await stranger.open(stopped.url.absoluteString)
      #expect(refused.status == 403)
      #expect(refused.body.contains("signIn.browserMismatch"))
      try await rig.expectNoAccount()
      owner.stopsBefore = nil
      _ = try await owner.open(stopped.url.absoluteString)
      #expect(try await rig.gateway.get("/v1/account/alice").status == 200)
    }
  }

  @Test func `A person who declines reads so and stores nothing`() async throws {
    try await Rig.run { rig in
      let link = try await rig.signInLink(["account": "alice"])
      var browser = Browser(http: rig.http)
      let start = try await browser.open(link)
      let picker = try await browser.press("app", on: start)
      let end = try await browser.press("cancel", on: picker)
      #expect(end.url.absoluteString.hasPrefix(rig.gateway.origin))
      #expect(end.body.contains("signIn.declined"))
      try await rig.expectNoAccount()
    }
  }

  @Test func `A link that was altered is refused`() async throws {
    try await Rig.run { rig in
      let link = try await rig.signInLink(["account": "alice"])
      var browser = Browser(http: rig.http)
      let altered = link.replacing("sig=", with: "sig=A")
      let page = try await browser.open(altered)
      #expect(page.status >= 400)
      #expect(page.body.contains("form.invalid"))
    }
  }

  private static let alice = "alice@contoso.test"
  private static let bob = "bob@contoso.test"
}

extension Rig {
  /// A hosted link for an app of the sandbox's web client, which is registered for it.
  func signInLink(_ form: JSON, app: [String: JSON] = [:]) async throws -> String {
    _ = try await gateway.register(sandbox.directory.app("web"), app)
    let redirect = form["redirectUrl"].text ?? sandbox.origin + "/"
    let form = form.with("redirectUrl", .string(redirect))
    let url = try await gateway.post("/v1/authentication/form", form).expect()["url"].text
    return try #require(url)
  }

  /// Goes from the link to the end: chooses the app, the account, and accepts what is asked.
  func signIn(_ browser: inout Browser, _ link: String, as user: String) async throws -> Browser.Page {
    var page = try await browser.open(link)
    page = try await browser.press("app", on: page)
    if page.has(button: user) { page = try await browser.press(user, on: page) }
    if page.has(button: "accept") { page = try await browser.press("accept", on: page) }
    return page
  }

  fileprivate func expectNoAccount() async throws {
    let accounts = try await gateway.get("/v1/accounts").expect()
    #expect(accounts["total"].int == 0)
  }
}
