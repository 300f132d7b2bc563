package import Core
import NIOHTTP1

/// Entra's v2.0 endpoints for one cloud. Each function is one exchange.
package struct Entra: Sendable {
  package let cloud: Cloud
  let http: HTTPExchange

  package init(cloud: Cloud, http: HTTPExchange) {
    self.cloud = cloud
    self.http = http
  }

  /// `tenant` is `common`, `organizations`, `consumers`, a tenant id or a verified domain.
  package func authorizeURL(tenant: String, _ request: AuthorizeRequest) -> String {
    endpoint("authorize", tenant: tenant) + "?" + request.query
  }

  /// Exchanges the code that came to the callback. `scopes` name one resource, beside the OpenID ones.
  package func redeem(
    code: Secret, redirectURI: String, pkce: PKCE, scopes: [String], client: EntraClient, tenant: String
  ) async throws(EntraProblem) -> TokenReply {
    try await token(
      [
        ("grant_type", "authorization_code"), ("code", code.reveal()), ("redirect_uri", redirectURI),
        ("code_verifier", pkce.verifier.reveal()), ("scope", scopes.joined(separator: " ")),
      ], client: client, tenant: tenant)
  }

  /// The scopes are always sent: without them Entra answers some apps with AADSTS90009. They may name another
  /// resource than the one the grant was first redeemed for.
  package func refresh(
    _ refreshToken: Secret, scopes: [String], client: EntraClient, tenant: String
  ) async throws(EntraProblem) -> TokenReply {
    try await token(
      [
        ("grant_type", "refresh_token"), ("refresh_token", refreshToken.reveal()),
        ("scope", scopes.joined(separator: " ")),
      ], client: client, tenant: tenant)
  }

  /// A token for the app itself. `scope` is one resource's `.default`, and the tenant a concrete one.
  package func clientCredentials(
    scope: String, client: EntraClient, tenant: String
  ) async throws(EntraProblem) -> TokenReply {
    try await token(
      [("grant_type", "client_credentials"), ("scope", scope)], client: client, tenant: tenant)
  }

  private func token(
    _ grant: [(String, String)], client: EntraClient, tenant: String
  ) async throws(EntraProblem) -> TokenReply {
    var fields = [("client_id", client.clientID)] + grant
    if case .secret(let secret) = client.credential { fields.append(("client_secret", secret.reveal())) }
    let secrets = fields.filter { Self.secretFields.contains($0.0) }.map(\.1)
    let request = HTTPRequest(
      method: .POST, url: endpoint("token", tenant: tenant),
      headers: ["Content-Type": "application/x-www-form-urlencoded"],
      body: Array(formEncoded(fields).utf8), replyLimit: TokenReply.limit)
    let reply: HTTPReply
    do throws(HTTPFailure) {
      reply = try await http.send(request)
    } catch {
      throw EntraProblem(error, host: cloud.login)
    }
    guard reply.status == 200 else { throw EntraProblem(reply, hiding: secrets) }
    guard let token = TokenReply(reply) else { throw EntraProblem(unreadable: reply) }
    return token
  }

  private static let secretFields: Set = ["code", "code_verifier", "refresh_token", "client_secret"]

  private func endpoint(_ name: String, tenant: String) -> String {
    cloud.login + "/" + percentEncoded(tenant) + "/oauth2/v2.0/" + name
  }
}
