package import Core
import Events
import Store

/// An account that is to be signed in later; nothing is checked yet.
package struct UnsetAccount: Sendable {
  /// `nil` creates one with a new id.
  package var id: AccountID?
  /// `nil` is the mailbox.
  package var name: String?
  package var mailbox: String
  /// Whether the mailbox is not that of the person who signs in.
  package var delegated: Bool
  /// One of the provider `outlook`.
  package var app: AppID
  /// `nil` holds such messages.
  package var unknownOutcome: UnknownOutcome?

  package init(
    id: AccountID?, name: String?, mailbox: String, delegated: Bool, app: AppID,
    unknownOutcome: UnknownOutcome? = nil
  ) {
    self.id = id
    self.name = name
    self.mailbox = mailbox
    self.delegated = delegated
    self.app = app
    self.unknownOutcome = unknownOutcome
  }

  func validate() throws(Problem) {
    if let id { try id.validate() }
    if let name { try validateName(name) }
    try validateAddress(mailbox, field: delegated ? "oauth2.auth.delegatedUser" : "email")
  }
}

extension AccountDirectory {
  /// Saves an account that waits for a sign-in, and whose messages wait too. One of the same mailbox
  /// that is there already stays as it is.
  package func create(
    _ new: UnsetAccount, in workspace: WorkspaceID
  ) async throws -> (id: AccountID, origin: AccountOrigin) {
    try new.validate()
    let now = time.now
    let id = new.id ?? AccountID.make(at: now)
    let origin = try await store.write { (tx: borrowing Transaction) -> AccountOrigin in
      let app = try tx.signInApp(new.app, in: workspace)
      if let existing = try tx.personsAccount(id, in: workspace) {
        guard existing.mailbox.lowercased() == new.mailbox.lowercased() else {
          throw Problem.otherMailbox(id, existing.mailbox)
        }
        return .existing
      }
      try tx.upsert(
        AccountRecord(
          workspace: workspace, id: id, name: new.name ?? new.mailbox, email: new.mailbox,
          appWorkspace: app.workspace, app: app.id, mailbox: new.mailbox, delegated: new.delegated,
          identity: .unverified, state: .unset, mailboxFound: false,
          unknownOutcome: new.unknownOutcome ?? .hold,
          created: now))
      try tx.append(Event.accountAdded.record(id, in: workspace, at: now))
      return .new
    }
    return (id, origin)
  }
}
