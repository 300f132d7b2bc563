import Access
package import Core
package import Store

// Apps
extension Problem {
  package static func appNotFound(_ id: AppID) -> Problem {
    Problem(
      .appNotFound, "There is no OAuth2 app “\(id)”.", remedy: "Use the id of an existing app.")
  }

  package static func appDisabled(_ name: String) -> Problem {
    Problem(
      .appDisabled, "The OAuth2 app “\(name)” is switched off.", remedy: "Enable it, or use another.")
  }

  static let noAppEnabled = Problem(
    .appDisabled, "No OAuth2 app is set up to sign in with.",
    remedy: "Ask whoever sent the link to add and enable an app of the provider “outlook”.")

  static func appInvalid(_ flaw: String, remedy: String) -> Problem {
    Problem(.appInvalid, flaw, remedy: remedy)
  }

  static func appActsForItself(_ name: String) -> Problem {
    .invalidField(
      "type", "is “\(name)”, an app that nobody signs in to",
      remedy: "Use an app of the provider “outlook”, or make the account with POST /v1/account.")
  }

  static func appInUse(_ id: AppID, accounts: Int) -> Problem {
    Problem(
      .appInvalid, "The OAuth2 app “\(id)” is used by \(accounts) accounts.",
      remedy: "Delete those accounts first.")
  }
}

// Accounts
extension Problem {
  /// Nobody's grant is thrown away by a request that may be a slip.
  package static func accountExists(_ id: AccountID, _ provider: OAuth2Provider) -> Problem {
    let kind = provider == .outlook ? "that its owner signed in to" : "of an app that acts for itself"
    return Problem(
      .accountExists, "The account id “\(id)” belongs to an account \(kind).",
      remedy: "Choose another id, or delete that account first.")
  }

  /// Waiting is right, because somebody can mend it: a message keeps until its account is connected again.
  package static func notConnected(_ id: AccountID, because cause: ProblemRecord?) -> Problem {
    Problem(
      .accountNotConnected,
      "The account “\(id)” is not connected" + (cause.map { ": \($0.summary)" } ?? "."),
      remedy: cause?.remedy ?? "Connect the account again.",
      origin: cause.map { PeerError(status: $0.status, code: $0.peerCode, requestID: $0.requestID) },
      actor: cause?.actor, link: cause?.link)
  }

  static func identityMismatch(expected: String, signedIn: String) -> Problem {
    Problem(
      .accountIdentityMismatch,
      "The sign-in was for \(signedIn), but this link is for \(expected). Nothing was stored.",
      remedy: "Sign in as \(expected), or ask for a link for \(signedIn).")
  }

  static func ownerMismatch(of email: String, signedIn: String) -> Problem {
    Problem(
      .accountIdentityMismatch,
      "Whoever signed in as \(signedIn) is not the user who connected the account of \(email). "
        + "Nothing was stored.",
      remedy: "Sign in as that user, or delete the account and connect it anew.")
  }

  static func paused(_ id: AccountID) -> Problem {
    Problem(
      .accountPaused, "The account “\(id)” is paused.",
      remedy: "Resume it; its messages wait.")
  }

  package static func backendNotImplemented(_ id: AccountID) -> Problem {
    Problem(
      .backendNotImplemented,
      "The account “\(id)” uses an app with the base scopes “imap”, through which nothing can be sent yet.",
      remedy: "Connect it through an app with the base scopes “api”.")
  }

}

// Hosted sign-in
extension Problem {
  static let formInvalid = Problem(
    .formInvalid, "This sign-in link is incomplete or was changed.", remedy: "Ask for a new link.")
  static let formExpired = Problem(
    .formInvalid, "This sign-in link is older than 24 hours.", remedy: "Ask for a new link.")
  static let formUsed = Problem(
    .formUsed, "This sign-in link has already connected an account.", remedy: "Ask for a new link.")
  static let signInExpired = Problem(
    .signInExpired, "This sign-in took longer than 15 minutes, or its answer was used before.",
    remedy: "Open the link again and sign in without a long break.")
  static let browserMismatch = Problem(
    .signInBrowserMismatch, "The sign-in was started in another browser, or cookies are blocked.",
    remedy: "Open the link and finish in one browser window that takes cookies.")
  static let noIdentity = Problem(
    .signInIdentityInvalid, "Microsoft did not say who signed in.",
    remedy: "Start again from the link; if it happens again, check the scopes of the app.")
  package static let noRefreshToken = Problem(
    .signInNoRefreshToken, "Microsoft gave access for an hour only, without a refresh token.",
    remedy: "Allow “offline_access” (maintain access to data) for the app and sign in again.")
}
