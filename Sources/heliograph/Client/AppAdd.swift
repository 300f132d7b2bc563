import API
import ArgumentParser
import Core

extension App {
  struct Add: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Add an app that is registered with Microsoft Entra.",
      discussion: """
        `heliograph app guide` shows what to register. The client secret is its Value, not its Secret ID. An app \
        with neither a secret nor a certificate is a native client.

        EXAMPLE
          HELIOGRAPH_CLIENT_SECRET=... heliograph app add --name Contoso --client-id 11111111-... --secret
        """)

    @Option(help: "A display name.") var name: String
    @Option(help: "outlook: people sign in. outlookService: application permissions.")
    var provider = OAuth2Provider.outlook
    @Option(help: "Application (client) ID.") var clientID: String
    @Flag(help: "Add the app disabled: it is not offered for sign-in yet.") var disabled = false
    @OptionGroup var options: AppOptions
    @Flag(help: "Print the gateway's reply as JSON.") var json = false

    func run() async throws {
      var body = AppRequest()
      body.name = name
      body.provider = provider
      body.clientID = clientID
      body.enabled = !disabled
      try options.fill(&body)
      try await APIClient.withEnvironment { client in
        let reply = try await client.call(Operations.addApp, body: body)
        if json { return reply.printJSON() }
        Terminal.saved(reply.value.id, reply.value.warnings)
        Terminal.error("Next: \(nextStep(reply.value.id))")
      }
    }

    private func nextStep(_ app: AppID) -> String {
      if disabled { return "heliograph app enable \(app)" }
      return switch provider {
      case .outlook: "heliograph account add --link --app \(app)"
      case .outlookService: "heliograph account add --app \(app) --mailbox ADDRESS"
      }
    }
  }

  struct Update: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Change an app, for instance its secret; its accounts stay connected.",
      discussion: """
        What is left out stays as it is. A new secret or certificate replaces the old one, of either kind.

        EXAMPLE
          HELIOGRAPH_CLIENT_SECRET=... heliograph app update app_... --secret --secret-expires 2028-11-20
        """)

    @Argument(help: "The app's id.") var app: AppID
    @Option(help: "A display name.") var name: String?
    @Option(help: "Application (client) ID; fixed while accounts use the app.") var clientID: String?
    @Flag(help: "Make the app a native client, with neither a secret nor a certificate.") var noSecret = false
    @OptionGroup var options: AppOptions
    @Flag(help: "Print the gateway's reply as JSON.") var json = false

    func run() async throws {
      var body = AppUpdateRequest()
      body.name = name
      body.clientID = clientID
      try options.fill(&body)
      if noSecret {
        guard body.clientSecret == nil, body.clientCertificate == nil else {
          throw ValidationError("--no-secret cannot be combined with a secret or a certificate.")
        }
        body.clientSecret = Secret("")
      }
      try await APIClient.withEnvironment { client in
        let reply = try await client.call(Operations.updateApp, path: app, body: body)
        if json { return reply.printJSON() }
        Terminal.saved(reply.value.id, reply.value.warnings)
      }
    }
  }
}

extension Terminal {
  /// An app that was added or changed: its id on standard output, for scripts; the warnings on standard error.
  static func saved(_ app: AppID, _ warnings: [WarningReply]) {
    line(app.rawValue)
    for warning in warnings { error(warning.text) }
  }
}
