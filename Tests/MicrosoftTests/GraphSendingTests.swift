import Core
import Foundation
import Testing

@testable import Microsoft

@Suite struct GraphSendingTests {
  let mime = Array("From: a@contoso.test\r\nTo: b@contoso.test\r\n\r\nHello\r\n".utf8)

  @Test func `a draft is created from MIME and known by its id`() async throws {
    try await withGraph(.user("alice+x@contoso.test"), react: { _ in .answer(201, body: draft) }) {
      graph, server in
      let message = try await graph.createDraft(mime)
      #expect(message.graphID == "AAkALgAAAAAAHYQDEapmEc2byACqAC/EWg0A=")
      #expect(message.isDraft)
      #expect(message.internetMessageID == "<MW2PR1901MB3034@contoso.test>")
      let asked = try #require(server.requests.first)
      #expect(asked.method == "POST")
      #expect(asked.target == "/v1.0/users/alice%2Bx%40contoso.test/messages")
      #expect(asked.headers["content-type"] == "text/plain")
      #expect(asked.headers["prefer"] == "IdType=\"ImmutableId\"")
      #expect(asked.headers["authorization"] == "Bearer opaque-token")
      #expect(Data(base64Encoded: asked.body).map(Array.init) == mime)
    }
  }

  @Test func `a draft is sent with an empty body`() async throws {
    try await withGraph(react: { _ in .answer(202) }) { graph, server in
      try await graph.sendDraft("AAkA/b+c==")
      let asked = try #require(server.requests.first)
      #expect(asked.target == "/v1.0/me/messages/AAkA%2Fb%2Bc%3D%3D/send")
      #expect(asked.headers["content-length"] == "0")
      #expect(asked.body.isEmpty)
    }
  }

  @Test func `a message is sent in one step`() async throws {
    try await withGraph(react: { _ in .answer(202) }) { graph, server in
      try await graph.sendMail(mime)
      #expect(server.requests.map(\.target) == ["/v1.0/me/sendMail"])
    }
  }

  @Test func `202 is success even when the connection ends before the reply does`() async throws {
    let cut = "HTTP/1.1 202 Accepted\r\ncontent-length: 5\r\n\r\n{"
    try await withGraph(react: { _ in .raw(cut) }) { graph, _ in
      try await graph.sendMail(mime)
      try await graph.sendDraft("id")
    }
  }

  @Test(arguments: [200, 201, 204, 302])
  func `another success than 202 leaves the message's fate open`(status: Int) async throws {
    try await withGraph(react: { _ in .answer(status) }) { graph, _ in
      for problem in try await [
        failure { try await graph.sendMail(mime) }, failure { try await graph.sendDraft("i") },
      ] {
        #expect(problem.code == .graphUnexpectedReply)
        #expect(problem.retry == .unsafe)
        #expect(problem.origin?.status == status)
      }
    }
  }

  @Test func `a lost reply to a step that acts is unsafe`() async throws {
    try await withGraph(react: { _ in .hangUp }) { graph, _ in
      for problem in try await [
        failure { try await graph.sendMail(mime) }, failure { try await graph.sendDraft("i") },
        failure { _ = try await graph.createDraft(mime) },
      ] {
        #expect(problem.code == .graphLostReply)
        #expect(problem.retry == .unsafe)
      }
      let problem = try await failure { try await graph.deleteMessage("i") }
      #expect(problem.retry == .safe(after: nil))
    }
  }

  @Test(arguments: [
    "HTTP/1.1 201 Created\r\ncontent-length: 900\r\n\r\n{\"id\":",
    "HTTP/1.1 201 Created\r\ncontent-length: 2\r\n\r\n{}",
  ])
  func `a draft whose id did not arrive is unsafe`(reply: String) async throws {
    try await withGraph(react: { _ in .raw(reply) }) { graph, _ in
      let problem = try await failure { _ = try await graph.createDraft(mime) }
      #expect(problem.retry == .unsafe)
    }
  }

  @Test func `a server that cannot be reached has done nothing`() async throws {
    let port = try await WireServer.refusedPort()
    try await withHTTP { http in
      let graph = Graph(
        cloud: try Cloud(replacing: "http://localhost:\(port)"), http: http, mailbox: .me, token: Secret("t"))
      let problem = try await failure { try await graph.sendMail(mime) }
      #expect(problem.code == .graphUnreachable)
      #expect(problem.retry == .safe(after: nil))
    }
  }

  @Test func `a draft is deleted`() async throws {
    try await withGraph(react: { _ in .answer(204) }) { graph, server in
      try await graph.deleteMessage("AAk=")
      #expect(server.requests.map { $0.method + " " + $0.target } == ["DELETE /v1.0/me/messages/AAk%3D"])
    }
  }
}

/// How `body` fails.
func failure(_ body: () async throws -> Void) async throws -> Problem {
  try #require(await #expect(throws: Problem.self) { try await body() })
}

/// Microsoft Learn, "Create message", response to a request in MIME format; shortened.
private let draft = """
  {
    "@odata.context": "https://graph.microsoft.com/v1.0/$metadata#users('0aaa0aa0-0000-0a00-a00a-0000009000a0')/messages/$entity",
    "@odata.etag": "W/\\"AAAAAAAAAAAa0AAAAAAAAAAAaaa00AA\\"",
    "id": "AAkALgAAAAAAHYQDEapmEc2byACqAC/EWg0A=",
    "createdDateTime": "2021-12-09T16:40:47Z",
    "categories": [],
    "hasAttachments": false,
    "internetMessageId": "<MW2PR1901MB3034@contoso.test>",
    "subject": "Internal Resume Submission: Sales Associate",
    "bodyPreview": "Hi, Megan.",
    "importance": "normal",
    "parentFolderId": "LgAAAAAAHYQDEapmEc2byACqAC",
    "conversationId": "AAQkADk0Mjk2NGI4",
    "isDeliveryReceiptRequested": null,
    "isReadReceiptRequested": false,
    "isRead": true,
    "isDraft": true,
    "body": {"contentType": "text", "content": "Hi, Megan."},
    "toRecipients": [{"emailAddress": {"name": "Megan Bowen", "address": "MeganB@contoso.test"}}],
    "flag": {"flagStatus": "notFlagged"}
  }
  """
