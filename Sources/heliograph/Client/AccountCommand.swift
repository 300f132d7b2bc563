import API
import ArgumentParser
import Core

struct AccountCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "account", abstract: "Manage the mailboxes that messages are sent from.",
    subcommands: [
      List.self, AccountAdd.self, AccountImport.self, Show.self, Update.self, Delete.self, Pause.self,
      Resume.self, Reconnect.self, Verify.self,
    ])

  struct List: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "List the accounts.")

    @Option(help: "Only accounts in this state.") var state: AccountReply.State?
    @OptionGroup var paging: Paging

    func run() async throws {
      var query = AccountsQuery()
      query.state = state
      let empty =
        state.map { "No accounts in the state \($0.rawValue)." }
        ?? "No accounts yet: `heliograph account add` connects one."
      try await paging.show(Operations.accounts, query: query, empty: empty) { page in
        Terminal.table(
          ["account", "email", "name", "type", "state"],
          page.accounts.map { [$0.account.rawValue, $0.email, $0.name, $0.type.text, $0.stateText] },
          states: "state")
      }
    }
  }
}
