import Foundation

/// Letters that are on disk when they are answered, a second, with 1, 8 and 64 clients that wait for their
/// answers.
///
/// Beside it, in the same minute: a bare handler that decodes the same body and keeps nothing, and writers that
/// commit the same bytes and decode nothing. Delivery does not compete: the sandbox is stopped while letters are
/// accepted, so the first four wait for its answer, and the rest wait for them.
struct AcceptFigure {
  var bench: Bench

  private static let clients = [1, 8, 64]

  private struct Rates {
    var gateway = Samples()
    var bare = Samples()
    var commits = Samples()
  }

  func table() async throws -> String {
    var rates = Self.clients.map { _ in Rates() }
    for round in 1...bench.rounds {
      bench.note("durable accept, round \(round) of \(bench.rounds)")
      try await Sandbox.run(bench) { sandbox in
        let (from, to) = (sandbox.mailboxes[0], sandbox.mailboxes[1])
        try await Gateway.run(bench, data: bench.fresh("accept"), microsoft: sandbox.service.url) { gateway in
          try await gateway.connect([from], of: sandbox)
          sandbox.child.freeze()
          try await withBareServer { bare in
            for (index, clients) in Self.clients.enumerated() {
              let body = try SampleLetter(to: to, number: 1).body()
              let request = try gateway.submitRequest(from: from, to: to)
              rates[index].gateway.add(
                try await ClosedLoop(port: gateway.service.port, request: request, clients: clients).run())
              let bareRequest = Gateway.request(
                port: bare.port, path: "/v1/account/bare/submit", body: body)
              rates[index].bare.add(
                try await ClosedLoop(port: bare.port, request: bareRequest, clients: clients).run())
              let commits = CommitLoop(path: bench.fresh("commits"), bytes: Array(body), writers: clients)
              rates[index].commits.add(try await commits.run())
            }
          }
        }
      }
    }
    var table = Table(
      "Clients", "Accepted/s", "Bare handler/s", "Commits of the bytes/s", "Over the handler",
      "Over the commits")
    for (clients, rates) in zip(Self.clients, rates) {
      table.add(
        "\(clients)", rates.gateway.text(), rates.bare.text(), rates.commits.text(),
        rates.gateway.over(rates.bare).text(decimals: 2), rates.gateway.over(rates.commits).text(decimals: 2))
    }
    return table.text
  }

  private func withBareServer(_ body: (Service) async throws -> Void) async throws {
    let service = Service(port: try Service.freePort())
    try await Child.run(
      "/proc/self/exe", ["bare", "--port", "\(service.port)"], log: bench.folder + "/bare.log"
    ) { child in
      try await service.untilListening(child)
      try await body(service)
    }
  }
}
