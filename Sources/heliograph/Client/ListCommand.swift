import API
import ArgumentParser
import Core

struct ListCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "Show and change who receives no more of a list.",
    discussion: """
      A message with listId carries a link by which its recipient leaves the list. Whoever has left, or was blocked, \
      is refused as a recipient of that list until the entry is deleted.
      """,
    subcommands: [All.self, Show.self, Block.self, Unblock.self], defaultSubcommand: All.self)

  struct All: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "List the suppression lists, with how many addresses are on each.")

    @OptionGroup var paging: Paging

    func run() async throws {
      try await paging.show(Operations.blocklists, empty: "Nobody has left a list.") { page in
        Terminal.table(
          ["list", "addresses"], page.blocklists.map { [$0.listId.rawValue, String($0.count)] })
      }
    }
  }

  struct Show: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "List the addresses that receive no more of a list.")

    @Argument(help: "The list.") var id: ListID
    @OptionGroup var paging: Paging

    func run() async throws {
      var query = PageQuery()
      (query.page, query.pageSize) = (paging.page, paging.pageSize)
      try await APIClient.withEnvironment { [query] client in
        let reply = try await client.call(Operations.blocklist, path: id, query: query)
        if paging.json { return reply.printJSON() }
        guard reply.value.total > 0 else { return Terminal.line("Nobody has left the list \(id).") }
        Terminal.table(
          ["recipient", "account", "source", "reason", "since"],
          reply.value.addresses.map {
            [$0.recipient, $0.account.rawValue, $0.source ?? "", $0.reason ?? "", $0.created.description]
          })
        paging.printTotal(reply.value.total)
      }
    }
  }

  struct Block: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Let an address receive no more of a list.")

    @Argument(help: "The list.") var id: ListID
    @Argument(help: "The e-mail address.") var address: String
    @Option(help: "The account on whose behalf it is blocked.") var account: AccountID
    @Option(help: "Why, for people.") var reason = "block"
    @Flag(help: "Print the gateway's reply as JSON.") var json = false

    func run() async throws {
      var body = BlocklistRequest()
      (body.account, body.recipient, body.reason) = (account, address, reason)
      try await APIClient.withEnvironment { [body] client in
        let reply = try await client.call(Operations.addToBlocklist, path: id, body: body)
        if json { return reply.printJSON() }
        Terminal.line(
          reply.value.added
            ? "\(address) receives no more of the list \(id)." : "\(address) is on the list \(id) already.")
      }
    }
  }

  struct Unblock: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Let an address receive a list again, after its owner has asked for that.")

    @Argument(help: "The list.") var id: ListID
    @Argument(help: "The e-mail address.") var address: String
    @Flag(help: "Print the gateway's reply as JSON.") var json = false

    func run() async throws {
      try await APIClient.withEnvironment { client in
        let reply = try await client.call(
          Operations.deleteFromBlocklist, path: id, query: BlocklistDeletion(address))
        if json { return reply.printJSON() }
        Terminal.line(
          reply.value.deleted
            ? "\(address) receives the list \(id) again." : "\(address) is not on the list \(id).")
      }
    }
  }
}
