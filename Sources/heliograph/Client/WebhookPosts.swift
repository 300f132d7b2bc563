import API
import ArgumentParser
import Core

extension WebhookCommand {
  struct Posts: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "posts", abstract: "List what became of posts, the newest first.",
      discussion: "Posts of the last seven days are kept.")

    @Argument(help: "The route's id.") var id: WebhookRouteID
    @Option(help: "Only posts of this account's events.") var account: AccountID?
    @Flag(help: "Only posts that failed.") var failed = false
    @Option(help: "Where the page before ended.") var cursor: Int64?
    @Option(help: "How many at most, 1 to 1000.") var limit = 20
    @Flag(help: "Print the gateway's reply as JSON.") var json = false

    func run() async throws {
      var query = WebhookPostsQuery()
      query.account = account
      query.failed = failed
      query.cursor = cursor
      query.limit = limit
      try await APIClient.withEnvironment { [query] client in
        let reply = try await client.call(Operations.webhookPosts, path: id, query: query)
        if json { return reply.printJSON() }
        let page = reply.value
        guard !page.posts.isEmpty else { return Terminal.line("No posts.") }
        Terminal.table(
          ["date", "account", "sequence", "event", "try", "status", "ms", "error"],
          page.posts.map {
            [
              $0.date.description, $0.account?.rawValue ?? "", String($0.sequence), $0.event,
              String($0.attempt),
              $0.status.map { String($0) } ?? "", String($0.duration), $0.error ?? "",
            ]
          })
        if let next = page.next { Terminal.line("--cursor \(next) shows older ones.") }
      }
    }
  }

  struct Replay: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "replay", abstract: "Post events again.",
      discussion: """
        A receiver finds what it has had already by the header webhook-id, which is the same for every post of an event.

        EXAMPLE
          heliograph webhook replay wh_01h... --failed
          heliograph webhook replay wh_01h... --from 2027-05-20T14:00:00Z --until 2027-05-20T16:00:00Z
          heliograph webhook replay wh_01h... --account alice --sequence 17
        """)

    @Argument(help: "The route's id.") var id: WebhookRouteID
    @Option(help: "The account whose events are posted again.") var account: AccountID?
    @Option(help: "One event: its number in the account.") var sequence: Int64?
    @Option(help: "All events that happened then or later.") var from: Instant?
    @Option(help: "Only events that happened before.") var until: Instant?
    @Flag(help: "All events that were given up.") var failed = false
    @Flag(help: "Print the gateway's reply as JSON.") var json = false

    func validate() throws {
      guard [sequence != nil, from != nil, failed].count(where: { $0 }) == 1 else {
        throw ValidationError("Give one of --sequence, --from and --failed.")
      }
    }

    func run() async throws {
      var body = WebhookReplay()
      body.account = account
      body.sequence = sequence
      body.from = from
      body.until = until
      body.failed = failed
      try await APIClient.withEnvironment { [body] client in
        let reply = try await client.call(Operations.replayWebhookEvents, path: id, body: body)
        if json { return reply.printJSON() }
        let count = reply.value.events
        Terminal.line(count == 1 ? "Posting 1 event again." : "Posting \(count) events again.")
        if let next = reply.value.next {
          Terminal.line("There are more: repeat the command with --from \(next).")
        }
      }
    }
  }
}
