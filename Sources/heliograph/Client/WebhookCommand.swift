import API
import ArgumentParser
import Core
import Foundation
import JSON

struct WebhookCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "webhook",
    abstract: "Say where events are posted to, and see what became of the posts.",
    subcommands: [
      Add.self, List.self, Show.self, Update.self, Delete.self, Test.self, Posts.self, Replay.self,
      Rotate.self,
    ])

  /// What `add` and `update` share.
  struct RouteOptions: ParsableArguments {
    @Option(help: "What the route is for.") var description: String?
    @Option(help: "An event to post, such as messageFailed; may be repeated. Default: all.")
    var event: [String] = []
    @Option(help: "An account whose events to post; may be repeated. Default: all.")
    var account: [AccountID] = []
    @Option(help: .init("A JSON file with a filter; an empty object removes it.", valueName: "file"))
    var filterFile: String?
    @Option(help: .init("A JSON file with what to post instead of the event.", valueName: "file"))
    var payloadFile: String?
    @Option(help: "account: an account's events in order, until one keeps failing. strict, none.")
    var order: WebhookOrdering?
    @Option(
      help: .init(
        "A file of header fields that go with every post, one “Name: value” on each line; empty removes them.",
        valueName: "file"))
    var headerFile: String?

    static func json(_ path: String) throws -> JSONValue {
      do {
        let value = try JSONValue(parsing: Array(try Data(contentsOf: URL(filePath: path))))
        guard value.object != nil else { throw ValidationError("\(path) does not contain a JSON object.") }
        return value
      } catch let error as JSONError {
        throw ValidationError("\(path) is not JSON: \(error)")
      }
    }

    static func headers(_ path: String) throws -> [CustomHeaderField] {
      let text = try String(contentsOf: URL(filePath: path), encoding: .utf8)
      return try text.split(whereSeparator: \.isNewline).enumerated().map { index, line in
        guard let colon = line.firstIndex(of: ":") else {
          throw ValidationError("Line \(index + 1) of \(path) is not “Name: value”.")
        }
        let value = line[line.index(after: colon)...].drop { $0 == " " }
        return CustomHeaderField(String(line[..<colon]), Secret(String(value)))
      }
    }
  }

  struct Add: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Add a route: events from now on are posted to its URL.",
      discussion: """
        Prints the route's id and the key that signs posts, which is shown only once: the receiver needs it.

        EXAMPLE
          heliograph webhook add --name CRM --url https://crm.example/hook --event messageSent --event messageFailed
        """)

    @Option(help: "A display name.") var name: String
    @Option(help: "Where events are posted to.") var url: String
    @OptionGroup var options: RouteOptions
    @Flag(help: "Add the route without posting to it yet.") var disabled = false
    @Flag(help: "Print the gateway's reply as JSON.") var json = false

    func run() async throws {
      var body = WebhookRouteRequest()
      body.name = name
      body.targetUrl = url
      body.description = options.description
      body.enabled = !disabled
      if !options.event.isEmpty { body.events = options.event }
      body.accounts = options.account
      body.filter = try options.filterFile.map(RouteOptions.json)
      body.payload = try options.payloadFile.map(RouteOptions.json)
      body.order = options.order ?? .account
      body.customHeaders = try options.headerFile.map(RouteOptions.headers) ?? []
      try await APIClient.withEnvironment { [body] client in
        let reply = try await client.call(Operations.addWebhookRoute, body: body)
        if json { return reply.printJSON() }
        Terminal.fields([("route", reply.value.id.rawValue), ("secret", reply.value.secret.reveal())])
        Terminal.error(
          "The secret is not shown again. `heliograph webhook test \(reply.value.id)` posts a test event.")
      }
    }
  }

  struct List: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "List the routes, and how their posts go.")

    @OptionGroup var paging: Paging

    func run() async throws {
      try await paging.show(
        Operations.webhookRoutes, empty: "No webhook routes. `heliograph webhook add` adds one."
      ) { page in
        Terminal.table(
          ["route", "name", "state", "taken", "url", "events", "error"],
          page.webhooks.map {
            [
              $0.id.rawValue, $0.name, $0.stateWord, String($0.tcount), $0.targetUrl,
              $0.events.joined(separator: " "), $0.webhookErrorFlag?.problem ?? "",
            ]
          }, states: "state")
      }
    }
  }

  struct Show: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Show a route, what waits and its last error.")

    @Argument(help: "The route's id.") var id: WebhookRouteID
    @Flag(help: "Print the gateway's reply as JSON.") var json = false

    func run() async throws {
      try await APIClient.withEnvironment { client in
        let reply = try await client.call(Operations.webhookRoute, path: id)
        if json { return reply.printJSON() }
        reply.value.print()
      }
    }
  }

  struct Update: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Change a route, or enable it again; what is left out stays as it is.",
      discussion: """
        A route that is enabled continues where it stopped. With --skip-missed it starts with what happens next.

        EXAMPLE
          heliograph webhook update wh_01h... --enable
        """)

    @Argument(help: "The route's id.") var id: WebhookRouteID
    @Option(help: "A display name.") var name: String?
    @Option(help: "Where events are posted to.") var url: String?
    @OptionGroup var options: RouteOptions
    @Flag(help: "Post the events of all accounts.") var allAccounts = false
    @Flag(help: "Post events.") var enable = false
    @Flag(help: "Stop posting.") var disable = false
    @Flag(help: "Pass over events that happened until now and were not posted.") var skipMissed = false
    @Flag(help: "Print the gateway's reply as JSON.") var json = false

    func validate() throws {
      if enable, disable { throw ValidationError("--enable cannot be combined with --disable.") }
      if allAccounts, !options.account.isEmpty {
        throw ValidationError("--all-accounts cannot be combined with --account.")
      }
    }

    func run() async throws {
      var body = WebhookRouteUpdate()
      body.name = name
      body.targetUrl = url
      body.description = options.description
      body.enabled = enable ? true : disable ? false : nil
      body.events = options.event.isEmpty ? nil : options.event
      body.accounts = allAccounts ? [] : options.account.isEmpty ? nil : options.account
      body.filter = try options.filterFile.map(RouteOptions.json)
      body.payload = try options.payloadFile.map(RouteOptions.json)
      body.order = options.order
      body.customHeaders = try options.headerFile.map(RouteOptions.headers)
      body.skipMissed = skipMissed
      try await APIClient.withEnvironment { [body] client in
        let reply = try await client.call(Operations.updateWebhookRoute, path: id, body: body)
        if json { return reply.printJSON() }
        Terminal.line("Updated \(id).")
      }
    }
  }

  struct Delete: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Delete a route, with what it still has to post.")

    @Argument(help: "The route's id.") var id: WebhookRouteID
    @OptionGroup var confirmation: Confirmation
    @Flag(help: "Print the gateway's reply as JSON.") var json = false

    func run() async throws {
      try confirmation.ask("delete the webhook route \(id), with what it still has to post")
      try await APIClient.withEnvironment { client in
        let reply = try await client.call(Operations.deleteWebhookRoute, path: id)
        if json { return reply.printJSON() }
        Terminal.line("Deleted \(id).")
      }
    }
  }

  struct Test: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Post a test event and show what the receiver answers.")

    @Argument(help: "The route's id.") var id: WebhookRouteID
    @Flag(help: "Print the gateway's reply as JSON.") var json = false

    func run() async throws {
      try await APIClient.withEnvironment { client in
        let reply = try await client.call(Operations.testWebhookRoute, path: id)
        if json {
          reply.printJSON()
          guard reply.value.success else { throw ExitCode.failure }
          return
        }
        guard reply.value.success else { throw Problem.notTaken(reply.value) }
        Terminal.line("Taken: status \(reply.value.status ?? 0) after \(reply.value.duration) ms.")
      }
    }
  }

  struct Rotate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Replace the key that signs posts.",
      discussion: "For a day, or as --overlap says, posts are signed with both keys.")

    @Argument(help: "The route's id.") var id: WebhookRouteID
    @Option(help: "For how many seconds posts are signed with the old key too.") var overlap = 86_400
    @Flag(help: "Print the gateway's reply as JSON.") var json = false

    func run() async throws {
      var body = WebhookRotation()
      body.overlap = overlap
      try await APIClient.withEnvironment { [body] client in
        let reply = try await client.call(Operations.rotateWebhookSecret, path: id, body: body)
        if json { return reply.printJSON() }
        Terminal.fields([
          ("secret", reply.value.secret.reveal()),
          ("old one signs until", reply.value.oldExpires.description),
        ])
      }
    }
  }
}

extension Problem {
  fileprivate static func notTaken(_ post: WebhookPostReply) -> Problem {
    var summary = post.error ?? "The receiver did not take the event."
    if let answer = post.answer { summary += " It answered: \(answer)" }
    return Problem(
      post.problem.flatMap(ProblemCode.init(rawValue:)) ?? .webhookRefused, summary, remedy: post.remedy)
  }
}

extension WebhookRouteReply {
  fileprivate var stateWord: String {
    if !enabled { return "disabled" }
    return failingSince == nil ? "working" : "failing"
  }

  fileprivate func print() {
    Terminal.fields([
      ("route", id.rawValue), ("name", name), ("description", description ?? ""), ("state", stateWord),
      ("url", targetUrl),
      ("events", events.joined(separator: " ")),
      ("accounts", accounts.isEmpty ? "all" : accounts.map(\.rawValue).joined(separator: " ")),
      ("filter", filter?.text ?? ""), ("payload", payload?.text ?? ""), ("order", order.text),
      ("header fields", customHeaders.map(\.key).joined(separator: " ")),
      ("taken", String(tcount)), ("last taken", lastSuccess?.description ?? "never"),
      ("failing since", failingSince?.description ?? ""),
      ("old secret signs until", rotatingUntil?.description ?? ""),
      ("accounts with events waiting", waiting.map { String($0.accounts) } ?? "0"),
      ("posted later", waiting.flatMap { $0.late == 0 ? nil : String($0.late) } ?? ""),
      ("given up", waiting.flatMap { $0.failed == 0 ? nil : String($0.failed) } ?? ""),
      ("error", webhookErrorFlag?.message ?? ""), ("what to do", webhookErrorFlag?.remedy ?? ""),
    ])
  }
}
