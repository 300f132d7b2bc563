import Foundation

/// Messages a second from the queue to the sandbox's 202, taken in by SMTP.
///
/// The sandbox is stopped while the messages are accepted; time runs from its continuing until no message is left to
/// deliver. Without latency it is compared with a plain client that sends the requests which the sandbox has recorded,
/// with as many in flight, to a sandbox just as empty; with latency, with what that and four requests in flight allow,
/// at two requests for each message.
struct DeliveryFigure {
  var bench: Bench

  private struct Load {
    var mailboxes: Int
    var messages: Int
    /// Before each reply of Graph.
    var latency: Duration?

    /// Messages a second that the latency allows.
    var bound: Double? { latency.map { 4 / (2 * $0.seconds) } }
  }

  private var loads: [Load] {
    [
      Load(mailboxes: 100, messages: bench.messages), Load(mailboxes: 1, messages: min(2000, bench.messages)),
      Load(mailboxes: 1, messages: 400, latency: .milliseconds(50)),
      Load(mailboxes: 1, messages: 100, latency: .milliseconds(200)),
    ]
  }

  func table() async throws -> String {
    var table = Table(
      "Mailboxes", "Latency, ms", "Messages", "Delivered/s", "Possible/s", "Over the possible")
    for load in loads {
      var (gateway, possible) = (Samples(), Samples())
      var recorded: [RecordedMessage] = []
      for round in 1...bench.rounds {
        bench.note("delivery from \(load.mailboxes) mailboxes, round \(round) of \(bench.rounds)")
        let run = try await deliver(load)
        gateway.add(run.rate)
        if let bound = load.bound {
          possible.add(bound)
        } else {
          if recorded.isEmpty { recorded = try RecordedMessage.all(in: run.requests) }
          possible.add(
            try await Sandbox.run(bench) { try await BareDelivery(messages: recorded).run(to: $0) })
        }
      }
      let latency = load.latency.map { Int($0.seconds * 1000) } ?? 0
      table.add(
        "\(load.mailboxes)", "\(latency)", "\(load.messages)", gateway.text(), possible.text(),
        gateway.over(possible).text(decimals: 2))
    }
    return table.text
  }

  private func deliver(_ load: Load) async throws -> (rate: Double, requests: [LoggedRequest]) {
    try await Sandbox.run(bench) { sandbox in
      let data = bench.fresh("delivery")
      let mailboxes = Array(sandbox.mailboxes.prefix(load.mailboxes))
      return try await Gateway.run(bench, data: data, microsoft: sandbox.service.url) { gateway in
        try await gateway.connect(mailboxes, of: sandbox)
        if let latency = load.latency { try await sandbox.delay(by: latency) }
        sandbox.child.freeze()
        try await gateway.fillBySMTP(mailboxes, count: load.messages / mailboxes.count)
        let count = try await gateway.open()
        let start = ContinuousClock.now
        sandbox.child.thaw()
        try await gateway.untilDelivered(within: .seconds(120))
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
