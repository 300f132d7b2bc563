import Core
import MIME
import Microsoft
import Store
import StoreTesting
import Testing

@testable import Accounts
@testable import Backends

/// Messages through the sandbox's Graph.
@Suite struct GraphBackendTests {
  static func message(
    _ number: Int, messageID: String? = nil, envelope: [String] = ["bob@contoso.test", "carol@fabrikam.test"]
  ) throws -> OutgoingMessage {
    let correlationIDs = CorrelationIDs(
      internetMessageID: messageID ?? "<h\(number)@heliograph.test>", heliographID: "h\(number)")
    let text = """
      From: alice@contoso.test\r
      To: bob@contoso.test\r
      Subject: Hello\r
      Date: Fri, 20 Nov 2026 22:41:26 +0000\r
      Message-ID: \(correlationIDs.internetMessageID)\r
      X-Heliograph-Id: \(correlationIDs.heliographID)\r
      \r
      Hello\r

      """
    return OutgoingMessage(
      mime: Array(text.utf8), envelopeTo: try envelope.map { try EmailAddress($0) },
      correlationIDs: correlationIDs)
  }

  @Test(
    arguments: StoreEngine.allCases,
    [#"{"sendLagMs": 0}"#, #"{"sendLagMs": 0, "newIdOnSend": true, "replaceMessageId": true}"#])
  func `a message is drafted, sent, and found again by any of its marks`(
    engine: StoreEngine, settings: String
  ) async throws {
    try await Sandboxed.run(engine) { world in
      try await world.control("settings", settings)
      let id = try await world.connected("alice", as: "alice@contoso.test", app: try await world.addWebApp())
      let backend = try await world.house.backends.backend(for: id, in: .default)
      #expect(backend.canReconcile)
      let message = try Self.message(1)
      #expect(try await backend.find(message.correlationIDs, draft: nil) == .absent)
      let draft = try await backend.createDraft(message)
      #expect(try await backend.find(message.correlationIDs, draft: draft) == .draft(draft))
      #expect(try await backend.find(message.correlationIDs, draft: nil) == .draft(draft))
      try await backend.sendDraft(draft)
      #expect(try await backend.find(message.correlationIDs, draft: draft) == .sent)
      #expect(try await backend.find(message.correlationIDs, draft: nil) == .sent)
      for user in ["bob@contoso.test", "carol@fabrikam.test"] {
        let inbox = try await world.send("GET", world.origin + "/sandbox/messages?user=\(user)&folder=inbox")
        #expect(inbox.body.contains("Hello") && !inbox.body.contains("\"carol@fabrikam.test\""))
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
      let backend = try await world.house.backends.backend(for: id, in: .default)
      // The second one's starts as an own Message-ID of the first does.
      for (number, chosen) in [(1, "<chosen@contoso.test>"), (3, "<h30@heliograph.test>")] {
        let other = try Self.message(number, messageID: chosen)
        let message = try Self.message(number + 1, messageID: chosen)
        let first = try await backend.createDraft(other)
        #expect(try await backend.find(message.correlationIDs, draft: nil) == .absent)
        try await backend.sendDraft(first)
        #expect(try await backend.find(message.correlationIDs, draft: nil) == .absent)
        let draft = try await backend.createDraft(message)
        #expect(try await backend.find(message.correlationIDs, draft: nil) == .draft(draft))
        #expect(try await backend.find(message.correlationIDs, draft: draft) == .draft(draft))
        #expect(try await backend.strayDrafts(of: other.correlationIDs) == [])
        #expect(try await backend.find(other.correlationIDs, draft: nil) == .sent)
      }
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `a sent copy wins over the draft that is still there`(engine: StoreEngine) async throws {
    try await Sandboxed.run(engine) { world in
      try await world.control("settings", #"{"sendLagMs": 0}"#)
      let id = try await world.connected("alice", as: "alice@contoso.test", app: try await world.addWebApp())
      let backend = try await world.house.backends.backend(for: id, in: .default)
      for message in [try Self.message(1), try Self.message(2, messageID: "<chosen@contoso.test>")] {
        let (kept, copy) = (try await backend.createDraft(message), try await backend.createDraft(message))
        #expect(try await backend.find(message.correlationIDs, draft: kept) == .draft(kept))
        #expect(try await backend.find(message.correlationIDs, draft: copy) == .draft(copy))
        try await backend.sendDraft(copy)
        #expect(try await backend.find(message.correlationIDs, draft: kept) == .sent)
        #expect(try await backend.strayDrafts(of: message.correlationIDs) == [kept])
      }
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `a draft is deleted, and it does not matter if it is gone already`(engine: StoreEngine) async throws {
    try await Sandboxed.run(engine) { world in
      let id = try await world.connected("alice", as: "alice@contoso.test", app: try await world.addWebApp())
      let backend = try await world.house.backends.backend(for: id, in: .default)
      let draft = try await backend.createDraft(try Self.message(1))
      // To Deleted Items, out of it, and there is nothing left.
      for _ in 0..<3 { try await backend.deleteDraft(draft) }
      #expect(try await backend.find(try Self.message(1).correlationIDs, draft: draft) == .absent)
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `a token that Graph refuses is replaced once and the request repeated`(engine: StoreEngine)
    async throws
  {
    try await Sandboxed.run(engine) { world in
      let id = try await world.connected("alice", as: "alice@contoso.test", app: try await world.addWebApp())
      try await world.control("clock", #"{"advanceSeconds": 7200}"#)
      let backend = try await world.house.backends.backend(for: id, in: .default)
      _ = try await backend.createDraft(try Self.message(1))
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
            let backend = try await world.house.backends.backend(for: id, in: .default)
            _ = try await backend.createDraft(try Self.message(number))
          }
        }
        try await group.waitForAll()
      }
      #expect(try await world.requests("/token").count == 2)
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `Retry-After closes the mailbox for a while without asking again`(engine: StoreEngine) async throws {
    try await Sandboxed.run(engine) { world in
      let id = try await world.connected("alice", as: "alice@contoso.test", app: try await world.addWebApp())
      let backend = try await world.house.backends.backend(for: id, in: .default)
      try await world.control(
        "faults",
        #"{"path": "/me/messages", "status": 429, "code": "ApplicationThrottled", "retryAfter": 30, "count": 1}"#
      )
      await #expect(throws: Problem.self) { try await backend.createDraft(try Self.message(1)) }
      let problem = await #expect(throws: Problem.self) {
        try await backend.createDraft(try Self.message(1))
      }
      #expect(problem?.retry == .safe(after: .seconds(30)))
      #expect(try await world.requests("/me/messages").count == 1)
      world.house.time.advance(by: .seconds(30))
      _ = try await backend.createDraft(try Self.message(1))
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `an app that may not keep drafts sends without them from then on`(engine: StoreEngine) async throws {
    try await Sandboxed.run(engine) { world in
      let app = try await world.addDaemon()
      let account = NewAccount(
        id: AccountID("a"), name: "A", email: nil, app: app, mailbox: "alice@contoso.test")
      let id = try await world.house.directory.create(account, in: .default).id
      let backend = try await world.house.backends.backend(for: id, in: .default)
      #expect(backend.canReconcile)
      try await world.control(
        "faults", #"{"path": "/messages", "status": 403, "code": "ErrorAccessDenied", "count": 1}"#)
      let problem = await #expect(throws: Problem.self) {
        try await backend.createDraft(try Self.message(1))
      }
      #expect(problem?.retry == .safe(after: .zero))
      let next = try await world.house.backends.backend(for: id, in: .default)
      #expect(!next.canReconcile)
      try await next.send(try Self.message(1))
      // Refused that as well, it was no matter of drafts.
      try await world.control(
        "faults", #"{"path": "/sendMail", "status": 403, "code": "ErrorAccessDenied", "count": 1}"#)
      await #expect(throws: Problem.self) { try await next.send(try Self.message(2)) }
      #expect(try await world.house.backends.backend(for: id, in: .default).canReconcile)
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `whether an app may keep drafts is tried again with its next token`(engine: StoreEngine) async throws {
    try await Sandboxed.run(engine) { world in
      let app = try await world.addDaemon()
      let account = NewAccount(
        id: AccountID("a"), name: "A", email: nil, app: app, mailbox: "alice@contoso.test")
      let id = try await world.house.directory.create(account, in: .default).id
      let backend = try await world.house.backends.backend(for: id, in: .default)
      let refusal = #"{"path": "/messages", "status": 403, "code": "ErrorAccessDenied", "count": 1}"#
      try await world.control("faults", refusal)
      await #expect(throws: Problem.self) { try await backend.createDraft(try Self.message(1)) }
      _ = try await world.house.tokens.token(for: id, in: .default)
      #expect(try await !world.house.backends.backend(for: id, in: .default).canReconcile)
      world.house.time.advance(by: .seconds(2 * 3600))
      _ = try await world.house.tokens.token(for: id, in: .default)
      #expect(try await world.house.backends.backend(for: id, in: .default).canReconcile)
      // Looking a message up finds it out as well as keeping a draft.
      try await world.control("faults", refusal)
      let problem = await #expect(throws: Problem.self) {
        try await backend.find(try Self.message(1).correlationIDs, draft: nil)
      }
      #expect(problem?.retry == .safe(after: .zero))
      #expect(try await !world.house.backends.backend(for: id, in: .default).canReconcile)
    }
  }
}
