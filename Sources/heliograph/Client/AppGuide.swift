import ArgumentParser
import Foundation

extension App {
  struct Guide: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Say what to enter at Microsoft, for an app that is here or one that is still to be.",
      discussion: """
        EXAMPLES
          heliograph app guide
          heliograph app guide --provider outlookService --authority contoso.onmicrosoft.com --send-only
          heliograph app guide app_01h...
        """)

    @Argument(help: "The id of an app that is here.") var app: String?
    @Option(help: "A name for it.") var name: String?
    @Option(help: "outlook (people sign in) or outlookService (application permissions).")
    var provider: String?
    @Option(help: "Application (client) ID, once it is registered: the links then lead to it.")
    var clientID: String?
    @Option(help: "common, organizations, consumers, or a tenant's id or domain.") var authority: String?
    @Option(help: "global, gcc-high, dod, china, or one that the gateway's configuration names.")
    var cloud: String?
    @Option(help: "api (Microsoft Graph) or imap (IMAP and SMTP).") var baseScopes: String?
    @Option(help: "The redirect URI, when it is not the gateway's URL and /oauth.") var redirectURL: String?
    @Flag(help: "Ask people for no more than sending.") var sendOnly = false
    @Flag(help: "Without a secret, as for device codes.") var native = false
    @Flag(help: "Print the gateway's answer as JSON.") var json = false

    func run() async throws {
      let body = Body(
        name: name, provider: provider, clientId: clientID, authority: authority, cloud: cloud,
        baseScopes: baseScopes, redirectUrl: redirectURL, sendOnly: sendOnly, native: native)
      try await APIClient.withEnvironment { client in
        let reply =
          if let app {
            try await client.get("/v1/oauth2/\(pathSegment(app))/registration")
          } else {
            try await client.post("/v1/oauth2/registration", body)
          }
        if json { return reply.printJSON() }
        Terminal.line(try reply.read(GuideEntry.self).text)
      }
    }

    private struct Body: Encodable {
      let name, provider, clientId, authority, cloud, baseScopes, redirectUrl: String?
      let sendOnly, native: Bool
    }
  }
}

/// The guide as the gateway gives it.
private struct GuideEntry: Decodable {
  let displayName: String
  let accountTypes: AccountTypes
  let platform: String?
  let redirectUris: [String]
  let publicClientFlows: Bool
  let permissions: [Permission]
  let adminConsent: Consent
  let credential: Credential
  let links: [Link]
  let commands: [String]?
  let notes: [String]

  struct AccountTypes: Decodable { let choose, formerly: String }

  struct Permission: Decodable {
    let name, kind, resource, why, adminConsent: String
    let id: String?
  }

  struct Consent: Decodable {
    let needed, why: String
    let link: String?
  }

  struct Credential: Decodable {
    let instructions: String
    let copy: String?
  }

  struct Link: Decodable { let page, title, url: String }

  /// Before the app is registered all pages but the first are still to come.
  private func link(_ page: String) -> String {
    guard let url = links.first(where: { $0.page == page })?.url else { return "" }
    return page != "overview" && url == links.first?.url ? "" : "   " + url
  }

  var text: String {
    var lines = [
      "1. Under App registrations press “New registration”.", link("overview"),
      "   Name: \(displayName)",
      "   Supported account types: \(accountTypes.choose)", "     (formerly: \(accountTypes.formerly))",
      "2. Under Authentication", link("authentication"),
    ]
    if let platform {
      lines += ["   add the platform “\(platform)” with exactly this redirect URI:"]
      lines += redirectUris.map { "     \($0)" }
    } else {
      lines += ["   nothing is needed: nobody signs in to it."]
    }
    lines += ["   Allow public client flows: \(publicClientFlows ? "Yes" : "No")"]
    lines += ["3. \(credential.instructions)", link("credentials")]
    if let copy = credential.copy { lines += ["   Copy the field: \(copy)"] }
    lines += ["4. Under API permissions add", link("permissions")]
    for permission in permissions {
      lines += [
        "   \(permission.name) (\(permission.resource), \(permission.kind)) \(permission.id ?? "")",
        "     \(permission.why)" + Self.consent[permission.adminConsent, default: ""],
      ]
    }
    lines += ["5. Consent: \(adminConsent.why)"]
    if let link = adminConsent.link { lines += ["   For an administrator to open: \(link)"] }
    if let commands {
      lines +=
        ["6. To narrow it to some mailboxes, in Exchange Online PowerShell:"] + commands.map { "   \($0)" }
    }
    return (lines + notes.map { "Note: \($0)" }).filter { !$0.isEmpty }
      .map { $0.replacing(/\ +$/, with: "") }.joined(separator: "\n")
  }

  private static let consent = [
    "policy": " Tenants with Microsoft's own consent policy ask an administrator.",
    "yes": " An administrator must consent.",
  ]
}
