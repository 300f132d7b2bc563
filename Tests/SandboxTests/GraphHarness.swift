import Core
import Foundation

@testable import Sandbox

/// Tokens and requests for Graph, on top of the shell's harness.
extension SandboxHarness {
  static let everyScope = ["Mail.ReadWrite", "Mail.Send", "User.Read"]

  /// A person's token, as the token endpoint would make it.
  func token(
    _ user: String = "alice@contoso.test", scopes: [String] = everyScope,
    audience: String = "https://graph.microsoft.com", lifetime: Duration = .seconds(3600)
  ) throws -> String {
    let person = try known(user)
    return try mint(person.tenantId, audience: audience, user: person, scopes: scopes, lifetime: lifetime)
  }

  /// The daemon's token for its own tenant.
  func appToken(roles: [String] = ["Mail.ReadWrite", "Mail.Send", "User.Read.All"]) throws -> String {
    let tenant = try known("alice@contoso.test").tenantId
    return try mint(
      tenant, audience: "https://graph.microsoft.com", user: nil, roles: roles, lifetime: .seconds(3600))
  }

  private func known(_ name: String) throws -> SandboxDirectory.User {
    guard let user = state.directory.user(name) else { throw HarnessFailure(what: "no user \(name)") }
    return user
  }

  private func mint(
    _ tenant: String, audience: String, user: SandboxDirectory.User?, scopes: [String] = [],
    roles: [String] = [],
    lifetime: Duration
  ) throws -> String {
    let claims = AccessTokenClaims(
      audience: audience, tenantID: tenant, clientID: "a0000000-0000-4000-8000-000000000001",
      clientName: "Test",
      userID: user?.id, userPrincipalName: user?.userPrincipalName, scopes: scopes, roles: roles,
      issuedAt: state.clock.now, expiresAt: state.clock.now + lifetime)
    return try state.tokens.mint(claims, issuer: "https://sts.windows.net/\(tenant)/")
  }

  func graph(
    _ method: String, _ path: String, token: String? = nil, headers: [String: String] = [:],
    body: String? = nil
  ) async throws -> Answer {
    var headers = headers
    headers["authorization"] = "Bearer \(try token ?? self.token())"
    if body != nil, headers["content-type"] == nil { headers["content-type"] = "application/json" }
    return try await send(method, "/v1.0" + path, headers: headers, body: body)
  }

  func graphMIME(
    _ path: String, _ mime: String, token: String? = nil, headers: [String: String] = [:]
  ) async throws -> Answer {
    try await graph(
      "POST", path, token: token, headers: headers.merging(["content-type": "text/plain"]) { $1 },
      body: Data(mime.utf8).base64EncodedString())
  }

  func settings(_ json: String) async throws {
    let answer = try await postJSON("/sandbox/settings", json)
    guard answer.status == 200 else { throw HarnessFailure(what: answer.body) }
  }

  /// The messages that the control API shows.
  func messages(_ user: String, _ folder: String? = nil) async throws -> [[String: Any]] {
    let tail = folder.map { "&folder=\($0)" } ?? ""
    return try await get("/sandbox/messages?user=\(user)\(tail)").list
  }
}

struct HarnessFailure: Error {
  var what: String
}

extension Answer {
  var list: [[String: Any]] { json["value"] as? [[String: Any]] ?? [] }
  var errorCode: String? { (json["error"] as? [String: Any])?["code"] as? String }
  var errorMessage: String? { (json["error"] as? [String: Any])?["message"] as? String }
  var id: String { json["id"] as? String ?? "" }
}

extension [String: Any] {
  func text(_ name: String) -> String { self[name] as? String ?? "" }
}

/// A message as a gateway hands it in.
func message(
  from: String = "alice@contoso.test", to: String = "bob@contoso.test", bcc: String? = nil,
  id: String = "<one@heliograph.test>", mark: String = "q_1", subject: String = "Signal"
) -> String {
  """
  From: Alice <\(from)>\r
  To: \(to)\r
  Subject: \(subject)\r
  Message-ID: \(id)\r
  X-Heliograph-Id: \(mark)\r
  MIME-Version: 1.0\r
  Content-Type: text/plain; charset=utf-8\r
  \(bcc.map { "Bcc: \($0)\r\n" } ?? "")\r
  The sun is out.\r

  """
}
