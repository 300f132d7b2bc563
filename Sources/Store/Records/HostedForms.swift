package import Core

/// A sign-in link that was issued.
package struct HostedFormRecord: Sendable {
  package var workspace: WorkspaceID
  package var id: FormID
  /// The account to create or to connect again; `nil` creates one with a new id.
  package var account: AccountID?
  package var name: String?
  package var email: String?
  package var expectedEmail: String?
  /// `nil` lets the person choose.
  package var app: AppID?
  /// Whether the mailbox is not that of the person who signs in.
  package var delegated: Bool
  package var redirectURL: String
  /// `nil` leaves an existing account's as it is.
  package var unknownOutcome: UnknownOutcome?
  package var created: Instant
  package var expires: Instant
  /// When an account was stored through it.
  package var used: Instant?

  package init(
    workspace: WorkspaceID, id: FormID, account: AccountID?, name: String?, email: String?,
    expectedEmail: String?, app: AppID?, delegated: Bool = false, redirectURL: String,
    unknownOutcome: UnknownOutcome? = nil, created: Instant, expires: Instant
  ) {
    self.workspace = workspace
    self.id = id
    self.account = account
    self.name = name
    self.email = email
    self.expectedEmail = expectedEmail
    self.app = app
    self.delegated = delegated
    self.redirectURL = redirectURL
    self.unknownOutcome = unknownOutcome
    self.created = created
    self.expires = expires
  }
}

extension Transaction {
  package func insert(_ form: HostedFormRecord) throws {
    try execute(
      """
      INSERT INTO hosted_form (workspace, id, account, name, email, expected_email, app, delegated,
        redirect_url, unknown_outcome, created, expires, used)
      VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
      """,
      form.workspace, form.id, form.account, form.name, form.email, form.expectedEmail, form.app,
      form.delegated, form.redirectURL, form.unknownOutcome?.rawValue, form.created, form.expires, form.used)
  }

  package func form(_ id: FormID, in workspace: WorkspaceID) throws -> HostedFormRecord? {
    try row(
      """
      SELECT account, name, email, expected_email, app, delegated, redirect_url, unknown_outcome, created,
        expires, used
      FROM hosted_form WHERE workspace = $1 AND id = $2
      """, workspace, id
    ) {
      var form = HostedFormRecord(
        workspace: workspace, id: id, account: try $0.optionalIdentifier("account"),
        name: try $0.optionalText("name"), email: try $0.optionalText("email"),
        expectedEmail: try $0.optionalText("expected_email"), app: try $0.optionalIdentifier("app"),
        delegated: try $0.bool("delegated"), redirectURL: try $0.text("redirect_url"),
        unknownOutcome: try $0.optionalText("unknown_outcome").flatMap(UnknownOutcome.init),
        created: try $0.instant("created"), expires: try $0.instant("expires"))
      form.used = try $0.optionalInstant("used")
      return form
    }
  }

  /// Returns whether it was still unused.
  package func useForm(_ id: FormID, in workspace: WorkspaceID, at now: Instant) throws -> Bool {
    try execute(
      "UPDATE hosted_form SET used = $3 WHERE workspace = $1 AND id = $2 AND used IS NULL", workspace, id, now
    ) > 0
  }

  /// Removes those that expired before that instant.
  package func deleteForms(expiredBefore instant: Instant) throws {
    try execute("DELETE FROM hosted_form WHERE expires < $1", instant)
  }
}
