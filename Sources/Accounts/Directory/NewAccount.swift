import Access
package import Core
import MIME
import Store

/// A mailbox for which an app acts for itself, as requested; nothing is checked yet.
package struct NewAccount: Sendable {
  /// `nil` creates one with a new id.
  package var id: AccountID?
  package var name: String
  package var email: String?
  /// One of the provider `outlookService`.
  package var app: App
  /// The mailbox's address, principal name or user id.
  package var mailbox: String
  /// `nil` leaves an existing account's as it is.
  package var unknownOutcome: UnknownOutcome?

  package enum App: Sendable {
    case existing(AppID)
    /// The workspace's own app with these values, created if there is none.
    case client(NewApp)
  }

  package init(
    id: AccountID?, name: String, email: String?, app: AppID, mailbox: String,
    unknownOutcome: UnknownOutcome? = nil
  ) {
    self.init(
      id: id, name: name, email: email, app: .existing(app), mailbox: mailbox, unknownOutcome: unknownOutcome)
  }

  package init(
    id: AccountID?, name: String, email: String?, app: App, mailbox: String,
    unknownOutcome: UnknownOutcome? = nil
  ) {
    self.id = id
    self.name = name
    self.email = email
    self.app = app
    self.mailbox = mailbox
    self.unknownOutcome = unknownOutcome
  }

  func validate() throws(Problem) {
    if let id { try id.validate() }
    try validateName(name)
    // It becomes part of a path at Microsoft.
    guard isGUID(mailbox) || (try? EmailAddress(mailbox)) != nil else {
      throw .invalidField(
        "oauth2.auth.user", "is not a mailbox",
        remedy: "Give the mailbox's address, its user principal name or its object id.")
    }
    try validateAddress(email, field: "email")
  }
}

/// Whether an id was new or existing.
package enum AccountOrigin: String, Sendable {
  case new
  case existing
}

extension AccountID {
  /// Any text of the owner's choice that fits in a path and on one line.
  func validate() throws(Problem) {
    guard isPlainText(rawValue, longest: 256), !turnsDirection(rawValue), rawValue != ".", rawValue != ".."
    else {
      throw .invalidField(
        "account",
        "is empty, longer than 256 bytes, “.” or “..”, or contains control characters or such that change the "
          + "direction of writing",
        remedy: "Choose another id, or leave it null to get a generated one.")
    }
  }
}

func validateName(_ text: String) throws(Problem) {
  guard isPlainText(text, longest: 256) else {
    throw .invalidField(
      "name", "is empty, too long or contains control characters",
      remedy: "Give the account a name of at most 256 bytes.")
  }
}

func validateAddress(_ text: String?, field: String) throws(Problem) {
  guard let text else { return }
  do throws(Problem) {
    _ = try EmailAddress(text)
  } catch {
    throw .invalidField(field, "is not an e-mail address", remedy: "Write it as name@domain.")
  }
}

/// Which app an account is of, ready for the transaction that stores it.
enum AccountApp: Sendable {
  case existing(AppID)
  case prepared(PreparedApp)

  func id(_ tx: borrowing Transaction, mayRenew: Bool = true) throws -> AppID {
    switch self {
    case .existing(let id): id
    case .prepared(let app): try app.findOrCreate(tx, mayRenew: mayRenew).id
    }
  }
}
