import Foundation
import NIOHTTP1

/// A merge of a thousand recipients with one attachment of 5 MB: how long its acceptance takes, how much it adds to the
/// disk, and how long another client waits for a message of its own meanwhile. The sandbox is stopped, so that nothing is
/// delivered.
struct MergeFigure {
  var bench: Bench

  func table() async throws -> String {
    var table = Table(
      "Recipients", "Attachment, MB", "Accepted in, s", "Added on disk, MB", "Longest wait of another, s")
    for (recipients, megabytes) in [(1000, 0), (1000, 5)] {
      var (time, size, wait) = (Samples(), Samples(), Samples())
      for round in 1...bench.rounds {
        bench.note("merge with \(megabytes) MB, round \(round) of \(bench.rounds)")
        let figures = try await measure(recipients, megabytes)
        time.add(figures.time)
        size.add(figures.size)
        wait.add(figures.wait)
      }
      table.add(
        "\(recipients)", "\(megabytes)", time.text(decimals: 2), size.text(decimals: 1),
        wait.text(decimals: 2))
    }
    return table.text
  }

  private func measure(
    _ recipients: Int, _ megabytes: Int
  ) async throws -> (time: Double, size: Double, wait: Double) {
    try await Sandbox.run(bench) { sandbox in
      let (from, other) = (sandbox.mailboxes[0], sandbox.mailboxes[1])
      let data = bench.fresh("merge")
      return try await Gateway.run(bench, data: data, microsoft: sandbox.service.url) { gateway in
        try await gateway.connect([from, other], of: sandbox)
        sandbox.child.freeze()
        let before = try Self.bytes(in: data)
        let waits = Task { try await Self.longestWait(of: other, gateway) }
        let body = Self.body(recipients, megabytes)
        let start = ContinuousClock.now
        let reply: Reply = try await gateway.service.call(
          .POST, "/v1/account/\(Gateway.account(from))/submit", body)
        let time = (ContinuousClock.now - start).seconds
        waits.cancel()
        guard reply.mailMerge.count == recipients else { throw Failure("The merge was not accepted.") }
        return (time, Double(try Self.bytes(in: data) - before) / 1_000_000, try await waits.value)
      }
    }
  }

  /// Seconds; submits one message after the other until it is cancelled.
  private static func longestWait(of mailbox: String, _ gateway: Gateway) async throws -> Double {
    var longest = 0.0
    while !Task.isCancelled {
      let start = ContinuousClock.now
      do {
        _ = try await gateway.service.call(
          .POST, "/v1/account/\(Gateway.account(mailbox))/submit",
          SampleMessage(to: mailbox, number: 1).json, as: Ignored.self)
      } catch  where Task.isCancelled {
        break
      }
      longest = max(longest, (ContinuousClock.now - start).seconds)
      try? await Task.sleep(for: .milliseconds(20))
    }
    return longest
  }

  private static func body(_ recipients: Int, _ megabytes: Int) -> [String: Any] {
    var body: [String: Any] = [
      "subject": "{{params.name}}, your offer",
      "text": "Hello {{params.name}},\n\nyour code is {{params.code}}.\n",
      "html": "<p>Hello {{params.name}},</p><p>your code is {{params.code}}.</p>",
      "mailMerge": (0..<recipients).map { number in
        [
          "to": ["address": "r\(number)@example.com"],
          "params": ["name": "Recipient \(number)", "code": "C\(number)"],
        ] as [String: Any]
      },
    ]
    if megabytes > 0 {
      let content = Data((0..<megabytes * 1_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31) })
      body["attachments"] = [["filename": "offer.pdf", "content": content.base64EncodedString()]]
    }
    return body
  }

  /// Of all files in a folder. What a file system keeps ready for one that grows does not count.
  private static func bytes(in folder: String) throws -> Int {
    let files = FileManager.default.enumerator(
      at: URL(filePath: folder), includingPropertiesForKeys: [.fileSizeKey])
    var total = 0
    while let file = files?.nextObject() as? URL {
      total += try file.resourceValues(forKeys: [.fileSizeKey]).fileSize ?? 0
    }
    return total
  }

  private struct Reply: Decodable {
    struct Message: Decodable {
      var queueId: String
    }
    var mailMerge: [Message]
  }
}
