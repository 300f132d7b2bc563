import ArgumentParser
import Core
import Foundation

struct App: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "The OAuth2 apps that people sign in through.", subcommands: [Add.self, List.self])

  struct Add: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Add an app that is registered with Microsoft Entra.",
      discussion: """
        With --secret the client secret (its Value, not its Secret ID) is taken from HELIOGRAPH_CLIENT_SECRET \
        or from standard input. An app without a secret is a native client.

        EXAMPLE
          HELIOGRAPH_CLIENT_SECRET=... heliograph app add --name Contoso --client-id 11111111-... --secret
        """)

    @Option(help: "A name for you.") var name: String
    @Option(help: "outlook (people sign in) or outlookService (application permissions).")
    var provider = "outlook"
    @Option(help: "Application (client) ID.") var clientID: String
    @Flag(help: "Read the client secret from HELIOGRAPH_CLIENT_SECRET or standard input.") var secret = false
    @Option(help: "common, organizations, consumers, or a tenant's id or domain.") var authority: String?
    @Option(help: "The redirect URI as registered, when it is not the gateway's URL and /oauth.")
    var redirectURL: String?
    @Option(help: "Text of the button on the sign-in page.") var title: String?
    @Flag(help: "Add it without offering it for sign-in yet.") var disabled = false
    @Flag(help: "Print the gateway's answer as JSON.") var json = false

    func run() async throws {
      let clientSecret =
        secret ? Terminal.secret(from: "HELIOGRAPH_CLIENT_SECRET", prompt: "Client secret") : nil
      if secret, clientSecret?.isEmpty ?? true {
        throw ValidationError(
          "--secret was given, but neither HELIOGRAPH_CLIENT_SECRET nor standard input had one.")
      }
      let body = Body(
        name: name, provider: provider, clientId: clientID, clientSecret: clientSecret, authority: authority,
        redirectUrl: redirectURL, title: title, enabled: !disabled)
      try await APIClient.withEnvironment { client in
        let reply = try await client.post("/v1/oauth2", body)
        if json { return reply.printJSON() }
        struct Created: Decodable { let id: String }
        Terminal.line(try reply.read(Created.self).id)
      }
    }

    private struct Body: Encodable {
      let name, provider, clientId: String
      let clientSecret, authority, redirectUrl, title: String?
      let enabled: Bool
    }
  }

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
}
