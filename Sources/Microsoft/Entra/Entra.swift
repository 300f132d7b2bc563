package import Core
package import HTTP
import JSON
import NIOHTTP1

/// Entra's v2.0 endpoints for one cloud. Each function is one exchange.
package struct Entra: Sendable {
  package let cloud: Cloud
  let http: HTTPExchange
  private let values: ErrorValues

  /// - Parameter values: what the caller knows in addition to what it will request, such as the mailbox, for
  ///   the words of a refusal.
  package init(cloud: Cloud, http: HTTPExchange, values: ErrorValues = ErrorValues()) {
    self.cloud = cloud
    self.http = http
    self.values = values
  }

  /// `tenant` is `common`, `organizations`, `consumers`, a tenant id or a verified domain.
  package func authorizeURL(tenant: String, _ request: AuthorizeRequest) -> String {
    endpoint("authorize", tenant: tenant) + "?" + request.query
  }

  /// Exchanges the code that came to the callback. `scopes` name one resource, in addition to the OpenID ones.
  package func redeem(
    code: Secret, redirectURI: String, pkce: PKCE, scopes: [String], client: EntraClient, tenant: String
  ) async throws(Problem) -> TokenReply {
    try await token(
      [
        ("grant_type", "authorization_code"), ("code", code.reveal()), ("redirect_uri", redirectURI),
        ("code_verifier", pkce.verifier.reveal()), ("scope", scopes.joined(separator: " ")),
      ], client: client, values: known(client, tenant, scopes, redirectURI: redirectURI))
  }

  /// The scopes are always sent: without them Entra answers some apps with AADSTS90009. They may name another
  /// resource than the one the grant was first redeemed for.
  package func refresh(
    _ refreshToken: Secret, scopes: [String], client: EntraClient, tenant: String
  ) async throws(Problem) -> TokenReply {
    try await token(
      [
        ("grant_type", "refresh_token"), ("refresh_token", refreshToken.reveal()),
        ("scope", scopes.joined(separator: " ")),
      ], client: client, values: known(client, tenant, scopes))
  }

  /// A token for the app itself. `scope` is one resource's `.default`, and the tenant a concrete one.
  package func clientCredentials(
    scope: String, client: EntraClient, tenant: String
  ) async throws(Problem) -> TokenReply {
    try await token(
      [("grant_type", "client_credentials"), ("scope", scope)], client: client,
      values: known(client, tenant, [scope]))
  }

  /// The values in play, for the words of a refusal.
  func known(
    _ client: EntraClient, _ tenant: String, _ scopes: [String], redirectURI: String? = nil
  ) -> ErrorValues {
    var values = values
    values.cloud = cloud
    values.clientID = client.clientID
    values.tenant = tenant
    values.scopes = scopes
    values.redirectURI = redirectURI ?? values.redirectURI
    if case .certificate(let certificate, _) = client.credential {
      values.certificate = certificate.portalThumbprint
    }
    return values
  }

  func token(
    _ grant: [(String, String)], client: EntraClient, values: ErrorValues
  ) async throws(Problem) -> TokenReply {
    let url = endpoint("token", tenant: values.tenant ?? "")
    let fields = [("client_id", client.clientID)] + grant + (try proof(of: client, to: url))
    let secrets = fields.filter { Self.secretFields.contains($0.0) }.map(\.1)
    let reply = try await post(fields, to: url)
    guard reply.status == 200 else { throw Problem(reply, hiding: secrets, values: values) }
    return try read(reply) { (json) throws(ReplyFault) in try TokenReply(json) }
  }

  /// What an app sends to authenticate, in addition to its id.
  private func proof(
    of client: EntraClient, to endpoint: String
  ) throws(Problem) -> [(String, String)] {
    switch client.credential {
    case .none: return []
    case .secret(let secret): return [("client_secret", secret.reveal())]
    case .certificate(let certificate, let now):
      guard
        let assertion = ClientAssertion.make(
          clientID: client.clientID, endpoint: endpoint, certificate: certificate, now: now)
      else { throw .certificateUnsigned }
      return [("client_assertion_type", ClientAssertion.type), ("client_assertion", assertion)]
    }
  }

  func post(_ fields: [(String, String)], to url: String) async throws(Problem) -> HTTPReply {
    try await exchange(
      HTTPRequest(
        method: .POST, url: url, headers: ["Content-Type": "application/x-www-form-urlencoded"],
        body: Array(formEncoded(fields).utf8), replyLimit: TokenReply.limit))
  }

  /// The value of a reply with status 200. Throws `entra.unexpectedReply` if it is not what Entra documents.
  func read<Value>(
    _ reply: HTTPReply, _ value: (JSONValue) throws(ReplyFault) -> Value
  ) throws(Problem) -> Value {
    do throws(ReplyFault) {
      return try reply.read(value)
    } catch {
      throw Problem(unreadable: reply, fault: error)
    }
  }

  func exchange(_ request: HTTPRequest) async throws(Problem) -> HTTPReply {
    do throws(HTTPFailure) {
      return try await http.send(request)
    } catch {
      throw Problem(error, host: cloud.login)
    }
  }

  private static let secretFields: Set = [
    "code", "code_verifier", "refresh_token", "client_secret", "client_assertion", "device_code",
  ]

  func endpoint(_ name: String, tenant: String) -> String {
    cloud.login + "/" + percentEncoded(tenant) + "/oauth2/v2.0/" + name
  }
}
