package import Core
import Foundation

/// An address that requests may be sent to: `https` anywhere, plain `http` only on this machine, because a
/// token in clear text must not leave it.
package struct BaseURL: Sendable, Hashable {
  /// Without a trailing slash.
  package let text: String

  package init(_ text: String) throws(Problem) {
    guard let parts = URLComponents(string: text), let scheme = parts.scheme?.lowercased(),
      let host = parts.host, !host.isEmpty
    else { throw Problem.invalidBaseURL(text, because: "is not a URL with a scheme and a host") }
    guard parts.user == nil else {
      // The part before the host may be a password.
      throw Problem.invalidBaseURL("\(scheme)://…@\(host)", because: "contains a user name")
    }
    guard parts.query == nil, parts.fragment == nil else {
      throw Problem.invalidBaseURL(text, because: "contains a query or a fragment")
    }
    guard scheme == "https" || scheme == "http" else {
      throw Problem.invalidBaseURL(text, because: "is neither https nor http")
    }
    guard scheme == "https" || Self.isLoopback(host) else {
      throw Problem.invalidBaseURL(text, because: "uses plain http to another machine")
    }
    var trimmed = text[...]
    while trimmed.hasSuffix("/") { trimmed.removeLast() }
    self.text = String(trimmed)
  }

  /// `localhost`, 127.0.0.0/8 and `::1`. A name that merely resolves to one of them does not count.
  private static func isLoopback(_ host: String) -> Bool {
    let name = host.lowercased()
    if name == "localhost" || name == "::1" || name == "[::1]" { return true }
    let octets = name.split(separator: ".", omittingEmptySubsequences: false)
    return octets.count == 4 && octets.first == "127"
      && octets.allSatisfy { (1...3).contains($0.utf8.count) && UInt8($0) != nil }
  }
}
