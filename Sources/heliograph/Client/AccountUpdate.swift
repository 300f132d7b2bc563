import API
import ArgumentParser
import Core

extension AccountCommand {
  struct Update: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Change an account: its name, what happens to messages in doubt, how its mailbox is reached.",
      discussion: """
        What is left out stays as it is. --refresh-token takes a token that was issued to the account's own client; \
        with --app, one that was issued to that app's client. A mailbox whose owner signed in keeps its address, and \
        is moved to another app by a new sign-in link.

        EXAMPLES
          heliograph account update sales --name 'Contoso Sales' --unknown-outcome resend
          heliograph account update noreply --app app_... --mailbox noreply@fabrikam.com
          HELIOGRAPH_REFRESH_TOKEN=... heliograph account update erin --refresh-token
        """)

    @Argument(help: "The account's id.") var account: AccountID
    @Option(help: "A display name, also used in the From header.") var name: String?
    @Option(help: "The address, where nobody signed in to the mailbox itself.") var email: String?
    @Option(help: "hold or resend: what happens to a message that Microsoft may have accepted.")
    var unknownOutcome: UnknownOutcome?
    @Option(help: "Messages that the mailbox may send in a minute; 0 is no limit.") var messagesPerMinute:
      Int?
    @Option(help: "Recipients that the mailbox may send to in 24 hours; 0 is no limit.") var recipientsPerDay:
      Int?
    @Option(help: "Recipients that one message may have; 0 restores the default of 1,000.")
    var recipientsPerMessage: Int?
    @Option(help: "The URL to which the account's events are posted; an empty text removes it.")
    var webhooks: String?
    @Option(
      help:
        "A file of header fields for that URL, one “Name: value” on each line; empty removes them.")
    var webhooksHeaderFile: String?
    @Option(help: "The id of the app that reaches the mailbox.") var app: AppID?
    @Option(help: "The mailbox to send from, without a sign-in.") var mailbox: String?
    @Option(help: "The account of a person with access to the mailbox, instead of an app.")
    var through: AccountID?
    @Flag(help: "Read a refresh token from HELIOGRAPH_REFRESH_TOKEN or standard input.")
    var refreshToken = false
    @Option(
      help: "Seconds to wait until a mailbox that is reached in another way is connected; 0 does not wait.")
    var wait = 60
    @Flag(help: "Print the gateway's reply as JSON.") var json = false

    private var changesAccess: Bool { app != nil || mailbox != nil || through != nil || refreshToken }

    func validate() throws {
      guard
        changesAccess || name != nil || email != nil || unknownOutcome != nil || messagesPerMinute != nil
          || recipientsPerDay != nil || recipientsPerMessage != nil || webhooks != nil
          || webhooksHeaderFile != nil
      else {
        throw ValidationError(
          "Nothing to change: give --name, --email, --unknown-outcome, --messages-per-minute, --recipients-per-day, "
            + "--recipients-per-message, --webhooks, --webhooks-header-file, --app, --mailbox, --through or --refresh-token."
        )
      }
      if through != nil, app != nil || refreshToken {
        throw ValidationError("--through cannot be combined with --app or --refresh-token.")
      }
    }

    func run() async throws {
      var body = AccountUpdateRequest()
      body.name = name
      body.email = email
      body.unknownOutcome = unknownOutcome
      body.webhooks = webhooks
      body.webhooksCustomHeaders = try webhooksHeaderFile.map(WebhookCommand.RouteOptions.headers)
      if messagesPerMinute != nil || recipientsPerDay != nil || recipientsPerMessage != nil {
        var pacing = PacingField()
        pacing.messagesPerMinute = messagesPerMinute
        pacing.recipientsPerDay = recipientsPerDay
        pacing.recipientsPerMessage = recipientsPerMessage
        body.pacing = pacing
      }
      let token =
        try refreshToken
        ? StandardInput.secret(from: "HELIOGRAPH_REFRESH_TOKEN", prompt: "Refresh token") : nil
      try await APIClient.withEnvironment { client in
        if changesAccess { body.oauth2 = try await access(token, client) }
        let reply = try await client.call(Operations.updateAccount, path: account, body: body)
        if json { reply.printJSON() } else { Terminal.line("Changed \(reply.value.account).") }
        guard changesAccess else { return }
        try await AccountWatch(client: client, quiet: true).untilConnected(account, within: .seconds(wait))
        guard !json, wait > 0 else { return }
        Terminal.line("Connected.")
        // The grant that works stays until the new one has proved to.
        if refreshToken {
          Terminal.line(
            "The new token is tried before it replaces one that works; 'heliograph events' shows the result.")
        }
      }
    }

    private func access(_ token: Secret?, _ client: APIClient) async throws -> OAuth2UpdateField {
      var oauth2 = OAuth2UpdateField()
      oauth2.partial = true
      oauth2.provider = app
      oauth2.refreshToken = token
      guard mailbox != nil || through != nil else { return oauth2 }
      let owner =
        if let through { through } else {
          try await client.call(Operations.account, path: account).value.oauth2.auth.delegatedAccount
        }
      var auth = AuthField()
      if let owner {
        (auth.delegatedUser, auth.delegatedAccount) = (mailbox, owner)
      } else {
        auth.user = mailbox
      }
      oauth2.auth = auth
      return oauth2
    }
  }
}
