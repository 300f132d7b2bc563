package import Access
package import Core
package import Microsoft
import Store

/// The apps, accounts, API tokens and settings that the gateway's configuration file declares, all of the workspace
/// `default`.
package struct DeclaredSettings: Sendable {
  package var apps: [App] = []
  package var accounts: [Account] = []
  package var tokens: [Token] = []
  package var settings = SettingsChange()

  package struct App: Sendable {
    package var id: AppID
    package var app: NewApp

    package init(id: AppID, app: NewApp) {
      self.id = id
      self.app = app
    }
  }

  package struct Account: Sendable {
    package var id: AccountID
    /// `nil` is the address.
    package var name: String?
    package var email: String
    /// One that is declared too.
    package var app: AppID
    /// `nil` where the app acts for itself, or a person is to sign in.
    package var refreshToken: Secret?
    package var unknownOutcome: UnknownOutcome

    package init(
      id: AccountID, name: String?, email: String, app: AppID, refreshToken: Secret?,
      unknownOutcome: UnknownOutcome
    ) {
      self.id = id
      self.name = name
      self.email = email
      self.app = app
      self.refreshToken = refreshToken
      self.unknownOutcome = unknownOutcome
    }
  }

  package struct Token: Sendable {
    package var id: TokenID
    package var token: Secret
    package var description: String
    package var scopes: [String]
    package var account: AccountID?
    package var expires: Instant?

    package init(
      id: TokenID, token: Secret, description: String, scopes: [String], account: AccountID?,
      expires: Instant?
    ) {
      self.id = id
      self.token = token
      self.description = description
      self.scopes = scopes
      self.account = account
      self.expires = expires
    }
  }

  package init() {}

  package var isEmpty: Bool { apps.isEmpty && accounts.isEmpty && tokens.isEmpty && settings.isEmpty }

  /// What of it cannot be: the values that only Microsoft's rules or another declaration exclude. The fields of each
  /// problem have their whole keys, such as `accounts.printer.app`.
  package func faults(_ clouds: Clouds) -> [Problem] {
    var found: [Problem] = []
    func check(_ place: String, _ body: () throws(Problem) -> Void) {
      do throws(Problem) { try body() } catch { found.append(error.placed(at: place)) }
    }
    for app in apps {
      check(app.place) { () throws(Problem) in _ = try app.app.validated(clouds) }
    }
    for account in accounts {
      check(account.place) { () throws(Problem) in try account.validate(apps) }
    }
    check("settings") { () throws(Problem) in try settings.validate() }
    for (index, token) in tokens.enumerated() {
      check(token.place) { () throws(Problem) in try token.validate(accounts, before: tokens[..<index]) }
    }
    return found
  }
}

extension AppID {
  /// The id here of an app that the file calls so.
  package init(declared name: String) { self.init("app_" + name) }

  /// What the file calls it.
  fileprivate var declaredName: String { String(rawValue.dropFirst("app_".count)) }
}

extension TokenID {
  /// The id here of a token that the file calls so.
  package init(declared name: String) { self.init("declared_" + name) }

  /// What the file calls it.
  fileprivate var declaredName: String { String(rawValue.dropFirst("declared_".count)) }
}

// Where each stands in the file.
extension DeclaredSettings.App {
  var place: String { "apps.\(id.declaredName)" }
}

extension DeclaredSettings.Account {
  var place: String { "accounts.\(id)" }
}

extension DeclaredSettings.Token {
  fileprivate var place: String { "tokens.\(id.declaredName)" }

  fileprivate func validate(
    _ accounts: [DeclaredSettings.Account], before earlier: ArraySlice<DeclaredSettings.Token>
  ) throws(Problem) {
    if let account, !accounts.contains(where: { $0.id == account }) {
      throw .invalidField(
        "account", "is “\(account)”, which the file does not declare",
        remedy: "Name an account under “accounts”.")
    }
    if let twin = earlier.first(where: { $0.token == token }) {
      throw .invalidField(
        "token", "is the same as that of \(twin.place)", remedy: "Give each program a token of its own.")
    }
  }
}

extension Problem {
  /// The same about something in the file: its faulty fields have their whole keys, and at least one is named.
  package func placed(at place: String) -> Problem {
    var problem = self
    let sentence = summary.hasSuffix(".") ? String(summary.dropLast()) : summary
    problem.fields =
      fields.isEmpty
      ? [FieldFault(message: "is refused: \(sentence)", key: place)]
      : fields.map { FieldFault(message: $0.message, key: place + "." + $0.key) }
    return problem
  }
}

extension DeclaredSettings.Account {
  fileprivate func validate(_ apps: [DeclaredSettings.App]) throws(Problem) {
    try id.validate()
    try validateAddress(email, field: "email")
    if let name { try validateName(name) }
    guard let app = apps.first(where: { $0.id == app })?.app else {
      throw .invalidField(
        "app", "is “\(app.declaredName)”, which the file does not declare",
        remedy: "Name an app under “apps”.")
    }
    guard let refreshToken else { return }
    guard app.provider == .outlook else {
      throw .invalidField(
        "refreshToken", "is set, but the app acts for itself", remedy: "Leave the refresh token out.")
    }
    try grant(refreshToken).validate()
  }

  func grant(_ refreshToken: Secret) -> ImportedGrant {
    ImportedGrant(
      account: id, name: name, email: email, app: .existing(app), refreshToken: refreshToken,
      unknownOutcome: unknownOutcome)
  }
}
