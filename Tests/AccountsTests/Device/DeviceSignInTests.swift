import AccountsTesting
import Core
import Logging
import Microsoft
import ServiceLifecycle
import Store
import StoreTesting
import Testing

@testable import Accounts

/// A code is shown here and entered there.
@Suite struct DeviceSignInTests {
  static let new = NewForm(account: AccountID("a"), redirectURL: "")

  @Test(arguments: StoreEngine.allCases)
  func `a person who enters the code connects the account`(engine: StoreEngine) async throws {
    try await Sandboxed.run(engine) { world in
      let started = try await world.startDevice()
      #expect(started.verificationURL.hasPrefix(world.origin))
      #expect(started.message.contains(started.userCode) && started.message.contains(started.verificationURL))
      #expect(started.expiresIn == .seconds(900))
      try await world.poll()
      #expect(try await world.deviceStatus(started).state == .pending)
      try await world.decide(started, as: "alice@contoso.test")
      try await world.poll()
      let status = try await world.deviceStatus(started)
      #expect(status.state == .connected && status.account == AccountID("a") && status.problem == nil)
      let account = try await world.house.directory.account(AccountID("a"), in: .default)
      #expect(account.state == .connected && account.email == "alice@contoso.test")
      #expect(try await world.house.events(AccountID("a")) == ["accountAdded", "authenticationSuccess"])
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `a grant of a code is refreshed without the app's secret`(engine: StoreEngine) async throws {
    try await Sandboxed.run(engine) { world in
      let app = try await world.house.addApp(clientID: Sandboxed.native, secret: "of another platform")
      let started = try await world.house.devices.start(Self.new, app: app, in: .default)
      try await world.decide(started, as: "alice@contoso.test")
      try await world.poll()
      #expect(try await world.deviceStatus(started).state == .connected)
      world.house.time.advance(by: .seconds(2 * 3600))
      _ = try await world.house.otherNode().tokens.token(for: AccountID("a"), in: .default)
      #expect(try await world.refreshes() == 1)
      #expect(try await world.requests("/token").allSatisfy { !$0.body.contains("client_secret") })
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `whoever declines leaves nothing behind`(engine: StoreEngine) async throws {
    try await Sandboxed.run(engine) { world in
      let started = try await world.startDevice()
      try await world.decide(started, as: "alice@contoso.test", "decline")
      try await world.poll()
      let status = try await world.deviceStatus(started)
      #expect(status.state == .declined && status.problem?.code == "signIn.declined")
      #expect(status.problem?.remedy != nil)
      try await world.expectNoAccount()
      try await world.poll()
      #expect(try await world.polls() == 1)
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `a code that nobody enters expires, by our clock or by Microsoft's`(engine: StoreEngine) async throws {
    try await Sandboxed.run(engine) { world in
      let ours = try await world.startDevice()
      world.house.time.advance(by: .seconds(900))
      try await world.poll()
      #expect(try await world.deviceStatus(ours).state == .expired)
      #expect(try await world.polls() == 0)
      let theirs = try await world.startDevice()
      try await world.control("clock", #"{"advanceSeconds": 1000}"#)
      try await world.poll()
      #expect(try await world.polls() == 1)
      for started in [ours, theirs] {
        let status = try await world.deviceStatus(started)
        #expect(status.state == .expired && status.problem?.code == "signIn.deviceCodeExpired")
      }
    }
  }

  @Test func `an app that allows no public client flows says where to allow them`() async throws {
    try await Sandboxed.run(.sqlite) { world in
      let started = try await world.startDevice(app: try await world.addWebApp())
      try await world.decide(started, as: "alice@contoso.test")
      try await world.poll()
      let problem = try #require(try await world.deviceStatus(started).problem)
      #expect(problem.code == "signIn.publicClientOff" && problem.peerCode == "AADSTS7000218")
      #expect(problem.remedy?.contains("Allow public client flows") == true)
      #expect(problem.actor == .appOwner)
      #expect(problem.link?.contains(Sandboxed.web.id) == true)
      #expect(try await world.deviceStatus(started).state == .failed)
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `a link gives ten codes in 15 minutes`(engine: StoreEngine) async throws {
    try await Sandboxed.run(engine) { world in
      let app = try await world.addWebApp()
      let form = NewForm(account: AccountID("a"), redirectURL: "https://a.example/done")
      let fields = world.query(try await world.house.signIn.form(form, in: .default))
      let (data, sig) = (fields["data"] ?? "", fields["sig"] ?? "")
      // Each fails at once, so that none is shown again.
      for _ in 0..<10 {
        let journey = try await world.house.devices.start(data: data, sig: sig, app: app)
        try await world.decide(journey, as: "alice@contoso.test")
        try await world.poll()
        #expect(try await world.deviceStatus(journey).state == .failed)
      }
      await #expect {
        _ = try await world.house.devices.start(data: data, sig: sig, app: app)
      } throws: {
        ($0 as? Problem)?.code == .signInTooManyCodes
      }
      #expect(try await world.requests("/devicecode").count == 10)
      world.house.time.advance(by: .seconds(15 * 60))
      _ = try await world.house.devices.start(data: data, sig: sig, app: app)
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `another node goes on with a code, and several ask once`(engine: StoreEngine) async throws {
    try await Sandboxed.run(engine) { world in
      let started = try await world.startDevice()
      let nodes = (0..<8).map { _ in world.house.otherNode() }
      for round in 1...2 {
        if round == 2 { try await world.decide(started, as: "alice@contoso.test") }
        world.house.time.advance(by: started.interval)
        await withTaskGroup(of: Void.self) { group in
          for node in nodes { group.addTask { await node.polling.pollDue() } }
        }
        #expect(try await world.polls() == round)
      }
      #expect(try await world.deviceStatus(started).state == .connected)
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `a code whose node died is asked for again`(engine: StoreEngine) async throws {
    try await Sandboxed.run(engine) { world in
      let started = try await world.startDevice()
      try await world.decide(started, as: "alice@contoso.test")
      world.house.time.advance(by: started.interval)
      let now = world.house.time.now
      // It took its turn and was heard of no more.
      _ = try await world.house.store.write { (tx: borrowing Transaction) in
        try tx.takeDeviceSignIns(due: now, until: now + DeviceSignIns.lease, limit: 1)
      }
      try await world.poll()
      #expect(try await world.polls() == 0)
      world.house.time.advance(by: DeviceSignIns.lease)
      await world.house.otherNode().polling.pollDue()
      #expect(try await world.deviceStatus(started).state == .connected)
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `the wrong person connects nothing`(engine: StoreEngine) async throws {
    try await Sandboxed.run(engine) { world in
      var new = Self.new
      new.expectedEmail = "alice@contoso.test"
      let wrong = try await world.startDevice(new)
      try await world.decide(wrong, as: "bob@contoso.test")
      try await world.poll()
      let status = try await world.deviceStatus(wrong)
      #expect(status.state == .failed && status.problem?.code == "account.identityMismatch")
      try await world.expectNoAccount()
      let right = try await world.startDevice(new)
      try await world.decide(right, as: "alice@contoso.test")
      try await world.poll()
      #expect(try await world.deviceStatus(right).state == .connected)
      // Whoever connected it stays its owner.
      let other = try await world.startDevice()
      try await world.decide(other, as: "bob@contoso.test")
      try await world.poll()
      #expect(try await world.deviceStatus(other).problem?.code == "account.identityMismatch")
    }
  }

  @Test func `what passes by itself is waited for, and slower when Entra says so`() async throws {
    try await Sandboxed.run(.sqlite) { world in
      // Polls within half of it are too fast, however slow this machine is.
      try await world.control("settings", #"{"deviceInterval": 200}"#)
      let started = try await world.startDevice()
      try await world.control("faults", #"{"path": "/token", "status": 503, "count": 1}"#)
      for poll in 1...3 {
        world.house.time.advance(by: started.interval)
        await world.house.polling.pollDue()
        #expect(try await world.deviceStatus(started).state == .pending, "poll \(poll)")
      }
      let record = try await world.house.store.read { (tx: borrowing Transaction) in
        try tx.deviceSignIn(started.id, in: .default)
      }
      #expect(record?.pollInterval == started.interval + DeviceSignIns.slowDown)
      #expect(record?.nextPoll == world.house.time.now + started.interval + DeviceSignIns.slowDown)
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `Entra is asked once whether an app gets codes, and again when the app has changed`(
    engine: StoreEngine
  ) async throws {
    try await Sandboxed.run(engine) { world in
      let web = try await world.addWebApp()
      world.house.time.advance(by: .seconds(1))
      let native = try await world.house.addApp(clientID: Sandboxed.native, secret: nil)
      let link = world.query(
        try await world.house.signIn.form(NewForm(redirectURL: "https://a.example"), in: .default))
      func codes() async throws -> [AppID] {
        guard
          case .open(let page) = try await world.house.signIn.page(
            data: link["data"] ?? "", sig: link["sig"] ?? "")
        else { return [] }
        return page.apps.filter(\.deviceCodes).map(\.id)
      }
      // Nothing is known, so nothing is offered.
      try await world.control("faults", #"{"path": "/devicecode", "status": 503, "count": 2}"#)
      #expect(try await codes() == [])
      #expect(try await codes() == [native])
      let asked = try await world.requests("/devicecode").count
      #expect(try await codes() == [native])
      #expect(try await world.requests("/devicecode").count == asked)
      var change = AppChange()
      change.clientID = Sandboxed.native
      change.dropsCredential = true
      try await world.house.registry.update(web, change, in: .default)
      #expect(try await codes() == [web, native])
      #expect(try await world.requests("/devicecode").count == asked + 1)
    }
  }

  @Test func `the device code is nowhere in clear`() async throws {
    try await Sandboxed.run(.sqlite) { world in
      let started = try await world.startDevice()
      try await world.poll()
      let asked = try await world.requests("/token", body: "device_code=").first?.body
      let code = try #require(asked?.firstMatch(of: /device_code=([^&]+)/)?.1)
      let record = try await world.house.store.read { (tx: borrowing Transaction) in
        try tx.deviceSignIn(started.id, in: .default)
      }
      #expect(!String(decoding: try #require(record).code, as: UTF8.self).contains(code))
    }
  }

  @Test func `the service connects the account and ends when it is told to`() async throws {
    try await Sandboxed.run(.sqlite) { world in
      let group = ServiceGroup(
        services: [world.house.polling], logger: Logger(label: "test") { _ in .silent })
      try await withThrowingTaskGroup(of: Void.self) { tasks in
        tasks.addTask { try await group.run() }
        let started = try await world.startDevice()
        try await world.decide(started, as: "alice@contoso.test")
        while try await world.deviceStatus(started).state == .pending {
          await world.house.time.untilSleeping()
          world.house.time.advance(by: DeviceSignIns.idle)
        }
        #expect(try await world.deviceStatus(started).state == .connected)
        await group.triggerGracefulShutdown()
        try await tasks.waitForAll()
      }
    }
  }
}

/// From a hosted link on.
@Suite struct DevicePageTests {
  @Test(arguments: StoreEngine.allCases)
  func `a hosted link shows one code and leads back when it is entered`(engine: StoreEngine) async throws {
    try await Sandboxed.run(engine) { world in
      let app = try await world.addNativeApp()
      let link = world.query(
        try await world.house.signIn.form(
          NewForm(email: "alice@contoso.test", redirectURL: "https://a.example/done?x=1"), in: .default))
      let (data, sig) = (link["data"] ?? "", link["sig"] ?? "")
      let started = try await world.house.devices.start(data: data, sig: sig, app: app)
      #expect(try await world.house.devices.start(data: data, sig: sig, app: app) == started)
      #expect(try await world.requests("/devicecode").count == 1)
      let pending = try await world.devicePage(started)
      #expect(pending.status.state == .pending && pending.userCode == started.userCode)
      #expect(pending.email == "alice@contoso.test" && pending.requester?.host == "a.example")
      #expect(pending.redirect == nil && pending.back == nil && pending.tryAgain != nil)
      try await world.decide(started, as: "alice@contoso.test")
      try await world.poll()
      let done = try await world.devicePage(started)
      let account = try #require(done.status.account)
      #expect(done.redirect == "https://a.example/done?x=1&account=\(account)&state=new")
      #expect(done.tryAgain == nil)
      let used = await #expect(throws: Problem.self) {
        try await world.house.devices.start(data: data, sig: sig, app: app)
      }
      #expect(used?.code == .formUsed)
    }
  }

  @Test func `one that failed says why and leads back`() async throws {
    try await Sandboxed.run(.sqlite) { world in
      let app = try await world.addNativeApp()
      let form = NewForm(account: AccountID("a"), redirectURL: "https://a.example/done")
      let link = world.query(try await world.house.signIn.form(form, in: .default))
      let started = try await world.house.devices.start(
        data: link["data"] ?? "", sig: link["sig"] ?? "", app: app)
      try await world.decide(started, as: "alice@contoso.test", "decline")
      try await world.poll()
      let page = try await world.devicePage(started)
      #expect(page.status.problem?.code == "signIn.declined")
      let back = world.query(page.back?.url ?? "")
      #expect(back["state"] == "failed" && back["problem"] == "signIn.declined" && back["account"] == "a")
      #expect(page.tryAgain?.hasPrefix(House.publicURL + "/accounts/new?") == true)
    }
  }

  @Test func `a page is what we signed, and a code is known in its workspace alone`() async throws {
    try await Sandboxed.run(.sqlite) { world in
      let app = try await world.addNativeApp()
      let form = NewForm(redirectURL: "https://a.example/done")
      let hosted = world.query(try await world.house.signIn.form(form, in: .default))
      let started = try await world.house.devices.start(
        data: hosted["data"] ?? "", sig: hosted["sig"] ?? "", app: app)
      let page = world.query(started.url)
      for (data, sig) in [
        (hosted["data"], hosted["sig"]), (page["data"], hosted["sig"]), (page["data"], ""), ("", page["sig"]),
      ] {
        let problem = await #expect(throws: Problem.self) {
          try await world.house.devices.page(data: data ?? "", sig: sig ?? "")
        }
        #expect(problem?.code == .formInvalid)
      }
      let unknown = await #expect(throws: Problem.self) {
        try await world.house.devices.status(started.id, in: WorkspaceID("other"))
      }
      #expect(unknown?.code == .signInDeviceUnknown)
      let foreign = await #expect(throws: Problem.self) {
        try await world.house.devices.start(DeviceSignInTests.new, app: app, in: WorkspaceID("other"))
      }
      #expect(foreign?.code == .appNotFound)
    }
  }
}

extension Sandboxed {
  func addNativeApp() async throws -> AppID {
    try await house.addApp(clientID: Self.native, secret: nil)
  }

  fileprivate func startDevice(
    _ new: NewForm = DeviceSignInTests.new, app: AppID? = nil
  ) async throws -> PendingDeviceSignIn {
    let known = try await house.registry.apps(PageRequest(), in: .default).elements.first?.id
    var choice = app ?? known
    if choice == nil { choice = try await addNativeApp() }
    return try await house.devices.start(new, app: try #require(choice), in: .default)
  }

  /// A person enters the code and accepts, or does not.
  fileprivate func decide(_ started: PendingDeviceSignIn, as user: String, _ decision: String = "accept")
    async throws
  {
    let answer = try await send(
      "POST", origin + "/sandbox/device", type: "application/json",
      body: #"{"userCode": "\#(started.userCode)", "user": "\#(user)", "decision": "\#(decision)"}"#)
    #expect(answer.status == 204, "\(answer.body)")
  }

  /// It is time again.
  fileprivate func poll() async throws {
    house.time.advance(by: .seconds(5))
    await house.polling.pollDue()
  }

  fileprivate func polls() async throws -> Int {
    try await requests("/token", body: "device_code=").count
  }

  fileprivate func deviceStatus(_ started: PendingDeviceSignIn) async throws -> DeviceStatus {
    try await house.devices.status(started.id, in: .default)
  }

  fileprivate func devicePage(_ started: PendingDeviceSignIn) async throws -> DevicePage {
    let link = query(started.url)
    return try await house.devices.page(data: link["data"] ?? "", sig: link["sig"] ?? "")
  }

  fileprivate func expectNoAccount() async throws {
    #expect(try await house.directory.accounts(PageRequest(), in: .default).total == 0)
  }
}
