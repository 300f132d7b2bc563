import Foundation
import NIOHTTP1
import Testing

@testable import Sandbox

/// A form as a browser sees it.
struct PageForm {
  var action: String
  var inputs: [(String, String)]
  var buttons: [(String, String)]

  /// The first form of the page.
  init?(_ html: String) {
    guard
      let form = html.firstMatch(
        of: /<form action="([^"]*)" method="post">(.*?)<\/form>/.dotMatchesNewlines())
    else { return nil }
    action = Self.unescape(form.1)
    inputs = form.2.matches(of: /<input [^>]*name="([^"]*)" value="([^"]*)"/).map {
      (Self.unescape($0.1), Self.unescape($0.2))
    }
    buttons = form.2.matches(of: /<button [^>]*name="([^"]*)" value="([^"]*)"/).map {
      (Self.unescape($0.1), Self.unescape($0.2))
    }
  }

  private static func unescape(_ text: Substring) -> String {
    String(text).replacing("&quot;", with: "\"").replacing("&#39;", with: "'").replacing("&lt;", with: "<")
      .replacing("&gt;", with: ">").replacing("&amp;", with: "&")
  }
}

struct Apps {
  static let web = SandboxDirectory.standard.apps[0]
  static let native = SandboxDirectory.standard.apps[1]
  static let daemon = SandboxDirectory.standard.apps[2]
  static let expired = SandboxDirectory.standard.apps[3]
}

extension SandboxHarness {
  static let redirectURI = "http://localhost:5511/oauth"
  static let scope = "openid profile offline_access Mail.ReadWrite Mail.Send"

  /// The query of a sign-in; `changes` replaces a field, or with an empty text removes it.
  static func query(
    app: SandboxDirectory.App = Apps.web, _ changes: [String: String] = [:]
  ) -> FormFields {
    var fields = [
      "client_id": app.clientId, "response_type": "code", "redirect_uri": redirectURI, "scope": scope,
      "state": "state-1",
    ]
    fields.merge(changes) { $1 }
    return FormFields(fields.filter { !$0.value.isEmpty }.map { (name: $0.key, value: $0.value) })
  }

  func authorize(
    segment: String = "common", app: SandboxDirectory.App = Apps.web, _ changes: [String: String] = [:]
  ) async throws -> Answer {
    try await get("/\(segment)/oauth2/v2.0/authorize?" + Self.query(app: app, changes).urlEncoded)
  }

  /// Presses a button of the page's first form.
  func press(_ page: Answer, _ name: String, _ value: String) async throws -> Answer {
    let form = try #require(PageForm(page.body))
    try #require(form.buttons.contains { $0 == (name, value) })
    return try await postForm(form.action, form.inputs + [(name, value)])
  }

  /// Goes through picker and consent as a browser would; gives what the redirect carries.
  func signIn(
    _ user: String = "alice@contoso.test", segment: String = "common",
    app: SandboxDirectory.App = Apps.web, with changes: [String: String] = [:]
  ) async throws -> FormFields {
    var answer = try await authorize(segment: segment, app: app, changes)
    answer = try await press(answer, "username", user)
    if answer.status == 200 { answer = try await press(answer, "decision", "accept") }
    return try answer.redirectFields
  }

  func code(
    _ user: String = "alice@contoso.test", app: SandboxDirectory.App = Apps.web,
    with changes: [String: String] = [:]
  ) async throws -> String {
    try #require(try await signIn(user, app: app, with: changes)["code"])
  }

  func token(
    segment: String = "common", app: SandboxDirectory.App = Apps.web, _ fields: [String: String],
    headers: [String: String] = [:]
  ) async throws -> Answer {
    var form = ["client_id": app.clientId, "client_secret": app.secret ?? ""]
    form.merge(fields) { $1 }
    let kept = form.filter { !$0.value.isEmpty }.map { ($0.key, $0.value) }
    return try await postForm("/\(segment)/oauth2/v2.0/token", kept, headers: headers)
  }

  func redeem(
    _ code: String, segment: String = "common", app: SandboxDirectory.App = Apps.web,
    _ changes: [String: String] = [:]
  ) async throws -> Answer {
    let fields = ["grant_type": "authorization_code", "code": code, "redirect_uri": Self.redirectURI]
    return try await token(segment: segment, app: app, fields.merging(changes) { $1 })
  }

  func refresh(
    _ token: String, segment: String = "common", app: SandboxDirectory.App = Apps.web,
    _ changes: [String: String] = [:]
  ) async throws -> Answer {
    let fields = ["grant_type": "refresh_token", "refresh_token": token]
    return try await self.token(segment: segment, app: app, fields.merging(changes) { $1 })
  }

  /// A refresh token of that person for the web client.
  func refreshToken(_ user: String = "alice@contoso.test") async throws -> String {
    try #require(try await redeem(try await code(user)).string("refresh_token"))
  }
}

extension Answer {
  func string(_ name: String) -> String? { json[name] as? String }

  func header(_ name: String) -> String? { headers.first(name: name) }

  /// The number of the error in Entra's JSON.
  var entraCode: Int? { (json["error_codes"] as? [Int])?.first }

  var redirectFields: FormFields {
    get throws {
      #expect(status == 302)
      let location = try #require(header("location"))
      let start = try #require(location.firstIndex { $0 == "?" || $0 == "#" })
      return try FormFields(urlEncoded: String(location[location.index(after: start)...]))
    }
  }

  /// The claims of a token in the answer, unverified.
  func claims(_ name: String) throws -> [String: Any] {
    let token = try #require(string(name))
    let parts = token.split(separator: ".")
    try #require(parts.count == 3)
    let payload = try #require(Base64URL.decode(parts[1]))
    return try #require(try JSONSerialization.jsonObject(with: payload) as? [String: Any])
  }
}
