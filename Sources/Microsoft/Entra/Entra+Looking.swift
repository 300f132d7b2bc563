package import Core
import Foundation
import HTTP
import JSON
import NIOHTTP1

/// A tenant's discovery document (OpenID Connect Discovery 1.0, section 3).
package struct OpenIDConfiguration: Sendable, Hashable {
  /// Names the tenant's id; for `common` and `organizations` it contains `{tenantid}` instead.
  package var issuer: String
  package var authorizationEndpoint: String
  package var tokenEndpoint: String
  package var deviceAuthorizationEndpoint: String?
  /// Of the tenant, `graph.microsoft.com`.
  package var graphHost: String?
  /// When the reply was written, by Microsoft's clock.
  package var serverDate: Instant?

  init(_ json: JSONValue) throws(ReplyFault) {
    issuer = try json.required("issuer", \.string)
    authorizationEndpoint = try json.required("authorization_endpoint", \.string)
    tokenEndpoint = try json.required("token_endpoint", \.string)
    deviceAuthorizationEndpoint = try json.optional("device_authorization_endpoint", \.string)
    graphHost = try json.optional("msgraph_host", \.string)
  }
}

/// What an authorize request without a session shows about the app's redirect URI.
package enum RedirectProbe: Sendable, Hashable {
  /// Entra answered to the redirect URI, so it is registered; `flaw` is what else is wrong with the request.
  case registered(flaw: Problem?)
  /// It showed a page without an error, as it does for personal accounts.
  case undecided
}

extension Entra {
  /// Throws `entra.tenantUnknown` where there is no such tenant in this cloud.
  package func discover(tenant: String) async throws(Problem) -> OpenIDConfiguration {
    let reply = try await exchange(
      HTTPRequest(
        method: .GET,
        url: cloud.login + "/" + percentEncoded(tenant) + "/v2.0/.well-known/openid-configuration",
        replyLimit: TokenReply.limit))
    guard reply.status == 200 else {
      throw Problem(reply, hiding: [], values: ErrorValues(cloud: cloud, tenant: tenant))
    }
    var configuration = try read(reply) { (json) throws(ReplyFault) in try OpenIDConfiguration(json) }
    configuration.serverDate = reply.headers.first(name: "Date").flatMap(HTTPDate.seconds)
      .map { Instant(microseconds: $0 * 1_000_000) }
    return configuration
  }

  /// Where an administrator allows the app in the whole tenant (Microsoft Learn, "Admin consent on the Microsoft
  /// identity platform"). A tenant that is not a concrete one becomes `organizations`.
  package func adminConsentURL(
    tenant: String, clientID: String, scopes: [String], redirectURI: String, state: String
  ) -> String {
    cloud.adminConsentURL(tenant: tenant)
      + formEncoded([
        ("client_id", clientID), ("scope", scopes.joined(separator: " ")), ("redirect_uri", redirectURI),
        ("state", state),
      ])
  }

  /// Requests a sign-in without a page, as a browser without a session: Entra answers a
  /// redirect URI that is registered, and shows an error page for one that is not.
  ///
  /// Throws the error that the page shows, usually `entra.redirectMismatch` or `entra.clientUnknown`.
  package func probeRedirect(
    tenant: String, clientID: String, redirectURI: String, scopes: [String]
  ) async throws(Problem) -> RedirectProbe {
    let request = AuthorizeRequest(
      clientID: clientID, redirectURI: redirectURI, scopes: scopes, state: "probe", nonce: "probe",
      challenge: PKCE().challenge, account: .none)
    let reply = try await exchange(
      HTTPRequest(
        method: .GET, url: authorizeURL(tenant: tenant, request), headers: ["Accept": "text/html"],
        replyLimit: Self.pageLimit))
    let values = known(
      EntraClient(clientID: clientID, credential: .none), tenant, scopes, redirectURI: redirectURI)
    if (300..<400).contains(reply.status) {
      guard let location = reply.headers.first(name: "Location"),
        let answer = Self.answer(in: location, to: redirectURI)
      else { return .undecided }
      return .registered(flaw: Self.flaw(answer, values))
    }
    guard reply.status < 500, let number = Self.number(in: reply.body) else { return .undecided }
    let problem = Problem(page: number, values: values)
    // Nobody is signed in, and this page says so.
    guard problem.code != .entraInteractionRequired else { return .undecided }
    throw problem
  }

  /// Entra's pages are a few hundred kilobytes of script.
  private static let pageLimit = 2 * 1024 * 1024

  private static func flaw(_ answer: [String: String], _ values: ErrorValues) -> Problem? {
    guard let error = answer["error"] else { return nil }
    guard !["login_required", "interaction_required", "consent_required"].contains(error) else { return nil }
    return Problem(callbackError: error, description: answer["error_description"], values: values)
  }

  /// The query of `location`, when that is the redirect URI. Entra adds a slash to one that has no path.
  private static func answer(in location: String, to redirectURI: String) -> [String: String]? {
    guard location.hasPrefix(redirectURI) else { return nil }
    var rest = location.dropFirst(redirectURI.count)
    if rest.hasPrefix("/") { rest.removeFirst() }
    guard let mark = rest.first, "?#&".contains(mark) else { return rest.isEmpty ? [:] : nil }
    let items = URLComponents(string: "?" + rest.dropFirst().replacing("+", with: "%20"))?.queryItems ?? []
    return Dictionary(items.map { ($0.name, $0.value ?? "") }, uniquingKeysWith: { first, _ in first })
  }

  /// The first `AADSTS50011` of a page.
  private static func number(in page: [UInt8]) -> Int? {
    String(decoding: page, as: UTF8.self).firstMatch(of: /AADSTS(\d{4,9})/).flatMap { Int($0.1) }
  }
}

extension Cloud {
  /// Up to the query.
  func adminConsentURL(tenant: String) -> String {
    let concrete = ["", "common", "consumers"].contains(tenant.lowercased()) ? "organizations" : tenant
    return login + "/" + percentEncoded(concrete) + "/v2.0/adminconsent?"
  }
}
