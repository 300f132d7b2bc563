import API
import ArgumentParser
import Core

extension App {
  struct Guide: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Show what to enter at Microsoft, for an app of this gateway or one still to be registered.",
      discussion: """
        EXAMPLES
          heliograph app guide
          heliograph app guide --provider outlookService --authority contoso.onmicrosoft.com --send-only
          heliograph app guide app_01h...
        """)

    @Argument(help: "The id of an app of this gateway; the other options are then not needed.") var app:
      AppID?
    @Option(help: "The app's display name.") var name: String?
    @Option(help: "outlook: people sign in. outlookService: application permissions.")
    var provider = OAuth2Provider.outlook
    @Option(help: "Application (client) ID, once the app is registered: the links then lead to it.")
    var clientID: String?
    @Option(help: "common, organizations, consumers, or the id or a domain of a tenant.")
    var authority: String?
    @Option(help: "global, gcc-high, dod, china, or a cloud from the gateway's configuration.")
    var cloud: String?
    @Option(help: "api: Microsoft Graph. imap: IMAP and SMTP.") var baseScopes = BaseScopes.api
    @Option(help: "The redirect URI; default: the gateway's URL followed by /oauth.") var redirectURL: String?
    @Flag(help: "Request no permission beyond sending.") var sendOnly = false
    @Flag(help: "A native client: without a secret, as device codes need.") var native = false
    @Flag(help: "Print the gateway's reply as JSON.") var json = false

    func run() async throws {
      try await APIClient.withEnvironment { client in
        let reply =
          if let app {
            try await client.call(Operations.appRegistration, path: app)
          } else {
            try await client.call(Operations.planRegistration, body: plan)
          }
        if json { return reply.printJSON() }
        Terminal.line(reply.value.text)
      }
    }

    private var plan: RegistrationRequest {
      var plan = RegistrationRequest()
      plan.name = name
      plan.provider = provider
      plan.clientID = clientID
      plan.authority = authority
      plan.cloud = cloud
      plan.baseScopes = baseScopes
      plan.redirectURL = redirectURL
      plan.sendOnly = sendOnly
      plan.isNative = native
      return plan
    }
  }
}

extension RegistrationReply {
  /// Until the app is registered, only the overview has a page of its own.
  fileprivate func link(_ page: String) -> String {
    guard let url = links.first(where: { $0.page == page })?.url else { return "" }
    return page != "overview" && url == links.first?.url ? "" : "   " + url
  }

  fileprivate var text: String {
    var lines = [
      "1. Under App registrations choose “New registration”.", link("overview"),
      "   Name: \(displayName)",
      "   Supported account types: \(accountTypes.choose)", "     (formerly: \(accountTypes.formerly))",
      "2. Under Authentication", link("authentication"),
    ]
    if let platform {
      lines += ["   add the platform “\(platform)” with exactly this redirect URI:"]
      lines += redirectURIs.map { "     \($0)" }
    } else {
      lines += ["   nothing is needed: this app has no sign-in."]
    }
    lines += ["   Allow public client flows: \(publicClientFlows ? "Yes" : "No")"]
    lines += ["3. \(credential.instructions)", link("credentials")]
    if let copy = credential.copy { lines += ["   Copy the field: \(copy)"] }
    lines += ["4. Under API permissions add", link("permissions")]
    for permission in permissions {
      lines += [
        "   \(permission.name) (\(permission.resource), \(permission.kind.text)) \(permission.id ?? "")",
        "     \(permission.why)" + (permission.adminConsent.known?.sentence ?? ""),
      ]
    }
    lines += ["5. Consent: \(adminConsent.why)"]
    if let link = adminConsent.link { lines += ["   For an administrator to open: \(link)"] }
    if !commands.isEmpty {
      lines +=
        ["6. To limit the app to some mailboxes, enter in Exchange Online PowerShell:"]
        + commands.map { "   \($0)" }
    }
    return (lines + notes.map { "Note: \($0)" }).filter { !$0.isEmpty }
      .map { $0.replacing(/\ +$/, with: "") }.joined(separator: "\n")
  }
}

extension ConsentReply.Need {
  /// What follows the reason for a permission.
  fileprivate var sentence: String {
    switch self {
    case .no: ""
    case .policy: " In tenants with Microsoft's own consent policy, an administrator must consent."
    case .yes: " An administrator must consent."
    }
  }
}
