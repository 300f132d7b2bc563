import API
import Access
import ArgumentParser
import Core
import Gateway
import Store

struct Token: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Manage API tokens.",
    subcommands: [Issue.self, List.self, Revoke.self])

  struct Issue: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Create an API token and print it once.",
      discussion: """
        Opens the gateway's database directly, so that the first token can be made without one. Only a hash of the \
        token is stored: it cannot be shown again. A running gateway accepts it immediately.

        EXAMPLE
          export HELIOGRAPH_TOKEN=$(heliograph token issue --description 'CRM')
        """)

    @Option(help: "What the token is for.") var description = "command line"
    @Option(
      help: """
        api: the REST API. smtp: a password for the SMTP port. *: everything; in the workspace default, an operator's \
        token. May be repeated; default: api.
        """)
    var scope: [String] = []
    @Option(help: "The token's workspace; default: HELIOGRAPH_WORKSPACE, otherwise default.")
    var workspace: WorkspaceID?
    @Option(help: "Limit the token to one account; default: the whole workspace.") var account: AccountID?
    @Option(help: "Days until the token expires; default: never.") var expires: Int?
    @OptionGroup var limits: TokenLimitOptions
    @Flag(help: "Print the token and its id as JSON.") var json = false
    @OptionGroup var options: StoreOptions

    /// Scopes of the vocabulary that open nothing yet.
    private static let later = ["imap-proxy", "metrics", "mcp"]

    func validate() throws {
      guard isPlainText(description, longest: 1024) else {
        throw ValidationError("--description must say in one line what the token is for.")
      }
      let known = TokenRequest.Scope.allCases.map(\.rawValue)
      for scope in scope where !known.contains(scope) && !Self.later.contains(scope) {
        throw ValidationError("--scope must be api, smtp or *, not '\(Printable.text(scope))'.")
      }
      if let expires, !(1...36_500).contains(expires) {
        throw ValidationError("--expires must be 1 to 36500 days, not \(expires).")
      }
    }

    func run() async throws {
      for scope in scope where Self.later.contains(scope) {
        Terminal.error("heliograph: Note: the scope \(scope) opens nothing in this version.")
      }
      let end = expires.map { SystemTime().now + .seconds($0 * 86_400) }
      let issued = try await Installation(try options.configuration()).issueToken(
        NewToken(
          description: description, scopes: scope.isEmpty ? ["api"] : scope, account: account, expires: end,
          restrictions: limits.restrictions, permissions: try limits.permissions),
        in: workspace ?? Token.ownWorkspace ?? .default)
      if json { return Terminal.json(TokenIssued(issued.token, id: issued.id).json()) }
      Terminal.line(issued.token.reveal())
    }
  }

  /// HELIOGRAPH_WORKSPACE.
  static var ownWorkspace: WorkspaceID? {
    APIClient.environment("HELIOGRAPH_WORKSPACE").map { WorkspaceID($0) }
  }
}
