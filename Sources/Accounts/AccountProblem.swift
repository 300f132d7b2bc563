package import Core
import Store

/// A failure to register an app, to connect an account or to act in its name, decided by us and not by Microsoft.
package struct AccountProblem: Problem, Hashable {
  package let code: ProblemCode
  package let summary: String
  package let remedy: String?
  package let retry: Retry
  package let origin: PeerError?
  package let actor: Responsible?
  package let link: String?

  init(
    _ code: ProblemCode, _ summary: String, remedy: String?, retry: Retry = .futile, origin: PeerError? = nil,
    actor: Responsible? = nil, link: String? = nil
  ) {
    self.code = code
    self.summary = summary
    self.remedy = remedy
    self.retry = retry
    self.origin = origin
    self.actor = actor
    self.link = link
  }
}

// Apps
extension AccountProblem {
  static func appNotFound(_ id: AppID) -> AccountProblem {
    AccountProblem(
      .appNotFound, "There is no OAuth2 app “\(id)”.", remedy: "List them with GET /v1/oauth2 and use an id.")
  }

  static func appDisabled(_ name: String) -> AccountProblem {
    AccountProblem(
      .appDisabled, "The OAuth2 app “\(name)” is switched off.", remedy: "Enable it, or use another.",
      retry: .safe(after: nil))
  }

  static let noAppEnabled = AccountProblem(
    .appDisabled, "No OAuth2 app is set up to sign in with.",
    remedy: "Ask whoever sent the link to add and enable an app of the provider “outlook”.")

  static func appInvalid(_ flaw: String, remedy: String) -> AccountProblem {
    AccountProblem(.appInvalid, flaw, remedy: remedy)
  }

  static func appActsForItself(_ name: String) -> AccountProblem {
    .invalidField(
      "type", "is “\(name)”, an app that nobody signs in to",
      remedy: "Use an app of the provider “outlook”, or make the account with POST /v1/account.")
  }

  static func appInUse(_ id: AppID, accounts: Int) -> AccountProblem {
    AccountProblem(
      .appInvalid, "The OAuth2 app “\(id)” is used by \(accounts) accounts.",
      remedy: "Delete those accounts first.")
  }
}

// Accounts
extension AccountProblem {
  package static func accountNotFound(_ id: AccountID) -> AccountProblem {
    AccountProblem(
      .accountNotFound, "There is no account “\(id)”.",
      remedy: "List them with GET /v1/accounts and use an id.")
  }

  /// Nobody's grant is thrown away by a request that may be a slip.
  static func accountExists(_ id: AccountID, _ provider: OAuth2Provider) -> AccountProblem {
    let kind = provider == .outlook ? "that its owner signed in to" : "of an app that acts for itself"
    return AccountProblem(
      .accountExists, "The account id “\(id)” belongs to an account \(kind).",
      remedy: "Choose another id, or delete that account first.")
  }

  static func invalidField(_ field: String, _ flaw: String, remedy: String) -> AccountProblem {
    AccountProblem(.requestInvalidField, "“\(field)” \(flaw).", remedy: remedy)
  }

  /// Waiting is right, because somebody can mend it: a letter keeps until its account is connected again.
  static func notConnected(_ id: AccountID, because cause: ProblemRecord?) -> AccountProblem {
    AccountProblem(
      .accountNotConnected,
      "The account “\(id)” is not connected" + (cause.map { ": \($0.summary)" } ?? "."),
      remedy: cause?.remedy ?? "Connect the account again.", retry: .safe(after: nil),
      origin: cause.map { PeerError(status: $0.status, code: $0.peerCode, requestID: $0.requestID) },
      actor: cause?.actor, link: cause?.link)
  }

  static func identityMismatch(expected: String, signedIn: String) -> AccountProblem {
    AccountProblem(
      .accountIdentityMismatch,
      "The sign-in was for \(signedIn), but this link is for \(expected). Nothing was stored.",
      remedy: "Sign in as \(expected), or ask for a link for \(signedIn).")
  }

  static func ownerMismatch(of email: String, signedIn: String) -> AccountProblem {
    AccountProblem(
      .accountIdentityMismatch,
      "Whoever signed in as \(signedIn) is not the user who connected the account of \(email). "
        + "Nothing was stored.",
      remedy: "Sign in as that user, or delete the account and connect it anew.")
  }

  static func paused(_ id: AccountID) -> AccountProblem {
    AccountProblem(
      .accountPaused, "The account “\(id)” is paused.",
      remedy: "Resume it with PUT /v1/account/\(id)/resume; its letters wait.", retry: .safe(after: nil))
  }

  package static func backendNotImplemented(_ id: AccountID) -> AccountProblem {
    AccountProblem(
      .backendNotImplemented,
      "The account “\(id)” uses an app with the base scopes “imap”, through which nothing can be sent yet.",
      remedy: "Connect it through an app with the base scopes “api”.")
  }

  /// The draft was refused and nothing was done; the letter can go at once in another way.
  static func sendOnly(_ id: AccountID, _ refusal: any Problem) -> AccountProblem {
    AccountProblem(
      .graphAccessDenied, "The app may not keep drafts in the mailbox of “\(id)”; for now it only sends.",
      remedy: "Grant Mail.ReadWrite too, and every letter's fate can be looked up.",
      retry: .safe(after: .zero), origin: refusal.origin)
  }
}

// Letters
extension AccountProblem {
  static func throttled(_ lane: String, for remaining: Duration) -> AccountProblem {
    AccountProblem(
      .graphThrottled, "Microsoft has asked to wait before the next request for \(lane).", remedy: nil,
      retry: .safe(after: remaining))
  }

  static func envelopeMismatch(_ strangers: [String]) -> AccountProblem {
    AccountProblem(
      .envelopeMismatch,
      "The header names recipients that the envelope does not: \(strangers.joined(separator: ", ")).",
      remedy: "Put every address of To and Cc into the envelope too, or take it out of the header.")
  }
}

// Hosted sign-in
extension AccountProblem {
  static let formInvalid = AccountProblem(
    .formInvalid, "This sign-in link is incomplete or was changed.", remedy: "Ask for a new link.")
  static let formExpired = AccountProblem(
    .formInvalid, "This sign-in link is older than 24 hours.", remedy: "Ask for a new link.")
  static let formUsed = AccountProblem(
    .formUsed, "This sign-in link has already connected an account.", remedy: "Ask for a new link.")
  static let signInExpired = AccountProblem(
    .signInExpired, "This sign-in took longer than 15 minutes, or its answer was used before.",
    remedy: "Open the link again and sign in without a long break.")
  static let browserMismatch = AccountProblem(
    .signInBrowserMismatch, "The sign-in was started in another browser, or cookies are blocked.",
    remedy: "Open the link and finish in one browser window that takes cookies.")
  static let noIdentity = AccountProblem(
    .signInIdentityInvalid, "Microsoft did not say who signed in.",
    remedy: "Start again from the link; if it happens again, check the scopes of the app.")
  static let noRefreshToken = AccountProblem(
    .signInNoRefreshToken, "Microsoft gave access for an hour only, without a refresh token.",
    remedy: "Allow “offline_access” (maintain access to data) for the app and sign in again.")
}
