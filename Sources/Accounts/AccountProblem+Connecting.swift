import Core

extension AccountProblem {
  static func otherMailbox(_ id: AccountID, _ mailbox: String) -> AccountProblem {
    AccountProblem(
      .accountExists, "The account id “\(id)” belongs to the mailbox \(mailbox).",
      remedy: "Choose another id, or delete that account first.")
  }

  /// Somebody signed in for a mailbox that Exchange does not let them into.
  static func noDelegateAccess(to mailbox: String, signedIn: String, origin: PeerError?) -> AccountProblem {
    AccountProblem(
      .accountDelegateNoAccess, "\(signedIn) has no access to the mailbox \(mailbox). Nothing was stored.",
      remedy: "Have an administrator give \(signedIn) Full Access and Send As for \(mailbox), "
        + "then open the link again.",
      origin: origin)
  }
}
