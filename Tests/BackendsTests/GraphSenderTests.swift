import Accounts
import AccountsTesting
import Core
import Microsoft
import Store
import StoreTesting
import Testing

@testable import Backends

private let all: SenderAbilities = [.drafts, .submission, .lookup]

/// Messages through the sandbox's Graph.
@Suite struct GraphSenderTests {
  @Test(
    arguments: StoreEngine.allCases,
    [
      #"{"sendLagMs": 0}"#, #"{"sendLagMs": 0, "newIdOnSend": true, "replaceMessageId": true}"#,
      #"{"sendLagMs": 0, "newIdOnSend": true, "replaceMessageId": true, "dropUnknownHeaders": false}"#,
    ])
  func `a message is drafted, sent, and found again by its draft or by any of its ids`(
    engine: StoreEngine, settings: String
  ) async throws {
    try await Sandboxed.run(engine) { world in
      try await world.control("settings", settings)
      let id = try await world.connected("alice", as: "alice@contoso.test", app: try await world.addWebApp())
      let sender = try await world.house.backends.sender(for: id, in: .default)
      #expect(sender.abilities == all)
      let message = try OutgoingMessage.sample(1)
      #expect(try await sender.lookUp(message.correlationIDs, draft: nil) == .absent)
      let draft = try await sender.createDraft(message).id
      #expect(try await sender.lookUp(message.correlationIDs, draft: draft) == .draft(draft))
      #expect(try await sender.lookUp(message.correlationIDs, draft: nil) == .draft(draft))
      try await sender.sendDraft(draft, of: message.correlationIDs, from: "alice@contoso.test")
      #expect(try await sender.lookUp(message.correlationIDs, draft: draft).isSent)
      #expect(try await sender.lookUp(message.correlationIDs, draft: nil).isSent)
      for user in ["bob@contoso.test", "carol@fabrikam.test"] {
        let inbox = try await world.send("GET", world.origin + "/sandbox/messages?user=\(user)&folder=inbox")
        #expect(inbox.body.contains("Hello") && !inbox.body.contains("\"carol@fabrikam.test\""))
      }
    }
  }

  @Test(
    arguments: StoreEngine.allCases,
    [
      #"{"sendLagMs": 3600000}"#, #"{"sendLagMs": 3600000, "replaceMessageId": true}"#,
      #"{"sendLagMs": 3600000, "newIdOnSend": true, "replaceMessageId": true}"#,
    ])
  func `the Message-ID that a message was sent with is read from the sent copy`(
    engine: StoreEngine, settings: String
  ) async throws {
    try await Sandboxed.run(engine) { world in
      try await world.control("settings", settings)
      let id = try await world.connected("alice", as: "alice@contoso.test", app: try await world.addWebApp())
      let sender = try await world.house.backends.sender(for: id, in: .default)
      let message = try OutgoingMessage.sample(1)
      let draft = try await sender.createDraft(message)
      #expect(draft.internetMessageID == message.correlationIDs.internetMessageID)
      try await sender.sendDraft(draft.id, of: message.correlationIDs, from: "alice@contoso.test")
      #expect(try await sender.sentMessageID(of: message.correlationIDs, draft: draft.id) == nil)
      try await world.control("clock", #"{"advanceSeconds": 3601}"#)
      let sent = try #require(try await sender.sentMessageID(of: message.correlationIDs, draft: draft.id))
      #expect((sent != draft.internetMessageID) == settings.contains("replaceMessageId"))
      #expect(try await sender.lookUp(message.correlationIDs, draft: draft.id) == .sent(as: sent))
    }
  }

  @Test(arguments: StoreEngine.allCases, [true, false])
  func `the first draft with List-Unsubscribe-Post shows whether the mailbox drops it`(
    engine: StoreEngine, drops: Bool
  ) async throws {
    try await Sandboxed.run(engine) { world in
      try await world.control("settings", #"{"sendLagMs": 0, "dropUnknownHeaders": \#(drops)}"#)
      let id = try await world.connected("alice", as: "alice@contoso.test", app: try await world.addWebApp())
      func isDropping() async throws -> Bool? {
        try await world.house.store.read { (tx: borrowing Transaction) in
          try tx.senderIdentity(id, in: .default)?.dropsUnsubscribePost
        }
      }
      func looks() async throws -> Int {
        try await world.requests("").count { $0.query.contains("Unsubscribe-Post") }
      }
      let backends = world.house.backends
      _ = try await backends.sender(for: id, in: .default).createDraft(.sample(1))
      #expect(try await looks() == 0)
      try await world.control("faults", #"{"path": "*/me/messages/*", "status": 503, "count": 1}"#)
      for number in 2...4 {
        var message = try OutgoingMessage.sample(number)
        message.mime = Array("list-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n".utf8) + message.mime
        _ = try await backends.sender(for: id, in: .default).createDraft(message)
        #expect(try await looks() == min(number - 1, 2))
        #expect(try await isDropping() == (drops && number > 2))
      }
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `another message with a Message-ID that somebody chose is not taken for this one`(
    engine: StoreEngine
  ) async throws {
    try await Sandboxed.run(engine) { world in
      try await world.control("settings", #"{"sendLagMs": 0}"#)
      let id = try await world.connected("alice", as: "alice@contoso.test", app: try await world.addWebApp())
      let sender = try await world.house.backends.sender(for: id, in: .default)
      // The second one's starts as an own Message-ID of the first does.
      for (number, chosen) in [(1, "<chosen@contoso.test>"), (3, "<h30@heliograph.test>")] {
        let other = try OutgoingMessage.sample(number, messageID: chosen)
        let message = try OutgoingMessage.sample(number + 1, messageID: chosen)
        let first = try await sender.createDraft(other).id
        #expect(try await sender.lookUp(message.correlationIDs, draft: nil) == .absent)
        try await sender.sendDraft(first, of: other.correlationIDs, from: "alice@contoso.test")
        #expect(try await sender.lookUp(message.correlationIDs, draft: nil) == .absent)
        let draft = try await sender.createDraft(message).id
        #expect(try await sender.lookUp(message.correlationIDs, draft: nil) == .draft(draft))
        #expect(try await sender.lookUp(message.correlationIDs, draft: draft) == .draft(draft))
        #expect(try await sender.duplicateDrafts(of: other.correlationIDs) == [])
        #expect(try await sender.lookUp(other.correlationIDs, draft: nil).isSent)
      }
    }
  }

  /// As after a crash between the draft and the look, or a look that failed.
  @Test(arguments: StoreEngine.allCases)
  func `a mailbox's first draft is not sent before its copy is certain to be found`(
    engine: StoreEngine
  ) async throws {
    try await Sandboxed.run(engine) { world in
      try await world.control(
        "settings",
        #"{"sendLagMs": 0, "newIdOnSend": true, "replaceMessageId": true, "dropUnknownHeaders": true}"#)
      let id = try await world.connected("alice", as: "alice@contoso.test", app: try await world.addWebApp())
      let sender = try await world.house.backends.sender(for: id, in: .default)
      let message = try OutgoingMessage.sample(1)
      try await world.control(
        "faults", #"{"method": "GET", "path": "*/messages/*", "status": 500, "count": 2}"#)
      let draft = try await sender.createDraft(message).id
      let problem = await #expect(throws: Problem.self) {
        try await sender.sendDraft(draft, of: message.correlationIDs, from: message.from)
      }
      #expect(problem?.retry == .safe(after: nil))
      #expect(try await sender.lookUp(message.correlationIDs, draft: draft) == .draft(draft))
      try await sender.sendDraft(draft, of: message.correlationIDs, from: message.from)
      #expect(try await sender.lookUp(message.correlationIDs, draft: draft).isSent)
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `a refusal to send as somebody else names both`(engine: StoreEngine) async throws {
    try await Sandboxed.run(engine) { world in
      let (web, daemon) = (try await world.addWebApp(), try await world.addDaemon())
      let alice = try await world.connected("alice", as: "alice@contoso.test", app: web)
      let robot = AccountID("robot")
      _ = try await world.house.directory.create(
        NewAccount(id: robot, name: "Robot", email: nil, app: daemon, mailbox: "alice@contoso.test"),
        in: .default)
      for (account, name) in [
        (alice, "alice@contoso.test"), (robot, "the app with the client ID \(Sandboxed.daemon.id)"),
      ] {
        let sender = try await world.house.backends.sender(for: account, in: .default)
        let message = try OutgoingMessage.sample(1, from: "bob@contoso.test")
        let problem = await #expect(throws: Problem.self) {
          try await sender.sendDraft(
            try await sender.createDraft(message).id, of: message.correlationIDs, from: message.from)
        }
        #expect(
          problem?.summary
            == "Exchange does not allow \(name) to send as bob@contoso.test. (HTTP 403, ErrorSendAsDenied)")
        #expect(problem?.remedy?.contains("grant \(name) “Send as” on bob@contoso.test") == true)
      }
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `a sent copy wins over the draft that is still there`(engine: StoreEngine) async throws {
    try await Sandboxed.run(engine) { world in
      try await world.control("settings", #"{"sendLagMs": 0}"#)
      let id = try await world.connected("alice", as: "alice@contoso.test", app: try await world.addWebApp())
      let sender = try await world.house.backends.sender(for: id, in: .default)
      for message in [try OutgoingMessage.sample(1), try .sample(2, messageID: "<chosen@contoso.test>")] {
        let (kept, copy) = (
          try await sender.createDraft(message).id, try await sender.createDraft(message).id
        )
        #expect(try await sender.lookUp(message.correlationIDs, draft: kept) == .draft(kept))
        #expect(try await sender.lookUp(message.correlationIDs, draft: copy) == .draft(copy))
        try await sender.sendDraft(copy, of: message.correlationIDs, from: "alice@contoso.test")
        #expect(try await sender.lookUp(message.correlationIDs, draft: kept).isSent)
        #expect(try await sender.duplicateDrafts(of: message.correlationIDs) == [kept])
      }
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `a draft is deleted, and it does not matter if it is gone already`(engine: StoreEngine) async throws {
    try await Sandboxed.run(engine) { world in
      let id = try await world.connected("alice", as: "alice@contoso.test", app: try await world.addWebApp())
      let sender = try await world.house.backends.sender(for: id, in: .default)
      let draft = try await sender.createDraft(try .sample(1)).id
      // To Deleted Items, out of it, and there is nothing left.
      for _ in 0..<3 { try await sender.deleteDraft(draft) }
      #expect(try await sender.lookUp(try OutgoingMessage.sample(1).correlationIDs, draft: draft) == .absent)
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `a token that Graph refuses is replaced once and the request repeated`(engine: StoreEngine)
    async throws
  {
    try await Sandboxed.run(engine) { world in
      let id = try await world.connected("alice", as: "alice@contoso.test", app: try await world.addWebApp())
      try await world.control("clock", #"{"advanceSeconds": 7200}"#)
      let sender = try await world.house.backends.sender(for: id, in: .default)
      _ = try await sender.createDraft(try .sample(1))
      #expect(try await world.refreshes() == 1)
      let asked = try await world.requests("/me/messages").map(\.status)
      #expect(asked == [401, 201])
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `a hundred mailboxes after two hours at Microsoft cost one token request`(
    engine: StoreEngine
  ) async throws {
    try await Sandboxed.run(engine) { world in
      let app = try await world.addDaemon()
      let ids = (1...100).map { AccountID("m\($0)") }
      for (number, id) in ids.enumerated() {
        let digits = String(String(1001 + number).dropFirst())
        let account = NewAccount(
          id: id, name: "M", email: nil, app: app, mailbox: "mailbox\(digits)@contoso.test")
        _ = try await world.house.directory.create(account, in: .default)
      }
      _ = try await world.house.tokens.token(for: ids[0], in: .default)
      try await world.control("clock", #"{"advanceSeconds": 7200}"#)
      try await withThrowingTaskGroup(of: Void.self) { group in
        for (number, id) in ids.enumerated() {
          group.addTask {
            let sender = try await world.house.backends.sender(for: id, in: .default)
            _ = try await sender.createDraft(try .sample(number))
          }
        }
        try await group.waitForAll()
      }
      #expect(try await world.requests("/token").count == 2)
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `a request can leave at once while a token lives and a place is free`(engine: StoreEngine) async throws
  {
    try await Sandboxed.run(engine) { world in
      let id = try await world.connected("alice", as: "alice@contoso.test", app: try await world.addWebApp())
      let backends = world.house.backends
      let sender = try await backends.sender(for: id, in: .default)
      #expect(await sender.prepareAtOnce())
      _ = try await sender.createDraft(try .sample(1))
      #expect(try await world.refreshes() == 0)
      // The token is about to expire.
      world.house.time.advance(by: .seconds(3600))
      #expect(await !sender.prepareAtOnce())
      try await sender.prepare()
      #expect(try await world.refreshes() == 1)
      var others: [any Sender] = []
      for _ in 1..<MailboxLimiter.width {
        let other = try await backends.sender(for: id, in: .default)
        #expect(await other.prepareAtOnce())
        others.append(other)
      }
      let last = try await backends.sender(for: id, in: .default)
      #expect(await !last.prepareAtOnce())
      _ = try await sender.createDraft(try .sample(2))
      #expect(await last.prepareAtOnce())
      #expect(others.count == 3)
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `Retry-After closes the mailbox for a while without asking again`(engine: StoreEngine) async throws {
    try await Sandboxed.run(engine) { world in
      let id = try await world.connected("alice", as: "alice@contoso.test", app: try await world.addWebApp())
      let sender = try await world.house.backends.sender(for: id, in: .default)
      try await world.control(
        "faults",
        #"{"path": "/me/messages", "status": 429, "code": "ApplicationThrottled", "retryAfter": 30, "count": 1}"#
      )
      await #expect(throws: Problem.self) { try await sender.createDraft(try .sample(1)) }
      let problem = await #expect(throws: Problem.self) {
        try await sender.createDraft(try .sample(1))
      }
      #expect(problem?.retry == .safe(after: .seconds(30)))
      #expect(try await world.requests("/me/messages").count == 1)
      world.house.time.advance(by: .seconds(30))
      _ = try await sender.createDraft(try .sample(1))
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `an app that may not keep drafts sends without them from then on`(engine: StoreEngine) async throws {
    try await Sandboxed.run(engine) { world in
      let app = try await world.addDaemon()
      let account = NewAccount(
        id: AccountID("a"), name: "A", email: nil, app: app, mailbox: "alice@contoso.test")
      let id = try await world.house.directory.create(account, in: .default).id
      let sender = try await world.house.backends.sender(for: id, in: .default)
      #expect(sender.abilities == all)
      try await world.control(
        "faults", #"{"path": "/messages", "status": 403, "code": "ErrorAccessDenied", "count": 1}"#)
      let problem = await #expect(throws: Problem.self) {
        try await sender.createDraft(try .sample(1))
      }
      #expect(problem?.retry == .safe(after: .zero))
      let next = try await world.house.backends.sender(for: id, in: .default)
      #expect(next.abilities == .submission)
      try await next.submit(try .sample(1))
      // Refused that as well, it was no matter of drafts.
      try await world.control(
        "faults", #"{"path": "/sendMail", "status": 403, "code": "ErrorAccessDenied", "count": 1}"#)
      await #expect(throws: Problem.self) { try await next.submit(try .sample(2)) }
      #expect(try await world.house.backends.sender(for: id, in: .default).abilities == all)
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `whether an app may keep drafts is tried again with its next token`(engine: StoreEngine) async throws {
    try await Sandboxed.run(engine) { world in
      let app = try await world.addDaemon()
      let account = NewAccount(
        id: AccountID("a"), name: "A", email: nil, app: app, mailbox: "alice@contoso.test")
      let id = try await world.house.directory.create(account, in: .default).id
      let sender = try await world.house.backends.sender(for: id, in: .default)
      let refusal = #"{"path": "/messages", "status": 403, "code": "ErrorAccessDenied", "count": 1}"#
      try await world.control("faults", refusal)
      await #expect(throws: Problem.self) { try await sender.createDraft(try .sample(1)) }
      _ = try await world.house.tokens.token(for: id, in: .default)
      #expect(try await world.house.backends.sender(for: id, in: .default).abilities == .submission)
      world.house.time.advance(by: .seconds(2 * 3600))
      _ = try await world.house.tokens.token(for: id, in: .default)
      #expect(try await world.house.backends.sender(for: id, in: .default).abilities == all)
      // Looking a message up finds it out as well as keeping a draft.
      try await world.control("faults", refusal)
      let problem = await #expect(throws: Problem.self) {
        try await sender.lookUp(try OutgoingMessage.sample(1).correlationIDs, draft: nil)
      }
      #expect(problem?.retry == .safe(after: .zero))
      #expect(try await world.house.backends.sender(for: id, in: .default).abilities == .submission)
    }
  }
}

extension LookupResult {
  fileprivate var isSent: Bool {
    if case .sent = self { true } else { false }
  }
}
