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
        Opens the database directly, so that the first token can be made without one. Only a hash of the token \
        is stored: it cannot be shown again. A running gateway accepts it immediately.

        EXAMPLE
          export HELIOGRAPH_TOKEN=$(heliograph token issue --description 'CRM')
        """)

    @Option(help: "What the token is for.") var description = ""
    @Option(
      help: """
        api: the REST API. *: everything; in the workspace default, an operator's token. May be repeated; \
        default: api.
        """)
    var scope: [String] = []
    @Option(help: "The token's workspace.") var workspace = WorkspaceID.default
    @Option(help: "Limit the token to one account; default: the whole workspace.") var account: AccountID?
    @Option(help: "Days until the token expires; default: never.") var expires: Int?
    @OptionGroup var options: StoreOptions

    func validate() throws {
      for scope in scope where scope.isEmpty || scope.contains(where: \.isWhitespace) {
        throw ValidationError("A scope must be one word, not '\(scope)'.")
      }
      if let expires, !(1...36_500).contains(expires) {
        throw ValidationError("--expires must be 1 to 36500 days, not \(expires).")
      }
    }

    func run() async throws {
      let token = try await Installation(try options.configuration()).issueToken(
        description: description, scopes: scope.isEmpty ? ["api"] : scope,
        expires: expires.map { .seconds($0 * 86_400) }, account: account, in: workspace)
      Terminal.line(token.reveal())
    }
  }
}
