package import Core

/// One mailbox that Heliograph sends from, and how it stands with it.
package struct AccountRecord: Sendable {
  package var workspace: WorkspaceID
  package var id: AccountID
  package var name: String
  package var email: String
  package var app: AppID
  /// The user id, principal name or address by which Microsoft knows the mailbox.
  package var mailbox: String
  package var state: AccountState
  /// Whether the mailbox is known to be there: its owner signed in, or it has sent something.
  package var verified: Bool
  /// Found out when an app was refused the drafts of this mailbox, anew with each token of the app; for a person's grant, its scopes tell.
  package var sendOnly: Bool
  package var unknownOutcome: UnknownOutcome
  /// Of the person who signed in; both together name them for good.
  package var tenantID: String?
  package var objectID: String?
  package var lastError: ProblemRecord?
  package var created: Instant
  package var updated: Instant

  package init(
    workspace: WorkspaceID, id: AccountID, name: String, email: String, app: AppID, mailbox: String,
    state: AccountState, verified: Bool, unknownOutcome: UnknownOutcome, tenantID: String? = nil,
    objectID: String? = nil, created: Instant
  ) {
    self.workspace = workspace
    self.id = id
    self.name = name
    self.email = email
    self.app = app
    self.mailbox = mailbox
    self.state = state
    self.verified = verified
    sendOnly = false
    self.unknownOutcome = unknownOutcome
    self.tenantID = tenantID
    self.objectID = objectID
    self.created = created
    updated = created
  }
}

extension AccountRecord {
  /// Letters of one mailbox through one app queue together.
  package var lane: LaneKey { LaneKey(workspace, app: app, mailbox: mailbox) }
}

/// What a letter takes from its account when it is submitted.
package struct SenderIdentity: Sendable, Hashable {
  package var name: String
  package var email: String
  package var lane: LaneKey
}

package enum AccountState: String, Sendable, CaseIterable {
  /// No token yet.
  case initial = "init"
  /// A token is held.
  case connected
  /// Entra refuses a token until somebody does something; `lastError` says what.
  case authenticationError
}

/// What becomes of a letter when nobody can find out whether Microsoft took it.
package enum UnknownOutcome: String, Sendable, CaseIterable {
  /// A person decides: it is rather late than doubled.
  case hold
  /// It is sent again: it is rather doubled than late.
  case resend
}

/// An account with what its app and its grant say about it.
package struct AccountDetails: Sendable {
  package var account: AccountRecord
  package var provider: OAuth2Provider
  /// What a person has granted, as Entra spelt it; `nil` without a grant.
  package var scopes: [String]?
}

extension AccountRecord {
  init(_ row: Row) throws {
    workspace = try row.identifier("workspace")
    id = try row.identifier("id")
    name = try row.text("name")
    email = try row.text("email")
    app = try row.identifier("app")
    mailbox = try row.text("mailbox")
    state = try row.value("state")
    verified = try row.bool("verified")
    sendOnly = try row.bool("send_only")
    unknownOutcome = try row.value("unknown_outcome")
    tenantID = try row.optionalText("tenant_id")
    objectID = try row.optionalText("object_id")
    lastError = try row.optionalProblem("last_error")
    created = try row.instant("created")
    updated = try row.instant("updated")
  }
}

extension AccountDetails {
  init(_ row: Row) throws {
    account = try AccountRecord(row)
    provider = try row.value("provider")
    scopes = try row.optionalText("scopes") == nil ? nil : try row.words("scopes")
  }

  static let select: SQL = """
    SELECT account.workspace, account.id, account.name, email, app, mailbox, state, verified, send_only,
      unknown_outcome, tenant_id, object_id, account.last_error, account.created, account.updated,
      oauth2_app.provider, oauth2_grant.scopes
    FROM account
    JOIN oauth2_app ON oauth2_app.workspace = account.workspace AND oauth2_app.id = account.app
    LEFT JOIN oauth2_grant ON oauth2_grant.workspace = account.workspace AND oauth2_grant.account = account.id
    """
}
