package import Core

/// The body of `POST /v1/account`: a mailbox, and one of the ways to connect it.
package struct AccountRequest: Contract {
  package var account: AccountID?
  package var name: String?
  package var email: String?
  package var oauth2: OAuth2Field?
  package var smtp: SMTPField?
  package var unknownOutcome: UnknownOutcome?
  package var webhooks: String?
  package var webhooksCustomHeaders: [CustomHeaderField]?

  package init() {}

  package static let fields = Fields<Self>(
    "AccountRequest", "A mailbox, and one of the ways to connect it: exactly one of `oauth2` and `smtp`."
  ) {
    Field(AccountTerm.account, \.account)
    Field(AccountTerm.name, \.name)
    Field("email", \.email, .line(0...1024, format: .email), "The mailbox's address; needed with `smtp`.")
    Field(
      "oauth2", \.oauth2, .object,
      "The client through which the mailbox is reached, and what was granted to it.")
    Field("smtp", \.smtp, .object, "A client and its refresh token in the form of a mail server's settings.")
    Field(AccountTerm.unknownOutcome, \.unknownOutcome)
    Field(AccountTerm.webhooks, \.webhooks)
    Field(AccountTerm.webhooksCustomHeaders, \.webhooksCustomHeaders)
    AccountTerm.unsupported
    Rule { request, complaints in
      switch (request.oauth2, request.smtp) {
      case (nil, nil): if !complaints.isGiven("smtp") { complaints.missing("oauth2") }
      case (.some, .some):
        complaints.add("smtp", "cannot be combined with oauth2: both describe the same thing")
      case (nil, .some): if request.email == nil { complaints.missing("email") }
      case (.some, nil): break
      }
    }
  }
}

enum AccountTerm {
  static let unsupported = Unsupported(
    "expectedEmail", "path", "subconnections", "copy", "logs", "notifyFrom", "proxy",
    "smtpEhloName", "imapIndexer", "imap", "locale", "tz")
  static let account = Term(
    "account", Kind<AccountID>.id(), "The account's id, of your choosing; left out, Heliograph generates one."
  )
  static let name = Term(
    "name", Kind<String>.line(0...256), "A name for people, also for the From header; left out, the mailbox.")
  static let unknownOutcome = Term(
    "unknownOutcome", Kind<UnknownOutcome>.word(),
    "What happens to a message if it cannot be found out whether Microsoft accepted it: `hold` it for a "
      + "person to decide, or `resend` it. Left out, an existing account keeps its choice and a new one holds."
  )
  static let webhooks = Term(
    "webhooks", Kind<String>.line(0...2048, format: .targetOrNone),
    "The URL to which the account's events are posted in the place of the settings' `webhooks`, while "
      + "`webhooksEnabled` is set and as `webhookEvents` selects. An empty text removes it.")
  static let webhooksCustomHeaders = Term(
    "webhooksCustomHeaders", Kind<[CustomHeaderField]>.list(.object, count: 0...50),
    "Header fields of the requests to the account's own `webhooks`.")
  static let delegated = Term(
    "delegated", Kind<Bool>.flag,
    "Whether `email` is not the own mailbox of the person who signs in, but one that they may use.")
  static let expectedEmail = Term(
    "expectedEmail", Kind<String>.line(0...1024, format: .email),
    "Only the person to whom this address provably belongs may sign in: a user principal name or proxy address in a "
      + "domain of their tenant, or the sign-in name of a personal account at Outlook.com.")
}

/// The client through which the mailbox is reached, and what was granted to it.
package struct OAuth2Field: Contract {
  package var provider: AppID?
  package var authorize = false
  package var redirectURL: String?
  package var refreshToken: Secret?
  package var accessToken: Secret?
  package var expires: Instant?
  package var clientID: String?
  package var tenant: String?
  package var cloud: String?
  package var clientSecret: Secret?
  package var clientCertificate: Secret?
  package var auth: AuthField?

  package init() {}

  package static let fields = Fields<Self>(
    "OAuth2Field", "The client through which a mailbox is reached, and what was granted to it."
  ) {
    Field("provider", \.provider, .id(), "The id of an OAuth2 app.")
    Field(
      "authorize", \.authorize, .flag,
      "Save the account, and reply with a link with which a person connects it.")
    Field(
      "redirectUrl", \.redirectURL, .line(1...2048, format: .url),
      "With `authorize`: where the browser goes at the end; left out, to the gateway.")
    Field(
      "refreshToken", \.refreshToken, .secret(1...16_384),
      "A refresh token that was issued to another program; it is tried immediately.")
    Field(
      "accessToken", \.accessToken, .secret(1...16_384),
      "Accepted and not used: a new one is requested with the refresh token.")
    Field("expires", \.expires, .date, "Accepted but not used.")
    Field(
      "clientId", \.clientID, .line(1...256),
      "In place of `provider`: the Application (client) ID of an app that is found, or else added.")
    Field(
      "tenant", \.tenant, .line(1...1024),
      "With `clientId`: the Directory (tenant) ID or a domain of the tenant.")
    Field("cloud", \.cloud, .line(1...256), "With `clientId`: the cloud that the app is registered in.")
    Field("clientSecret", \.clientSecret, .secret(1...256), "With `clientId`: the client secret's Value.")
    Field(
      "clientCertificate", \.clientCertificate, .secretLines(1...65_536),
      "With `clientId`, in place of `clientSecret`: a certificate and its private key as PEM.")
    Field("auth", \.auth, .object, "Whose mailbox it is.")
    Unsupported("useAuthServer")
    Rule { field, complaints in field.check(&complaints) }
  }

  /// Each way to connect has its own fields; using fields of two ways is a mistake.
  private func check(_ complaints: inout Complaints) {
    checkClient(&complaints)
    if auth?.delegatedAccount != nil { return checkDelegation(&complaints) }
    if provider == nil, clientID == nil, !complaints.isGiven("clientId") { complaints.missing("provider") }
    if provider != nil, clientID != nil { complaints.add("clientId", "cannot be combined with provider") }
    if authorize {
      if refreshToken != nil { complaints.add("refreshToken", "cannot be combined with authorize") }
      if clientID != nil {
        complaints.add("clientId", "cannot be combined with authorize: add the app first")
      }
      return
    }
    if redirectURL != nil { complaints.add("redirectUrl", "is for authorize only") }
    guard let auth else { return complaints.missing("auth") }
    if auth.delegatedUser != nil {
      complaints.add("auth", "needs delegatedAccount with delegatedUser, or authorize")
    } else if auth.user == nil {
      complaints.add("auth", "must name the user")
    }
  }

  private func checkClient(_ complaints: inout Complaints) {
    if clientSecret != nil, clientCertificate != nil {
      complaints.add("clientCertificate", "cannot be combined with clientSecret")
    }
    if clientID == nil, tenant != nil || cloud != nil || clientSecret != nil || clientCertificate != nil {
      complaints.missing("clientId")
    }
  }

  private func checkDelegation(_ complaints: inout Complaints) {
    if auth?.delegatedUser == nil { complaints.add("auth", "needs delegatedUser with delegatedAccount") }
    for (name, isGiven) in [
      ("authorize", authorize), ("refreshToken", refreshToken != nil), ("clientId", clientID != nil),
    ] where isGiven {
      complaints.add(name, "cannot be combined with auth.delegatedAccount, whose grant is used")
    }
  }
}

/// Whose mailbox an account is for.
package struct AuthField: Contract {
  package var user: String?
  package var delegatedUser: String?
  package var delegatedAccount: AccountID?

  package init() {}

  package static let fields = Fields<Self>("AuthField", "Whose mailbox an account is for.") {
    Field("user", \.user, .line(1...256), "The mailbox: its address, user principal name or object id.")
    Field(
      "delegatedUser", \.delegatedUser, .line(1...256),
      "A mailbox that another person may use: the owner of `delegatedAccount` or, with `authorize`, the "
        + "person who signs in.")
    Field(
      "delegatedAccount", \.delegatedAccount, .id(), "The account of the same workspace whose grant is used.")
  }
}

/// A client and its refresh token, in the form of programs that know only mail servers.
package struct SMTPField: Contract {
  package var host = ""
  package var port = 587
  package var secure = false
  package var auth = SMTPAuthField()

  package init() {}

  package static let fields = Fields<Self>(
    "SMTPField", "A client and its refresh token, in the form of programs that know only mail servers."
  ) {
    Required(
      "host", \.host, .line(1...256, format: .host),
      "`smtp.office365.com`, `smtp-mail.outlook.com`, `outlook.office365.com`, or the host of the app's "
        + "cloud."
    )
    Field("port", \.port, .integer(1...65_535), "The port.")
    Field("secure", \.secure, .flag, "Whether TLS starts with the connection.")
    Required("auth", \.auth, .object, "The client and its refresh token.")
    Unsupported("useAuthServer", "tls")
  }
}

/// The client and its refresh token, in the place of a user and a password.
package struct SMTPAuthField: Contract {
  package var user = ""
  package var pass = Secret("")

  package init() {}

  package static let fields = Fields<Self>("SMTPAuthField", "The client and its refresh token.") {
    Required("user", \.user, .line(1...1024), "The client ID, or the client ID, a slash and the tenant.")
    Required("pass", \.pass, .secret(1...16_384), "The refresh token.")
    Unsupported("accessToken")
  }
}

extension UnknownOutcome: WireWord {}
