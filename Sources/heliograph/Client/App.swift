import API
import ArgumentParser
import Core

struct App: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Manage the OAuth2 apps through which mailboxes are connected.",
    subcommands: [
      Guide.self, Add.self, Import.self, List.self, Show.self, Update.self, Enable.self, Disable.self,
      Delete.self, Verify.self,
    ])

  struct List: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "List the apps.")

    @OptionGroup var paging: Paging

    func run() async throws {
      try await paging.show(Operations.apps, empty: "No apps yet: `heliograph app add` adds one.") { page in
        Terminal.table(
          ["id", "name", "provider", "client id", "authority", "enabled"],
          page.apps.map {
            [
              $0.id.rawValue, $0.name, $0.provider.text, $0.clientID, $0.authority,
              $0.enabled ? "yes" : "no",
            ]
          })
      }
    }
  }

  struct Show: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Show an app, its warnings and its last error.")

    @Argument(help: "The app's id.") var app: AppID
    @Flag(help: "Print the gateway's reply as JSON.") var json = false

    func run() async throws {
      try await APIClient.withEnvironment { client in
        let reply = try await client.call(Operations.app, path: app)
        if json { return reply.printJSON() }
        reply.value.print()
      }
    }
  }

  struct Enable: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Enable an app.")
    @Argument(help: "The app's id.") var app: AppID
    @Flag(help: "Print the gateway's reply as JSON.") var json = false

    func run() async throws { try await App.setEnabled(true, app, json: json) }
  }

  struct Disable: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Disable an app; its accounts remain, and their messages wait.")
    @Argument(help: "The app's id.") var app: AppID
    @Flag(help: "Print the gateway's reply as JSON.") var json = false

    func run() async throws { try await App.setEnabled(false, app, json: json) }
  }

  struct Delete: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Delete an app that no account uses.")
    @Argument(help: "The app's id.") var app: AppID
    @OptionGroup var confirmation: Confirmation
    @Flag(help: "Print the gateway's reply as JSON.") var json = false

    func run() async throws {
      try confirmation.ask("delete the app \(app)")
      try await APIClient.withEnvironment { client in
        let reply = try await client.call(Operations.deleteApp, path: app)
        if json { return reply.printJSON() }
        Terminal.line("Deleted \(app).")
      }
    }
  }

  private static func setEnabled(_ enabled: Bool, _ app: AppID, json: Bool) async throws {
    var change = AppUpdateRequest()
    change.enabled = enabled
    try await APIClient.withEnvironment { client in
      let reply = try await client.call(Operations.updateApp, path: app, body: change)
      if json { return reply.printJSON() }
      Terminal.line("\(enabled ? "Enabled" : "Disabled") \(app).")
    }
  }
}

extension AppReply {
  fileprivate func print() {
    let credential =
      clientCertificate.map { "certificate \($0.thumbprint)" } ?? (clientSecret == nil ? "none" : "secret")
    Terminal.fields([
      ("id", id.rawValue), ("name", name), ("provider", provider.text), ("client id", clientID),
      ("authority", authority), ("cloud", cloud),
      ("base scopes", baseScopes.text + (sendOnly ? ", sending only" : "")), ("credential", credential),
      ("expires", secretExpires?.description ?? ""), ("redirect URI", redirectURL ?? ""),
      ("enabled", enabled ? "yes" : "no"), ("shared", shared ? "with every workspace" : ""),
      ("listed", includeInListing ? "on the sign-in page" : ""), ("accounts", "\(accounts)"),
    ])
    if let lastError {
      Terminal.line("Since \(lastError.date): \(lastError.message)")
      for line in lastError.advice.lines() { Terminal.line(line) }
    }
    for warning in warnings { Terminal.line(warning.text) }
  }
}

extension WarningReply {
  /// The sentence, the remedy and, where there are any, the commands to be entered.
  var text: String {
    (["Warning: \(message)", "  \(remedy)"] + commands.map { "    \($0)" }).joined(separator: "\n")
  }
}
