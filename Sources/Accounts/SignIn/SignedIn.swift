import Core
import Microsoft
import Store

/// Who signed in.
struct SignedIn: Sendable {
  /// What the mailbox is called.
  var address: String
  /// All that it answers to. The claim `email` is not among them: it is whatever the administrator of any tenant
  /// says (Microsoft Learn, "Secure applications and APIs by validating claims").
  var aliases: [String]
  var name: String?
  /// `nil`, both of them, when only Graph has said who it is.
  var tenantID: String?
  var objectID: String?

  init(_ token: IDToken?, user: GraphUser) {
    address = user.address
    aliases = [user.address, user.userPrincipalName]
    name = user.displayName
    tenantID = token?.tenantID
    objectID = token?.objectID
  }

  /// All that is known without permission to read the profile. `nil` when there is no name.
  init?(_ token: IDToken) {
    guard let address = token.preferredUsername ?? token.email else { return nil }
    self.address = address
    aliases = token.preferredUsername.map { [$0] } ?? []
    self.name = token.name
    tenantID = token.tenantID
    objectID = token.objectID
  }

  /// The mailbox must be the one that the link is for; a link for an account that exists, and that names no
  /// address, is for that account's mailbox. The person who connected an account stays its owner, because an
  /// address may pass to another person.
  func check(_ form: HostedFormRecord, existing: AccountRecord?) throws(Problem) {
    if let wanted = form.wantedEmail {
      guard answers(to: wanted) else { throw .identityMismatch(expected: wanted, signedIn: address) }
    }
    guard let existing else { return }
    guard !form.delegated || existing.isDelegated(to: form.email) else {
      throw .otherMailbox(existing.id, existing.mailbox)
    }
    if existing.tenantID != nil, existing.objectID != nil {
      guard isOwner(of: existing) else { throw .ownerMismatch(of: existing.email, signedIn: address) }
    } else if form.wantedEmail == nil, !form.delegated, !existing.delegated {
      guard answers(to: existing.email) || answers(to: existing.mailbox) else {
        throw .identityMismatch(expected: existing.email, signedIn: address)
      }
    }
  }

  /// Microsoft ignores the case of the whole address.
  func answers(to email: String) -> Bool {
    aliases.contains { $0.lowercased() == email.lowercased() }
  }

  func isOwner(of account: AccountRecord) -> Bool {
    account.tenantID == tenantID && account.objectID == objectID
  }
}

extension AccountRecord {
  /// Whether it is, or waits to be, an account of that mailbox for which another person signs in.
  func isDelegated(to mailbox: String?) -> Bool {
    delegated && self.mailbox.lowercased() == mailbox?.lowercased()
  }
}
