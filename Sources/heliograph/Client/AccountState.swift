import API
import ArgumentParser
import Core

// The commands that change the state of an account.
extension AccountCommand {
  struct Pause: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Pause an account: its messages wait.",
      discussion: "Messages are still accepted; `heliograph account resume` sends them.")

    @Argument(help: "The account's id.") var account: AccountID
    @Flag(help: "Print the gateway's reply as JSON.") var json = false

    func run() async throws {
      try await APIClient.withEnvironment { client in
        let reply = try await client.call(Operations.pauseAccount, path: account)
        if json { return reply.printJSON() }
        Terminal.line("Paused \(account): its messages wait.")
      }
    }
  }

  struct Resume: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Resume a paused account: the waiting messages are sent immediately.")

    @Argument(help: "The account's id.") var account: AccountID
    @Flag(help: "Print the gateway's reply as JSON.") var json = false

    func run() async throws {
      try await APIClient.withEnvironment { client in
        let reply = try await client.call(Operations.resumeAccount, path: account)
        if json { return reply.printJSON() }
        Terminal.line("Resumed \(account).")
      }
    }
  }

  struct Reconnect: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Request a new token from Microsoft now, even after an earlier request was refused.")

    @Argument(help: "The account's id.") var account: AccountID
    @Option(help: "Seconds to wait until the account is connected; 0 does not wait.") var wait = 60
    @Flag(help: "Print the gateway's reply as JSON.") var json = false

    func run() async throws {
      try await APIClient.withEnvironment { client in
        let reply = try await client.call(
          Operations.reconnectAccount, path: account, body: Reconnection(reconnect: true))
        if json { reply.printJSON() }
        try await AccountWatch(client: client, quiet: json).untilConnected(account, within: .seconds(wait))
      }
    }
  }
}
