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
      API. It keeps every accepted message on disk until Microsoft has taken it.

      Start with `heliograph demo`, which plays everything on this machine, then `heliograph serve`.

      The commands send, app, account, queue, workspace and events are clients of a running gateway. They read \
      its URL from HELIOGRAPH_URL (default http://localhost:3000), an API token from HELIOGRAPH_TOKEN \
      (`heliograph token issue` makes one) and, with an operator's token, the workspace to act in from \
      HELIOGRAPH_WORKSPACE. Secrets are read from the environment or standard input, never from arguments.

      Exit status: 0 on success, 1 when the work failed, 64 for a wrong command line.
      """,
    version: heliographVersion,
    subcommands: [
      Serve.self, SandboxCommand.self, Demo.self, Token.self, Send.self, App.self, AccountCommand.self,
      QueueCommand.self, WorkspaceCommand.self, Events.self, Doctor.self,
    ])

  /// Prints a failure as one line and leaves with status 1; without this it would be a crash report.
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
      if let remedy = problem.remedy { Terminal.error("  \(remedy)") }
      if let who = problem.actor.flatMap({ VerificationReport.Step.who[$0.rawValue] }) {
        Terminal.error("  Who: \(who)")
      }
      if let link = problem.link { Terminal.error("  Where: \(link)") }
      Terminal.error("  [\(problem.code.rawValue)]")
      Foundation.exit(1)
    } catch {
      exit(withError: error)
    }
  }
}
