package import Core
import Foundation

/// One mailbox that Heliograph sends from, and its state.
package struct AccountRecord: Sendable {
  package var workspace: WorkspaceID
  package var id: AccountID
  package var name: String
  package var email: String
  /// Where the app is: the workspace itself, or the operator's for a shared one.
  package var appWorkspace: WorkspaceID
  package var app: AppID
  /// Of its app, as it was read with the account; empty in a record that has not been stored yet.
  package internal(set) var clientID = ""
  /// The user id, principal name or address by which Microsoft knows the mailbox.
  package var mailbox: String
  /// Whether the mailbox is not that of the person who signed in.
  package var delegated: Bool
  /// The account whose grant is used; `nil` for an account with a grant or an app token of its own.
  package var delegatedAccount: AccountID?
  package var identity: Identity
  package var state: AccountState
  /// Whether it is paused; its state is kept.
  package var paused: Bool
  /// Whether the mailbox is known to be there: it was read, or it has sent something.
  package var mailboxFound: Bool
  /// Found out when an app was refused the drafts of this mailbox, again with each token of the app; for a
  /// person's grant, its scopes tell.
  package var sendOnly: Bool
  package var unknownOutcome: UnknownOutcome
  /// Of the person who signed in; both together identify them permanently.
  package var tenantID: String?
  package var objectID: String?
  package var lastError: ProblemRecord?
  /// How it was entered, to be shown again; `nil` unless that was the SMTP form.
  package var smtp: SMTPForm?
  /// Whether the configuration file declares it; as it was read.
  package internal(set) var declared = false
  /// What it may send in a time; as it was read.
  package internal(set) var pacing = Pacing.work
  package var created: Instant
  package var updated: Instant

  package init(
    workspace: WorkspaceID, id: AccountID, name: String, email: String, appWorkspace: WorkspaceID? = nil,
    app: AppID, mailbox: String, delegated: Bool = false, delegatedAccount: AccountID? = nil,
    identity: Identity = .verified, state: AccountState, mailboxFound: Bool, unknownOutcome: UnknownOutcome,
    tenantID: String? = nil, objectID: String? = nil, created: Instant
  ) {
    self.workspace = workspace
    self.id = id
    self.name = name
    self.email = email
    self.appWorkspace = appWorkspace ?? workspace
    self.app = app
    self.mailbox = mailbox
    self.delegated = delegated
    self.delegatedAccount = delegatedAccount
    self.identity = identity
    self.state = state
    paused = false
    self.mailboxFound = mailboxFound
    sendOnly = false
    self.unknownOutcome = unknownOutcome
    self.tenantID = tenantID
    self.objectID = objectID
    self.created = created
    updated = created
  }
}

extension AccountRecord {
  /// Of an account that was read. Messages of one mailbox through one client queue together, also those of other
  /// workspaces.
  package var lane: LaneKey { LaneKey(clientID: clientID, mailbox: mailbox) }

  package var status: AccountStatus {
    AccountStatus(state: state, paused: paused, mailboxFound: mailboxFound, lastError: lastError)
  }
}

/// What changes about an account without a person's input.
package struct AccountStatus: Sendable, Hashable {
  package var state: AccountState
  package var paused: Bool
  package var mailboxFound: Bool
  package var lastError: ProblemRecord?

  package init(
    state: AccountState, paused: Bool = false, mailboxFound: Bool = false, lastError: ProblemRecord? = nil
  ) {
    self.state = state
    self.paused = paused
    self.mailboxFound = mailboxFound
    self.lastError = lastError
  }
}

/// A client and its refresh token as other programs have them entered: as user and password of a mail server.
/// The password is not in it.
package struct SMTPForm: Sendable, Hashable, Codable {
  package var host: String
  package var port: Int
  package var secure: Bool
  /// `client id` or `client id/tenant`.
  package var user: String

  package init(host: String, port: Int, secure: Bool, user: String) {
    self.host = host
    self.port = port
    self.secure = secure
    self.user = user
  }

  init?(json: String) {
    guard let form = try? JSONDecoder().decode(SMTPForm.self, from: Data(json.utf8)) else { return nil }
    self = form
  }

  /// Text and numbers always encode.
  var json: String? { (try? JSONEncoder().encode(self)).map { String(decoding: $0, as: UTF8.self) } }
}

/// What a message needs from its account when it is submitted.
package struct SenderIdentity: Sendable, Hashable {
  /// Whether there is a backend for sending: not yet for IMAP and SMTP.
  package var canSend: Bool
  package var name: String
  package var email: String
  package var lane: LaneKey
  /// Whether Exchange dropped the field List-Unsubscribe-Post from a draft of the mailbox.
  package var dropsUnsubscribePost: Bool
  /// How many recipients a message of the account may have; `nil` leaves it to Exchange.
  package var recipientLimit: Int?
}

/// An account with the relevant values of its app and its grant.
package struct AccountDetails: Sendable {
  package var account: AccountRecord
  package var provider: OAuth2Provider
  package var baseScopes: BaseScopes
  /// What a person has granted, as Entra spelt it; `nil` without a grant.
  package var scopes: [String]?
  /// Of the grant that it uses, its own or another account's; `nil` without one.
  package var grantVersion: Int64?
}

extension AccountRecord {
  init(_ row: Row) throws {
    workspace = try row.identifier("workspace")
    id = try row.identifier("id")
    name = try row.text("name")
    email = try row.text("email")
    appWorkspace = try row.identifier("app_workspace")
    app = try row.identifier("app")
    clientID = try row.text("client_id")
    mailbox = try row.text("mailbox")
    delegated = try row.bool("delegated")
    delegatedAccount = try row.optionalIdentifier("delegated_account")
    identity = try row.value("identity")
    state = try row.value("state")
    paused = try row.bool("paused")
    mailboxFound = try row.bool("mailbox_found")
    sendOnly = try row.bool("send_only")
    unknownOutcome = try row.value("unknown_outcome")
    tenantID = try row.optionalText("tenant_id")
    objectID = try row.optionalText("object_id")
    lastError = try row.optionalProblem("last_error")
    smtp = try row.optionalText("smtp").flatMap(SMTPForm.init(json:))
    declared = try row.bool("declared")
    pacing = try row.pacing()
    created = try row.instant("created")
    updated = try row.instant("updated")
  }
}

extension AccountDetails {
  init(_ row: Row) throws {
    account = try AccountRecord(row)
    provider = try row.value("provider")
    baseScopes = try row.value("base_scopes")
    scopes = try row.optionalText("scopes") == nil ? nil : try row.words("scopes")
    grantVersion = try row.optionalInteger("grant_version")
  }

  static let select: SQL = """
    SELECT account.workspace, account.id, account.name, email, app_workspace, app, mailbox, delegated,
      delegated_account, identity, state, paused, mailbox_found, account.send_only, unknown_outcome, tenant_id,
      object_id, account.last_error, smtp, account.declared, pacing, account.created, account.updated,
      oauth2_app.client_id, oauth2_app.provider, oauth2_app.base_scopes, oauth2_grant.scopes,
      oauth2_grant.version AS grant_version
    FROM account
    JOIN oauth2_app ON oauth2_app.workspace = account.app_workspace AND oauth2_app.id = account.app
    LEFT JOIN oauth2_grant ON oauth2_grant.workspace = account.workspace
      AND oauth2_grant.account = coalesce(account.delegated_account, account.id)
    """
}
