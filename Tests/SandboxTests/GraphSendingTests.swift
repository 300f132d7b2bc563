import Core
import Foundation
import NIOHTTP1
import Synchronization
import Testing

@testable import Sandbox

/// Everything about sending holds however awkward Exchange is.
@Suite struct GraphSendingTests {
  static let awkwardness: [SendingRules] = [false, true].flatMap { newID in
    [false, true].flatMap { replaces in
      [Duration.zero, .seconds(2)].map { SendingRules(lag: $0, newID: newID, replacesMessageID: replaces) }
    }
  }

  private func run(
    _ rules: SendingRules, _ body: @escaping @Sendable (SandboxHarness) async throws -> Void
  ) async throws {
    // Time stands still, so that nothing becomes due unless the clock is moved.
    let start = Instant(microseconds: 1_795_000_000_000_000)
    try await SandboxHarness.run(clock: SandboxClock(wall: { start })) { sandbox async throws in
      try await sandbox.settings(
        """
        {"sendLagMs": \(rules.lag.microseconds / 1000), "newIdOnSend": \(rules.newID),
         "replaceMessageId": \(rules.replacesMessageID)}
        """)
      try await body(sandbox)
    }
  }

  private func wait(_ rules: SendingRules, _ sandbox: SandboxHarness) async throws {
    guard rules.lag > .zero else { return }
    _ = try await sandbox.postJSON("/sandbox/clock", #"{"advanceSeconds": 2}"#)
  }

  @Test(arguments: awkwardness)
  func `A sent draft stays in Drafts for the lag and then lies in Sent Items and the Inbox`(
    rules: SendingRules
  ) async throws {
    try await run(rules) { sandbox async throws in
      let immutable = ["prefer": #"IdType="ImmutableId""#]
      let draft = try await sandbox.graphMIME("/me/messages", message(), headers: immutable)
      #expect(draft.status == 201)
      #expect(draft.headers.first(name: "preference-applied") == #"IdType="ImmutableId""#)
      #expect(draft.json["isDraft"] as? Bool == true)

      let sent = try await sandbox.graph("POST", "/me/messages/\(draft.id)/send")
      #expect(sent.status == 202)
      #expect(sent.body.isEmpty)
      if rules.lag > .zero {
        #expect(try await sandbox.messages("alice@contoso.test", "drafts").count == 1)
        #expect(try await sandbox.messages("bob@contoso.test").isEmpty)
        _ = try await sandbox.postJSON("/sandbox/clock", #"{"advanceSeconds": 1.999}"#)
        #expect(try await sandbox.messages("alice@contoso.test", "sentitems").isEmpty)
      }
      try await wait(rules, sandbox)

      #expect(try await sandbox.messages("alice@contoso.test", "drafts").isEmpty)
      let own = try #require(try await sandbox.messages("alice@contoso.test", "sentitems").first)
      let received = try #require(try await sandbox.messages("bob@contoso.test", "inbox").first)
      #expect((own.text("id") == draft.id) == !rules.newID)
      #expect(own["isDraft"] as? Bool == false)
      #expect((own.text("internetMessageId") == "<one@heliograph.test>") == !rules.replacesMessageID)
      #expect(received.text("internetMessageId") == own.text("internetMessageId"))
      #expect(received.text("id") != own.text("id"))
      #expect(received["isRead"] as? Bool == false)

      let found = try await sandbox.graph("GET", "/me/messages/\(draft.id)")
      #expect(found.status == (rules.newID ? 404 : 200))
      if rules.newID { #expect(found.errorCode == "ErrorItemNotFound") }
    }
  }

  @Test(arguments: awkwardness)
  func `The mark of a message finds it before and after it is sent`(rules: SendingRules) async throws {
    try await run(rules) { sandbox async throws in
      try await sandbox.settings(#"{"dropUnknownHeaders": false}"#)
      let mark =
        "singleValueExtendedProperties/any(ep: ep/id eq 'String {00020386-0000-0000-C000-000000000046} "
        + "Name X-Heliograph-Id' and ep/value eq 'q_1')"
      let path = "/me/messages?" + FormFields([("$filter", mark), ("$select", "id,isDraft")]).urlEncoded
      let draft = try await sandbox.graphMIME("/me/messages", message())
      let before = try await sandbox.graph("GET", path)
      #expect(before.list.map { $0.text("id") } == [draft.id])
      #expect(before.list.first?["isDraft"] as? Bool == true)

      _ = try await sandbox.graph("POST", "/me/messages/\(draft.id)/send")
      try await wait(rules, sandbox)
      let after = try await sandbox.graph("GET", path)
      #expect(after.list.map { $0["isDraft"] as? Bool } == [false])
      // Its ordinary id changed with the folder, whatever became of the immutable one.
      #expect(after.list.first?.text("id") != draft.id)
    }
  }

  @Test(arguments: awkwardness)
  func `Hidden recipients get the message and nobody sees them`(rules: SendingRules) async throws {
    try await run(rules) { sandbox async throws in
      let answer = try await sandbox.graphMIME("/me/sendMail", message(bcc: "carol@fabrikam.test"))
      #expect(answer.status == 202)
      try await wait(rules, sandbox)
      for recipient in ["bob@contoso.test", "carol@fabrikam.test"] {
        let received = try #require(try await sandbox.messages(recipient, "inbox").first)
        #expect((received["bccRecipients"] as? [Any])?.isEmpty == true)
        let headers = received["internetMessageHeaders"] as? [[String: Any]] ?? []
        #expect(!headers.contains { $0.text("name").lowercased() == "bcc" })
        let token = try sandbox.token(recipient)
        let source = try await sandbox.graph(
          "GET", "/me/messages/\(received.text("id"))/$value", token: token)
        #expect(source.status == 200)
        #expect(!source.body.lowercased().contains("carol"))
        #expect(source.body.hasSuffix("\r\n\r\nThe sun is out.\r\n"))
      }
      let own = try #require(try await sandbox.messages("alice@contoso.test", "sentitems").first)
      #expect("\(own["bccRecipients"] ?? "")".contains("carol@fabrikam.test"))
    }
  }

  @Test(arguments: awkwardness)
  func `A draft that is sent twice while it waits arrives twice`(rules: SendingRules) async throws {
    guard rules.lag > .zero else { return }
    try await run(rules) { sandbox async throws in
      let draft = try await sandbox.graphMIME("/me/messages", message())
      for _ in 0..<2 {
        #expect(try await sandbox.graph("POST", "/me/messages/\(draft.id)/send").status == 202)
      }
      try await wait(rules, sandbox)
      #expect(try await sandbox.messages("bob@contoso.test", "inbox").count == 2)
      #expect(try await sandbox.messages("alice@contoso.test", "sentitems").count == 2)
      let third = try await sandbox.graph("POST", "/me/messages/\(draft.id)/send")
      #expect(third.errorCode == "ErrorItemNotFound")
    }
  }

  @Test(arguments: awkwardness)
  func `A message whose draft was deleted on its way is sent nevertheless`(rules: SendingRules) async throws {
    guard rules.lag > .zero else { return }
    try await run(rules) { sandbox async throws in
      let draft = try await sandbox.graphMIME("/me/messages", message())
      _ = try await sandbox.graph("POST", "/me/messages/\(draft.id)/send")
      #expect(try await sandbox.graph("DELETE", "/me/messages/\(draft.id)").status == 204)
      try await wait(rules, sandbox)
      #expect(try await sandbox.messages("bob@contoso.test", "inbox").count == 1)
    }
  }

  @Test(arguments: awkwardness)
  func `A bounce comes back as a report of delivery status`(rules: SendingRules) async throws {
    try await run(rules) { sandbox async throws in
      let answer = try await sandbox.graphMIME(
        "/me/sendMail", message(to: "bounce@nowhere.test, bob@contoso.test"))
      #expect(answer.status == 202)
      try await wait(rules, sandbox)
      let sent = try #require(try await sandbox.messages("alice@contoso.test", "sentitems").first)
      let report = try #require(try await sandbox.messages("alice@contoso.test", "inbox").first)
      #expect(report.text("subject") == "Undeliverable: Signal")
      let source = try await sandbox.graph("GET", "/me/messages/\(report.text("id"))/$value").body
      #expect(source.contains("multipart/report; report-type=delivery-status"))
      #expect(source.contains("Final-Recipient: rfc822;bounce@nowhere.test"))
      #expect(source.contains("In-Reply-To: \(sent.text("internetMessageId"))"))
      #expect(try await sandbox.messages("bob@contoso.test", "inbox").count == 1)
    }
  }

  @Test func `The lag passes by itself`() async throws {
    let wall = MovingWall()
    try await SandboxHarness.run(clock: SandboxClock(wall: { wall.now })) { sandbox async throws in
      #expect(try await sandbox.graphMIME("/me/sendMail", message()).status == 202)
      #expect(try await sandbox.messages("bob@contoso.test").isEmpty)
      wall.move(by: .milliseconds(2000))
      #expect(try await sandbox.messages("bob@contoso.test").count == 1)
    }
  }

  @Test func `A message that shall not be saved leaves no copy`() async throws {
    try await run(SendingRules(lag: .zero)) { sandbox async throws in
      let body = #"""
        {"Message": {"subject": "Meet", "body": {"contentType": "Text", "content": "Lunch?"},
          "toRecipients": [{"emailAddress": {"address": "bob@contoso.test"}}]}, "SaveToSentItems": "false"}
        """#
      #expect(try await sandbox.graph("POST", "/me/sendMail", body: body).status == 202)
      #expect(try await sandbox.messages("alice@contoso.test").isEmpty)
      #expect(try await sandbox.messages("bob@contoso.test").count == 1)
    }
  }

  @Test func `A throttled recipient delays the first attempt of each message`() async throws {
    try await run(SendingRules(lag: .zero)) { sandbox async throws in
      for id in ["<a@x.test>", "<b@x.test>"] {
        let mime = message(to: "throttle+30@contoso.test", id: id)
        let first = try await sandbox.graphMIME("/me/sendMail", mime)
        #expect(first.status == 429)
        #expect(first.errorCode == "ApplicationThrottled")
        #expect(first.headers.first(name: "retry-after") == "30")
        #expect(try await sandbox.graphMIME("/me/sendMail", mime).status == 202)
      }
      #expect(try await sandbox.messages("alice@contoso.test", "sentitems").count == 2)
    }
  }

  @Test func `A lost reply loses the reply and not the message`() async throws {
    try await run(SendingRules(lag: .zero)) { sandbox async throws in
      let mime = message(to: "lost-reply@contoso.test, bob@contoso.test")
      await #expect(throws: (any Error).self) { try await sandbox.graphMIME("/me/sendMail", mime) }
      #expect(try await sandbox.messages("bob@contoso.test").count == 1)
      #expect(try await sandbox.graphMIME("/me/sendMail", mime).status == 202)
    }
  }
}

final class MovingWall: Sendable {
  private let instant = Mutex(Instant(microseconds: 1_795_000_000_000_000))
  var now: Instant { instant.withLock { $0 } }
  func move(by duration: Duration) { instant.withLock { $0 = $0 + duration } }
}
