import Access
package import Core
package import Store

/// Changes to an account that do not concern how its mailbox is reached; `nil` leaves a value as it is.
package struct AccountChange: Sendable {
  package var name: String?
  package var email: String?
  package var unknownOutcome: UnknownOutcome?
  /// How it was entered.
  package var smtp: SMTPForm?
  /// What is `nil` stays; 0 is no limit.
  package var pacing: Pacing?

  package init(
    name: String? = nil, email: String? = nil, unknownOutcome: UnknownOutcome? = nil, smtp: SMTPForm? = nil
  ) {
    self.name = name
    self.email = email
    self.unknownOutcome = unknownOutcome
    self.smtp = smtp
  }

  fileprivate func validate() throws(Problem) {
    if let name { try validateName(name) }
    try validateAddress(email, field: "email")
  }
}

extension AccountDirectory {
  /// Throws `request.invalidField` for another address of a mailbox that its owner signed in to.
  package func update(_ id: AccountID, _ change: AccountChange, in workspace: WorkspaceID) async throws {
    try change.validate()
    let now = time.now
    try await store.write { (tx: borrowing Transaction) in
      guard let details = try tx.account(id, in: workspace) else { throw Problem.accountNotFound(id) }
      try details.account.refuseIfDeclared()
      var account = details.account
      if let email = change.email {
        let isOwners = details.provider == .outlook && account.delegatedAccount == nil
        guard !isOwners || [account.email, account.mailbox].contains(where: { $0.isSameAddress(as: email) })
        else {
          throw Problem.addressOfSignIn(account.email)
        }
        if !isOwners { account.email = email }
      }
      account.name = change.name ?? account.name
      account.unknownOutcome = change.unknownOutcome ?? account.unknownOutcome
      account.smtp = change.smtp ?? account.smtp
      account.updated = now
      try tx.upsert(account)
      guard let pacing = change.pacing else { return }
      try tx.setPacing(account.pacing.changed(to: pacing), account: id, in: workspace)
      // What waited for the limit goes on under the new one.
      try tx.endRest(of: account.lane, at: now)
    }
  }
}

extension String {
  /// Microsoft ignores the case of the whole address.
  fileprivate func isSameAddress(as other: String) -> Bool { lowercased() == other.lowercased() }
}

extension Problem {
  fileprivate static func addressOfSignIn(_ email: String) -> Problem {
    .invalidField(
      "email", "is not \(email), the mailbox whose owner granted access",
      remedy: "Leave it out; for another mailbox create another account.")
  }
}
