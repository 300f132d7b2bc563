import ArgumentParser
import Foundation

extension AccountCommand {
  struct Show: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Show one account, and what is wrong with it.")

    @Argument(help: "The account's id.") var account: String
    @Flag(help: "Print the gateway's answer as JSON.") var json = false

    func run() async throws {
      try await APIClient.withEnvironment { client in
        let reply = try await client.get("/v1/account/" + pathSegment(account))
        if json { return reply.printJSON() }
        let account = try reply.read(Shown.self)
        var rows = [
          ["account", account.account], ["name", account.name], ["email", account.email],
          ["type", account.type], ["app", account.app], ["state", account.state],
        ]
        if let identity = account.identity { rows.append(["identity", identity]) }
        if let owner = account.oauth2.auth.delegatedAccount { rows.append(["through", owner]) }
        if account.sendOnly {
          rows.append(["sends", "without drafts: what became of a message cannot be looked up"])
        }
        for row in rows { Terminal.line(row[0].padding(toLength: 10, withPad: " ", startingAt: 0) + row[1]) }
        guard let error = account.lastError else { return }
        Terminal.line("")
        Terminal.line(error.message)
        if let remedy = error.remedy { Terminal.line(remedy) }
        if let link = error.link { Terminal.line(link) }
      }
    }

    private struct Shown: Decodable {
      let account, name, email, type, app, state: String
      let identity: String?
      let sendOnly: Bool
      let oauth2: OAuth2
      let lastError: Failure?

      struct OAuth2: Decodable { let auth: Auth }
      struct Auth: Decodable { let delegatedAccount: String? }
      struct Failure: Decodable {
        let message: String
        let remedy, link: String?
      }
    }
  }

  struct Delete: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Delete an account and what it still had to send.")

    @Argument(help: "The account's id.") var account: String

    func run() async throws {
      try await APIClient.withEnvironment { client in
        _ = try await client.delete("/v1/account/" + pathSegment(account))
        Terminal.line("Deleted \(account).")
      }
    }
  }

  struct Reconnect: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Ask Microsoft for a new token now, whatever it said before.")

    @Argument(help: "The account's id.") var account: String
    @Option(help: "How long to wait until it is connected, in seconds; 0 does not wait.") var wait = 60

    func run() async throws {
      try await APIClient.withEnvironment { client in
        _ = try await client.put("/v1/account/" + pathSegment(account) + "/reconnect", ["reconnect": true])
        try await AccountWatch(client: client, quiet: false).untilConnected(account, within: .seconds(wait))
      }
    }
  }
}
