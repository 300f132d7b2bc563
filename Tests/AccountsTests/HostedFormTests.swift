import AccountsTesting
import Core
import Microsoft
import Store
import StoreTesting
import Testing

@testable import Accounts

/// The link that is handed out, before anybody goes to Microsoft.
@Suite struct HostedFormTests {
  static let form = NewForm(
    name: "Alice", expectedEmail: "a@x.example", redirectURL: "https://a.example/done")

  @Test(arguments: StoreEngine.allCases)
  func `opening a link consumes nothing`(engine: StoreEngine) async throws {
    try await House.open(engine) { house in
      let app = try await house.addApp()
      let link = try await house.link(Self.form)
      for _ in 0..<3 {
        let page = try #require(try await house.page(link))
        #expect(page.name == "Alice" && page.email == "a@x.example" && page.apps.map(\.id) == [app])
        _ = try await house.signIn.begin(data: link.data, sig: link.sig, app: app)
      }
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `a link is what we signed, or nothing`(engine: StoreEngine) async throws {
    try await House.open(engine) { house in
      _ = try await house.addApp()
      let link = try await house.link(Self.form)
      let other = try await house.link(Self.form)
      for (data, sig) in [
        (link.data, other.sig), (other.data, link.sig), (link.data + "A", link.sig), (link.data, ""),
        ("", link.sig),
        ("", ""), (link.data, "???"),
      ] {
        let problem = await #expect(throws: Problem.self) {
          try await house.signIn.page(data: data, sig: sig)
        }
        #expect(problem?.code == .formInvalid)
      }
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `a link works for 24 hours`(engine: StoreEngine) async throws {
    try await House.open(engine) { house in
      let app = try await house.addApp()
      let link = try await house.link(Self.form)
      house.time.advance(by: SignIn.formLife - .seconds(1))
      _ = try await house.signIn.page(data: link.data, sig: link.sig)
      house.time.advance(by: .seconds(1))
      let problem = await #expect(throws: Problem.self) {
        try await house.signIn.begin(data: link.data, sig: link.sig, app: app)
      }
      #expect(problem?.code == .formInvalid)
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `a link that has stored an account is used up`(engine: StoreEngine) async throws {
    try await House.open(engine) { house in
      _ = try await house.addApp()
      let link = try await house.link(Self.form)
      let form = try HostedLink(data: link.data, signature: link.sig, house.vault).form
      let now = house.time.now
      let uses = try await house.store.write { (tx: borrowing Transaction) in
        [try tx.useForm(form, in: .default, at: now), try tx.useForm(form, in: .default, at: now)]
      }
      #expect(uses == [true, false])
      guard case .used("a@x.example") = try await house.signIn.page(data: link.data, sig: link.sig) else {
        Issue.record("the page offers a sign-in")
        return
      }
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `only enabled apps that people sign in to are offered`(engine: StoreEngine) async throws {
    try await House.open(engine) { house in
      let off = try await house.addApp(enabled: false)
      let service = try await house.addApp(.outlookService)
      let link = try await house.link(Self.form)
      let none = await #expect(throws: Problem.self) {
        try await house.signIn.page(data: link.data, sig: link.sig)
      }
      #expect(none?.code == .appDisabled)
      for app in [off, service, AppID("nope")] {
        var form = Self.form
        form.app = app
        await #expect(throws: Problem.self) { try await house.signIn.form(form, in: .default) }
      }
      let on = try await house.addApp()
      #expect(try await house.page(link)?.apps.map(\.id) == [on])
      let refused = await #expect(throws: Problem.self) {
        try await house.signIn.begin(data: link.data, sig: link.sig, app: off)
      }
      #expect(refused?.code == .appNotFound)
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `an app that an import has made is offered once it is enabled for that`(
    engine: StoreEngine
  ) async throws {
    try await House.open(engine) { house in
      let entered = try await house.addApp()
      house.time.advance(by: .seconds(1))
      let imported = try await house.registry.create(
        NewApp(
          name: "Imported", provider: .outlook, enabled: true, listed: false,
          clientID: "11111111-2222-3333-4444-555555555555"), in: .default)
      let link = try await house.link(Self.form)
      #expect(try await house.page(link)?.apps.map(\.id) == [entered])
      var change = AppChange()
      change.listed = true
      try await house.registry.update(imported, change, in: .default)
      #expect(try await house.page(link)?.apps.map(\.id) == [entered, imported])
      // A link that names it needs no listing.
      change.listed = false
      try await house.registry.update(imported, change, in: .default)
      var named = Self.form
      named.app = imported
      #expect(try await house.page(try await house.link(named))?.apps.map(\.id) == [imported])
    }
  }

  @Test func `several apps are told apart by title, name or client id`() async throws {
    try await House.open(.sqlite) { house in
      let client = "11111111-2222-3333-4444-55555555555"
      for (name, title, digit) in [("A", "Ours", 1), ("A", nil, 2), ("B", nil, 3), ("B", nil, 4)] {
        _ = try await house.registry.create(
          NewApp(
            name: name, title: title, provider: .outlook, enabled: true, clientID: client + "\(digit)"),
          in: .default)
        house.time.advance(by: .seconds(1))
      }
      let page = try await house.page(try await house.link(Self.form))
      #expect(
        page?.apps.map(\.title) == [
          "Ours", "Sign in with Microsoft (A)", "Sign in with Microsoft (B), client \(client)3",
          "Sign in with Microsoft (B), client \(client)4",
        ])
    }
  }

  @Test(arguments: [
    ("https://crm.example/done", nil, "crm.example"), ("https://CRM.example:8443/", "Acme", "crm.example"),
    ("http://localhost:3000/", nil, nil), ("http://127.0.0.1/", "Acme", nil),
  ])
  func `who asks is the name of the workspace, and the host that is not the reader's own`(
    url: String, name: String?, host: String?
  ) async throws {
    try await House.open(.sqlite) { house in
      _ = try await house.addApp()
      if let name {
        _ = try await house.store.write { (tx: borrowing Transaction) in
          var workspace = try #require(try tx.workspace(.default))
          workspace.name = name
          return try tx.update(workspace)
        }
      }
      let page = try await house.page(try await house.link(NewForm(redirectURL: url)))
      #expect(page?.requester.name == name && page?.requester.host == host)
    }
  }

  @Test(arguments: [
    "", "/done", "ftp://a.example", "javascript:alert(1)", "https://", "https://a b.example",
    "https://%65vil.test", "https://crm.test%2eevil.test", "https://crm.test;.evil.test", "https://*.test",
    "https://crm..test", "https://.test",
  ])
  func `the way back is an http or https address`(url: String) async throws {
    try await House.open(.sqlite) { house in
      let problem = await #expect(throws: Problem.self) {
        try await house.signIn.form(NewForm(redirectURL: url), in: .default)
      }
      #expect(problem?.code == .requestInvalidField)
    }
  }

  @Test func `the browser is sent to Entra with PKCE, state, nonce and the expected address`() async throws {
    try await House.open(.sqlite) { house in
      let app = try await house.addApp(authority: "contoso.example")
      let link = try await house.link(Self.form)
      let start = try await house.signIn.begin(data: link.data, sig: link.sig, app: app)
      #expect(start.authorizeURL.hasPrefix("http://localhost:1/contoso.example/oauth2/v2.0/authorize?"))
      for part in [
        "response_type=code", "code_challenge_method=S256", "code_challenge=", "state=", "nonce=",
        "login_hint=a%40x.example", "redirect_uri=http%3A%2F%2Flocalhost%3A3000%2Foauth",
      ] {
        #expect(start.authorizeURL.contains(part))
      }
      #expect(start.cookie.maxAge == SignIn.stateLife)
      #expect(!start.authorizeURL.contains(start.cookie.value.reveal()))
    }
  }
}

extension House {
  /// `nil` for the page of a link that was used.
  fileprivate func page(_ link: (data: String, sig: String)) async throws -> FormPage? {
    guard case .open(let page) = try await signIn.page(data: link.data, sig: link.sig) else { return nil }
    return page
  }

  fileprivate func link(_ form: NewForm) async throws -> (data: String, sig: String) {
    let url = try await signIn.form(form, in: .default)
    #expect(url.hasPrefix(Self.publicURL + "/accounts/new?data="))
    let parts = url.split(separator: "=").map(String.init)
    return (String(parts[1].dropLast("&sig".count)), parts[2])
  }
}
