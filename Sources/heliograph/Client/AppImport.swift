import API
import ArgumentParser
import Core
import Foundation

extension App {
  struct Import: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Import an app from an appsettings.Production.json.",
      discussion: """
        Reads { "BaseUrl", "MicrosoftEntraApp": { "ClientId", "TenantId", "ClientSecret" } }. Without a tenant the \
        authority is common, without a secret the app is a native client, and the redirect URI is BaseUrl with \
        \(AppSettingsFile.callbackPath). An app with the same client id and authority is updated, not added again.
        """)

    @Argument(help: "The file.") var file: String
    @Option(help: "A display name.") var name = "Microsoft Entra app"
    @Flag(help: "Only show what would be sent.") var dryRun = false
    @Flag(help: "Print the gateway's reply, or with --dry-run the request, as JSON.") var json = false

    func run() async throws {
      guard let data = FileManager.default.contents(atPath: file) else {
        throw Problem.unreadableFile(file)
      }
      let settings = try AppSettingsFile(data, name: file)
      let new = settings.request(name: name)
      if dryRun { return json ? Terminal.json(new.json()) : new.print() }
      try await APIClient.withEnvironment { client in
        if let known = try await settings.find(client) {
          let reply = try await client.call(Operations.updateApp, path: known, body: settings.change)
          if json { return reply.printJSON() }
          Terminal.saved(reply.value.id, reply.value.warnings)
        } else {
          let reply = try await client.call(Operations.addApp, body: new)
          if json { return reply.printJSON() }
          Terminal.saved(reply.value.id, reply.value.warnings)
        }
      }
    }
  }
}

extension AppSettingsFile {
  fileprivate func request(name: String) -> AppRequest {
    var request = AppRequest()
    request.name = name
    request.clientID = clientID
    request.clientSecret = clientSecret
    request.authority = authority
    request.redirectURL = redirectURL
    request.enabled = true
    return request
  }

  /// Of an app that was added before: its name and whether it is enabled are left to its owner.
  fileprivate var change: AppUpdateRequest {
    var change = AppUpdateRequest()
    change.clientID = clientID
    change.clientSecret = clientSecret
    change.authority = authority
    change.redirectURL = redirectURL
    return change
  }

  /// The app that was added before.
  fileprivate func find(_ client: APIClient) async throws -> AppID? {
    let apps = try await client.pages(of: Operations.apps).flatMap(\.apps)
    return apps.first { app in
      app.provider.known == .outlook && app.cloud == "global" && app.baseScopes.known == .api
        && app.clientID == clientID && app.authority == authority.lowercased()
    }?.id
  }
}

extension AppRequest {
  fileprivate func print() {
    Terminal.fields([
      ("name", name), ("client id", clientID), ("authority", authority ?? ""),
      ("secret", clientSecret?.description ?? "none"), ("redirect URI", redirectURL ?? ""),
    ])
  }
}
