import ArgumentParser

/// The options of every list.
struct Paging: ParsableArguments {
  @Option(help: "Which page, from 0.") var page = 0
  @Option(help: "Entries on a page, 1 to 1000.") var pageSize = 20
  @Flag(help: "Print the gateway's answer as JSON.") var json = false

  /// Fetches one page, and shows it or says that there is nothing. `print` returns the total.
  func show<Page: Decodable>(
    _ path: String, query: [String: String] = [:], empty: String, print: (Page) -> Int
  ) async throws {
    let query = query.merging(["page": String(page), "pageSize": String(pageSize)]) { given, _ in given }
    try await APIClient.withEnvironment { client in
      let reply = try await client.get(path, query: query)
      if json { return reply.printJSON() }
      let total = print(try reply.read())
      if total == 0 { Terminal.line(empty) }
      if total > (page + 1) * pageSize { Terminal.line("\(total) in all; --page \(page + 1) shows more.") }
    }
  }
}
