import Foundation
import HTTPTypes

extension SandboxDirectory.App {
  /// Checks that the client proves itself exactly when it can keep a secret (RFC 6749 section 2.3).
  ///
  /// Throws 700025, 7000218, 7000215 or 7000222; 700027 for an assertion, since no app here has a
  /// certificate.
  func authenticate(_ form: FormFields) throws(EntraError) {
    let sent = form["client_secret"]
    let assertion = form["client_assertion"]
    guard kind != .native || (sent == nil && assertion == nil) else { throw EntraError(700_025) }
    if kind == .native { return try checkPublicGrant(form) }
    guard assertion == nil else { throw EntraError(700_027) }
    guard let sent else { throw EntraError(7_000_218) }
    guard sent == secret else {
      throw EntraError(
        7_000_215,
        "Invalid client secret provided. Ensure the secret being sent in the request is the client"
          + " secret value, not the client secret ID, for a secret added to app '\(clientId)'.")
    }
    guard !secretExpired else {
      throw EntraError(7_000_222, "The provided client secret keys for app '\(clientId)' are expired.")
    }
  }

  /// Nobody can act alone without a secret.
  private func checkPublicGrant(_ form: FormFields) throws(EntraError) {
    guard form["grant_type"] != "client_credentials" else { throw EntraError(7_000_218) }
  }
}

extension FormFields {
  /// Adds the credentials of an `Authorization: Basic` header as if the form had held them (RFC 6749
  /// section 2.3.1).
  mutating func addBasicCredentials(_ headers: HTTPFields) {
    guard let header = headers[.authorization], header.lowercased().hasPrefix("basic "),
      let decoded = Data(base64Encoded: String(header.dropFirst(6)).trimmingCharacters(in: .whitespaces)),
      let text = String(data: decoded, encoding: .utf8), let colon = text.firstIndex(of: ":")
    else { return }
    let credentials = "client_id=\(text[..<colon])&client_secret=\(text[text.index(after: colon)...])"
    fields += FormFields(urlEncoded: credentials).fields.filter { self[$0.name] == nil }
  }
}
