import Foundation
import NIOCore
import NIOHTTP1

/// `heliograph serve` on a data folder.
struct Gateway: Sendable {
  let child: Child
  let service: Service
  let smtpPort: Int
  /// From just before the process was made until its port took a connection.
  let startTime: Duration

  static let token = "bench-" + String(repeating: "0123456789abcdef", count: 4)

  /// - Parameters:
  ///   - data: Its data folder; made when it is missing.
  ///   - microsoft: The URL of the sandbox.
  static func run<Value>(
    _ bench: Bench, data: String, microsoft: String, arguments extra: [String] = [],
    isolation: isolated (any Actor)? = #isolation, _ body: (Gateway) async throws -> Value
  ) async throws -> Value {
    let service = Service(port: try Service.freePort(), token: token)
    let smtpPort = try Service.freePort()
    let arguments =
      [
        "serve", "--port", "\(service.port)", "--data", data, "--url", service.url, "--microsoft", microsoft,
        "--smtp-port", "\(smtpPort)",
      ] + extra
    let start = ContinuousClock.now
    return try await Child.run(
      bench.heliograph, arguments, environment: ["HELIOGRAPH_PREPARED_TOKEN": token],
      log: bench.folder + "/gateway.log"
    ) { child in
      try await service.untilListening(child)
      let startTime = ContinuousClock.now - start
      return try await body(
        Gateway(child: child, service: service, smtpPort: smtpPort, startTime: startTime))
    }
  }

  /// Registers the sandbox's daemon app and an account for each mailbox, and waits until all are connected.
  func connect(_ mailboxes: [String], of sandbox: Sandbox) async throws {
    struct App: Decodable { var id: String }
    struct Account: Decodable { var state: String }
    let app: App = try await service.call(
      .POST, "/v1/oauth2",
      [
        "name": "Bench", "provider": "outlookService", "enabled": true, "authority": sandbox.daemon.tenantId,
        "clientId": sandbox.daemon.clientId, "clientSecret": sandbox.daemon.secret ?? "",
      ])
    for mailbox in mailboxes {
      _ = try await service.call(
        .POST, "/v1/account",
        [
          "account": Self.account(mailbox), "name": "Sales", "email": mailbox,
          "oauth2": ["provider": app.id, "auth": ["user": mailbox]],
        ], as: Ignored.self)
    }
    for mailbox in mailboxes {
      for _ in 0..<1000 {
        let account: Account = try await service.call(.GET, "/v1/account/\(Self.account(mailbox))")
        if account.state == "connected" { break }
        try await Task.sleep(for: .milliseconds(20))
      }
    }
  }

  /// Accepts messages, `count` for each mailbox, in turn, to the next mailbox.
  func fill(_ mailboxes: [String], count: Int) async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
      for number in 0..<(count * mailboxes.count) {
        if number >= 32 { try await group.next() }
        let (from, to) = (mailboxes[number % mailboxes.count], mailboxes[(number + 1) % mailboxes.count])
        group.addTask {
          _ = try await service.call(
            .POST, "/v1/account/\(Self.account(from))/submit", SampleMessage(to: to, number: number).json,
            as: Ignored.self)
        }
      }
      try await group.waitForAll()
    }
  }

  /// An SMTP password of an account.
  func password(of mailbox: String) async throws -> String {
    struct Token: Decodable { var token: String }
    let account = Self.account(mailbox)
    return try await service.call(
      .POST, "/v1/tokens", ["account": account, "scopes": ["smtp"], "description": "Bench"], as: Token.self
    ).token
  }

  /// Accepts messages by SMTP, `count` for each mailbox over one connection, to the next mailbox.
  func fillBySMTP(_ mailboxes: [String], count: Int) async throws {
    let smtpPort = smtpPort
    try await withThrowingTaskGroup(of: Void.self) { group in
      for (index, mailbox) in mailboxes.enumerated() {
        if index >= 16 { try await group.next() }
        let to = mailboxes[(index + 1) % mailboxes.count]
        group.addTask {
          let password = try await password(of: mailbox)
          try await SMTPClient.run(port: smtpPort) { client in
            try await client.authenticate(Self.account(mailbox), password)
            for number in 0..<count {
              try await client.send(
                SampleMessage(to: to, number: number).mime(from: mailbox), from: mailbox, to: to)
            }
          }
        }
      }
      try await group.waitForAll()
    }
  }

  /// Returns when every message has been delivered.
  func untilDelivered(within limit: Duration) async throws {
    let start = ContinuousClock.now
    while try await open() > 0 {
      guard ContinuousClock.now - start < limit else {
        throw Failure("\(try await open()) messages are not delivered after \(limit).")
      }
      try await Task.sleep(for: .milliseconds(20))
    }
  }

  /// Messages that are still to be delivered.
  func open() async throws -> Int {
    struct Outbox: Decodable { var total: Int }
    return try await service.call(.GET, "/v1/outbox?pageSize=1", as: Outbox.self).total
  }

  /// The request that accepts one message, as bytes.
  func submitRequest(from mailbox: String, body: Data) -> [UInt8] {
    Self.request(port: service.port, path: "/v1/account/\(Self.account(mailbox))/submit", body: body)
  }

  static func request(port: Int, path: String, body: Data) -> [UInt8] {
    let head = [
      "POST \(path) HTTP/1.1", "Host: 127.0.0.1:\(port)", "Authorization: Bearer \(token)",
      "Content-Type: application/json", "Content-Length: \(body.count)",
    ]
    return Array((head.joined(separator: "\r\n") + "\r\n\r\n").utf8) + body
  }

  static func account(_ mailbox: String) -> String { String(mailbox.prefix { $0 != "@" }) }
}

/// A message as a shop writes it: 2 KB of text, a few characters of it beyond ASCII.
struct SampleMessage {
  var to: String
  var number: Int

  var json: [String: Any] {
    [
      "to": [["name": "Zoë Example", "address": to]],
      "subject": "Your order \(100_000 + number) is on its way",
      "text": Self.text,
    ]
  }

  /// The same bytes each time.
  func body() throws -> Data { try JSONSerialization.data(withJSONObject: json, options: .sortedKeys) }

  func mime(from: String) -> ByteBuffer {
    let header = [
      "From: Sales <\(from)>", "To: \(to)", "Subject: Your order \(100_000 + number) is on its way",
      "MIME-Version: 1.0", "Content-Type: text/plain; charset=utf-8", "Content-Transfer-Encoding: 8bit", "",
      "",
    ]
    return ByteBuffer(
      string: header.joined(separator: "\r\n") + Self.text.replacingOccurrences(of: "\n", with: "\r\n"))
  }

  private static let text =
    "Hello Zoë,\n\nyour parcel has left our house today. It costs 12,50 € to have it brought to your door.\n\n"
    + String(
      repeating: "We write to you because you asked us to tell you what becomes of your order, in full.\n",
      count: 20)
    + "\nYours,\nthe people of the shop\n"
}
