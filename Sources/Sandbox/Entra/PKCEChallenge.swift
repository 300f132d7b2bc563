import Crypto

/// Proof Key for Code Exchange (RFC 7636).
struct PKCEChallenge: Sendable, Equatable {
  enum Method: String, Sendable {
    case s256 = "S256"
    case plain
  }

  var value: String
  var method: Method

  /// RFC 7636 section 4.1: both challenge and verifier.
  static let lengths = 43...128

  /// `nil` when no challenge is sent. A challenge without a method is plain.
  init?(value: String?, method: String?) throws(EntraError) {
    guard let value else { return nil }
    guard Self.lengths.contains(value.utf8.count) else {
      throw EntraError(501_491, "The size of the code_challenge is not 43 to 128 characters.").asRequest
    }
    guard let method = Method(rawValue: method ?? "plain") else {
      throw EntraError(90023, "The code_challenge_method is neither S256 nor plain.")
    }
    self.value = value
    self.method = method
  }

  /// Throws 501491 for a verifier of a wrong size, 501481 for another's or none.
  func check(_ verifier: String?) throws(EntraError) {
    guard let verifier else { throw EntraError(501_481, "The code_verifier of the sign-in is missing.") }
    guard Self.lengths.contains(verifier.utf8.count) else { throw EntraError(501_491) }
    let expected =
      switch method {
      case .plain: verifier
      case .s256: Base64URL.encode(SHA256.hash(data: Array(verifier.utf8)))
      }
    guard expected == value else { throw EntraError(501_481) }
  }
}

extension EntraError {
  /// The same number at the authorize endpoint, where nothing is granted yet.
  var asRequest: EntraError {
    var error = self
    error.kind = "invalid_request"
    return error
  }
}
