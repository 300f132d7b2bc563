package import Core

/// The body of `PUT /v1/account/{account}`: what is left out stays as it is.
package struct AccountUpdateRequest: Contract {
  package var name: String?
  package var email: String?
  package var oauth2: OAuth2UpdateField?
  package var smtp: SMTPUpdateField?
  package var unknownOutcome: UnknownOutcome?
  package var pacing: PacingField?
  package var webhooks: String?
  package var webhooksCustomHeaders: [CustomHeaderField]?

  package init() {}

  package static let fields = Fields<Self>(
    "AccountUpdateRequest", "Changes to an account; what is left out stays as it is."
  ) {
    Field("name", \.name, .line(1...256), "A name for people, also for the From header.")
    Field(
      "email", \.email, .line(1...1024, format: .email),
      "The address, where nobody signed in to the mailbox itself; otherwise it stays the mailbox's.")
    Field("oauth2", \.oauth2, .object, "How the mailbox is reached: as in `POST /v1/account`, or `partial`.")
    Field("smtp", \.smtp, .object, "The same in the form of a mail server's settings.")
    Field(
      "unknownOutcome", \.unknownOutcome, AccountTerm.unknownOutcome.kind,
      "What happens to a message if it cannot be found out whether Microsoft accepted it.")
    Field("pacing", \.pacing, .object, "What the mailbox may send in a time.")
    Field(AccountTerm.webhooks, \.webhooks)
    Field(AccountTerm.webhooksCustomHeaders, \.webhooksCustomHeaders)
    AccountTerm.unsupported
    Rule { request, complaints in
      if request.oauth2 != nil, request.smtp != nil {
        complaints.add("smtp", "cannot be combined with oauth2: both describe the same thing")
      }
    }
  }
}

/// What a mailbox may send in a time. In a change, what is left out stays, and 0 is no limit.
package struct PacingField: Contract {
  package var messagesPerMinute: Int?
  package var recipientsPerDay: Int?
  package var recipientsPerMessage: Int?

  package init() {}

  package static let fields = Fields<Self>(
    "Pacing", "How much a mailbox may send. In a change, fields left out keep their value; 0 removes a limit."
  ) {
    Field(
      "messagesPerMinute", \.messagesPerMinute, .integer(0...100_000),
      "Messages a minute. There is no limit at first; Exchange Online documents 30 for mail programs, and may delay what "
        + "is beyond.")
    Field(
      "recipientsPerDay", \.recipientsPerDay, .integer(0...10_000_000),
      "Recipients in any 24 hours: at first 10,000, or 5,000 for a personal account, as Microsoft documents.")
    Field(
      "recipientsPerMessage", \.recipientsPerMessage, .integer(0...1000),
      "Recipients of one message; more are refused when it is submitted. At first 1,000, the highest number that Exchange "
        + "Online can be set to; it allows 500 unless an administrator has changed that.")
  }
}

/// How a mailbox is reached from now on.
package struct OAuth2UpdateField: Contract {
  package var partial = false
  package var provider: AppID?
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

  package static let fields = Fields<Self>("OAuth2UpdateField", "How a mailbox is reached from now on.") {
    Field(
      "partial", \.partial, .flag,
      "Whether only what is given changes; otherwise all is replaced, except for secrets that are masked or left out."
    )
    Field("provider", \.provider, .id(), "The id of an OAuth2 app.")
    Field(
      "refreshToken", \.refreshToken, .keptSecret(1...16_384),
      "A refresh token that was issued to another program; it is tried immediately.")
    Field("accessToken", \.accessToken, .keptSecret(1...16_384), "Accepted but not used.")
    Field("expires", \.expires, .date, "Accepted but not used.")
    Field(
      "clientId", \.clientID, .line(1...256),
      "In place of `provider`: the Application (client) ID of an app that is found, or else added.")
    Field("tenant", \.tenant, .line(1...1024), "With `clientId`: the Directory (tenant) ID or a domain.")
    Field("cloud", \.cloud, .line(1...256), "With `clientId`: the cloud that the app is registered in.")
    Field("clientSecret", \.clientSecret, .keptSecret(1...256), "With `clientId`: the client secret's Value.")
    Field(
      "clientCertificate", \.clientCertificate, .keptSecretLines(1...65_536),
      "With `clientId`, in place of `clientSecret`: a certificate and its private key as PEM.")
    Field("auth", \.auth, .object, "Whose mailbox it is.")
    Unsupported("useAuthServer", "authorize", "redirectUrl")
    Rule { field, complaints in
      if field.provider != nil, field.clientID != nil {
        complaints.add("clientId", "cannot be combined with provider")
      }
      if field.clientSecret != nil, field.clientCertificate != nil {
        complaints.add("clientCertificate", "cannot be combined with clientSecret")
      }
      let isOfClient =
        field.tenant != nil || field.cloud != nil || field.clientSecret != nil
        || field.clientCertificate != nil
      if isOfClient, field.clientID == nil { complaints.missing("clientId") }
      if !field.partial, field.provider == nil, field.clientID == nil, field.auth?.delegatedAccount == nil {
        complaints.missing("provider")
      }
    }
  }
}

/// A client and its refresh token, in the form of programs that know only mail servers.
package struct SMTPUpdateField: Contract {
  package var partial = false
  package var host: String?
  package var port: Int?
  package var secure: Bool?
  package var auth: SMTPAuthUpdateField?

  package init() {}

  package static let fields = Fields<Self>(
    "SMTPUpdateField", "A client and its refresh token, in the form of programs that know only mail servers."
  ) {
    Field("partial", \.partial, .flag, "Whether only what is given changes.")
    Field("host", \.host, .line(1...256, format: .host), "The host, as in `POST /v1/account`.")
    Field("port", \.port, .integer(1...65_535), "The port.")
    Field("secure", \.secure, .flag, "Whether TLS starts with the connection.")
    Field("auth", \.auth, .object, "The client and its refresh token.")
    Unsupported("useAuthServer", "tls")
    Rule { field, complaints in
      guard !field.partial else { return }
      if field.host == nil { complaints.missing("host") }
      if field.auth == nil { complaints.missing("auth") }
    }
  }
}

/// The client and its refresh token, in the place of a user and a password.
package struct SMTPAuthUpdateField: Contract {
  package var user: String?
  package var pass: Secret?

  package init() {}

  package static let fields = Fields<Self>("SMTPAuthUpdateField", "The client and its refresh token.") {
    Field("user", \.user, .line(1...1024), "The client ID, or the client ID, a slash and the tenant.")
    Field("pass", \.pass, .keptSecret(1...16_384), "The refresh token; masked or left out, it stays.")
    Unsupported("accessToken")
  }
}

package struct AccountUpdated: Contract {
  package var account = AccountID("")

  package init() {}

  package init(_ account: AccountID) {
    self.account = account
  }

  package static let fields = Fields<Self>("AccountUpdated", "An account that was changed.") {
    Required("account", \.account, .id(), "The account's id.")
  }
}

extension Operations {
  package static let updateAccount = Operation<AccountID, Nothing, AccountUpdateRequest, AccountUpdated>(
    .put, "/v1/account/{account}", id: "putAccount", .accounts, .workspace, "Change an account.",
    "Secrets that are masked or left out stay as they are.",
    grant: OperationGrant(.write, nil),
    problems: [
      .accountNotFound, .accountExists, .appNotFound, .appDisabled, .appInvalid, .appCertificateInvalid,
      .accountPermissionMissing, .webhookInvalid, .webhookAddressRefused,
    ])
}
