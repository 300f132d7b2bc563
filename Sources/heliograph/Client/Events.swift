import ArgumentParser

struct Events: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Show what happened to an account, or to the workspace as a whole.",
    discussion: """
      Every event is shown once, in order. With --follow new ones are shown as they come, until Ctrl-C.

      EXAMPLE
        heliograph events --account alice --follow
      """)

  @Option(help: "The account; the workspace as a whole, when left out.") var account: String?
  @Option(help: "Only events after the one with this number.") var since = 0
  @Flag(help: "Go on and show new events as they come.") var follow = false
  @Flag(help: "Print each of the gateway's answers as JSON.") var json = false

  private static let pause = Duration.seconds(2)

  func run() async throws {
    try await APIClient.withEnvironment { client in
      var next = since
      while true {
        var query = ["since": String(next), "limit": "1000"]
        if let account { query["account"] = account }
        let reply = try await client.get("/v1/events", query: query)
        let page: Page = try reply.read()
        if json {
          if !page.events.isEmpty || !follow { reply.printJSON() }
        } else {
          for event in page.events { Terminal.line(event.line) }
        }
        next = page.next
        if page.events.isEmpty {
          guard follow else { return }
          try await Task.sleep(for: Self.pause)
        } else if json, !follow {
          return
        }
      }
    }
  }

  private struct Page: Decodable {
    let events: [Event]
    let next: Int
  }

  private struct Event: Decodable {
    let id: Int
    let event, date: String
    let data: [String: Detail]

    /// The details that are one word or sentence, in the order of their names.
    var line: String {
      let details = data.sorted { $0.key < $1.key }.compactMap { name, detail in
        detail.text.map { "\(name)=\($0)" }
      }
      return ([String(id), date, event] + details).joined(separator: "  ")
    }
  }

  private struct Detail: Decodable {
    let text: String?

    init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      if let text = try? container.decode(String.self) {
        self.text = text
      } else {
        text = (try? container.decode(Int.self)).map(String.init)
      }
    }
  }
}
