import Foundation
import Hummingbird

/// What the help page is asked: what Microsoft said, and by which sign-in link the person came, if by any.
struct HelpLink: Sendable {
  var code: String?
  var data: String?
  var sig: String?

  /// Longer than any page of Microsoft's.
  private static let longestCode = 2000

  init(_ query: [String: String]) {
    let code = query["code"]?.trimmingCharacters(in: .whitespacesAndNewlines) ?? ""
    self.code = code.isEmpty ? nil : String(code.prefix(Self.longestCode))
    data = query["data"]
    sig = query["sig"]
  }

  /// - Parameter link: a hosted link, as `SignIn` makes them.
  init(code: String, of link: String? = nil) {
    let query = link?.split(separator: "?", maxSplits: 1).dropFirst().first ?? ""
    self.init(String(query).formFields)
    self.code = code
  }

  var path: String { "/accounts/help" + query([("code", code), ("data", data), ("sig", sig)]) }

  /// The way back to the page that it came from.
  var signIn: String? {
    data == nil || sig == nil ? nil : "/accounts/new" + query([("data", data), ("sig", sig)])
  }

  /// The same page, with buttons that give a code to enter on another device.
  var withCode: String? { signIn.map { $0 + "&with=code" } }

  private func query(_ items: [(name: String, value: String?)]) -> String {
    let unreserved = CharacterSet(
      charactersIn: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
    let given = items.compactMap { item in
      item.value?.addingPercentEncoding(withAllowedCharacters: unreserved).map { item.name + "=" + $0 }
    }
    return given.isEmpty ? "" : "?" + given.joined(separator: "&")
  }
}

extension Request {
  /// The query as a form fills it in; of a name that comes twice, the first.
  var formQuery: [String: String] { uri.query?.formFields ?? [:] }
}

extension String {
  /// `application/x-www-form-urlencoded`: a space may come as a plus sign. What is no UTF-8 stays as it is.
  fileprivate var formFields: [String: String] {
    let pairs = split(separator: "&").map { pair -> (String, String) in
      let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      let texts = parts.map { part in
        let text = String(part).replacing("+", with: " ")
        return text.removingPercentEncoding ?? text
      }
      return (texts[0], texts.count == 2 ? texts[1] : "")
    }
    return Dictionary(pairs, uniquingKeysWith: { first, _ in first })
  }
}
