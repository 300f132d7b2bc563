package import Core

/// The result of a request to add an account.
package struct AccountCreated: Contract {
  package var account = AccountID("")
  package var state = Word(Origin.new)
  package var redirect: String?
  package var app: AppID?
  package var warnings: [WarningReply] = []

  package enum Origin: String, WireWord {
    case new = "new"
    /// The account was there and has the new settings now.
    case existing = "existing"
  }

  package init() {}

  package static let fields = Fields<Self>("AccountCreated", "The result of a request to add an account.") {
    Required("account", \.account, .id(), "The account's id.")
    Required(
      "state", \.state, .word(), "`existing`: an account with this id existed and now has the new settings."
    )
    Field(
      "redirect", \.redirect, .line(1...16_384, format: .url),
      "With `authorize`: the link with which a person connects it.")
    Field("app", \.app, .id(), "The OAuth2 app that was found or added.")
    Field("warnings", \.warnings, WarningReply.list, WarningReply.listSummary)
  }
}

package struct AccountDeleted: Contract {
  package var account = AccountID("")
  package var deleted = true

  package init() {}

  package init(_ account: AccountID) {
    self.account = account
  }

  package static let fields = Fields<Self>("AccountDeleted", "An account that was deleted.") {
    Required("account", \.account, .id(), "The account's id.")
    Required("deleted", \.deleted, .flag, "Always `true`.")
  }
}

/// The query of `DELETE /v1/account/{account}`.
package struct AccountDeletion: Contract {
  package init() {}

  package static let fields = Fields<Self>("AccountDeletion", "How an account is deleted.") {
    Unsupported("revoke")
  }
}

/// The query of `GET /v1/account/{account}`.
package struct AccountQuery: Contract {
  package init() {}

  package static let fields = Fields<Self>("AccountQuery", "What is shown about an account.") {
    Unsupported("quota")
  }
}

/// Whether an account is paused now.
package struct AccountPaused: Contract {
  package var account = AccountID("")
  package var paused = false

  package init() {}

  package init(_ account: AccountID, paused: Bool) {
    self.account = account
    self.paused = paused
  }

  package static let fields = Fields<Self>("AccountPaused", "Whether an account is paused now.") {
    Required("account", \.account, .id(), "The account's id.")
    Required("paused", \.paused, .flag, "Whether its messages wait.")
  }
}

/// The body of `PUT /v1/account/{account}/reconnect`, and the reply to it.
package struct Reconnection: Contract {
  package var reconnect = false

  package init() {}

  package init(reconnect: Bool) {
    self.reconnect = reconnect
  }

  package static let fields = Fields<Self>("Reconnection", "Whether a new token is requested.") {
    Field("reconnect", \.reconnect, .flag, "Whether a new token is requested; without it nothing is done.")
  }
}

/// Microsoft's access token for an account.
package struct AccountTokenReply: Contract {
  package var account = AccountID("")
  package var user = ""
  package var accessToken = Secret("")
  package var provider = Word(OAuth2Provider.outlook)
  package var app = AppID("")
  package var registeredScopes: [String] = []
  package var expires: Instant?
  package var cached = false

  package init() {}

  package static let fields = Fields<Self>("OAuthToken", "Microsoft's access token for an account.") {
    Required("account", \.account, .id(), "The account's id.")
    Required("user", \.user, .line(1...1024), "The mailbox.")
    Required("accessToken", \.accessToken, .disclosed, "The access token.")
    Required("provider", \.provider, .word(), "How the app reaches mailboxes.")
    Required("app", \.app, .id(), "The OAuth2 app.")
    Field(
      "registeredScopes", \.registeredScopes, .list(.line(1...1024), count: 0...1000),
      "The scopes that Microsoft granted.")
    Field("expires", \.expires, .moment, "When the token expires.")
    Required("cached", \.cached, .flag, "Whether the token was already stored.")
  }
}

extension OAuth2Provider: WireWord {}

extension Operations {
  package static let addAccount = Operation<Nothing, Nothing, AccountRequest, AccountCreated>(
    .post, "/v1/account", id: "postAccount", .accounts, .workspace, "Connect a mailbox.",
    "With an app's own permissions, a refresh token, the grant of another account, or a link to sign in. An "
      + "account with the same id gets the new settings.",
    grant: OperationGrant(.write, nil),
    problems: [
      .appNotFound, .appDisabled, .appInvalid, .appCertificateInvalid, .accountNotFound, .accountExists,
      .accountNotConnected, .accountPermissionMissing, .accountIdentityMismatch, .accountDelegateNoAccess,
      .webhookInvalid, .webhookAddressRefused,
    ])

  package static let accounts = Operation<Nothing, AccountsQuery, Nothing, AccountPage>(
    .get, "/v1/accounts", id: "getAccounts", .accounts, .workspace, "List the accounts.")

  package static let account = Operation<AccountID, AccountQuery, Nothing, AccountReply>(
    .get, "/v1/account/{account}", id: "getAccount", .accounts, .account, "Show one account.",
    problems: [.accountNotFound])

  package static let deleteAccount = Operation<AccountID, AccountDeletion, Nothing, AccountDeleted>(
    .delete, "/v1/account/{account}", id: "deleteAccount", .accounts, .account,
    "Delete an account and the messages that it still has to send.",
    problems: [.accountNotFound, .accountInUse])

  package static let pauseAccount = Operation<AccountID, Nothing, Nothing, AccountPaused>(
    .put, "/v1/account/{account}/pause", id: "putAccountPause", .accounts, .account,
    "Pause an account: its messages wait.", problems: [.accountNotFound])

  package static let resumeAccount = Operation<AccountID, Nothing, Nothing, AccountPaused>(
    .put, "/v1/account/{account}/resume", id: "putAccountResume", .accounts, .account,
    "Resume a paused account: its messages are sent immediately.", problems: [.accountNotFound])

  package static let reconnectAccount = Operation<AccountID, Nothing, Reconnection, Reconnection>(
    .put, "/v1/account/{account}/reconnect", id: "putAccountReconnect", .accounts, .account,
    "Forget that Microsoft refused a token, and request a new one now.",
    problems: [.accountNotFound, .accountNotConnected])

  package static let accountToken = Operation<AccountID, Nothing, Nothing, AccountTokenReply>(
    .get, "/v1/account/{account}/oauth-token", id: "getAccountOAuthToken", .accounts, .account,
    "Return Microsoft's access token.",
    "Only if the operator allows it; never for an app that the operator shares.",
    grant: OperationGrant(.read, nil),
    problems: [
      .accountNotFound, .accountNotConnected, .tokenNotExposed, .entraUnreachable, .entraUnavailable,
      .entraThrottled, .entraUnexpectedReply,
    ])
}
