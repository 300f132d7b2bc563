import API
import ArgumentParser
import Core
import Foundation

struct AccountAdd: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "add", abstract: "Connect a mailbox.",
    discussion: """
      --link prints a link by which a person signs in. --device prints a code that the mailbox's owner enters on \
      one of Microsoft's pages in any browser: for gateways that no browser can reach. The app's registration must \
      allow public client flows. Both wait until the sign-in is complete.

      --mailbox uses application permissions: if the client has not been added yet, its secret is read from \
      HELIOGRAPH_CLIENT_SECRET or standard input. --email with --client-id or --app imports a refresh token that was issued to another program; it is \
      read from HELIOGRAPH_REFRESH_TOKEN or standard input.

      EXAMPLES
        heliograph account add --link --email alice@contoso.com
        HELIOGRAPH_CLIENT_SECRET=... heliograph account add --tenant contoso.com --client-id 11111111-... \\
          --mailbox noreply@contoso.com
        HELIOGRAPH_REFRESH_TOKEN=... heliograph account add --email erin@outlook.com --client-id 11111111-...
      """)

  @Flag(help: "Print a sign-in link and wait.") var link = false
  @Flag(help: "Show a code to enter on another device, and wait.") var device = false
  @Option(help: "The account's id, of your choosing; default: generated.") var account: AccountID?
  @Option(help: "A display name, also used in the From header.") var name: String?
  @Option(help: "The address that must sign in, or to which the refresh token belongs.") var email: String?
  @Option(help: "The mailbox to send from, without a sign-in.") var mailbox: String?
  @Option(help: "The tenant's Directory (tenant) ID or domain.") var tenant: String?
  @Option(help: "Application (client) ID; the app is added if it does not exist yet.") var clientID: String?
  @Option(help: "The id of an existing app, instead of --client-id.") var app: AppID?
  @Option(help: "The account of a person with access to --mailbox, instead of an app.")
  var through: AccountID?
  @Option(help: "A file with a certificate and its private key (PEM), instead of the secret.")
  var certificate: String?
  @Option(help: "The URL to which the account's events are posted.") var webhooks: String?
  @Option(help: "Seconds to wait until the mailbox is connected; 0 does not wait.") var wait = 900
  @Flag(help: "Print the gateway's replies as JSON.") var json = false

  func validate() throws {
    if !link, !device, mailbox == nil, clientID == nil, app == nil {
      throw ValidationError(
        "Choose a way to connect: --link, --device, --mailbox, or --email with --client-id or --app.")
    }
    if link, device { throw ValidationError("Give --link or --device, not both.") }
    if link || device, mailbox != nil || clientID != nil || through != nil {
      throw ValidationError("--link and --device take --app, but not --mailbox, --client-id or --through.")
    }
    if link || device, webhooks != nil {
      throw ValidationError("Give --webhooks to 'account update' when the mailbox is connected.")
    }
    if clientID != nil, app != nil { throw ValidationError("Give --client-id or --app, not both.") }
    if through != nil, mailbox == nil { throw ValidationError("--through needs --mailbox.") }
    if clientID != nil || (app != nil && !link && !device), mailbox == nil, email == nil {
      throw ValidationError("Give --mailbox for application permissions, or --email for a refresh token.")
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
    try await APIClient.withEnvironment { client in
      let body = try await body(client)
      let reply = try await client.call(Operations.addAccount, body: body)
      if json { reply.printJSON() }
      for warning in reply.value.warnings { Terminal.error(warning.text) }
      try await AccountWatch(client: client, quiet: json).untilConnected(
        reply.value.account, within: .seconds(wait))
    }
  }

  private func body(_ client: APIClient) async throws -> AccountRequest {
    var body = AccountRequest()
    body.account = account
    body.name = name
    body.email = email
    body.webhooks = webhooks
    body.oauth2 = try oauth2(app: try await knownApp(client))
    return body
  }

  /// The app that has the client id and the tenant already, with its secret or certificate: then neither is needed.
  /// What is given all the same goes with the client id.
  private func knownApp(_ client: APIClient) async throws -> AppID? {
    guard let clientID, mailbox != nil, certificate == nil, environment("HELIOGRAPH_CLIENT_SECRET") == nil
    else { return app }
    return try await client.pages(of: Operations.apps).flatMap(\.apps).first { app in
      app.provider.known == .outlookService && app.clientID.lowercased() == clientID.lowercased()
        && (tenant == nil || app.authority == tenant?.lowercased())
        && (app.clientSecret != nil || app.clientCertificate != nil)
    }?.id
  }

  private func oauth2(app: AppID?) throws -> OAuth2Field {
    var oauth2 = OAuth2Field()
    var auth = AuthField()
    if let app, through == nil {
      oauth2.provider = app
    } else if through == nil {
      (oauth2.clientID, oauth2.tenant) = (clientID, tenant)
    }
    switch (mailbox, through) {
    case (let mailbox?, let owner?):
      auth.delegatedUser = mailbox
      auth.delegatedAccount = owner
    case (let mailbox?, nil):
      auth.user = mailbox
      if let certificate {
        oauth2.clientCertificate = Secret(try text(of: certificate))
      } else if app == nil {
        oauth2.clientSecret = try StandardInput.secret(
          from: "HELIOGRAPH_CLIENT_SECRET", prompt: "Client secret")
      }
    case (nil, _):
      auth.user = email
      oauth2.refreshToken = try StandardInput.secret(
        from: "HELIOGRAPH_REFRESH_TOKEN", prompt: "Refresh token")
      if app == nil { oauth2.clientSecret = environment("HELIOGRAPH_CLIENT_SECRET") }
    }
    oauth2.auth = auth
    return oauth2
  }

  private func text(of path: String) throws -> String {
    guard let data = FileManager.default.contents(atPath: path) else { throw Problem.unreadableFile(path) }
    return String(decoding: data, as: UTF8.self)
  }

  private func environment(_ variable: String) -> Secret? {
    ProcessInfo.processInfo.environment[variable].flatMap { $0.isEmpty ? nil : Secret($0) }
  }

  /// The account has an id before the sign-in, so that its state can be watched.
  private func signIn() async throws {
    let account = account ?? AccountID("acc_" + UUID().uuidString.lowercased())
    try await APIClient.withEnvironment { client in
      var request = SignInRequest()
      request.account = account
      request.name = name
      request.email = email
      request.app = app
      request.redirectURL = client.url + "/"
      let reply = try await client.call(Operations.makeSignInLink, body: request)
      if json {
        reply.printJSON()
      } else {
        Terminal.line("Open this link in a browser and sign in; it works once, for 24 hours:")
        Terminal.line(reply.value.url)
      }
      try await AccountWatch(client: client, quiet: json).untilConnected(account, within: .seconds(wait))
    }
  }
}
