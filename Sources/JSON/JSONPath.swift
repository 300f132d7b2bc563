/// Names the place of a value in a text, as in `to[3].address`.
///
/// Keys come from outside. One that is not plain is quoted, with controls and invisible characters escaped,
/// and a long one is cut, so that every path is safe to show.
package enum JSONPath {
  /// Characters of a key that are shown.
  private static let shownLength = 64

  package static func member(_ key: String, of path: String) -> String {
    guard isPlain(key) else { return "\(path)[\(quoted(key))]" }
    return path.isEmpty ? key : "\(path).\(key)"
  }

  package static func element(_ index: Int, of path: String) -> String { "\(path)[\(index)]" }

  private static func isPlain(_ key: String) -> Bool {
    !key.isEmpty && key.utf8.count <= shownLength
      && key.utf8.allSatisfy {
        switch $0 {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"): true
        default: false
        }
      }
  }

  /// `key` between quotes, cut after 64 characters.
  static func quoted(_ key: String) -> String {
    var result = "\""
    for scalar in key.unicodeScalars.prefix(shownLength) {
      switch scalar.properties.generalCategory {
      case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .unassigned, .surrogate:
        result += "\\u{\(String(scalar.value, radix: 16, uppercase: true))}"
      default:
        if scalar == "\"" || scalar == "\\" { result += "\\" }
        result.unicodeScalars.append(scalar)
      }
    }
    return result + (key.unicodeScalars.count > shownLength ? "…\"" : "\"")
  }
}
