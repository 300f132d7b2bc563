import ArgumentParser
import Core
import Gateway
import Store

struct Token: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "API tokens. Works on the data folder or database itself.",
    subcommands: [Issue.self, List.self, Revoke.self])

  struct Issue: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Make an API token and print it once.",
      discussion: """
        Only a hash of the token is stored, so it cannot be shown again. A running gateway accepts it at once.

        EXAMPLE
          export HELIOGRAPH_TOKEN=$(heliograph token issue --description 'CRM')
        """)

    @Option(help: "What it is for.") var description = ""
    @Option(
      help: """
        What it may do: api (the REST API), or * (everything; in the workspace default that makes an \
        operator); may be repeated.
        """)
    var scope: [String] = []
    @Option(help: "The workspace that it is for.") var workspace = "default"
    @Option(help: "The only account that it is for; all of the workspace, when left out.") var account:
      String?
    @Option(help: "Days until it expires; never, when left out.") var expires: Int?
    @OptionGroup var options: StoreOptions

    func validate() throws {
      for scope in scope where scope.isEmpty || scope.contains(where: \.isWhitespace) {
        throw ValidationError("A scope is one word, and '\(scope)' is not.")
      }
      if let expires, expires < 1 { throw ValidationError("--expires is at least 1 day, not \(expires).") }
    }

    func run() async throws {
      let token = try await Installation(try options.configuration()).issueToken(
        description: description, scopes: scope.isEmpty ? ["api"] : scope,
        expires: expires.map { .seconds($0 * 86_400) }, account: account.map { AccountID($0) },
        in: WorkspaceID(workspace))
      Terminal.line(token.reveal())
    }
  }

  struct List: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "List the API tokens, without the tokens themselves.")

    @Option(help: "Only those of this workspace.") var workspace: String?
    @OptionGroup var options: StoreOptions

    func run() async throws {
      let tokens = try await Installation(try options.configuration()).tokens(
        in: workspace.map { WorkspaceID($0) })
      if tokens.isEmpty { return Terminal.line("No tokens yet: `heliograph token issue` makes one.") }
      Terminal.table(
        ["id", "workspace", "account", "description", "scopes", "created", "expires"],
        tokens.map {
          [
            $0.id.rawValue, $0.workspace.rawValue, $0.account?.rawValue ?? "", $0.description,
            $0.scopes.joined(separator: " "), $0.created.description, $0.expires?.description ?? "never",
          ]
        })
    }
  }

  struct Revoke: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Revoke an API token. A running gateway refuses it within a second.")

    @Argument(help: "The token's id, as `token list` shows it.") var id: String
    @OptionGroup var options: StoreOptions

    func run() async throws {
      guard try await Installation(try options.configuration()).revokeToken(TokenID(id)) else {
        throw ValidationError("There is no token \(id); `heliograph token list` shows them.")
      }
      Terminal.line("Revoked \(id).")
    }
  }
}
