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
        heliograph events --follow
          heliograph events --account alice --since 120
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
      var hasPrinted = false
      while true {
        let reply = try await client.call(Operations.events, query: query)
        let page = reply.value
        let isFirstAnswer = !hasPrinted && !follow
        if json, !page.events.isEmpty || isFirstAnswer { reply.printJSON() }
        if !json { for event in page.events { Terminal.line(event.line) } }
        hasPrinted = true
        if page.events.isEmpty {
          guard follow else { return }
          try await Task.sleep(for: Self.pause)
        } else if page.next <= query.since {
          throw Problem.stuckCursor(query.since)
        }
        query.since = page.next
      }
    }
  }
}

extension Problem {
  fileprivate static func stuckCursor(_ since: Int64) -> Problem {
    Problem(
      .requestInternal, "The gateway repeats the events after number \(since), so that they would never end.",
      remedy: "Check that HELIOGRAPH_URL is the gateway's URL, and that both have the same version.")
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
