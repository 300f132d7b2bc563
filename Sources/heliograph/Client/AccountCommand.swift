import ArgumentParser

struct AccountCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "account", abstract: "The mailboxes that are connected.",
    subcommands: [
      List.self, AccountAdd.self, AccountImport.self, Show.self, Delete.self, Reconnect.self,
      Verify.self,
    ])

  struct List: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "List the accounts.")

    @Option(help: "Only accounts in this state, such as connected or authenticationError.") var state: String?
    @OptionGroup var paging: Paging

    func run() async throws {
      struct Page: Decodable {
        let total: Int
        let accounts: [Entry]
      }
      struct Entry: Decodable {
        let account, type, state: String
        let name, email: String?
      }
      let query = state.map { ["state": $0] } ?? [:]
      let empty = "No accounts yet: `heliograph account add` connects one."
      try await paging.show("/v1/accounts", query: query, empty: empty) { (page: Page) in
        guard page.total > 0 else { return 0 }
        Terminal.table(
          ["account", "email", "name", "type", "state"],
          page.accounts.map { [$0.account, $0.email ?? "", $0.name ?? "", $0.type, $0.state] })
        return page.total
      }
    }
  }
}
