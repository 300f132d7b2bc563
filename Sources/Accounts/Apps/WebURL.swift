import Foundation

/// An absolute `http` or `https` address that a browser may be sent to.
struct WebURL: Sendable {
  private let parts: URLComponents

  /// `nil` for anything else: a relative address, another scheme, no host, characters that a URL does not have.
  init?(_ text: String) {
    guard let parts = URLComponents(string: text, encodingInvalidCharacters: false),
      let scheme = parts.scheme?.lowercased(), scheme == "https" || scheme == "http",
      let host = parts.host, !host.isEmpty, parts.user == nil, parts.password == nil
    else { return nil }
    self.parts = parts
  }

  /// In small letters, and international names as DNS has them.
  var asciiHost: String? { parts.encodedHost?.lowercased() }
  var isSecure: Bool { parts.scheme?.lowercased() == "https" }
  var hasFragment: Bool { parts.fragment != nil }
  var isThisMachine: Bool { ["localhost", "127.0.0.1"].contains(parts.host?.lowercased()) }

  /// The same address with more in its query, before a fragment.
  func adding(_ items: [(name: String, value: String)]) -> String {
    var parts = parts
    let added = items.map { Self.encoded($0.name) + "=" + Self.encoded($0.value) }.joined(separator: "&")
    let query = parts.percentEncodedQuery ?? ""
    parts.percentEncodedQuery = query.isEmpty ? added : query + "&" + added
    return parts.string ?? ""
  }

  /// Everything but the unreserved characters of RFC 3986 section 2.3: a plus sign stays a plus sign.
  private static func encoded(_ text: String) -> String {
    let unreserved = CharacterSet(
      charactersIn: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
    return text.addingPercentEncoding(withAllowedCharacters: unreserved) ?? ""
  }
}
