/// Text on its way into a page becomes HTML here, and nowhere else.
enum PageText {
  /// Escapes what is text, also within lists; leaves the rest as it is.
  static func escaped(_ values: [String: Any]) -> [String: Any] {
    values.mapValues { value in
      switch value {
      case let text as String: escape(text)
      case let rows as [[String: Any]]: rows.map(escaped)
      default: value
      }
    }
  }

  /// For text and for attributes in double quotes. By scalars: as a `Character`, a quotation mark with a
  /// combining accent after it is no quotation mark, but a browser ends the attribute there.
  static func escape(_ text: String) -> String {
    var escaped = ""
    for scalar in text.unicodeScalars {
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

  /// The address, if a browser may be sent there.
  static func address(_ link: String?) -> String? {
    link.flatMap { $0.hasPrefix("https://") || $0.hasPrefix("http://") ? $0 : nil }
  }
}
