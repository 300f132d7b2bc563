import API
import Core
import Foundation
import HTML
import Hummingbird

/// What the help page is asked: what Microsoft said, and by which sign-in link the person came, if by any.
struct HelpLink: Sendable {
  var code: String?
  var data: String?
  var sig: String?

  /// In bytes. Longer than any error page of Microsoft's.
  static let longestCode = 2000

  init(_ query: [String: String]) {
    let code = (query["code"] ?? "").bounded(by: Self.longestCode).trimmingCharacters(
      in: .whitespacesAndNewlines)
    self.code = code.isEmpty ? nil : code
    data = query["data"]
    sig = query["sig"]
  }

  /// - Parameter link: a hosted link, as `SignIn` makes them.
  init(code: String, of link: String? = nil) {
    let query = link?.split(separator: "?", maxSplits: 1).dropFirst().first ?? ""
    self.init((try? FormText.values(query)) ?? [:])
    self.code = code
  }

  /// The help page with this question.
  var help: WebAddress { address("/accounts/help", [("code", code), ("data", data), ("sig", sig)]) }

  /// The way back to the page that it came from.
  var signIn: WebAddress? { signIn(nil) }

  /// The same page with some of its buttons.
  func signIn(_ view: View?) -> WebAddress? {
    guard data != nil, sig != nil else { return nil }
    return address("/accounts/new", [("data", data), ("sig", sig), ("with", view?.rawValue)])
  }

  /// Part of what a sign-in link's page offers.
  enum View: String {
    /// Codes to enter on another device.
    case code
    /// Apps that ask for the permission to send only.
    case sending
  }

  private func address(_ path: StaticString, _ items: [(String, String?)]) -> WebAddress {
    WebAddress(path: path, query: formEncoded(items.compactMap { item in item.1.map { (item.0, $0) } }))
  }
}

extension Request {
  /// The query as a form fills it in, by name.
  ///
  /// - Throws: `request.malformed`.
  var formQuery: [String: String] {
    get throws(Problem) { try FormText.values(uri.query ?? "") }
  }
}

extension String {
  /// At most that many bytes; a scalar that is cut in two becomes U+FFFD.
  fileprivate func bounded(by limit: Int) -> String {
    utf8.count <= limit ? self : String(decoding: utf8.prefix(limit), as: UTF8.self)
  }
}
