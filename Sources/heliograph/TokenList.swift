import API
import ArgumentParser
import Core
import Gateway
import JSON
import Store

// Neither command depends on a gateway: an operator who has lost every token can still list and revoke them.
extension Token {
  static let whereItWorks = """
    With HELIOGRAPH_TOKEN set, this is a request to the running gateway, in the workspace of that token. Without it, \
    or with --data, --config or --secret-key-file, the database is opened directly.
    """

  struct List: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "List the API tokens, without the tokens themselves.", discussion: Token.whereItWorks)

    @Option(help: "Only tokens of this workspace; through a gateway, an operator's token is needed.")
    var workspace: WorkspaceID?
    @Option(help: "Only tokens that are limited to this account.") var account: AccountID?
    @OptionGroup var paging: Paging
    @OptionGroup var options: StoreOptions

    private static let headings = [
      "id", "workspace", "account", "description", "scopes", "created", "expires",
    ]

    func run() async throws {
      if options.opensStore { try await listStored() } else { try await listThroughGateway() }
    }

    private var empty: String { "No tokens: `heliograph token issue` creates one." }

    private func listThroughGateway() async throws {
      var query = TokensQuery()
      query.account = account
      try await APIClient.withEnvironment { client in
        var client = client
        client.workspace = workspace?.rawValue ?? client.workspace
        try await paging.show(Operations.tokens, query: query, client, empty: empty) { page in
          Terminal.table(
            Self.headings.filter { $0 != "workspace" },
            page.tokens.map {
              [
                $0.id.rawValue, $0.account?.rawValue ?? "", $0.description,
                $0.scopes.joined(separator: " "), $0.created.description, $0.expires?.description ?? "never",
              ]
            })
        }
      }
    }

    private func listStored() async throws {
      let tokens = try await Installation(try options.configuration())
        .tokens(in: workspace ?? Token.ownWorkspace).filter { account == nil || $0.account == account }
      if paging.json { return Terminal.json(json(tokens)) }
      if tokens.isEmpty { return Terminal.line(empty) }
      Terminal.table(
        Self.headings,
        paging.slice(tokens).map {
          [
            $0.id.rawValue, $0.workspace.rawValue, $0.account?.rawValue ?? "", $0.description,
            $0.scopes.joined(separator: " "), $0.created.description, $0.expires?.description ?? "never",
          ]
        })
      paging.printTotal(tokens.count)
    }

    /// As the gateway replies, with the workspace of each token besides.
    private func json(_ tokens: [APITokenRecord]) -> JSONValue {
      let page = paging.slice(tokens).map { token in
        var object: JSONObject = [
          "id": .string(token.id.rawValue), "workspace": .string(token.workspace.rawValue),
          "description": .string(token.description),
          "scopes": .array(token.scopes.map { .string($0) }), "created": .string(token.created.description),
        ]
        object["account"] = token.account.map { .string($0.rawValue) }
        object["expires"] = token.expires.map { .string($0.description) }
        return JSONValue.object(object)
      }
      return [
        "total": JSONValue(tokens.count), "page": JSONValue(paging.page),
        "pages": JSONValue((tokens.count + paging.pageSize - 1) / paging.pageSize), "tokens": .array(page),
      ]
    }
  }

  struct Revoke: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Revoke an API token. A running gateway refuses it within a second.",
      discussion: Token.whereItWorks)

    @Argument(help: "The token's id, as `heliograph token list` shows it.") var id: TokenID
    @OptionGroup var confirmation: Confirmation
    @Flag(help: "Print the result as JSON.") var json = false
    @OptionGroup var options: StoreOptions

    func run() async throws {
      try confirmation.ask("revoke the API token \(id)")
      if options.opensStore {
        guard try await Installation(try options.configuration()).revokeToken(id) else {
          throw Problem(
            .tokenNotFound, "There is no API token “\(id)”.", remedy: "Use the id of an existing token.")
        }
      } else {
        try await APIClient.withEnvironment { client in
          _ = try await client.call(Operations.revokeToken, path: id)
        }
      }
      if json { return Terminal.json(TokenDeleted().json()) }
      Terminal.line("Revoked \(id).")
    }
  }
}

extension StoreOptions {
  /// Whether the database is opened directly, instead of sending a request to a gateway.
  fileprivate var opensStore: Bool {
    data != nil || config != nil || secretKeyFile != nil || APIClient.environmentToken == nil
  }
}
