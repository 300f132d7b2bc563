package import Core
import Foundation

/// How a client says who it is (RFC 4954).
package enum AuthenticationMechanism: String, Sendable, CaseIterable {
  /// RFC 4616.
  case plain = "PLAIN"
  /// As old devices know it: two prompts, in base64 (draft-murchison-sasl-login).
  case login = "LOGIN"
  /// Microsoft Learn, "Authenticate an IMAP, POP or SMTP connection using OAuth".
  case xoauth2 = "XOAUTH2"
  /// RFC 7628.
  case bearer = "OAUTHBEARER"
}

/// What a client has said.
package struct SMTPCredentials: Sendable {
  package let mechanism: AuthenticationMechanism
  package let user: String
  /// The password, or the token.
  package let secret: Secret
}

/// The exchange of one AUTH command.
struct AuthenticationExchange: Sendable {
  enum Step {
    /// The next prompt, in base64.
    case challenge(String)
    case credentials(SMTPCredentials)
  }

  let mechanism: AuthenticationMechanism
  private var user: String?

  init(_ mechanism: AuthenticationMechanism) {
    self.mechanism = mechanism
  }

  /// What the server sends to a client that has not sent its first response with the command. Devices compare the
  /// prompts of LOGIN character by character.
  var prompt: String {
    guard mechanism == .login else { return "" }
    return user == nil ? "VXNlcm5hbWU6" : "UGFzc3dvcmQ6"
  }

  /// What follows the error that a refused token is answered with, before the reply itself (RFC 7628 section 3.2.2).
  var refusal: String? {
    switch mechanism {
    case .plain, .login: nil
    case .xoauth2: Self.base64(#"{"status":"401","schemes":"bearer","scope":"smtp"}"#)
    case .bearer: Self.base64(#"{"status":"invalid_token","scope":"smtp"}"#)
    }
  }

  /// - Parameter response: in base64; `=` for an empty one (RFC 4954 section 4).
  mutating func take(_ response: String) throws(SMTPReply) -> Step {
    // RFC 4954 section 4.
    guard response != "*" else { throw SMTPReply(501, "5.7.0", "The authentication was cancelled") }
    guard let data = response == "=" ? Data() : Data(base64Encoded: response),
      let text = String(validating: data, as: UTF8.self)
    else { throw SMTPReply(501, "5.5.2", "The response is not the base64 of a text") }
    switch mechanism {
    case .plain: return try plain(text)
    case .login:
      guard let user else {
        user = text
        return .challenge(prompt)
      }
      return try credentials(user, text)
    case .xoauth2:
      let fields = text.split(separator: "\u{1}")
      return try credentials(Self.value("user=", in: fields), Self.token(in: fields))
    case .bearer:
      // `n,a=user,` and the fields (RFC 5801 section 4, RFC 7628 section 3.1).
      let fields = text.split(separator: "\u{1}")
      let header = (fields.first ?? "").split(separator: ",")
      guard header.first == "n" || header.first == "y" else { return try credentials(nil, nil) }
      let user = Self.value("a=", in: header) ?? Self.value("user=", in: fields)
      return try credentials(
        user?.replacing("=2C", with: ",").replacing("=3D", with: "="), Self.token(in: fields))
    }
  }

  /// An identity to act for, a NUL, the user, a NUL, the password.
  private func plain(_ text: String) throws(SMTPReply) -> Step {
    let parts = text.split(separator: "\0", omittingEmptySubsequences: false).map(String.init)
    guard parts.count == 3, parts[0].isEmpty || parts[0] == parts[1] else {
      throw SMTPReply(501, "5.5.2", "The response is not a user and a password of that user")
    }
    return try credentials(parts[1], parts[2])
  }

  private func credentials(_ user: String?, _ secret: String?) throws(SMTPReply) -> Step {
    guard let user, let secret, !user.isEmpty, !secret.isEmpty else {
      throw SMTPReply(501, "5.5.2", "The response has no user or no password")
    }
    return .credentials(SMTPCredentials(mechanism: mechanism, user: user, secret: Secret(secret)))
  }

  private static func value(_ prefix: String, in fields: [Substring]) -> String? {
    fields.first { $0.hasPrefix(prefix) }.map { String($0.dropFirst(prefix.count)) }
  }

  private static func token(in fields: [Substring]) -> String? {
    guard let value = value("auth=", in: fields), value.lowercased().hasPrefix("bearer ") else { return nil }
    return String(value.dropFirst("bearer ".count))
  }

  private static func base64(_ text: String) -> String { Data(text.utf8).base64EncodedString() }
}
