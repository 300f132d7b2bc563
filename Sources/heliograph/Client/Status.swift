import API
import ArgumentParser
import Core
import JSON

struct Status: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Show on one screen: accounts by state, the queue by state, and what needs a person.",
    discussion: "Nothing at Microsoft is tested; `heliograph doctor` does that.")

  @Flag(help: "Print it as JSON.") var json = false

  func run() async throws {
    try await APIClient.withEnvironment { client in
      let status = try await GatewayStatus(client)
      if json { Terminal.json(status.json) } else { status.show() }
    }
  }
}

/// What the gateway says about everything in it.
private struct GatewayStatus: Sendable {
  let url: String
  /// How many in each state; states without any are left out.
  let accounts: [Count]
  let queue: [Count]
  let needs: [Need]

  typealias Count = (state: String, number: Int)

  /// Something that waits for a person.
  struct Need: Sendable {
    var subject: String
    var message: String
    var advice = Advice(remedy: nil, code: nil, actor: nil, link: nil)
    /// The command that shows it.
    var command: String
  }

  /// So many accounts and apps are named one by one.
  private static let limit = 10

  init(_ client: APIClient) async throws {
    url = client.url
    let health = try await client.call(Operations.health).value
    var needs: [Need] = []
    var accounts: [Count] = []
    for state in AccountReply.State.allCases {
      let page = try await Self.accounts(state, client)
      if page.total > 0 { accounts.append((state.rawValue, page.total)) }
      needs += Self.needs(of: state, page)
    }
    var queue: [Count] = []
    for state in OutboxReply.State.allCases where state != .sent && state != .cancelled {
      let page = try await Self.messages(state, client)
      if page.total > 0 { queue.append((state.rawValue, page.total)) }
      needs += Self.needs(of: state, page)
    }
    let apps = try await client.pages(of: Operations.apps).flatMap(\.apps)
    needs += Self.needs(of: apps, secrets: health.warnings)
    (self.accounts, self.queue, self.needs) = (accounts, queue, needs)
  }

  private static func accounts(_ state: AccountReply.State, _ client: APIClient) async throws -> AccountPage {
    var query = AccountsQuery()
    query.state = state
    query.pageSize = limit
    return try await client.call(Operations.accounts, query: query).value
  }

  private static func messages(_ state: OutboxReply.State, _ client: APIClient) async throws -> OutboxPage {
    var query = OutboxQuery()
    query.state = state
    query.pageSize = 1
    return try await client.call(Operations.outbox, query: query).value
  }

  private static func needs(of state: AccountReply.State, _ page: AccountPage) -> [Need] {
    switch state {
    case .authenticationError, .connectError:
      var needs = page.accounts.map { account in
        Need(
          subject: "account \(account.account)", message: account.lastError?.message ?? state.rawValue,
          advice: account.lastError?.advice ?? Advice(remedy: nil, code: nil, actor: nil, link: nil),
          command: "heliograph account show \(account.account)")
      }
      if page.total > page.accounts.count {
        needs.append(
          Need(
            subject: "\(page.total - page.accounts.count) more accounts",
            message: "They are in the state \(state.rawValue).",
            command: "heliograph account list --state \(state.rawValue)"))
      }
      return needs
    case .unset where page.total > 0:
      return [
        Need(
          subject: count(page.total, "account"), message: "Nobody has signed in yet.",
          command: "heliograph account list --state unset")
      ]
    case .initial, .unset, .connecting, .connected, .paused: return []
    }
  }

  private static func needs(of state: OutboxReply.State, _ page: OutboxPage) -> [Need] {
    guard page.total > 0 else { return [] }
    let message: String
    switch state {
    case .held: message = "Held: perhaps sent, which a person has to look up."
    case .failed: message = "Failed in the last seven days."
    case .queued, .scheduled, .sending, .deferred, .sent, .cancelled: return []
    }
    return [
      Need(
        subject: count(page.total, "message"), message: message,
        command: "heliograph queue list --state \(state.rawValue)")
    ]
  }

  private static func needs(of apps: [AppReply], secrets: Int) -> [Need] {
    var needs = apps.compactMap { app in
      app.lastError.map { error in
        Need(
          subject: "app \(app.id) (\(app.name))", message: error.message, advice: error.advice,
          command: "heliograph app show \(app.id)")
      }
    }
    if secrets > 0 {
      needs.append(
        Need(
          subject: count(secrets, "secret or certificate", "secrets or certificates"),
          message: "Expired, or expires within 30 days.", command: "heliograph app list"))
    }
    return needs
  }

  private static func count(_ number: Int, _ one: String, _ many: String? = nil) -> String {
    "\(number) \(number == 1 ? one : many ?? one + "s")"
  }
}

extension GatewayStatus {
  func show() {
    Terminal.line("gateway   \(url)")
    Terminal.counts("accounts", accounts, none: "none: `heliograph account add` connects one")
    Terminal.counts("queue", queue, none: "empty")
    if needs.isEmpty { return Terminal.line("\nNothing needs a person.") }
    Terminal.line("\nThis needs a person:")
    for need in needs {
      let lines = need.advice.lines().map { "  " + $0 }
      Terminal.line("  \(need.subject): \(Printable.text(need.message))")
      for line in lines { Terminal.line(line) }
      Terminal.line("    See: \(need.command)")
    }
  }

  var json: JSONValue {
    [
      "gateway": .string(url), "accounts": Self.object(accounts), "queue": Self.object(queue),
      "needs": .array(
        needs.map { need in
          var object: JSONObject = [
            "subject": .string(need.subject), "message": .string(need.message),
          ]
          object["remedy"] = need.advice.remedy.map { .string($0) }
          object["command"] = .string(need.command)
          return .object(object)
        }),
    ]
  }

  private static func object(_ counts: [Count]) -> JSONValue {
    .object(JSONObject(counts.map { (key: $0.state, value: JSONValue($0.number)) }))
  }
}

extension Terminal {
  fileprivate static func counts(_ label: String, _ counts: [(state: String, number: Int)], none: String) {
    let words = counts.map { "\($0.number) \(coloured($0.state))" }
    let label = label + String(repeating: " ", count: 10 - label.count)
    Output.standard.write(label + (words.isEmpty ? none : words.joined(separator: ", ")) + "\n")
  }
}
