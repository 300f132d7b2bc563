import API
import ArgumentParser
import Core

// The commands that change the state of an account.
extension AccountCommand {
  struct Reconnect: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Request a new token from Microsoft now, even after an earlier request was refused.")

    @Argument(help: "The account's id.") var account: AccountID
    @Option(help: "Seconds to wait until the account is connected; 0 does not wait.") var wait = 60

    func run() async throws {
      try await APIClient.withEnvironment { client in
        _ = try await client.call(
          Operations.reconnectAccount, path: account, body: Reconnection(reconnect: true))
        try await AccountWatch(client: client, quiet: false).untilConnected(account, within: .seconds(wait))
      }
    }
  }
}
