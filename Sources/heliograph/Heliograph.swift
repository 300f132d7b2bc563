import ArgumentParser
import Core
import Foundation

@main
struct Heliograph: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "heliograph",
    abstract: "A mail gateway for Outlook and Microsoft 365.",
    discussion: """
      Heliograph holds the OAuth2 relationship with Microsoft, so that any program can send through one REST \
      API. Every accepted message stays on disk until Microsoft has accepted it.

      Start with `heliograph demo`, which runs everything on this machine, then `heliograph serve`.

      The commands send, app, account, queue, workspace, events and doctor are clients of a running gateway, and so \
      are token list and token revoke when HELIOGRAPH_TOKEN is set. They read the gateway's URL from \
      HELIOGRAPH_URL (default http://localhost:3000), an API token from HELIOGRAPH_TOKEN (`heliograph token issue` \
      makes one) and, with an operator's token, the workspace to act in from HELIOGRAPH_WORKSPACE. Secrets are \
      read from the environment, files or standard input, never from arguments.

      Exit status: 0 on success, 1 on failure, 64 for an invalid command line.
      """,
    version: heliographVersion,
    subcommands: [
      Serve.self, SandboxCommand.self, Demo.self, Token.self, Send.self, App.self, AccountCommand.self,
      QueueCommand.self, WorkspaceCommand.self, Events.self, Doctor.self,
    ])

  /// Prints a problem in a few lines and exits with status 1.
  static func main() async {
    do {
      var command = try parseAsRoot()
      if var command = command as? any AsyncParsableCommand {
        try await command.run()
      } else {
        try command.run()
      }
    } catch let problem as Problem {
      Terminal.error("heliograph: \(problem.summary)")
      for line in problem.advice.lines() { Terminal.error(line) }
      Terminal.error("  [\(problem.code.rawValue)]")
      Foundation.exit(1)
    } catch {
      exit(withError: error)
    }
  }
}
