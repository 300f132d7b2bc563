import ArgumentParser
import Foundation

struct AccountAdd: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "add", abstract: "Connect a mailbox.",
    discussion: """
      With --link a link is printed by which somebody signs in. With --device a code is shown, which the \
      mailbox's owner enters on a page of Microsoft's in any browser: for gateways that no browser reaches; the \
      app's registration must allow public client flows. Both wait until somebody has signed in. \
      With --mailbox the app acts by itself (application permissions): its client secret is taken from \
      HELIOGRAPH_CLIENT_SECRET or from standard input. With --email and --client-id a refresh token that another \
      program was given is taken from HELIOGRAPH_REFRESH_TOKEN or from standard input.

      EXAMPLES
        heliograph account add --link --email alice@contoso.com
        HELIOGRAPH_CLIENT_SECRET=... heliograph account add --tenant contoso.com --client-id 11111111-... \\
          --mailbox noreply@contoso.com
        HELIOGRAPH_REFRESH_TOKEN=... heliograph account add --email erin@outlook.com --client-id 11111111-...
      """)

  @Flag(help: "Print a link to sign in by, and wait.") var link = false
  @Flag(help: "Show a code to be entered on another device, and wait.") var device = false
  @Option(help: "An id of your choosing for the account.") var account: String?
  @Option(help: "A name for you, and for the From field.") var name: String?
  @Option(help: "The address that is to sign in, or that the refresh token is of.") var email: String?
  @Option(help: "The mailbox that the app acts in by itself.") var mailbox: String?
  @Option(help: "The tenant's Directory (tenant) ID or domain.") var tenant: String?
  @Option(help: "Application (client) ID; the app is entered if it is not there yet.") var clientID: String?
  @Option(help: "The id of an app that is entered already, in place of --client-id.") var app: String?
  @Option(help: "The account of somebody who may use --mailbox, in place of an app.") var through: String?
  @Option(help: "A file with certificate and private key (PEM), in place of the secret.")
  var certificate: String?
  @Option(help: "How long to wait for the mailbox to be connected, in seconds; 0 does not wait.") var wait =
    900
  @Flag(help: "Print the gateway's answers as JSON.") var json = false

  func validate() throws {
    if !link, !device, mailbox == nil, clientID == nil, app == nil {
      throw ValidationError("Say how: --link, --device, --mailbox, or --email with --client-id or --app.")
    }
    if link, device { throw ValidationError("Give --link or --device, not both.") }
    if link || device, mailbox != nil || clientID != nil || through != nil {
      throw ValidationError("Whoever signs in needs neither --mailbox, --client-id nor --through; see --app.")
    }
    if clientID != nil, app != nil { throw ValidationError("Give --client-id or --app, not both.") }
    if through != nil, mailbox == nil { throw ValidationError("--through needs --mailbox.") }
    if clientID != nil || (app != nil && !link && !device), mailbox == nil, email == nil {
      throw ValidationError("Give --mailbox for an app that acts by itself, or --email for a refresh token.")
    }
    if mailbox != nil, through == nil, clientID == nil, app == nil {
      throw ValidationError("--mailbox needs --client-id and --tenant, --app, or --through.")
    }
  }

  func run() async throws {
    if link { return try await signIn() }
    if device {
      return try await AccountDevice(app: app, account: account, name: name, email: email, json: json).run()
    }
    let body = try body()
    try await APIClient.withEnvironment { client in
      struct Created: Decodable {
        let account: String
        let warnings: [Warning]?
      }
      let reply = try await client.post("/v1/account", body)
      if json { reply.printJSON() }
      let created = try reply.read(Created.self)
      for warning in created.warnings ?? [] { warning.tell() }
      try await AccountWatch(client: client, quiet: json).untilConnected(
        created.account, within: .seconds(wait))
    }
  }

  private func body() throws -> Body {
    var oauth2 = Body.OAuth2(auth: .init())
    oauth2.provider = app
    oauth2.clientId = clientID
    oauth2.tenant = tenant
    switch (mailbox, through) {
    case (let mailbox?, let owner?):
      (oauth2.clientId, oauth2.provider, oauth2.tenant) = (nil, nil, nil)
      oauth2.auth = .init(delegatedUser: mailbox, delegatedAccount: owner)
    case (let mailbox?, nil):
      oauth2.auth = .init(user: mailbox)
      if let certificate {
        oauth2.clientCertificate = try String(contentsOfFile: certificate, encoding: .utf8)
      } else if clientID != nil {
        oauth2.clientSecret = try secret("HELIOGRAPH_CLIENT_SECRET", "Client secret")
      }
    case (nil, _):
      oauth2.auth = .init(user: email)
      oauth2.refreshToken = try secret("HELIOGRAPH_REFRESH_TOKEN", "Refresh token")
      if clientID != nil { oauth2.clientSecret = environment("HELIOGRAPH_CLIENT_SECRET") }
    }
    return Body(account: account, name: name, email: email, oauth2: oauth2)
  }

  private func secret(_ variable: String, _ prompt: String) throws -> String {
    guard let text = Terminal.secret(from: variable, prompt: prompt), !text.isEmpty else {
      throw ValidationError("Neither \(variable) nor standard input had the \(prompt.lowercased()).")
    }
    return text
  }

  private func environment(_ variable: String) -> String? {
    ProcessInfo.processInfo.environment[variable].flatMap { $0.isEmpty ? nil : $0 }
  }

  /// The account has an id before anybody signs in, so that it can be watched.
  private func signIn() async throws {
    let account = account ?? "acc_" + UUID().uuidString.lowercased()
    try await APIClient.withEnvironment { client in
      let form = Form(account: account, name: name, email: email, type: app, redirectUrl: client.url + "/")
      struct Link: Decodable { let url: String }
      let reply = try await client.post("/v1/authentication/form", form)
      if json { reply.printJSON() }
      if !json { Terminal.line("Open this link in a browser and sign in; it works once, for 24 hours:") }
      if !json { Terminal.line(try reply.read(Link.self).url) }
      try await AccountWatch(client: client, quiet: json).untilConnected(account, within: .seconds(wait))
    }
  }

  private struct Form: Encodable {
    let account: String
    let name, email, type: String?
    let redirectUrl: String
  }

  private struct Body: Encodable {
    let account, name, email: String?
    let oauth2: OAuth2

    struct OAuth2: Encodable {
      var provider, clientId, tenant, clientSecret, clientCertificate, refreshToken: String?
      var auth: Auth
    }

    struct Auth: Encodable {
      var user, delegatedUser, delegatedAccount: String?
    }
  }
}
