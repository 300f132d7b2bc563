import Access
package import Core
import Events
import Store

/// Another person's mailbox, which another account's grant covers; nothing is checked yet.
package struct NewDelegate: Sendable {
  /// `nil` creates one with a new id.
  package var id: AccountID?
  /// `nil` is the mailbox.
  package var name: String?
  package var email: String?
  package var mailbox: String
  /// The account whose grant is used, of the same workspace.
  package var owner: AccountID
  /// `nil` leaves an existing account's as it is.
  package var unknownOutcome: UnknownOutcome?

  package init(
    id: AccountID?, name: String?, email: String?, mailbox: String, owner: AccountID,
    unknownOutcome: UnknownOutcome? = nil
  ) {
    self.id = id
    self.name = name
    self.email = email
    self.mailbox = mailbox
    self.owner = owner
    self.unknownOutcome = unknownOutcome
  }

  func validate() throws(Problem) {
    if let id { try id.validate() }
    if let name { try validateName(name) }
    try validateAddress(email, field: "email")
    try validateAddress(mailbox, field: "oauth2.auth.delegatedUser")
  }
}

extension AccountDirectory {
  /// Creates an account for a mailbox that another account's owner may use, or gives an existing one of the same
  /// mailbox another owner. It becomes `connected` automatically.
  package func create(
    _ new: NewDelegate, in workspace: WorkspaceID
  ) async throws -> (id: AccountID, origin: AccountOrigin) {
    try new.validate()
    let now = time.now
    let id = new.id ?? AccountID.make(at: now)
    let origin = try await store.write { (tx: borrowing Transaction) -> AccountOrigin in
      let owner = try tx.grantOwner(new.owner, mailbox: new.mailbox, in: workspace)
      let existing = try tx.account(id, in: workspace)?.account
      if let existing {
        guard existing.delegatedAccount != nil, existing.mailbox.lowercased() == new.mailbox.lowercased()
        else {
          throw Problem.otherMailbox(id, existing.mailbox)
        }
      }
      let account = AccountRecord(
        workspace: workspace, id: id, name: new.name ?? existing?.name ?? new.mailbox,
        email: new.email ?? new.mailbox, appWorkspace: owner.appWorkspace, app: owner.app,
        mailbox: new.mailbox, delegated: true, delegatedAccount: owner.id, state: .initial,
        mailboxFound: false, unknownOutcome: new.unknownOutcome ?? existing?.unknownOutcome ?? .hold,
        created: now)
      return try tx.enter(account, over: existing, at: now)
    }
    connector.nudge()
    return (id, origin)
  }
}

extension Transaction {
  /// An account whose grant others may use: one whose owner signed in to their own mailbox. Throws
  /// `account.permissionMissing` when what they granted does not reach the mailbox.
  fileprivate func grantOwner(
    _ id: AccountID, mailbox: String, in workspace: WorkspaceID
  ) throws -> AccountRecord {
    guard let owner = try account(id, in: workspace) else { throw Problem.accountNotFound(id) }
    guard owner.provider == .outlook else {
      throw Problem.invalidField(
        "oauth2.auth.delegatedAccount", "is “\(id)”, whose app acts for itself",
        remedy: "Create the account with that app and the mailbox as “oauth2.auth.user”.")
    }
    guard owner.account.delegatedAccount == nil, !owner.account.delegated else {
      throw Problem.invalidField(
        "oauth2.auth.delegatedAccount", "is “\(id)”, which itself is for another person's mailbox",
        remedy: "Name the account of the person who has access.")
    }
    if let scopes = owner.scopes, !scopes.isEmpty,
      let app = try app(owner.account.app, in: owner.account.appWorkspace),
      let permission = Scopes.missing(in: scopes, for: app)
    {
      throw Problem.ownerMayNot(
        permission, mailbox: mailbox, owner: id, email: owner.account.email, app: app.name)
    }
    return owner.account
  }
}
