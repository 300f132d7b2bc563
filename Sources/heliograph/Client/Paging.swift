import API
import ArgumentParser

/// The options of every list.
struct Paging: ParsableArguments {
  @Option(help: "Number of the page, from 0.") var page = 0
  @Option(help: "Entries per page, 1 to 1000.") var pageSize = 20
  @Flag(help: "Print the gateway's reply as JSON.") var json = false

  func validate() throws {
    guard (0...1_048_576).contains(page) else {
      throw ValidationError("--page must be from 0 to 1048576, not \(page).")
    }
    guard (1...1000).contains(pageSize) else {
      throw ValidationError("--page-size must be from 1 to 1000, not \(pageSize).")
    }
  }

  /// Fetches one page and prints it.
  ///
  /// - Parameters:
  ///   - empty: What is printed when the list has no entries at all.
  ///   - print: Prints the entries of the page.
  func show<Query: PagedQuery, Reply: PagedReply>(
    _ operation: Operation<Nothing, Query, Nothing, Reply>, query: Query = Query(), empty: String,
    print: (Reply) -> Void
  ) async throws {
    try await APIClient.withEnvironment { client in
      try await show(operation, query: query, client, empty: empty, print: print)
    }
  }

  func show<Query: PagedQuery, Reply: PagedReply>(
    _ operation: Operation<Nothing, Query, Nothing, Reply>, query: Query = Query(), _ client: APIClient,
    empty: String, print: (Reply) -> Void
  ) async throws {
    var query = query
    query.page = page
    query.pageSize = pageSize
    let reply = try await client.call(operation, query: query)
    if json { return reply.printJSON() }
    let total = reply.value.total
    guard total > 0 else { return Terminal.line(empty) }
    print(reply.value)
    printTotal(total)
  }

  /// The entries of the page, for a list that is all there.
  func slice<Entry>(_ entries: [Entry]) -> some Sequence<Entry> {
    entries.dropFirst(page * pageSize).prefix(pageSize)
  }

  /// Says where the rest is, where there is more.
  func printTotal(_ total: Int) {
    if total > (page + 1) * pageSize {
      Terminal.line("\(total) in total; --page \(page + 1) shows more.")
    }
  }
}
