/// HTML that is escaped by construction. The text of a page comes from literals alone; a value comes in by
/// interpolation, which escapes it: `"<p>\(subject)</p>"`.
///
/// A value is allowed where text is allowed, and in an attribute with double quotes. No type can see where in a
/// literal a value is, so there are two rules for writing one: attributes are quoted, and an attribute that a
/// browser follows (`href`, `action`) takes a `WebAddress`.
package struct Markup: ExpressibleByStringInterpolation, Sendable {
  package private(set) var text: String

  /// `StaticString`, so that only what the compiler has seen passes as it is.
  package init(stringLiteral value: StaticString) {
    text = value.description
  }

  package init(stringInterpolation: Interpolation) {
    text = stringInterpolation.text
  }

  package init(joining parts: some Sequence<Markup>) {
    text = parts.map(\.text).joined()
  }

  /// What `body` makes of the value, or nothing where there is none.
  package init<Value>(_ value: Value?, _ body: (Value) -> Markup) {
    self = value.map(body) ?? ""
  }

  /// `markup`, or nothing unless the condition holds.
  package init(if condition: Bool, _ markup: Markup) {
    self = condition ? markup : ""
  }

  package struct Interpolation: StringInterpolationProtocol {
    fileprivate var text = ""

    package init(literalCapacity: Int, interpolationCount: Int) {
      text.reserveCapacity(literalCapacity + 32 * interpolationCount)
    }

    package mutating func appendLiteral(_ literal: StaticString) { text += literal.description }
    package mutating func appendInterpolation(_ html: Markup) { text += html.text }
    package mutating func appendInterpolation(_ number: Int) { text += String(number) }
    package mutating func appendInterpolation(_ value: String) { Markup.escape(value, into: &text) }
    package mutating func appendInterpolation(_ address: WebAddress) {
      Markup.escape(address.text, into: &text)
    }
  }

  /// Goes by scalars: as a `Character`, a quotation mark with a combining accent after it is not a quotation mark,
  /// but a browser ends the attribute there.
  private static func escape(_ value: String, into text: inout String) {
    for scalar in value.unicodeScalars {
      switch scalar {
      case "&": text += "&amp;"
      case "<": text += "&lt;"
      case ">": text += "&gt;"
      case "\"": text += "&quot;"
      case "'": text += "&#39;"
      default: text.unicodeScalars.append(scalar)
      }
    }
  }
}

extension Markup {
  /// A value in whichever direction it is written, which does not reorder the text around it.
  package static func isolated(_ value: String) -> Markup { "<bdi>\(value)</bdi>" }
}

/// Where a link may lead: a page of the web, or a path of our own site. Anything else, such as `javascript:`, is
/// none.
package struct WebAddress: Sendable, Hashable {
  package let text: String

  /// `nil` unless the scheme is http or https, or `text` is a path that begins with one slash; with two it would
  /// name another host.
  package init?(_ text: String) {
    let bytes = Array(text.utf8.prefix(8))
    let isWeb = bytes.starts(with: "https://".utf8) || bytes.starts(with: "http://".utf8)
    // Browsers drop tabs and line breaks from an address, and read a backslash as a slash.
    let isPath = bytes.first == UInt8(ascii: "/") && !(bytes.dropFirst().first.map(Self.opensHost) ?? false)
    guard isWeb || isPath else { return nil }
    self.text = text
  }

  /// A path of our own, which begins with one slash, and what comes after its question mark, already encoded.
  package init(path: StaticString, query: String = "") {
    text = query.isEmpty ? path.description : path.description + "?" + query
  }

  private static func opensHost(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: "/") || byte == UInt8(ascii: "\\") || byte < 0x20
  }
}
