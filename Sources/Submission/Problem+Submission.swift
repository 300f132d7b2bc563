import Core

extension Problem {
  /// The same words whatever was wrong: whether there is such an account, is not told.
  static let wrongCredentials = Problem(
    .tokenInvalid, "The user name or the password is wrong.",
    remedy: "The user name is the id of an account, the password an API token of scope smtp.")

  static let nullSender = Problem(
    .messageSenderNotAllowed,
    "The null sender is not accepted: this server sends no delivery reports for others.",
    remedy: "Name the account's own address in MAIL FROM.")

  /// - Parameter place: `MAIL FROM`, `From` or `Sender`.
  static func senderNotAllowed(_ address: String, in place: String, own: String) -> Problem {
    Problem(
      .messageSenderNotAllowed,
      "\(place) is \(oneLine(address, limit: 254)), but this account sends as \(own).",
      remedy: "Set the sender's address to \(own).")
  }

  static func duplicateField(_ name: String) -> Problem {
    Problem(
      .messageInvalidHeader, "The message has more than one \(name) field.",
      remedy: "Send it with one: programs differ in which of them they show.")
  }

  static func paused(_ account: AccountID) -> Problem {
    Problem(
      .accountPaused, "The account is paused.", remedy: "Resume the account, then send again.",
      retry: .safe(after: nil))
  }

  static let notConnected = Problem(
    .accountNotConnected, "The account has never been connected to a mailbox.",
    remedy: "Sign in through a link, then send again.", retry: .safe(after: nil))

  static func dailyLimit(_ limit: Int) -> Problem {
    Problem(
      .accountDailyLimit,
      "The devices of this account have sent \(limit) messages without a password in the last 24 hours.",
      remedy: "Send with a user name and a password, or wait.", retry: .safe(after: nil))
  }

  static let noRoom = Problem(
    .storeFull, "There is not enough room on the disk for the message.", remedy: "Try again later.",
    retry: .safe(after: nil))

  static func controlHeader(_ name: String, _ flaw: String) -> Problem {
    Problem(
      .messageControlHeader, "The header field \(oneLine(name, limit: 76)) \(flaw).",
      remedy: "Correct the field, or remove it.")
  }

  static func unexpected() -> Problem {
    Problem(
      .requestInternal, "The message was not accepted, for a reason that Heliograph does not know.",
      remedy: "Try again; the gateway's log says more.", retry: .safe(after: nil))
  }
}
