package import Core
import Foundation
import Store

/// What a sign-in link leads to.
package enum LinkPage: Sendable {
  case open(FormPage)
  /// It has connected a mailbox, and works once; `email` is the address that it was for, where it named one.
  case used(email: String?)
}

/// Who asks for the mailbox.
package struct Requester: Sendable, Hashable {
  /// What the operator calls the workspace that the mailbox will belong to; `nil` where it has no name of its own.
  package let name: String?
  /// The host that the browser returns to. In ASCII, so that no character passes for another; `nil` where it is the
  /// reader's own machine.
  package let host: String?

  init(_ form: HostedFormRecord, workspace: WorkspaceRecord?) {
    name = workspace.flatMap { $0.name == WorkspaceRecord.unnamed ? nil : $0.name }
    host = form.returnHost
  }
}

/// What the hosted page shows before the person goes to Microsoft.
package struct FormPage: Sendable {
  /// What the account is or will be called.
  package let name: String?
  /// The address that must sign in; `nil` allows any.
  package let email: String?
  package let requester: Requester
  /// The requester's origin: scheme, host and port.
  package let returnOrigin: String
  /// One button each; at least one.
  package let apps: [Choice]

  package struct Choice: Sendable, Hashable {
    package let id: AppID
    /// Differs from the titles of the others.
    package let title: String
    /// Whether only the permission to send is asked for.
    package let sendOnly: Bool
    /// Whether a code for another device can be had instead.
    package let deviceCodes: Bool
  }

  init(_ form: HostedFormRecord, _ apps: [OAuth2AppRecord], workspace: WorkspaceRecord?) {
    name = form.name
    email = form.wantedEmail
    let url = URLComponents(string: form.redirectURL)
    requester = Requester(form, workspace: workspace)
    var origin = URLComponents()
    (origin.scheme, origin.encodedHost, origin.port) = (url?.scheme, url?.encodedHost, url?.port)
    returnOrigin = origin.string ?? ""
    let titles = Self.titles(of: apps)
    self.apps = zip(apps, titles).map { app, title in
      Choice(id: app.id, title: title, sendOnly: app.sendOnly, deviceCodes: app.deviceCodes == true)
    }
  }

  /// Of several apps that are called the same, each with its name, and where that is the same too, its client id.
  private static func titles(of apps: [OAuth2AppRecord]) -> [String] {
    let plain = apps.map { $0.title ?? "Sign in with Microsoft" }
    let named = zip(apps, plain).map { app, title in
      plain.count { $0 == title } == 1 ? title : "\(title) (\(app.name))"
    }
    return zip(apps, named).map { app, title in
      named.count { $0 == title } == 1 ? title : "\(title), client \(app.clientID)"
    }
  }
}

extension HostedFormRecord {
  /// Who must sign in; `nil` allows anyone. For another person's mailbox `email` does not determine it.
  var wantedEmail: String? { expectedEmail ?? (delegated ? nil : email) }
  /// The host that the browser returns to; `nil` for the machine that the browser runs on.
  var returnHost: String? { WebURL(redirectURL).flatMap { $0.isThisMachine ? nil : $0.asciiHost } }
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
  /// Nothing was stored.
  case refused(SignInRefusal)
  /// Nothing was stored, because the link had connected a mailbox before.
  case used(email: String?)
}

/// Why a sign-in did not connect a mailbox, and how to continue.
package struct SignInRefusal: Sendable {
  package let problem: Problem
  /// The hosted link, where it still works.
  package var tryAgain: String?
  /// Whether that page offers an app that asks for the permission to send only.
  package var offersSendOnly = false
  /// `nil` when it is unknown whose sign-in it was.
  package var back: WayBack?
}

/// The redirect back to the program that made a link, for a person whose sign-in failed.
package struct WayBack: Sendable, Hashable {
  /// The host that it leads to; `nil` for the machine that the browser runs on.
  package let host: String?
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
    host = form.returnHost
    var items = [("state", "failed"), ("problem", code), ("error", error)]
    if let account = form.account { items.insert(("account", account.rawValue), at: 0) }
    if let remedy { items.append(("remedy", remedy)) }
    url = WebURL(form.redirectURL)?.adding(items) ?? form.redirectURL
  }
}
