import Core
import Store

extension Problem {
  static func otherMailbox(_ id: AccountID, _ mailbox: String) -> Problem {
    Problem(
      .accountExists, "The account id “\(id)” belongs to the mailbox \(mailbox).",
      remedy: "Choose another id, or delete that account first.")
  }

  /// The token that came cannot send: Entra leaves out what the app's registration does not list.
  static func mayNotSend(_ permission: String, clientID: String, link: String) -> Problem {
    Problem(
      .accountPermissionMissing,
      "Microsoft granted no permission to send: \(permission) is missing. Nothing was stored.",
      remedy:
        "Add the delegated permission \(permission) under API permissions of the app with client ID \(clientID), "
        + "have it consented to, then open the link again.",
      actor: .appOwner, link: link)
  }

  static func accountInUse(_ id: AccountID, by users: [AccountID]) -> Problem {
    let named = users.prefix(5).map { "“\($0)”" }.joined(separator: ", ")
    return Problem(
      .accountInUse,
      "The grant of the account “\(id)” is used by \(named)\(users.count > 5 ? " and others" : "").",
      remedy: "Delete those accounts first, or have somebody sign in to them.")
  }

  /// An imported token is somebody else's.
  static func foreignGrant(of account: AccountRecord, signedIn: String) -> Problem {
    Problem(
      .accountIdentityMismatch,
      "The refresh token is of \(signedIn), but the account is for \(account.email).",
      remedy: "Bring the refresh token of \(account.email), or make another account for \(signedIn).")
  }

  /// The account whose grant is used has no rights in the mailbox.
  static func noAccess(to mailbox: String, through owner: AccountID, origin: PeerError?) -> Problem {
    Problem(
      .accountDelegateNoAccess,
      "The account “\(owner)”, whose grant is used, has no access to the mailbox \(mailbox).",
      remedy:
        "Have an administrator give its user Full Access and Send As for \(mailbox), and let the app have "
        + "Mail.ReadWrite.Shared and Mail.Send.Shared: then sign in to “\(owner)” again.",
      origin: origin)
  }

  /// Somebody signed in for a mailbox that Exchange does not let them into.
  static func noDelegateAccess(to mailbox: String, signedIn: String, origin: PeerError?) -> Problem {
    Problem(
      .accountDelegateNoAccess, "\(signedIn) has no access to the mailbox \(mailbox). Nothing was stored.",
      remedy: "Have an administrator give \(signedIn) Full Access and Send As for \(mailbox), "
        + "then open the link again.",
      origin: origin)
  }
}
