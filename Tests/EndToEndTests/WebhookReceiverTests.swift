import Foundation
import NIOHTTP1
import Testing

/// What is posted is verified by others: the reference library, and the receivers of docs/webhooks.md.
@Suite struct WebhookReceiverTests {
  private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  @Test
  func `The library of Standard Webhooks verifies posts, also by both keys while one replaces the other`()
    async throws
  {
    try await Sink.run { sink in
      try await Rig.run(arguments: Rig.webhookArguments) { rig in
        let (id, first) = try await rig.addRoute(to: sink)
        try await rig.test(id)
        let second = try await rig.rotate(id, overlap: 3600)
        try await rig.test(id)
        let third = try await rig.rotate(id, overlap: 0)
        try await rig.test(id)
        let listener = try await rig.listen(["--since", "0", "--forward", sink.url], secret: first)
        _ = try await rig.connectDaemon([rig.sandbox.directory.mailboxes[0]])
        // The route posts what the command forwards, with the field that only webhooks have.
        let (posted, forwarded) = try await eventually("an event is posted, and one is forwarded") {
          let events = Dictionary(grouping: sink.received.dropFirst(3)) { $0.header("X-EE-Wh-Id") != nil }
          return events[true]?.first.flatMap { posted in events[false]?.first.map { (posted, $0) } }
        }
        try await listener.killHard()
        let posts =
          zip(sink.received, [["first"], ["first", "second"], ["third"]]).map { Self.post($0, signers: $1) }
          + [Self.post(posted, signers: ["third"]), Self.post(forwarded, signers: ["first"])]
        let keys: [String: JSON] = [
          "first": .string(first), "second": .string(second), "third": .string(third),
        ]
        let file = rig.folder.appending(path: "posts.json")
        try Data((["keys": .object(keys), "posts": .list(posts)] as JSON).written.utf8).write(to: file)
        try await Self.judge("webhook_library.py", [file.path], in: rig.folder)
      }
    }
  }

  private static func post(_ received: Sink.Received, signers: [String]) -> JSON {
    let headers = received.headers.map { ($0.name.lowercased(), JSON.string($0.value)) }
    return [
      "headers": .object(Dictionary(headers) { $1 }), "body": .string(received.text),
      "signers": .list(signers.map { .string($0) }),
    ]
  }

  @Test(arguments: Language.installed)
  func `A receiver of the documentation takes what Heliograph has signed, and nothing else`(
    language: Language
  ) async throws {
    try await Rig.run(arguments: Rig.webhookArguments) { rig in
      let port = FreePort.take()
      let url = "http://127.0.0.1:\(port)/"
      let added = try await rig.gateway.post(
        "/v1/webhookRoutes",
        ["name": "Receiver", "targetUrl": .string(url), "enabled": false]
      ).expect()
      let (id, secret) = (try #require(added["id"].text), try #require(added["secret"].text))
      let receiver = try await language.start(Self.page(), port: port, secret: secret, in: rig.folder)
      try await eventually("the receiver answers") {
        guard receiver.isRunning else { throw UnexpectedAnswer(description: receiver.errors) }
        return (try? await rig.test(id)) != nil
      }
      try await Self.judge("webhook_receiver.py", [url, secret], in: rig.folder)
      _ = try await rig.rotate(id, overlap: 3600)
      try await rig.test(id)
      _ = try await rig.rotate(id, overlap: 0)
      let refused = try await rig.gateway.post("/v1/webhookRoutes/webhookRoute/\(id)/test", [:]).expect()
      #expect(refused["success"].bool == false && refused["status"].int == 401, "\(refused.written)")

      // Events as they happen.
      let route = try await rig.command(["webhook", "add", "--name", "Late", "--url", url, "--json"])
      let other = try #require(try JSON(parsing: route.output)["secret"].text, "\(route.errors)")
      try await receiver.killHard()
      let again = try await language.start(Self.page(), port: port, secret: other, in: rig.folder)
      _ = try await rig.connectDaemon([rig.sandbox.directory.mailboxes[0]])
      try await eventually("events are told") {
        (again.output + again.errors).contains("authenticationSuccess a0 ")
      }
      try await again.killHard()
    }
  }

  private static func page() throws -> String {
    try String(contentsOf: root.appending(path: "docs/webhooks.md"), encoding: .utf8)
  }

  private static func judge(_ script: String, _ arguments: [String], in folder: URL) async throws {
    let python = root.appending(path: ".venv/bin/python")
    try #require(
      FileManager.default.isExecutableFile(atPath: python.path),
      "The referee needs \(python.path): run `make test`, which makes it.")
    let path = root.appending(path: "Tests/Referee/\(script)").path
    let verdict = try await Program.run(python, ["-B", path] + arguments, in: folder)
    #expect(verdict.status == 0, "\(verdict.errors)")
    #expect(verdict.output.hasSuffix("The referee has no objection.\n"), "\(verdict.output)")
  }
}

/// A language that docs/webhooks.md has a receiver in.
enum Language: String, CaseIterable, Sendable {
  case python, php, js

  /// Python is there wherever the referee runs; the others are not everywhere.
  static let installed = allCases.filter { $0.program != nil }

  private var program: URL? {
    let name = ["python": "python3", "php": "php", "js": "node"][rawValue] ?? rawValue
    return (ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin").split(separator: ":")
      .map { URL(filePath: String($0)).appending(path: name) }
      .first { FileManager.default.isExecutableFile(atPath: $0.path) }
  }

  /// Runs the code as it stands on the page, on another port.
  func start(_ page: String, port: Int, secret: String, in folder: URL) async throws -> Child {
    let blocks = MarkdownBlock.all(of: page).filter { $0.language == rawValue }
    let code = try #require(blocks.first?.text)
    try #require(blocks.count == 1 && (self == .php || code.contains("8000")))
    let name = ["python": "receiver.py", "php": "receiver.php", "js": "receiver.mjs"][rawValue] ?? ""
    let file = folder.appending(path: name)
    try Data(code.replacing("8000", with: "\(port)").utf8).write(to: file)
    let arguments = self == .php ? ["-S", "127.0.0.1:\(port)", file.path] : [file.path]
    return try await Child(
      try #require(program), arguments, environment: ["WEBHOOK_SECRET": secret],
      name: "receiver-\(UUID().uuidString)", folder: folder)
  }
}

extension Rig {
  /// Posts a test event; fails unless it is taken.
  fileprivate func test(_ route: String) async throws {
    let post = try await gateway.post("/v1/webhookRoutes/webhookRoute/\(route)/test", [:]).expect()
    guard post["success"].bool == true else { throw UnexpectedAnswer(description: post.written) }
  }

  /// Returns the new key.
  fileprivate func rotate(_ route: String, overlap: Int) async throws -> String {
    let body: JSON = ["overlap": .number(Double(overlap))]
    let rotated = try await gateway.post("/v1/webhookRoutes/webhookRoute/\(route)/secret", body).expect()
    return try #require(rotated["secret"].text)
  }
}
