import ArgumentParser
import Core
import Foundation
import Gateway

@main
struct Heliograph: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "heliograph",
    abstract: "A mail gateway for Outlook and Microsoft 365.",
    discussion: """
      Heliograph handles OAuth2 with Microsoft, so that any program can send through one REST API. Every accepted \
      message stays on disk until Microsoft has accepted it.

      Start with `heliograph demo`, which runs everything on this machine, then `heliograph serve`.

      \(Variable.clientSentence) They read these environment variables; secrets are read from the environment, files \
      or standard input, never from arguments.

      \(Variable.clientTable)

      Exit status: 0 on success, 1 on failure, 64 for an invalid command line.
      """,
    version: heliographVersion,
    subcommands: [
      Serve.self, ConfigCommand.self, BounceCommand.self, SandboxCommand.self, Demo.self, Token.self,
      Send.self,
      TemplateCommand.self, App.self,
      AccountCommand.self,
      QueueCommand.self, SMTPCredential.self, WebhookCommand.self, Listen.self, WorkspaceCommand.self,
      SettingsCommand.self, ListCommand.self, Events.self, Status.self, Doctor.self,
      Open.self,
      GenerateManual.self,
    ])

  /// Prints a problem in a few lines and exits with status 1.
  static func main() async {
    do {
      let arguments = Array(CommandLine.arguments.dropFirst())
      try Subcommands.check(arguments, of: Self.self)
      var command = try parseAsRoot(arguments)
      if var command = command as? any AsyncParsableCommand {
        try await command.run()
      } else {
        try command.run()
      }
    } catch let problem as Problem {
      problem.show()
      Foundation.exit(1)
    } catch {
      exit(withError: error)
    }
  }
}
