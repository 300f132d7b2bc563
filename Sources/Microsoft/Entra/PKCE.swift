package import Core
import Crypto
import Foundation

/// Proof that the client that redeems a code is the one that requested it (RFC 7636, method S256).
package struct PKCE: Sendable {
  /// Kept here until the code comes back.
  package let verifier: Secret

  /// 256 random bits: 43 characters.
  package init() {
    verifier = Secret(Data((0..<32).map { _ in UInt8.random(in: 0...(.max)) }).base64URL)
  }

  package init(verifier: Secret) {
    self.verifier = verifier
  }

  /// Goes into the authorize URL.
  package var challenge: String {
    Data(SHA256.hash(data: Data(verifier.reveal().utf8))).base64URL
  }
}

extension Data {
  /// RFC 4648 section 5, without padding.
  var base64URL: String {
    base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
  }

  /// `nil` unless `text` is base64url without padding.
  init?(base64URL text: some StringProtocol) {
    guard !text.utf8.contains(where: { "+/=".utf8.contains($0) }) else { return nil }
    let standard = String(text).replacing("-", with: "+").replacing("_", with: "/")
    let padding = String(repeating: "=", count: (4 - standard.utf8.count % 4) % 4)
    self.init(base64Encoded: standard + padding)
  }
}
