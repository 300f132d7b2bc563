import Foundation
import StoreTesting
import Testing

/// Messages that are too large for one request to Graph, raw ones, and files that were uploaded before.
@Suite struct LargeMessageTests {
  /// Ten megabytes that no two ranges have alike.
  private static let content = Data(
    (0..<10_000_000).map { UInt8(truncatingIfNeeded: $0 &* 2_654_435_761 >> 13) })
  private static let small = Data("small".utf8)

  private static func body(to recipient: String) -> JSON {
    [
      "subject": "Large", "text": "Two files.", "to": [["address": .string(recipient)]],
      "attachments": [
        ["filename": "plan.bin", "content": .string(content.base64EncodedString())],
        [
          "filename": "note.txt", "contentType": "text/plain",
          "content": .string(small.base64EncodedString()),
        ],
      ],
    ]
  }

  @Test(arguments: StoreEngine.allCases)
  func `Its files are uploaded, through lost replies and a killed gateway, and arrive once`(
    engine: StoreEngine
  ) async throws {
    try await Rig.run(engine, environment: ["HELIOGRAPH_UNKNOWN_OUTCOME_WAIT": "1"]) { rig in
      try await rig.sandbox.settings(["sendLagMs": 0])
      let mailboxes = Array(rig.sandbox.directory.mailboxes.suffix(2))
      let account = try #require(try await rig.connectDaemon([mailboxes[0]]).first)
      try await rig.sandbox.fault(["method": "PUT", "path": "AttachmentSessions", "close": "after"])
      try await rig.sandbox.fault(
        ["method": "PUT", "path": "AttachmentSessions", "skip": 1, "delayMs": 600_000, "close": "before"])
      let receipt = try await rig.gateway.post(
        "/v1/account/\(account)/submit", Self.body(to: mailboxes[1])
      ).expect()
      let id = try #require(receipt["queueId"].text)
      try await eventually("the third range hangs") {
        try await rig.sandbox.requests().count { $0.path.contains("AttachmentSessions") } >= 3
      }
      try await rig.gateway.killHard()
      try await rig.gateway.start()
      try await eventually("it is sent") {
        try await rig.gateway.outboxEntry(id)["state"].text == "sent"
      }
      #expect(try await rig.sandbox.subjects(of: mailboxes[1]) == ["Large"])
      let source = try await rig.source(of: mailboxes[1])
      #expect(source.contains(Self.content.base64EncodedString(options: [.lineLength76Characters])))
      #expect(source.contains("note.txt") && source.contains("Two files."))
      let requests = try await rig.sandbox.requests()
      #expect(requests.count { $0.method == "POST" && $0.path.hasSuffix("/messages") } == 1)
      #expect(requests.count { $0.method == "POST" && $0.path.hasSuffix("/createUploadSession") } == 1)
      #expect(!rig.gateway.errors.contains("authtoken"))
    }
  }

  /// The other node takes the mailbox over when the lease of the first has run out, a minute later at most.
  @Test func `Another node goes on with an upload in the middle of which its node was killed`() async throws {
    let key = Data((0..<32).map { _ in UInt8.random(in: 0...255) }).base64EncodedString()
    let environment = ["HELIOGRAPH_UNKNOWN_OUTCOME_WAIT": "1", "HELIOGRAPH_SECRET_KEY": key]
    try await Rig.run(.postgres, environment: environment) { rig in
      try await rig.sandbox.settings(["sendLagMs": 0])
      let mailboxes = Array(rig.sandbox.directory.mailboxes.suffix(2))
      let account = try #require(try await rig.connectDaemon([mailboxes[0]]).first)
      try await rig.sandbox.fault(
        ["method": "PUT", "path": "AttachmentSessions", "skip": 2, "delayMs": 600_000, "close": "before"])
      let receipt = try await rig.gateway.post(
        "/v1/account/\(account)/submit", Self.body(to: mailboxes[1])
      ).expect()
      let id = try #require(receipt["queueId"].text)
      try await eventually("the third range hangs") {
        try await rig.sandbox.requests().count { $0.path.contains("AttachmentSessions") } >= 3
      }
      let folder = rig.folder.appending(path: "other")
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      let other = GatewayProcess(
        folder: folder, http: rig.http, sandbox: rig.sandbox, arguments: [],
        environment: rig.gateway.environment, isDiskSmall: false)
      try await other.start()
      try await rig.gateway.killHard()
      do {
        try await eventually("the other node has sent it") {
          try await other.outboxEntry(id)["state"].text == "sent"
        }
      } catch {
        try await other.killHard()
        throw error
      }
      try await other.killHard()
      #expect(try await rig.sandbox.subjects(of: mailboxes[1]) == ["Large"])
      let source = try await rig.source(of: mailboxes[1])
      #expect(source.contains(Self.content.base64EncodedString(options: [.lineLength76Characters])))
      let requests = try await rig.sandbox.requests()
      #expect(requests.count { $0.method == "POST" && $0.path.hasSuffix("/messages") } == 1)
      #expect(requests.count { $0.method == "POST" && $0.path.hasSuffix("/createUploadSession") } == 1)
    }
  }

  @Test func `A raw message keeps its header, without Bcc, and its envelope is its own`() async throws {
    try await Rig.run { rig in
      try await rig.sandbox.settings(["sendLagMs": 0])
      let mailboxes = Array(rig.sandbox.directory.mailboxes.suffix(3))
      let account = try #require(try await rig.connectDaemon([mailboxes[0]]).first)
      let raw =
        "From: \(mailboxes[0])\nTo: \(mailboxes[1])\nBcc: \(mailboxes[2])\nSubject: As it is\n"
        + "List-Unsubscribe: <mailto:out@example.com>\nMessage-ID: <mine@example.com>\n\nA line.\n"
      let path = "/v1/account/\(account)/submit"
      let body: JSON = ["raw": .string(Data(raw.utf8).base64EncodedString())]
      let dry = try await rig.gateway.post(path, body.with("dryRun", .bool(true))).expect()
      let preview = try #require(dry["preview"].text.flatMap { Data(base64Encoded: $0) })
      #expect(dry["queueId"] == .null)
      #expect(String(decoding: preview, as: UTF8.self).hasPrefix("From: \(mailboxes[0])\r\nTo: "))
      #expect(try await rig.gateway.outboxTotal() == 0)

      let receipt = try await rig.gateway.post(path, body).expect()
      #expect(receipt["messageId"].text == "<mine@example.com>")
      try await eventually("nothing waits any more") { try await rig.gateway.outboxTotal() == 0 }
      for mailbox in mailboxes.dropFirst() {
        #expect(try await rig.sandbox.subjects(of: mailbox) == ["As it is"])
        let source = try await rig.source(of: mailbox)
        #expect(source.contains("List-Unsubscribe: <mailto:out@example.com>\r\n"))
        #expect(!source.contains("Bcc:"))
      }
      let both = try await rig.gateway.post(path, body.with("text", "x"))
      #expect(both.status == 400)
      #expect(both.json["fields"][0]["key"].text == "text")
    }
  }

  @Test func `A file that was uploaded in ranges goes with the messages that name it`() async throws {
    try await Rig.run { rig in
      try await rig.sandbox.settings(["sendLagMs": 0])
      let mailboxes = Array(rig.sandbox.directory.mailboxes.suffix(2))
      let account = try #require(try await rig.connectDaemon([mailboxes[0]]).first)
      let text = String(repeating: "0123456789", count: 100_000)
      let uploads = "/v1/account/\(account)/uploads"
      let made = try await rig.gateway.post(
        uploads,
        ["filename": "list.txt", "contentType": "text/plain", "size": .number(Double(text.utf8.count))]
      ).expect()
      let id = try #require(made["id"].text)
      func put(_ first: Int, _ count: Int, claimed: Int? = nil) async throws -> Answer {
        let last = first + (claimed ?? count) - 1
        return try await rig.gateway.send(
          "PUT", uploads + "/" + id, body: String(text.dropFirst(first).prefix(count)),
          headers: [
            ("Content-Range", "bytes \(first)-\(last)/\(text.utf8.count)"),
            ("Content-Type", "application/octet-stream"),
          ])
      }
      let message: JSON = [
        "subject": "List", "text": "Attached.", "to": [["address": .string(mailboxes[1])]],
        "attachments": [["upload": .string(id)]],
      ]
      #expect(try await put(0, 333_333).expect()["received"].int == 333_333)
      #expect(try await put(100, 10).status == 416)
      #expect(try await put(400_000, 10).status == 416)
      #expect(try await put(333_333, 10, claimed: 20).status == 416)
      let early = try await rig.gateway.post("/v1/account/\(account)/submit", message)
      #expect(early.status == 409)
      #expect(early.json["problem"].text == "upload.incomplete")
      let received = try #require(try await rig.gateway.get(uploads + "/" + id).expect()["received"].int)
      #expect(try await put(received, 1_000_000 - received).expect()["complete"].bool == true)
      for _ in 0..<2 { _ = try await rig.gateway.post("/v1/account/\(account)/submit", message).expect() }
      try await eventually("nothing waits any more") { try await rig.gateway.outboxTotal() == 0 }
      #expect(try await rig.sandbox.subjects(of: mailboxes[1]) == ["List", "List"])
      let source = try await rig.source(of: mailboxes[1])
      #expect(source.contains(Data(text.utf8).base64EncodedString(options: [.lineLength76Characters])))
      #expect(source.contains("list.txt"))
      #expect(try await rig.gateway.send("DELETE", uploads + "/" + id).expect()["deleted"].bool == true)
      #expect(try await rig.gateway.get(uploads + "/" + id).status == 404)
    }
  }

  @Test
  func `A message waits until it is to be sent, and can be moved, sent at once and left without a copy`()
    async throws
  {
    try await Rig.run { rig in
      try await rig.sandbox.settings(["sendLagMs": 0])
      let mailboxes = Array(rig.sandbox.directory.mailboxes.suffix(2))
      let account = try #require(try await rig.connectDaemon([mailboxes[0]]).first)
      let body: JSON = [
        "subject": "Later", "html": "<p>Hello</p>", "previewText": "First <words>",
        "sendAt": "2099-01-01T10:00:00+02:00",
        "priority": "high", "copy": .bool(false), "to": [["address": .string(mailboxes[1])]],
      ]
      let receipt = try await rig.gateway.post("/v1/account/\(account)/submit", body).expect()
      #expect(receipt["sendAt"].text == "2099-01-01T08:00:00.000Z")
      let id = try #require(receipt["queueId"].text)
      let listed = try await rig.gateway.get("/v1/outbox?state=scheduled").expect()
      #expect(listed["messages"].list.map { $0["queueId"].text } == [id])
      let moved = try await rig.gateway.send(
        "PUT", "/v1/outbox/\(id)", body: #"{"sendAt":"2098-01-01T10:00:00Z"}"#
      ).expect()
      #expect(moved["scheduled"].text == "2098-01-01T10:00:00.000Z")
      #expect(moved["state"].text == "scheduled")
      _ = try await rig.gateway.send("PUT", "/v1/outbox/\(id)/retry").expect()
      try await eventually("it is sent") {
        try await rig.gateway.outboxEntry(id)["state"].text == "sent"
      }
      #expect(
        try await rig.gateway.send("PUT", "/v1/outbox/\(id)", body: #"{"sendAt":"2098-01-01T10:00:00Z"}"#)
          .status == 409)
      #expect(try await rig.sandbox.subjects(of: mailboxes[1]) == ["Later"])
      #expect(try await rig.source(of: mailboxes[1]).contains("First &lt;words&gt;"))
    }
  }
}

extension Rig {
  /// The newest message of a mailbox as MIME.
  fileprivate func source(of mailbox: String) async throws -> String {
    let page = try await http.send("GET", sandbox.origin + "/mailbox/" + mailbox)
    let link = try #require(page.body.firstMatch(of: /href="(\/mailbox\/[^"\/]+\/[^"]+)"/)?.1)
    return try await http.send("GET", sandbox.origin + link + "/message.eml").body
  }
}
