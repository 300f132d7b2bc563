import ArgumentParser

extension App {
  struct Add: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Add an app that is registered with Microsoft Entra.",
      discussion: """
        `heliograph app guide` says what to register. The client secret is its Value, not its Secret ID. An app \
        with neither secret nor certificate is a native client.

        EXAMPLE
          HELIOGRAPH_CLIENT_SECRET=... heliograph app add --name Contoso --client-id 11111111-... --secret
        """)

    @Option(help: "A name for you.") var name: String
    @Option(help: "outlook (people sign in) or outlookService (application permissions).")
    var provider = "outlook"
    @Option(help: "Application (client) ID.") var clientID: String
    @Flag(help: "Add it without offering it for sign-in yet.") var disabled = false
    @OptionGroup var options: AppOptions
    @Flag(help: "Print the gateway's answer as JSON.") var json = false

    func run() async throws {
      let body = try options.body(name: name, clientID: clientID, provider: provider, enabled: !disabled)
      try await APIClient.withEnvironment { client in
        let reply = try await client.post("/v1/oauth2", body)
        if json { return reply.printJSON() }
        try reply.read(AppSaved.self).print()
      }
    }
  }

  struct Update: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Change an app, for instance its secret; its accounts stay connected.",
      discussion: """
        What is not given stays as it is. A new secret takes the place of the old secret or certificate, and so \
        does a new certificate.

        EXAMPLE
          HELIOGRAPH_CLIENT_SECRET=... heliograph app update app_... --secret --secret-expires 2028-11-20
        """)

    @Argument(help: "The app's id.") var app: String
    @Option(help: "A name for you.") var name: String?
    @Option(help: "Application (client) ID.") var clientID: String?
    @Flag(help: "Make it a native client, without secret and certificate.") var noSecret = false
    @OptionGroup var options: AppOptions
    @Flag(help: "Print the gateway's answer as JSON.") var json = false

    func run() async throws {
      var body = try options.body(name: name, clientID: clientID)
      if noSecret {
        guard body.clientSecret == nil, body.clientCertificate == nil else {
          throw ValidationError("--no-secret and a secret or certificate exclude each other.")
        }
        body.clientSecret = ""
      }
      try await APIClient.withEnvironment { client in
        let reply = try await client.put("/v1/oauth2/" + pathSegment(app), body)
        if json { return reply.printJSON() }
        try reply.read(AppSaved.self).print()
      }
    }
  }
}
