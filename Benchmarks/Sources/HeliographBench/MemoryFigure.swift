import AsyncHTTPClient
import Foundation
import Glibc
import NIOCore
import NIOHTTP1

/// The most memory that a gateway ever had while it took and sent large messages, and what idle SMTP connections need.
/// Each on a gateway of its own.
struct MemoryFigure {
  var bench: Bench

  private enum Way: String {
    case rest = "REST"
    case smtp = "SMTP"
  }

  func table() async throws -> String {
    var table = Table("Messages", "By", "Idle, MB", "After acceptance, MB", "Most ever, MB")
    for (count, megabytes, way) in [(1, 150, Way.rest), (8, 35, .rest), (8, 35, .smtp)] {
      var (idle, accepted, most) = (Samples(), Samples(), Samples())
      for round in 1...bench.rounds {
        bench.note(
          "memory, \(count) of \(megabytes) MB by \(way.rawValue), round \(round) of \(bench.rounds)")
        let peaks = try await send(count, megabytes, by: way)
        idle.add(peaks.idle)
        accepted.add(peaks.accepted)
        most.add(peaks.most)
      }
      table.add(
        "\(count) of \(megabytes) MB at once", way.rawValue, idle.text(), accepted.text(), most.text())
    }
    var connections = Table("500 idle SMTP connections", "KB each")
    for (name, tls) in [("in clear", false), ("after STARTTLS", true)] {
      var each = Samples()
      for _ in 1...bench.rounds { each.add(try await idle(tls: tls)) }
      connections.add(name, each.text())
    }
    return table.text + "\n\n" + connections.text
  }

  private func send(
    _ count: Int, _ megabytes: Int, by way: Way
  ) async throws -> (idle: Double, accepted: Double, most: Double) {
    try await Sandbox.run(bench) { sandbox in
      _ = try await sandbox.service.call(
        .POST, "/sandbox/settings", ["messageSizeLimit": 210 << 20], as: Ignored.self)
      let mailboxes = Array(sandbox.mailboxes.prefix(count))
      let url = sandbox.service.url
      return try await Gateway.run(bench, data: bench.fresh("memory"), microsoft: url) { gateway in
        try await gateway.connect(mailboxes, of: sandbox)
        func peak() throws -> Double { Double(try gateway.child.memory().peak) / 1_000_000 }
        let idle = try peak()
        try await withThrowingTaskGroup(of: Void.self) { group in
          for mailbox in mailboxes {
            let message = LargeMessage(megabytes: megabytes, from: mailbox, to: sandbox.mailboxes[99])
            group.addTask {
              switch way {
              case .rest: try await message.submit(to: gateway)
              case .smtp: try await message.sendBySMTP(to: gateway)
              }
            }
          }
          try await group.waitForAll()
        }
        let accepted = try peak()
        try await gateway.untilDelivered(within: .seconds(300))
        return (idle, accepted, try peak())
      }
    }
  }

  /// Kilobytes of each of 500 connections that have said who they are, and wait.
  private func idle(tls: Bool) async throws -> Double {
    try await Gateway.run(bench, data: bench.fresh("idle"), microsoft: "http://127.0.0.1:1") { gateway in
      try await SMTPClient.run(port: gateway.smtpPort) { if tls { try await $0.startTLS() } }
      let before = try gateway.child.memory().now
      return try await open(500, tls: tls, gateway) {
        Double(try gateway.child.memory().now - before) / 500_000
      }
    }
  }

  /// Opens connections one within the other, and runs `body` while all are there.
  private func open<Value: Sendable>(
    _ count: Int, tls: Bool, _ gateway: Gateway, _ body: () async throws -> Value
  ) async throws -> Value {
    if count == 0 { return try await body() }
    return try await SMTPClient.run(port: gateway.smtpPort) { client in
      if tls { try await client.startTLS() }
      return try await open(count - 1, tls: tls, gateway, body)
    }
  }
}

/// A message with one file, made while it is sent.
private struct LargeMessage: Sendable {
  /// Of the file; 2^20 bytes each.
  var megabytes: Int
  var from: String
  var to: String

  /// 3 MB in base64 on one line, and 3 MB in lines; the bytes compress badly.
  private static let block: (line: ByteBuffer, lines: ByteBuffer) = {
    var generator = SystemRandomNumberGenerator()
    // 57 bytes are a line; this many are whole lines and close to 3 MB.
    let bytes = Data(
      (0..<(55_188 * 57 / 8 + 1)).flatMap { _ in
        withUnsafeBytes(of: generator.next()) { Array($0) }
      }.prefix(55_188 * 57))
    let lines = bytes.base64EncodedString(options: [
      .lineLength76Characters, .endLineWithCarriageReturn, .endLineWithLineFeed,
    ])
    return (ByteBuffer(string: bytes.base64EncodedString()), ByteBuffer(string: lines + "\r\n"))
  }()

  private var blocks: Int { megabytes / 3 }

  func submit(to gateway: Gateway) async throws {
    let start =
      #"{"to":{"address":"\#(to)"},"subject":"Large","text":"x","attachments":[{"filename":"large.bin","content":""#
    let parts =
      [ByteBuffer(string: start)] + Array(repeating: Self.block.line, count: blocks) + [
        ByteBuffer(string: #""}]}"#)
      ]
    var request = HTTPClientRequest(url: "\(gateway.service.url)/v1/account/\(Gateway.account(from))/submit")
    request.method = .POST
    request.headers = ["authorization": "Bearer \(Gateway.token)", "content-type": "application/json"]
    request.body = .stream(parts.async, length: .known(Int64(parts.reduce(0) { $0 + $1.readableBytes })))
    _ = try await Service.answer(to: request) as Ignored
  }

  func sendBySMTP(to gateway: Gateway) async throws {
    let header = """
      From: \(from)\r
      To: \(to)\r
      Subject: Large\r
      MIME-Version: 1.0\r
      Content-Type: multipart/mixed; boundary=bench\r
      \r
      --bench\r
      Content-Type: text/plain\r
      \r
      x\r
      --bench\r
      Content-Type: application/octet-stream\r
      Content-Disposition: attachment; filename=large.bin\r
      Content-Transfer-Encoding: base64\r
      \r

      """
    let parts =
      [ByteBuffer(string: header)] + Array(repeating: Self.block.lines, count: blocks)
      + [ByteBuffer(string: "--bench--\r\n")]
    let password = try await gateway.password(of: from)
    try await SMTPClient.run(port: gateway.smtpPort) { client in
      try await client.authenticate(Gateway.account(from), password)
      try await client.send(parts, from: from, to: to)
    }
  }
}

extension Array where Element: Sendable {
  /// Its elements one after the other.
  fileprivate var async: AsyncStream<Element> {
    AsyncStream { continuation in
      for element in self { continuation.yield(element) }
      continuation.finish()
    }
  }
}
