import Core
import Foundation
import HTTPTypes

/// How a client has to prove itself. It depends on the grant, not on the app: the redirect URI's platform
/// decides for a sign-in and for what came of it.
enum ClientProof: Sendable, Equatable {
  /// A public client sends nothing.
  case none
  /// A public client in a browser, which shows by its `Origin` that it is one.
  case origin
  case credentials

  init(_ platform: SandboxDirectory.Redirect.Platform) {
    switch platform {
    case .web: self = .credentials
    case .spa: self = .origin
    case .publicClient: self = .none
    }
  }
}

/// What a token request says about its client, besides `client_id`.
struct ClientEvidence: Sendable {
  var secret: String?
  var assertion: String?
  var assertionType: String?
  /// Of the page that asked.
  var browserOrigin: String?

  init(_ form: FormFields, browserOrigin: String? = nil) {
    secret = form["client_secret"]
    assertion = form["client_assertion"]
    assertionType = form["client_assertion_type"]
    self.browserOrigin = browserOrigin
  }
}

extension SandboxDirectory.App {
  /// Checks that the client proves itself exactly when it can keep a secret (RFC 6749 section 2.3).
  ///
  /// Throws 700025, 9002326, 9002327, 7000218, 7000215 or 7000222, and what `ClientAssertion` throws.
  ///
  /// - Parameter audiences: the spellings of the token endpoint that was asked.
  func authenticate(
    _ evidence: ClientEvidence, proof: ClientProof, audiences: Set<String>, now: Instant,
    clientNow: Instant
  ) throws(EntraError) {
    guard proof == .credentials else {
      guard evidence.secret == nil, evidence.assertion == nil else { throw EntraError(700_025) }
      guard proof != .origin || evidence.browserOrigin != nil else { throw EntraError(9_002_327) }
      return
    }
    guard evidence.browserOrigin == nil else { throw EntraError(9_002_326) }
    if let assertion = evidence.assertion {
      guard let type = evidence.assertionType else { throw .missing("client_assertion_type") }
      guard type == ClientAssertion.type else {
        throw EntraError(90023, "The client_assertion_type '\(type)' is not supported.")
      }
      return try ClientAssertion(assertion).check(
        for: self, audiences: audiences, now: now, clientNow: clientNow)
    }
    guard let sent = evidence.secret else { throw EntraError(7_000_218) }
    guard sent == secret else {
      throw EntraError(
        7_000_215,
        "Invalid client secret provided. Ensure the secret being sent in the request is the client"
          + " secret value, not the client secret ID, for a secret added to app '\(clientId)'.")
    }
    guard !secretExpired, secretExpires.map({ now < $0 }) ?? true else {
      throw EntraError(7_000_222, "The provided client secret keys for app '\(clientId)' are expired.")
    }
  }

  /// The platform under which the URI is registered; `nil` when it is not.
  func platform(of redirectURI: String) -> SandboxDirectory.Redirect.Platform? {
    redirects.first { ReplyAddress.isRegistered(redirectURI, in: [$0.uri]) }?.platform
  }
}

extension FormFields {
  /// Adds the credentials of an `Authorization: Basic` header as if the form had held them (RFC 6749
  /// section 2.3.1). Throws if the form holds them too: a client uses one method per request (section 2.3).
  mutating func addBasicCredentials(_ headers: HTTPFields) throws(FormFault) {
    guard let header = headers[.authorization], header.lowercased().hasPrefix("basic ") else { return }
    guard let decoded = Data(base64Encoded: String(header.dropFirst(6)).trimmingCharacters(in: .whitespaces)),
      let text = String(validating: decoded, as: UTF8.self), let colon = text.firstIndex(of: ":")
    else { throw .malformed }
    let id = try FormFields(urlEncoded: "client_id=\(text[..<colon])")
    let secret = try FormFields(urlEncoded: "client_secret=\(text[text.index(after: colon)...])")
    for field in id.fields + secret.fields {
      // The id may be given twice: it is not a credential.
      if field.name == "client_id", self["client_id"] == field.value { continue }
      try add(field.name, field.value)
    }
  }
}
