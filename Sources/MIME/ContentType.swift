/// A media type with its parameters (RFC 2045 section 5.1).
package struct ContentType: Hashable, Sendable {
  package struct Parameter: Hashable, Sendable {
    /// In lower case.
    package let name: String
    package let value: String
  }

  /// In lower case.
  package let type: String
  /// In lower case.
  package let subtype: String
  package let parameters: [Parameter]

  static let plainText = ContentType(type: "text", subtype: "plain", parameters: [])
  static let octetStream = ContentType(type: "application", subtype: "octet-stream", parameters: [])

  /// `type/subtype`.
  package var name: String { "\(type)/\(subtype)" }

  package subscript(parameter: String) -> String? { parameters.first { $0.name == parameter }?.value }
}

extension ContentType {
  /// `nil` unless both names are tokens.
  package init?(_ text: String) {
    self.init(parsing: Array(text.utf8)[...])
  }

  /// Whether its names are tokens no longer than a registered type's (RFC 6838 section 4.2).
  var isWritable: Bool {
    ([type, subtype] + parameters.map(\.name)).allSatisfy {
      $0.utf8.count <= 127 && $0.utf8.allSatisfy(MIME.Parameter.isToken)
    }
  }

  init?(parsing value: ArraySlice<UInt8>) {
    let (kind, parameters) = ParameterParser.parse(value)
    let names = kind.split(separator: "/", omittingEmptySubsequences: false)
    guard names.count == 2, names.allSatisfy({ !$0.isEmpty && $0.utf8.allSatisfy(MIME.Parameter.isToken) })
    else {
      return nil
    }
    self.init(
      type: String(names[0]), subtype: String(names[1]),
      parameters: parameters.map { Parameter(name: $0.name, value: $0.value) })
  }
}
