import Foundation
package import Hummingbird

/// The fields of a query or of an `application/x-www-form-urlencoded` body, in their order.
package struct FormFields: Sendable, Equatable {
  package var fields: [(name: String, value: String)]

  package init(_ fields: [(name: String, value: String)] = []) {
    self.fields = fields
  }

  /// Reads `+` as a space; what is not percent-encoded UTF-8 stays as it is.
  package init(urlEncoded text: String) {
    fields = text.split(separator: "&").map { pair in
      let equals = pair.firstIndex(of: "=") ?? pair.endIndex
      return (Self.decode(pair[..<equals]), Self.decode(pair[equals...].dropFirst()))
    }
  }

  package init(query request: Request) {
    self.init(urlEncoded: request.uri.query ?? "")
  }

  /// The first of that name; `nil` when there is none or it is empty.
  package subscript(_ name: String) -> String? {
    fields.first { $0.name == name }.flatMap { $0.value.isEmpty ? nil : $0.value }
  }

  package var urlEncoded: String {
    fields.map { Self.encode($0.name) + "=" + Self.encode($0.value) }.joined(separator: "&")
  }

  package static func == (lhs: FormFields, rhs: FormFields) -> Bool { lhs.urlEncoded == rhs.urlEncoded }

  /// RFC 3986 section 2.3: only unreserved characters stay.
  package static func encode(_ text: String) -> String {
    text.addingPercentEncoding(withAllowedCharacters: unreserved) ?? text
  }

  private static let unreserved = CharacterSet(
    charactersIn: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")

  private static func decode(_ text: Substring) -> String {
    let spaced = text.replacing("+", with: " ")
    return String(spaced.removingPercentEncoding ?? String(spaced))
  }
}
