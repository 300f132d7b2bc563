import ArgumentParser
import Core
import Gateway

struct Token: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "API tokens. Works on the data folder or database itself.", subcommands: [Issue.self])

  struct Issue: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Make an API token and print it once.",
      discussion: """
        Only a hash of the token is stored, so it cannot be shown again. A running gateway accepts it at once.

        EXAMPLE
          export HELIOGRAPH_TOKEN=$(heliograph token issue --description 'CRM')
        """)

    @Option(help: "What it is for.") var description = ""
    @Option(help: "What it may do: api (the REST API), metrics, or * (everything); may be repeated.")
    var scope: [String] = []
    @Option(help: "Days until it expires; never, when left out.") var expires: Int?
    @OptionGroup var options: ServeOptions

    func run() async throws {
      let installation = Installation(try options.configuration())
      let token = try await installation.issueToken(
        description: description, scopes: scope.isEmpty ? ["api"] : scope,
        expires: expires.map { .seconds($0 * 86_400) })
      Terminal.line(token.reveal())
    }
  }
}
