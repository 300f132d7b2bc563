import Core
import Foundation

/// An absolute `http` or `https` address that a browser may be sent to.
package struct WebURL: Sendable {
  private let parts: URLComponents

  /// `nil` for anything else: a relative address, another scheme, no host, characters that a URL does not have, or a
  /// host that a browser would read as another (`%65vil.test`) or that DNS does not have (`a*.test`).
  package init?(_ text: String) {
    guard let parts = URLComponents(string: text, encodingInvalidCharacters: false),
      let scheme = parts.scheme?.lowercased(), scheme == "https" || scheme == "http",
      let host = parts.encodedHost, Self.isHost(host), parts.user == nil, parts.password == nil
    else { return nil }
    self.parts = parts
  }

  /// A name of labels (RFC 1123 section 2.1, and the underscore that names in use have), or an address; an
  /// international name as its A-labels (RFC 5890).
  private static func isHost(_ host: String) -> Bool {
    if host.hasPrefix("[") { return host.hasSuffix("]") }
    return !host.isEmpty && !host.hasPrefix(".") && !host.contains("..")
      && host.utf8.allSatisfy { byte in
        let character = Character(UnicodeScalar(byte))
        return byte < 0x80 && (character.isLetter || character.isNumber || "-._".contains(character))
      }
  }

  /// In lower case, and international names as DNS has them.
  package var asciiHost: String? { parts.encodedHost?.lowercased() }
  package var path: String { parts.path }
  /// Scheme, host and port, in lower case; the port only if it is not the scheme's own.
  package var origin: String {
    let port = parts.port.flatMap { $0 == (isSecure ? 443 : 80) ? nil : ":\($0)" } ?? ""
    return (isSecure ? "https" : "http") + "://" + (asciiHost ?? "") + port
  }
  package var isSecure: Bool { parts.scheme?.lowercased() == "https" }
  package var hasFragment: Bool { parts.fragment != nil }
  package var isThisMachine: Bool { ["localhost", "127.0.0.1"].contains(parts.host?.lowercased()) }

  /// The same address with more in its query, before a fragment.
  package func adding(_ items: [(name: String, value: String)]) -> String {
    var parts = parts
    let added = formEncoded(items.map { ($0.name, $0.value) })
    let query = parts.percentEncodedQuery ?? ""
    parts.percentEncodedQuery = query.isEmpty ? added : query + "&" + added
    return parts.string ?? ""
  }

}
