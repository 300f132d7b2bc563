/// Text that may stand in a page: what was put into it has been escaped. `"<p>\(subject)</p>"` escapes the
/// subject.
package struct Markup: ExpressibleByStringInterpolation, Sendable {
  package private(set) var text: String

  package init(stringLiteral value: String) {
    text = value
  }

  package init(stringInterpolation: Interpolation) {
    text = stringInterpolation.text
  }

  package init(joining parts: some Sequence<Markup>) {
    text = parts.map(\.text).joined()
  }

  package struct Interpolation: StringInterpolationProtocol {
    fileprivate var text = ""

    package init(literalCapacity: Int, interpolationCount: Int) {}

    package mutating func appendLiteral(_ literal: String) { text += literal }
    package mutating func appendInterpolation(_ html: Markup) { text += html.text }
    package mutating func appendInterpolation(_ number: Int) { text += String(number) }
    package mutating func appendInterpolation(_ value: String) { text += Markup.escape(value) }
  }

  /// For text and for attributes in double quotes.
  private static func escape(_ value: String) -> String {
    var escaped = ""
    for scalar in value.unicodeScalars {
      switch scalar {
      case "&": escaped += "&amp;"
      case "<": escaped += "&lt;"
      case ">": escaped += "&gt;"
      case "\"": escaped += "&quot;"
      case "'": escaped += "&#39;"
      default: escaped.unicodeScalars.append(scalar)
      }
    }
    return escaped
  }
}
