import Foundation

/// Messages that are on disk when they are answered, a second, with 1, 8 and 64 clients that wait for their
/// answers.
///
/// Beside it, in the same minute: a bare handler that decodes the same body and keeps nothing, and writers that
/// commit the same bytes and decode nothing. Delivery does not compete: the sandbox is stopped while messages are
/// accepted, so the first four wait for its answer, and the rest wait for them.
struct AcceptFigure {
  var bench: Bench
  var clients: [Int]

  private struct Figures {
    var gateway = Samples()
    var gatewayCost = Samples()
    var bare = Samples()
    var bareCost = Samples()
    var commits = Samples()
  }

  func table() async throws -> String {
    var figures = clients.map { _ in Figures() }
    for round in 1...bench.rounds {
      bench.note("durable accept, round \(round) of \(bench.rounds)")
      try await Sandbox.run(bench) { sandbox in
        let (from, to) = (sandbox.mailboxes[0], sandbox.mailboxes[1])
        try await Gateway.run(bench, data: bench.fresh("accept"), microsoft: sandbox.service.url) { gateway in
          try await gateway.connect([from], of: sandbox)
          sandbox.child.freeze()
          try await withBareServer { bare, port in
            for index in figures.indices {
              try await measure(&figures[index], clients[index], gateway, bare, port, from: from, to: to)
            }
          }
        }
      }
    }
    var table = Table(
      "Clients", "Accepted/s", "Bare handler/s", "Bare commits/s", "Over the handler", "Over the commits",
      "CPU each, µs", "Handler's, µs")
    for (clients, figures) in zip(clients, figures) {
      table.add(
        "\(clients)", figures.gateway.text(), figures.bare.text(), figures.commits.text(),
        figures.gateway.over(figures.bare).text(decimals: 2),
        figures.gateway.over(figures.commits).text(decimals: 2), figures.gatewayCost.text(),
        figures.bareCost.text())
    }
    return table.text
  }

  private func measure(
    _ figures: inout Figures, _ clients: Int, _ gateway: Gateway, _ bare: Child, _ barePort: Int,
    from: String, to: String
  ) async throws {
    let body = try SampleMessage(to: to, number: 1).body()
    let accepted = try await ClosedLoop(
      port: gateway.service.port, request: gateway.submitRequest(from: from, body: body), clients: clients,
      server: gateway.child
    ).run()
    figures.gateway.add(accepted.rate)
    figures.gatewayCost.add(accepted.cost)
    let decoded = try await ClosedLoop(
      port: barePort, request: Gateway.request(port: barePort, path: "/v1/account/bare/submit", body: body),
      clients: clients, server: bare
    ).run()
    figures.bare.add(decoded.rate)
    figures.bareCost.add(decoded.cost)
    let path = bench.fresh("commits")
    figures.commits.add(try await CommitLoop(path: path, bytes: Array(body), writers: clients).run())
  }

  private func withBareServer(_ body: (Child, Int) async throws -> Void) async throws {
    let service = Service(port: try Service.freePort())
    try await Child.run(
      "/proc/self/exe", ["bare", "--port", "\(service.port)"], log: bench.folder + "/bare.log"
    ) { child in
      try await service.untilListening(child)
      try await body(child, service.port)
    }
  }
}
