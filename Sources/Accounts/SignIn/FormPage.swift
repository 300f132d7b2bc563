package import Core
import Foundation
import Store

/// What the hosted page shows before the person goes to Microsoft.
package struct FormPage: Sendable {
  /// What the account is or will be called.
  package let name: String?
  /// The address that must sign in; `nil` allows any.
  package let email: String?
  /// The host that the browser returns to: the requester. In ASCII, so that no character passes for another.
  package let requester: String
  /// The name of the workspace that the mailbox will belong to; `nil` for the one that every gateway has.
  package let workspace: String?
  /// The requester's origin: scheme, host and port.
  package let returnOrigin: String
  /// One button each; at least one.
  package let apps: [Choice]

  package struct Choice: Sendable, Hashable {
    package let id: AppID
    package let title: String
  }

  init(_ form: HostedFormRecord, _ apps: [OAuth2AppRecord], workspace: WorkspaceRecord?) {
    name = form.name
    email = form.wantedEmail
    let url = URLComponents(string: form.redirectURL)
    requester = form.requester
    self.workspace = workspace.flatMap { $0.id == .default ? nil : $0.name }
    var origin = URLComponents()
    (origin.scheme, origin.encodedHost, origin.port) = (url?.scheme, url?.encodedHost, url?.port)
    returnOrigin = origin.string ?? ""
    self.apps = apps.map { Choice(id: $0.id, title: $0.title ?? "Sign in with Microsoft") }
  }
}

extension HostedFormRecord {
  /// Who must sign in; `nil` allows anyone. For another person's mailbox `email` does not determine it.
  var wantedEmail: String? { expectedEmail ?? (delegated ? nil : email) }
  var requester: String { URLComponents(string: redirectURL)?.encodedHost ?? redirectURL }
}

/// The redirect to Microsoft, and what the browser must return with.
package struct SignInStart: Sendable {
  package let authorizeURL: String
  package let cookie: BrowserCookie
}

/// Binds a sign-in to the browser that started it: an attacker who lures a person to the callback with another
/// `state` lacks it. Each sign-in has its own name, so that two tabs do not interfere with each other.
///
/// To be set with HttpOnly, SameSite=Lax (the redirect back is a navigation from Microsoft), Path=/ and, under
/// https, Secure.
package struct BrowserCookie: Sendable {
  package let name: String
  package let value: Secret
  package let maxAge: Duration

  static func name(stateHash: [UInt8]) -> String {
    "heliograph_signin_"
      + stateHash.prefix(6).map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }
      .joined()
  }
}

/// How a sign-in ended.
package enum SignInOutcome: Sendable {
  /// `redirect` is the form's own address with `account` and `state` in its query.
  case connected(AccountID, AccountOrigin, redirect: String)
  /// Nothing was stored. `tryAgain` is the hosted link, where it still works; `back` is `nil` when it is unknown
  /// whose sign-in it was.
  case refused(Problem, tryAgain: String?, back: WayBack?)
}

/// The redirect back to the program that made a link, for a person whose sign-in failed.
package struct WayBack: Sendable, Hashable {
  /// The host that it leads to.
  package let requester: String
  /// The form's own address with `state=failed`, `problem`, `error`, `remedy` and, where the link names an
  /// account, `account` in its query.
  package let url: String

  init(_ form: HostedFormRecord, after problem: Problem) {
    self.init(form, code: problem.code.rawValue, error: problem.summary, remedy: problem.remedy)
  }

  init(_ form: HostedFormRecord, after problem: ProblemRecord) {
    self.init(form, code: problem.code, error: problem.summary, remedy: problem.remedy)
  }

  private init(_ form: HostedFormRecord, code: String, error: String, remedy: String?) {
    requester = form.requester
    var items = [("state", "failed"), ("problem", code), ("error", error)]
    if let account = form.account { items.insert(("account", account.rawValue), at: 0) }
    if let remedy { items.append(("remedy", remedy)) }
    url = WebURL(form.redirectURL)?.adding(items) ?? form.redirectURL
  }
}
