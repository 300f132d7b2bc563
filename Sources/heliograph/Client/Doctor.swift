import API
import ArgumentParser
import Core
import JSON

struct Doctor: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Test every step from the gateway to a sent message, and explain the first that fails.",
    discussion: """
      Without an argument every app and every account is tested, and the queue, where a deferred message is a fault: \
      something keeps it from being sent. Exits with status 0 when every test passes, \
      otherwise with 1.

      EXAMPLE
        heliograph doctor alice --send-to you@example.com
      """)

  @Argument(help: "The id of an app, which is tested with its accounts, or of an account.") var id: String?
  @Option(help: "Send a real test message from each account to this address.") var sendTo: String?
  @Flag(help: "Print the results as JSON.") var json = false

  func run() async throws {
    let isFine = try await APIClient.withEnvironment { client in
      // Finds what is wrong with the gateway, its URL or the token before anything at Microsoft is tested.
      let health = try await client.call(Operations.health).value
      let results = try await test(subjects(client), client)
      let queue = try await QueueState(
        client, account: id.flatMap { $0.hasPrefix("app_") ? nil : AccountID($0) })
      if json {
        Terminal.json(try Self.json(results, queue, health.files ?? []))
      } else {
        show(results, queue, health)
      }
      return queue.deferred == 0 && results.allSatisfy(\.reply.value.ok)
    }
    if !isFine { throw ExitCode.failure }
  }

  /// What is tested.
  private enum Subject: Sendable {
    case app(AppID, name: String)
    case account(AccountID)

    var name: String {
      switch self {
      case .app(let id, let name): "app \(id) (\(name))"
      case .account(let id): "account \(id)"
      }
    }
  }

  private struct Tested: Sendable {
    let subject: Subject
    let reply: APIReply<VerificationReply>
  }

  /// In the order in which they are shown.
  private func subjects(_ client: APIClient) async throws -> [Subject] {
    // A token of one account may not list anything.
    if let id, !id.hasPrefix("app_") { return [.account(AccountID(id))] }
    let app = id.map { AppID($0) }
    let apps =
      if let app {
        [try await client.call(Operations.app, path: app).value]
      } else {
        try await client.pages(of: Operations.apps).flatMap(\.apps)
      }
    let accounts = try await client.pages(of: Operations.accounts).flatMap(\.accounts)
    return apps.map { .app($0.id, name: $0.name) }
      + accounts.filter { app == nil || $0.app == app }.map { .account($0.account) }
  }

  /// A test takes a second or two; this many in parallel are fast enough for a large installation and do not
  /// strain it.
  private static let width = 8

  private func test(_ subjects: [Subject], _ client: APIClient) async throws -> [Tested] {
    try await withThrowingTaskGroup(of: (Int, Tested).self) { [sendTo] group in
      var results: [Int: Tested] = [:]
      for (index, subject) in subjects.enumerated() {
        if index >= Self.width, let (done, result) = try await group.next() { results[done] = result }
        group.addTask {
          (index, Tested(subject: subject, reply: try await Self.verify(subject, sendTo, client)))
        }
      }
      for try await (done, result) in group { results[done] = result }
      return subjects.indices.compactMap { results[$0] }
    }
  }

  private static func verify(
    _ subject: Subject, _ sendTo: String?, _ client: APIClient
  ) async throws -> APIReply<VerificationReply> {
    switch subject {
    case .app(let id, _): try await client.call(Operations.verifyApp, path: id)
    case .account(let id):
      try await client.call(Operations.verifyAccount, path: id, body: AccountVerifyRequest(sendTo: sendTo))
    }
  }

  private func show(_ results: [Tested], _ queue: QueueState, _ health: HealthReply) {
    Terminal.verdict(true, "the gateway answers and accepts the token")
    for result in results {
      Terminal.verdict(result.reply.value.ok, result.subject.name)
      if let fault = result.reply.value.firstFault {
        Terminal.line(fault.explanation.indented)
      }
    }
    queue.show()
    for file in health.files ?? [] {
      Terminal.line("Warning: \(file.message)")
      Terminal.line("  \(file.remedy)")
    }
    let warnings = health.warnings
    if warnings > 0 {
      let subject = warnings == 1 ? "A secret or certificate has" : "\(warnings) secrets or certificates have"
      Terminal.line("Note: \(subject) expired or will expire within 30 days; see `heliograph app show APP`.")
    }
    if results.isEmpty { Terminal.line("No apps yet: `heliograph app guide` shows how to register one.") }
  }

  private static func json(
    _ results: [Tested], _ queue: QueueState, _ files: [FileWarning]
  ) throws -> JSONValue {
    [
      "ok": .bool(queue.deferred == 0 && results.allSatisfy(\.reply.value.ok)),
      "files": .array(
        files.map { ["message": .string($0.message), "remedy": .string($0.remedy)] }),
      "found": .array(try results.map { try JSONValue(parsing: $0.reply.bytes) }),
      "queue": [
        "deferred": JSONValue(queue.deferred), "held": JSONValue(queue.held),
        "failed": JSONValue(queue.failed),
      ],
    ]
  }
}

/// What is in the queue and should not be.
private struct QueueState: Sendable {
  /// How many messages.
  let deferred: Int
  let held: Int
  let failed: Int
  /// Why the newest of the deferred ones waits.
  let reason: ProblemReply?

  init(_ client: APIClient, account: AccountID?) async throws {
    func page(_ state: OutboxReply.State) async throws -> OutboxPage {
      var query = OutboxQuery()
      query.state = state
      query.account = account
      query.pageSize = 1
      return try await client.call(Operations.outbox, query: query).value
    }
    let waiting = try await page(.deferred)
    deferred = waiting.total
    reason = waiting.messages.first?.progress.error
    held = try await page(.held).total
    failed = try await page(.failed).total
  }

  func show() {
    let subject = deferred == 1 ? "1 message is deferred" : "\(deferred) messages are deferred"
    Terminal.verdict(deferred == 0, deferred == 0 ? "no message is deferred" : "the queue: \(subject)")
    if let reason {
      let lines =
        [Printable.text(reason.message)] + reason.advice.lines(remedyLabel: "To do: ")
        + ["  [\(reason.problem)]"]
      Terminal.line(lines.joined(separator: "\n").indented)
    }
    if held > 0 {
      Terminal.line(
        "Note: \(held) held: perhaps sent, a person decides; see `heliograph queue list --state held`.")
    }
    if failed > 0 {
      Terminal.line(
        "Note: \(failed) failed in the last seven days; see `heliograph queue list --state failed`.")
    }
  }
}

extension Terminal {
  fileprivate static func verdict(_ isFine: Bool, _ subject: String) {
    let word = isFine ? "ok" : "FAIL"
    Output.standard.write(coloured(word) + (isFine ? "    " : "  ") + Printable.text(subject) + "\n")
  }
}

extension String {
  fileprivate var indented: String {
    split(separator: "\n").map { "      \($0)" }.joined(separator: "\n")
  }
}
