import Foundation

/// Messages of 2 KB that are on disk when SMTP answers 250, a second, beside Postfix that holds them in its queue; sent
/// by Postfix's `smtp-source`, once with a connection for each message and once with kept connections. Nobody delivers
/// meanwhile: the sandbox is stopped.
struct SMTPFigure {
  var bench: Bench

  private struct Load {
    var sessions: Int
    var keepsConnections: Bool
  }

  func table() async throws -> String {
    let loads = [true, false].flatMap { keeps in
      [1, 8, 32].map { Load(sessions: $0, keepsConnections: keeps) }
    }
    var figures = loads.map { _ in (gateway: Samples(), postfix: Samples()) }
    for round in 1...bench.rounds {
      bench.note("SMTP, round \(round) of \(bench.rounds)")
      try await Postfix.run(bench) { postfix in
        try await Sandbox.run(bench) { sandbox in
          let mailbox = sandbox.mailboxes[0]
          let network = "127.0.0.0/8=\(Gateway.account(mailbox))"
          try await Gateway.run(
            bench, data: bench.fresh("smtp"), microsoft: sandbox.service.url,
            arguments: ["--smtp-networks", network, "--smtp-network-daily", "1000000"]
          ) { gateway in
            try await gateway.connect([mailbox], of: sandbox)
            sandbox.child.freeze()
            for (index, load) in loads.enumerated() {
              figures[index].gateway.add(try await send(load, from: mailbox, to: gateway.smtpPort))
              figures[index].postfix.add(try await send(load, from: mailbox, to: postfix.port))
            }
          }
        }
      }
    }
    var table = Table("Sessions", "Connections", "Accepted/s", "Postfix/s", "Over Postfix")
    for (load, figures) in zip(loads, figures) {
      table.add(
        "\(load.sessions)", load.keepsConnections ? "kept" : "one a message", figures.gateway.text(),
        figures.postfix.text(), figures.gateway.over(figures.postfix).text(decimals: 2))
    }
    return table.text
  }

  /// Messages a second.
  private func send(_ load: Load, from mailbox: String, to port: Int) async throws -> Double {
    let messages = load.sessions == 1 ? 300 : 2000
    let arguments =
      (load.keepsConnections ? ["-d"] : []) + [
        "-4", "-s", "\(load.sessions)", "-m", "\(messages)", "-l", "2048", "-f", mailbox, "-t",
        "b@example.com",
        "127.0.0.1:\(port)",
      ]
    let start = ContinuousClock.now
    let log = bench.folder + "/smtp-source.log"
    let status = try await Child.status("/usr/sbin/smtp-source", arguments, log: log)
    guard status == 0 else {
      throw Failure(
        "smtp-source ended with \(status): \((try? String(contentsOfFile: log, encoding: .utf8)) ?? "")")
    }
    return Double(messages) / (ContinuousClock.now - start).seconds
  }
}
