import Foundation

/// Messages a second from the queue to the sandbox's 202, for a hundred mailboxes of one app.
///
/// The sandbox is stopped while the messages are accepted; time runs from its continuing until no message is left to
/// deliver. Beside it: a plain client that sends the requests which the sandbox has recorded, with as many in
/// flight, to a sandbox just as empty.
struct DeliveryFigure {
  var bench: Bench

  func table() async throws -> String {
    var (gateway, bare) = (Samples(), Samples())
    var recorded: [RecordedMessage] = []
    for round in 1...bench.rounds {
      bench.note("delivery, round \(round) of \(bench.rounds)")
      let run = try await deliver()
      gateway.add(run.rate)
      if recorded.isEmpty { recorded = try RecordedMessage.all(in: run.requests) }
      bare.add(try await Sandbox.run(bench) { try await BareDelivery(messages: recorded).run(to: $0) })
    }
    var table = Table("Messages", "Delivered/s", "Plain client/s", "Over the plain client")
    table.add(
      "\(bench.messages)", gateway.text(), bare.text(), gateway.over(bare).text(decimals: 2))
    return table.text
  }

  private func deliver() async throws -> (rate: Double, requests: [LoggedRequest]) {
    try await Sandbox.run(bench) { sandbox in
      let data = bench.fresh("delivery")
      return try await Gateway.run(bench, data: data, microsoft: sandbox.service.url) { gateway in
        try await gateway.connect(sandbox.mailboxes, of: sandbox)
        sandbox.child.freeze()
        try await gateway.fill(sandbox.mailboxes, count: bench.messages / sandbox.mailboxes.count)
        let count = try await gateway.open()
        let start = ContinuousClock.now
        sandbox.child.thaw()
        while try await gateway.open() > 0 {
          guard ContinuousClock.now - start < .seconds(120) else {
            throw Failure("\(try await gateway.open()) messages are not delivered after two minutes.")
          }
          try await Task.sleep(for: .milliseconds(20))
        }
        let length = ContinuousClock.now - start
        let requests = try await sandbox.requests()
        let sent = requests.count { $0.path.hasSuffix("/send") && $0.status == 202 }
        guard sent == count else { throw Failure("Of \(count) messages the sandbox has sent \(sent).") }
        return (Double(count) / length.seconds, requests)
      }
    }
  }
}

/// The two requests that delivered one message, as the sandbox recorded them.
struct RecordedMessage: Sendable {
  /// `/v1.0/users/{mailbox}/messages`.
  var path: String
  var draft: [String: String]
  var body: String
  var send: [String: String]

  static func all(in requests: [LoggedRequest]) throws -> [RecordedMessage] {
    let drafts = requests.filter { $0.method == "POST" && $0.path.hasSuffix("/messages") && $0.status == 201 }
    guard let send = requests.first(where: { $0.path.hasSuffix("/send") && $0.status == 202 }) else {
      throw Failure("The sandbox has recorded no message.")
    }
    // The client writes these itself; another token is needed.
    let own: Set = ["host", "content-length", "authorization", "transfer-encoding", "connection"]
    return drafts.map { draft in
      RecordedMessage(
        path: draft.path, draft: draft.headers.filter { !own.contains($0.key) }, body: draft.body,
        send: send.headers.filter { !own.contains($0.key) })
    }
  }
}
