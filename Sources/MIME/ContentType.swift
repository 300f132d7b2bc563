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
  static let message = ContentType(type: "message", subtype: "rfc822", parameters: [])
  static let octetStream = ContentType(type: "application", subtype: "octet-stream", parameters: [])

  /// `type/subtype`.
  package var name: String { "\(type)/\(subtype)" }

  /// Whether it is calendar data with a method: an invitation or an answer to one (RFC 6047 section 2.4).
  var isInvitation: Bool { name == "text/calendar" && self["method"] != nil }

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
    guard let type = Self.read(value).type else { return nil }
    self = type
  }

  /// As a message has it: a broken type is `text/plain` (RFC 2045 section 5.2) with whatever parameters there are.
  init(tolerant value: ArraySlice<UInt8>) {
    let (type, parameters) = Self.read(value)
    self = type ?? ContentType(type: "text", subtype: "plain", parameters: parameters)
  }

  private static func read(_ value: ArraySlice<UInt8>) -> (type: ContentType?, parameters: [Parameter]) {
    let (kind, pairs) = ParameterParser.parse(value)
    let parameters = pairs.map { Parameter(name: $0.name, value: $0.value) }
    let names = kind.split(separator: "/", omittingEmptySubsequences: false)
    guard names.count == 2, names.allSatisfy({ !$0.isEmpty && $0.utf8.allSatisfy(MIME.Parameter.isToken) })
    else { return (nil, parameters) }
    return (
      ContentType(type: String(names[0]), subtype: String(names[1]), parameters: parameters), parameters
    )
  }
}
