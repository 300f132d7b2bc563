import AccountsTesting
import Core
import Microsoft
import Store
import StoreTesting
import Testing

@testable import Accounts
@testable import Backends

/// A person signs in, as a browser would, at the sandbox.
@Suite struct SignInTests {
  static let form = NewForm(
    account: AccountID("alice"), name: "Alice", email: "ALICE@contoso.test",
    redirectURL: "https://a.example/done?x=1", unknownOutcome: .resend)

  @Test(arguments: StoreEngine.allCases)
  func `who signs in at Microsoft is connected`(engine: StoreEngine) async throws {
    try await Sandboxed.run(engine) { world in
      let app = try await world.addWebApp()
      let outcome = try await world.connect(Self.form, as: "alice@contoso.test")
      guard case .connected(let id, .new, let redirect) = outcome else {
        Issue.record("\(outcome)")
        return
      }
      #expect(id == AccountID("alice"))
      #expect(redirect == "https://a.example/done?x=1&account=alice&state=new")
      let account = try await world.house.directory.account(id, in: .default)
      #expect(account.state == .connected && account.mailboxFound && account.sendOnly == false)
      #expect(account.name == "Alice" && account.email == "alice@contoso.test" && account.app == app)
      #expect(account.type == .outlook && account.unknownOutcome == .resend && account.lastError == nil)
      #expect(account.scopes.contains { $0.hasSuffix("Mail.ReadWrite") })
      #expect(try await world.house.events(id) == ["accountAdded", "authenticationSuccess"])
      // The token that came with the code serves at once.
      _ = try await world.house.tokens.token(for: id, in: .default)
      #expect(try await world.refreshes() == 0)
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `a link has at most ten sign-ins under way, the newest`(engine: StoreEngine) async throws {
    try await Sandboxed.run(engine) { world in
      _ = try await world.addWebApp()
      let link = try await world.house.signIn.form(Self.form, in: .default)
      var starts: [SignInStart] = []
      for _ in 0...SignIn.pendingLimit {
        starts.append(try await world.start(link))
        world.house.time.advance(by: .seconds(1))
      }
      let replaced = try await world.callback(starts[0], as: "alice@contoso.test")
      guard let problem = try await world.finish(replaced, starts[0]).refusal else {
        Issue.record("the one that was replaced still connects")
        return
      }
      #expect(problem.code == .signInExpired)
      let kept = try await world.callback(starts[1], as: "alice@contoso.test")
      guard case .connected = try await world.finish(kept, starts[1]) else {
        Issue.record("the oldest that is left does not connect")
        return
      }
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `a native client signs people in without a secret`(engine: StoreEngine) async throws {
    try await Sandboxed.run(engine) { world in
      let app = try await world.house.addApp(clientID: Sandboxed.native, secret: nil)
      let id = try await world.connected("erin", as: "erin@outlook.test", app: app)
      world.house.time.advance(by: .seconds(2 * 3600))
      _ = try await world.house.tokens.token(for: id, in: .default)
      #expect(try await world.refreshes() == 1)
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `the wrong mailbox stores nothing and both addresses are named`(engine: StoreEngine) async throws {
    try await Sandboxed.run(engine) { world in
      _ = try await world.addWebApp()
      var form = Self.form
      form.email = nil
      form.expectedEmail = "alice@contoso.test"
      let link = try await world.house.signIn.form(form, in: .default)
      let started = try await world.start(link)
      let callback = try await world.callback(started, as: "bob@contoso.test")
      guard case .refused(let refused) = try await world.finish(callback, started) else {
        Issue.record("Bob was taken for Alice")
        return
      }
      let (problem, back) = (refused.problem, refused.back)
      #expect(problem.code == .accountIdentityMismatch && refused.tryAgain == link)
      #expect(back?.host == "a.example")
      #expect(back?.url.hasPrefix("https://a.example/done?x=1&account=alice&state=failed&problem=") == true)
      let told = world.query(try #require(back?.url))
      #expect(told["problem"] == "account.identityMismatch")
      #expect(told["error"] == problem.summary && told["remedy"] == problem.remedy)
      #expect(problem.summary.contains("alice@contoso.test") && problem.summary.contains("bob@contoso.test"))
      #expect(try await world.house.directory.accounts(PageRequest(), in: .default).total == 0)
      // The link still works, for the right person.
      let second = try await world.start(link)
      let outcome = try await world.finish(try await world.callback(second, as: "alice@contoso.test"), second)
      guard case .connected = outcome else {
        Issue.record("\(outcome)")
        return
      }
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `an account is connected again only by its owner`(engine: StoreEngine) async throws {
    try await Sandboxed.run(engine) { world in
      let app = try await world.addWebApp()
      let id = try await world.connected("a", as: "alice@contoso.test", app: app)
      let form = NewForm(account: id, redirectURL: "https://a.example/done")
      guard let problem = try await world.connect(form, as: "bob@contoso.test").refusal else {
        Issue.record("Bob has taken Alice's account")
        return
      }
      #expect(problem.code == .accountIdentityMismatch)
      guard case .connected(id, .existing, let url) = try await world.connect(form, as: "alice@contoso.test")
      else {
        Issue.record("Alice cannot come back")
        return
      }
      #expect(url == "https://a.example/done?account=a&state=existing")
      #expect(try await world.house.events(id) == ["accountAdded", "authenticationSuccess"])
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `an answer is taken once`(engine: StoreEngine) async throws {
    try await Sandboxed.run(engine) { world in
      _ = try await world.addWebApp()
      let started = try await world.start(try await world.house.signIn.form(Self.form, in: .default))
      let callback = try await world.callback(started, as: "alice@contoso.test")
      guard case .connected = try await world.finish(callback, started) else {
        Issue.record("not connected")
        return
      }
      let replayed = try await world.finish(callback, started)
      guard case .refused(let refused) = replayed, refused.tryAgain == nil, refused.back == nil else {
        Issue.record("\(replayed)")
        return
      }
      #expect(refused.problem.code == .signInExpired)
      #expect(try await world.requests("/token", body: "grant_type=authorization_code").count == 1)
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `a link stores one account, also when two sign-ins are under way`(engine: StoreEngine) async throws {
    try await Sandboxed.run(engine) { world in
      _ = try await world.addWebApp()
      let link = try await world.house.signIn.form(
        NewForm(redirectURL: "https://a.example/done"), in: .default)
      let attempts = [try await world.start(link), try await world.start(link)]
      var answers: [[String: String]] = []
      for started in attempts {
        answers.append(try await world.callback(started, as: "alice@contoso.test"))
      }
      async let first = world.finish(answers[0], attempts[0])
      async let second = world.finish(answers[1], attempts[1])
      let outcomes = try await [first, second]
      #expect(outcomes.count { if case .connected = $0 { true } else { false } } == 1)
      #expect(outcomes.count { if case .used = $0 { true } else { false } } == 1)
      #expect(try await world.house.directory.accounts(PageRequest(), in: .default).total == 1)
      await #expect(throws: CancellationError.self) { try await world.start(link) }
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `an answer is taken only from the browser that started`(engine: StoreEngine) async throws {
    try await Sandboxed.run(engine) { world in
      _ = try await world.addWebApp()
      let link = try await world.house.signIn.form(Self.form, in: .default)
      let (started, other) = (try await world.start(link), try await world.start(link))
      let callback = try await world.callback(started, as: "alice@contoso.test")
      let foreign: [[String: String]] = [
        [:], [started.cookie.name: ""], [started.cookie.name: other.cookie.value.reveal()],
        [other.cookie.name: other.cookie.value.reveal()],
      ]
      for cookies in foreign {
        let outcome = try await world.house.signIn.complete(callback, cookies: cookies)
        guard case .refused(let refused) = outcome, refused.tryAgain == nil, refused.back == nil else {
          Issue.record("\(outcome)")
          continue
        }
        #expect(refused.problem.code == .signInBrowserMismatch)
      }
      // Whoever tried that has not spoilt it for the person.
      guard case .connected = try await world.finish(callback, started) else {
        Issue.record("not connected")
        return
      }
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `an answer after 15 minutes is too late`(engine: StoreEngine) async throws {
    try await Sandboxed.run(engine) { world in
      _ = try await world.addWebApp()
      let started = try await world.start(try await world.house.signIn.form(Self.form, in: .default))
      let callback = try await world.callback(started, as: "alice@contoso.test")
      world.house.time.advance(by: SignIn.stateLife)
      #expect(try await world.finish(callback, started).refusal?.code == .signInExpired)
      #expect(try await world.house.directory.accounts(PageRequest(), in: .default).total == 0)
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `a person who declines is told so and may try again`(engine: StoreEngine) async throws {
    try await Sandboxed.run(engine) { world in
      _ = try await world.addWebApp()
      let link = try await world.house.signIn.form(Self.form, in: .default)
      let started = try await world.start(link)
      let callback = try await world.callback(started, as: "alice@contoso.test", decision: "cancel")
      guard case .refused(let refused) = try await world.finish(callback, started) else {
        Issue.record("connected")
        return
      }
      #expect(refused.problem.code == .signInDeclined && refused.tryAgain == link)
      #expect(refused.back?.url.contains("account=alice&state=failed&problem=signIn.declined&error=") == true)
    }
  }

  @Test(arguments: [false, true])
  func `who returns from “Need admin approval” is sent to the administrator, and to an app that only sends`(
    hasSendOnly: Bool
  ) async throws {
    try await Sandboxed.run(.sqlite) { world in
      let app = try await world.addWebApp()
      if hasSendOnly {
        _ = try await world.house.registry.create(
          NewApp(
            name: "Sending", provider: .outlook, enabled: true, sendOnly: true, clientID: Sandboxed.web.id,
            clientSecret: Secret(Sandboxed.web.secret)), in: .default)
      }
      let link = try await world.house.signIn.form(
        NewForm(redirectURL: "https://a.example/done"), in: .default)
      let started = try await world.start(link, app: app)
      let callback = try await world.callback(started, as: "dave@wingtip.test", decision: "cancel")
      guard case .refused(let refused) = try await world.finish(callback, started) else {
        Issue.record("connected")
        return
      }
      #expect(refused.problem.code == .signInDeclined && refused.problem.actor == .administrator)
      let consent = try #require(refused.problem.link)
      #expect(
        consent.hasPrefix(world.origin + "/organizations/v2.0/adminconsent?client_id=" + Sandboxed.web.id))
      #expect(refused.problem.remedy?.contains(consent) == true)
      #expect(refused.offersSendOnly == hasSendOnly && refused.tryAgain == link)
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `a person without a mailbox is told so and nothing is stored`(engine: StoreEngine) async throws {
    try await Sandboxed.run(engine) { world in
      _ = try await world.addWebApp()
      let form = NewForm(redirectURL: "https://a.example/done")
      let outcome = try await world.connect(form, as: "nomailbox@contoso.test")
      #expect(outcome.refusal?.code == .graphMailboxUnavailable)
      #expect(try await world.house.directory.accounts(PageRequest(), in: .default).total == 0)
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `without permission to read the account sends only and is not verified yet`(
    engine: StoreEngine
  ) async throws {
    try await Sandboxed.run(engine) { world in
      let app = try await world.addWebApp(skip: ["Mail.ReadWrite", "User.Read"])
      var form = Self.form
      form.app = app
      let outcome = try await world.connect(form, as: "alice@contoso.test")
      guard case .connected(let id, _, _) = outcome else {
        Issue.record("\(outcome)")
        return
      }
      let account = try await world.house.directory.account(id, in: .default)
      #expect(account.sendOnly == true && !account.mailboxFound && account.state == .connected)
      #expect(try await world.house.backends.sender(for: id, in: .default).abilities == .submission)
      var other = form
      other.account = AccountID("b")
      let mismatch = try await world.connect(other, as: "bob@contoso.test")
      #expect(mismatch.refusal?.code == .accountIdentityMismatch)
    }
  }
}

extension SignInOutcome {
  var refusal: Problem? {
    guard case .refused(let refused) = self else { return nil }
    return refused.problem
  }
}
