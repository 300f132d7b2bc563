import API
import ArgumentParser
import Core
import JSON

struct Events: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Show the events of an account, or of the whole workspace.",
    discussion: """
      Every event is shown once, in order. With --follow, new events are shown as they occur, until Ctrl-C.

      EXAMPLE
        heliograph events --account alice --follow
      """)

  @Option(help: "The account; default: the whole workspace.") var account: AccountID?
  @Option(help: "Only events after the one with this number.") var since: Int64 = 0
  @Flag(help: "Keep running and show new events as they occur.") var follow = false
  @Flag(help: "Print each of the gateway's replies as JSON.") var json = false

  private static let pause = Duration.seconds(2)

  func run() async throws {
    var query = EventsQuery()
    query.account = account
    query.since = since
    query.limit = 1000
    try await APIClient.withEnvironment { [query] client in
      var query = query
      while true {
        let reply = try await client.call(Operations.events, query: query)
        let page = reply.value
        if json {
          if !page.events.isEmpty || !follow { reply.printJSON() }
        } else {
          for event in page.events { Terminal.line(event.line) }
        }
        query.since = page.next
        if page.events.isEmpty {
          guard follow else { return }
          try await Task.sleep(for: Self.pause)
        } else if json, !follow {
          return
        }
      }
    }
  }
}

extension EventReply {
  /// Number, date and event, then the details that are a text or a number, in the order of their names.
  fileprivate var line: String {
    let details = (data.object?.members ?? []).sorted { $0.key < $1.key }.compactMap { name, value in
      (value.string ?? value.number?.text).map { "\(name)=\($0)" }
    }
    return ([String(id), date.description, account?.rawValue, event].compactMap { $0 } + details).joined(
      separator: "  ")
  }
}
