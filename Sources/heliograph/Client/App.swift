import ArgumentParser
import Core
import Foundation

struct App: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "The OAuth2 apps that people sign in through.",
    subcommands: [
      Guide.self, Add.self, Import.self, List.self, Show.self, Update.self, Enable.self, Disable.self,
      Delete.self, Verify.self,
    ])

  struct List: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "List the apps.")

    @OptionGroup var paging: Paging

    func run() async throws {
      struct Page: Decodable {
        let total: Int
        let apps: [Entry]
      }
      struct Entry: Decodable {
        let id, name, provider, clientId: String
        let authority: String?
        let enabled: Bool
      }
      try await paging.show("/v1/oauth2", empty: "No apps yet: `heliograph app add` adds one.") {
        (page: Page) in
        guard page.total > 0 else { return 0 }
        Terminal.table(
          ["id", "name", "provider", "client id", "authority", "enabled"],
          page.apps.map {
            [$0.id, $0.name, $0.provider, $0.clientId, $0.authority ?? "", $0.enabled ? "yes" : "no"]
          })
        return page.total
      }
    }
  }

  struct Show: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Show an app, what it warns of and its last error.")

    @Argument(help: "The app's id.") var app: String
    @Flag(help: "Print the gateway's answer as JSON.") var json = false

    func run() async throws {
      try await APIClient.withEnvironment { client in
        let reply = try await client.get("/v1/oauth2/" + pathSegment(app))
        if json { return reply.printJSON() }
        try reply.read(AppEntry.self).print()
      }
    }
  }

  struct Enable: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Let an app be used.")
    @Argument(help: "The app's id.") var app: String

    func run() async throws { try await App.setEnabled(true, app) }
  }

  struct Disable: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Keep an app from being used; its accounts stay and wait.")
    @Argument(help: "The app's id.") var app: String

    func run() async throws { try await App.setEnabled(false, app) }
  }

  struct Delete: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Delete an app that no account uses.")
    @Argument(help: "The app's id.") var app: String

    func run() async throws {
      try await APIClient.withEnvironment { client in
        _ = try await client.delete("/v1/oauth2/" + pathSegment(app))
        Terminal.line("Deleted \(app).")
      }
    }
  }

  private static func setEnabled(_ enabled: Bool, _ app: String) async throws {
    try await APIClient.withEnvironment { client in
      _ = try await client.put("/v1/oauth2/" + pathSegment(app), ["enabled": enabled])
      Terminal.line("\(enabled ? "Enabled" : "Disabled") \(app).")
    }
  }
}

/// An app as the gateway shows it.
struct AppEntry: Decodable {
  let id, name, provider, cloud, baseScopes, authority, clientId: String
  let clientSecret, secretExpires, redirectUrl: String?
  let clientCertificate: Certificate?
  let enabled, sendOnly, shared: Bool
  let accounts: Int
  let warnings: [AppWarningEntry]?
  let lastError: LastError?

  struct Certificate: Decodable { let thumbprint: String }

  struct LastError: Decodable {
    let message, date: String
    let remedy: String?
  }

  func print() {
    let proof =
      clientCertificate.map { "certificate \($0.thumbprint)" } ?? (clientSecret == nil ? "none" : "secret")
    let rows = [
      ("id", id), ("name", name), ("provider", provider), ("client id", clientId), ("authority", authority),
      ("cloud", cloud), ("base scopes", baseScopes + (sendOnly ? ", sending only" : "")),
      ("proof", proof), ("it ends", secretExpires ?? ""), ("redirect URI", redirectUrl ?? ""),
      ("enabled", enabled ? "yes" : "no"), ("shared", shared ? "with every workspace" : ""),
      ("accounts", "\(accounts)"),
    ]
    for (name, value) in rows where !value.isEmpty {
      Terminal.line(name.padding(toLength: 14, withPad: " ", startingAt: 0) + value)
    }
    if let lastError {
      Terminal.line("Since \(lastError.date): \(lastError.message)")
      if let remedy = lastError.remedy { Terminal.line("  \(remedy)") }
    }
    for warning in warnings ?? [] { Terminal.line(warning.text) }
  }
}

struct AppWarningEntry: Decodable {
  let code, message, remedy: String
  let commands: [String]?

  var text: String {
    (["Warning: \(message)", "  \(remedy)"] + (commands ?? []).map { "    \($0)" }).joined(separator: "\n")
  }
}
