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
        let page = try await house.signIn.page(data: link.data, sig: link.sig)
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
      let problem = await #expect(throws: Problem.self) {
        try await house.signIn.page(data: link.data, sig: link.sig)
      }
      #expect(problem?.code == .formUsed)
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
      #expect(try await house.signIn.page(data: link.data, sig: link.sig).apps.map(\.id) == [on])
      let refused = await #expect(throws: Problem.self) {
        try await house.signIn.begin(data: link.data, sig: link.sig, app: off)
      }
      #expect(refused?.code == .appNotFound)
    }
  }

  @Test(arguments: ["", "/done", "ftp://a.example", "javascript:alert(1)", "https://", "https://a b.example"])
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
  fileprivate func link(_ form: NewForm) async throws -> (data: String, sig: String) {
    let url = try await signIn.form(form, in: .default)
    #expect(url.hasPrefix(Self.publicURL + "/accounts/new?data="))
    let parts = url.split(separator: "=").map(String.init)
    return (String(parts[1].dropLast("&sig".count)), parts[2])
  }
}
