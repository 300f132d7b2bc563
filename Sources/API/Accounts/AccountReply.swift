package import Core

/// One account as it is shown; its secrets are masked.
package struct AccountReply: Contract {
  package var account = AccountID("")
  package var name = ""
  package var email = ""
  package var type = Word(Connection.outlook)
  package var app = AppID("")
  package var state = Word(State.initial)
  package var ready = false
  package var baseScopes = Word(BaseScopes.api)
  package var verified = false
  package var sendOnly: Bool?
  package var delegated = false
  package var identity: Word<Identity>?
  package var unknownOutcome = Word(UnknownOutcome.hold)
  package var oauth2 = OAuth2Reply()
  package var smtp: SMTPReply?
  package var lastError: ProblemReply?
  package var pacing: PacingField?
  package var pausedUntil: Instant?
  package var webhooks: String?
  package var webhooksCustomHeaders: [CustomHeaderField]?
  package var declared: Bool?
  package var created = Instant(microseconds: 0)
  package var updated = Instant(microseconds: 0)

  /// How the account got its grant.
  package enum Connection: String, WireWord {
    /// A person signed in, or a refresh token was imported.
    case outlook = "outlook"
    /// The app acts for itself.
    case outlookService = "outlookService"
    /// The grant of another account is used.
    case delegated = "delegated"
  }

  package enum State: String, WireWord {
    case initial = "init"
    case unset = "unset"
    case connecting = "connecting"
    case connected = "connected"
    case authenticationError = "authenticationError"
    case connectError = "connectError"
    case paused = "paused"
  }

  package init() {}

  package static let fields = Fields<Self>("Account", "A mailbox that messages are sent from.") {
    Required("account", \.account, .id(), "The account's id.")
    Required("name", \.name, .line(0...1024), "The name for people, also in the From header.")
    Required("email", \.email, .line(0...1024), "The mailbox's address.")
    Required(
      "type", \.type, .word(),
      "`outlook`: a person signed in. `outlookService`: the app acts for itself. `delegated`: the grant of "
        + "another account is used.")
    Required("app", \.app, .id(), "The OAuth2 app.")
    Required(
      "state", \.state, .word(),
      "`init`: no token yet. `unset`: nobody has signed in, or nothing can be sent through the app yet. "
        + "`connecting`: the first token is being requested. `connected`: there is a token. "
        + "`authenticationError`: Microsoft refuses a token; `lastError` says why. `connectError`: the "
        + "first token could not be requested, or there is no such mailbox. `paused`: its messages wait.")
    Required(
      "ready", \.ready, .flag,
      "Whether messages can be sent now, as far as is known. `false` with the state `connected`: there is a token, and "
        + "Exchange does not let the app into the mailbox yet; `lastError` says why.")
    Required("baseScopes", \.baseScopes, .word(), "`api`: Microsoft Graph. `imap`: IMAP and SMTP.")
    Required(
      "verified", \.verified, .flag, "Whether the mailbox is known to exist; `identity` says whose it is.")
    Field(
      "sendOnly", \.sendOnly, .flag,
      "Whether messages are sent without drafts, so that they cannot be looked up; left out while that is not known: "
        + "before the first token, and of an app until its drafts were tried.")
    Required(
      "delegated", \.delegated, .flag,
      "Whether the mailbox is not that of the person who signed in.")
    Field(
      "identity", \.identity, .word(),
      "Where a person granted access: whether it is proven that the address that was asked for is theirs.")
    Required("unknownOutcome", \.unknownOutcome, .word(), AccountTerm.unknownOutcome.summary)
    Required(
      "oauth2", \.oauth2, .object, "The app through which the mailbox is reached, and what was granted to it."
    )
    Field(
      "smtp", \.smtp, .object, "How the account was entered, if as the settings of a mail server.")
    Field("lastError", \.lastError, .object, "What stops the account, or what stopped it last.")
    Field("pacing", \.pacing, .object, "What the mailbox may send in a time.")
    Field(
      "pausedUntil", \.pausedUntil, .moment,
      "Until when its messages wait, because a limit was reached or Microsoft has asked to wait; only in the reply for one "
        + "account.")
    Field(AccountTerm.webhooks, \.webhooks)
    Field(AccountTerm.webhooksCustomHeaders, \.webhooksCustomHeaders)
    Field(DeclarationTerm.declared, \.declared)
    Required("created", \.created, .moment, "When it was added.")
    Required("updated", \.updated, .moment, "When it was last changed.")
  }
}

extension AccountReply.State {
  package init(_ state: AccountState, isPaused: Bool) {
    self =
      switch state {
      case _ where isPaused: .paused
      case .initial: .initial
      case .unset: .unset
      case .connecting: .connecting
      case .connected: .connected
      case .authenticationError: .authenticationError
      case .connectError: .connectError
      }
  }
}

/// The app through which a mailbox is reached, and what was granted to it.
package struct OAuth2Reply: Contract {
  package var provider = AppID("")
  package var auth = AuthField()
  package var scope: [String] = []

  package init() {}

  package static let fields = Fields<Self>(
    "OAuth2", "The app through which a mailbox is reached, and what was granted to it."
  ) {
    Required("provider", \.provider, .id(), "The id of the OAuth2 app.")
    Required("auth", \.auth, .object, "Whose mailbox it is.")
    Field("scope", \.scope, .list(.line(1...1024), count: 0...1000), "The scopes that Microsoft granted.")
  }
}

/// The settings of a mail server as which an account was entered.
package struct SMTPReply: Contract {
  package var host = ""
  package var port = 587
  package var secure = false
  package var auth = SMTPAuthField()

  package init() {}

  package static let fields = Fields<Self>(
    "SMTP", "The settings of a mail server as which an account was entered."
  ) {
    Required("host", \.host, .line(1...256), "The host.")
    Required("port", \.port, .integer(1...65_535), "The port.")
    Required("secure", \.secure, .flag, "Whether TLS starts with the connection.")
    Required("auth", \.auth, .object, "The client; its refresh token is masked.")
  }
}

/// One page of the accounts.
package struct AccountPage: PagedReply {
  package var total = 0
  package var page = 0
  package var pages = 0
  package var query: String?
  package var state: Word<AccountReply.State>?
  package var accounts: [AccountReply] = []

  package init() {}

  package static let fields = Fields<Self>("AccountPage", "One page of the accounts.") {
    Required(PageTerm.total, \.total)
    Required(PageTerm.number, \.page)
    Required(PageTerm.pages, \.pages)
    Field("query", \.query, .line(1...1024), "The requested filter.")
    Field("state", \.state, .word(), "The requested state.")
    Required("accounts", \.accounts, .list(.object, count: 0...1000), "The accounts.")
  }
}

/// Which accounts are listed.
package struct AccountsQuery: PagedQuery {
  package var page = 0
  package var pageSize = 20
  package var state: AccountReply.State?
  package var query: String?

  package init() {}

  package static let fields = Fields<Self>("AccountsQuery", "Which accounts are listed.") {
    Field(PageTerm.page, \.page)
    Field(PageTerm.pageSize, \.pageSize)
    Field("state", \.state, .word(unsupported: "syncing", "disconnected"), "Only accounts in this state.")
    Field("query", \.query, .line(1...1024), "Only accounts with this text in their id, name or address.")
  }
}

extension BaseScopes: WireWord {}
extension Identity: WireWord {}

/// What an app, an account and a token have in common.
enum DeclarationTerm {
  static let declared = Term(
    "declared", Kind<Bool>.flag,
    "`true` if the gateway's configuration file declares it, so that only the file can change it.")
}
