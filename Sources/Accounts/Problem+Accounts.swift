import Access
package import Core
import Microsoft
package import Store

// Apps
extension Problem {
  package static func appNotFound(_ id: AppID) -> Problem {
    Problem(
      .appNotFound, "There is no OAuth2 app “\(id)”.", remedy: "Use the id of an existing app.")
  }

  package static func appDisabled(_ name: String) -> Problem {
    Problem(
      .appDisabled, "The OAuth2 app “\(name)” is disabled.", remedy: "Enable it, or use another.")
  }

  static let noAppEnabled = Problem(
    .appDisabled, "No OAuth2 app is set up to sign in with.",
    remedy: "Ask the person who sent the link to add and enable an app with the provider “outlook”.")

  static func appInvalid(_ flaw: String, remedy: String) -> Problem {
    Problem(.appInvalid, flaw, remedy: remedy)
  }

  static func appActsForItself(_ name: String) -> Problem {
    .invalidField(
      "type", "is “\(name)”, an app without sign-in",
      remedy: "Use an app with the provider “outlook”, or create the account with POST /v1/account.")
  }

  static func appInUse(_ id: AppID, accounts: Int) -> Problem {
    Problem(
      .appInvalid, "The OAuth2 app “\(id)” is used by \(accounts) accounts.",
      remedy: "Delete those accounts first.")
  }
}

// What the configuration file declares
extension Problem {
  /// - Parameter subject: such as “the account “a””.
  package static func declared(_ subject: String) -> Problem {
    Problem(
      .configurationDeclared,
      "The gateway's configuration file declares \(subject), so it cannot be changed or deleted here.",
      remedy: "Change the file and restart the gateway.")
  }
}

// Accounts
extension Problem {
  /// A request that may be a mistake must not discard a grant.
  package static func accountExists(_ id: AccountID, _ provider: OAuth2Provider) -> Problem {
    let kind = provider == .outlook ? "that its owner signed in to" : "of an app that acts for itself"
    return Problem(
      .accountExists, "The account id “\(id)” belongs to an account \(kind).",
      remedy: "Choose another id, or delete that account first.")
  }

  /// Messages wait, because this can be fixed: they are sent when the account is connected again.
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

  /// Microsoft does not confirm that the address is theirs, and it must.
  static func identityUnproven(_ expected: String, signedIn: String) -> Problem {
    let isOther = expected.lowercased() != signedIn.lowercased()
    return Problem(
      .accountIdentityUnproven,
      "Microsoft does not confirm that \(expected) belongs to the account that signed in"
        + (isOther ? " as \(signedIn)" : "") + ". Nothing was stored.",
      remedy: isOther
        ? "Sign in with \(expected) itself, or ask for a link for \(signedIn)."
        : "Sign in with the account of the organisation or of Outlook.com to which \(expected) belongs.")
  }

  static func ownerMismatch(of email: String, signedIn: String) -> Problem {
    Problem(
      .accountIdentityMismatch,
      "The user who signed in as \(signedIn) is not the one who connected the account of \(email). "
        + "Nothing was stored.",
      remedy: "Sign in as that user, or delete the account and connect it again.")
  }

  /// An app that acts for itself has a token which does not open the mailbox.
  static func mailboxClosed(
    _ mailbox: String, _ app: OAuth2AppRecord, roles: [String], origin: PeerError?, link: String
  ) -> Problem {
    let reason =
      roles.isEmpty
      ? "the token lists no permission, so either no administrator has consented yet, or no role of Exchange reaches "
        + "this mailbox"
      : "the app may use only other mailboxes (an application access policy, or the scope of a role)"
    return Problem(
      .graphAccessDenied, "Exchange does not let the app “\(app.name)” into \(mailbox): \(reason).",
      remedy: roles.isEmpty
        ? "Have an administrator grant consent under API permissions of the app with client ID \(app.clientID), or "
          + "give it a role for \(mailbox) in Exchange. Exchange can take an hour to notice; the account works as soon "
          + "as it has."
        : "Have an administrator add \(mailbox) to what the app may use. Exchange can take an hour to notice; the "
          + "account works as soon as it has.",
      origin: origin, actor: .administrator, link: link)
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

// Connecting
extension Problem {
  static func otherMailbox(_ id: AccountID, _ mailbox: String) -> Problem {
    Problem(
      .accountExists, "The account id “\(id)” belongs to the mailbox \(mailbox).",
      remedy: "Choose another id, or delete that account first.")
  }

  /// The issued token cannot send: Entra leaves out what the app's registration does not list.
  static func mayNotSend(
    _ permission: String, as mailbox: String? = nil, signedIn: String? = nil, clientID: String, link: String
  ) -> Problem {
    let what = mailbox.map { "to use the mailbox \($0)" } ?? "to send"
    let who = signedIn.map { " to \($0)" } ?? ""
    return Problem(
      .accountPermissionMissing,
      "Microsoft granted no permission\(who) \(what): \(permission) is missing. Nothing was stored.",
      remedy:
        "Add the delegated permission \(permission) under API permissions of the app with client ID \(clientID), "
        + "have it consented to, then open the link and sign in again\(signedIn.map { " as \($0)" } ?? "").",
      actor: .appOwner, link: link)
  }

  static func accountInUse(_ id: AccountID, by users: [AccountID]) -> Problem {
    let named = users.prefix(5).map { "“\($0)”" }.joined(separator: ", ")
    return Problem(
      .accountInUse,
      "The grant of the account “\(id)” is used by \(named)\(users.count > 5 ? " and others" : "").",
      remedy: "Delete those accounts first, or have a person sign in to them.")
  }

  /// The grant of the account through which another mailbox is to be used does not reach that far.
  static func ownerMayNot(
    _ permission: String, mailbox: String, owner: AccountID, email: String?, app: String
  ) -> Problem {
    Problem(
      .accountPermissionMissing,
      "The grant of the account “\(owner)” lacks \(permission), without which it does not reach \(mailbox).",
      remedy: "Add \(permission) to the “extraScopes” of the app “\(app)” and to the API permissions of its "
        + "registration, then have \(email ?? "its owner") sign in to “\(owner)” again.",
      actor: .appOwner)
  }

  /// An imported token belongs to another person.
  static func foreignGrant(of account: AccountRecord, signedIn: String) -> Problem {
    Problem(
      .accountIdentityMismatch,
      "The refresh token belongs to \(signedIn), but the account is for \(account.email).",
      remedy: "Use the refresh token of \(account.email), or create another account for \(signedIn).")
  }

  /// Without an id_token and without User.Read it is unknown whose an imported token is.
  static func unknownOwner(of account: AccountRecord) -> Problem {
    Problem(
      .accountIdentityMismatch,
      "Microsoft does not say whether the refresh token belongs to \(account.email), whose account this is.",
      remedy: "Sign in as \(account.email) through a link instead.")
  }

  /// The account whose grant is used has no rights in the mailbox.
  static func noAccess(to mailbox: String, through owner: AccountID, origin: PeerError?) -> Problem {
    Problem(
      .accountDelegateNoAccess,
      "The account “\(owner)”, whose grant is used, has no access to the mailbox \(mailbox).",
      remedy:
        "Have an administrator grant its user Full Access and Send As for \(mailbox), and give the app "
        + "Mail.ReadWrite.Shared and Mail.Send.Shared; then sign in to “\(owner)” again.",
      origin: origin)
  }

  /// A person signed in for a mailbox to which Exchange gives them no access.
  static func noDelegateAccess(to mailbox: String, signedIn: String, origin: PeerError?) -> Problem {
    Problem(
      .accountDelegateNoAccess, "\(signedIn) has no access to the mailbox \(mailbox). Nothing was stored.",
      remedy: "Have an administrator grant \(signedIn) Full Access and Send As for \(mailbox), "
        + "then open the link again.",
      origin: origin)
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
    remedy: "Open the link and finish in one browser window that accepts cookies.")
  static let noIdentity = Problem(
    .signInIdentityInvalid, "Microsoft did not say who signed in.",
    remedy: "Start again from the link; if it happens again, check the scopes of the app.")
  package static let noRefreshToken = Problem(
    .signInNoRefreshToken, "Microsoft granted access for an hour only, without a refresh token.",
    remedy: "Allow “offline_access” (maintain access to data) for the app and sign in again.")
}

// Why a sign-in on another device did not connect an account, where we know more than Microsoft's answer says.
extension Problem {
  static let deviceSignInUnknown = Problem(
    .signInDeviceUnknown, "There is no such sign-in by device code, or it ended long ago.",
    remedy: "Start a new one.")

  static let deviceCodeExpired = Problem(
    .signInDeviceCodeExpired, "The code was not entered in time.",
    remedy: "Start again and use the new code.",
    actor: .user)

  static func tooManyDeviceCodes(_ limit: Int) -> Problem {
    Problem(
      .signInTooManyCodes, "This link has already been used for \(limit) codes within 15 minutes.",
      remedy: "Wait 15 minutes, then request a new code.", retry: .safe(after: SignIn.stateLife))
  }

  /// Entra says the same of a web client without its secret (AADSTS7000218), where the remedy is different.
  static func publicClientOff(_ app: OAuth2AppRecord, _ cloud: Cloud, origin: PeerError?) -> Problem {
    Problem(
      .signInPublicClientOff,
      "The registration of “\(app.name)” does not allow public client flows, which a device code needs.",
      remedy: "Under Authentication set “Allow public client flows” to Yes, save, and start again.",
      origin: origin, actor: .appOwner, link: cloud.portalLink(.authentication, clientID: app.clientID))
  }
}
