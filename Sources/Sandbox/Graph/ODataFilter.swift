import Core

/// `$filter` on messages: comparisons joined by `and`. Everything else is refused in the way in which Graph refuses
/// what Exchange cannot search for (OData 4.01 URL conventions section 5.1.1).
struct ODataFilter: Sendable {
  var conditions: [MessageQuery.Condition] = []
  /// The properties that the filter names, in their order: `$orderby` must begin with them.
  var properties: [String] = []

  init(_ text: String) throws(GraphError) {
    guard text.utf8.count <= Self.maximumLength else { throw .invalidFilter }
    var tokens = try Self.tokens(text)[...]
    repeat {
      try parse(&tokens)
      guard !tokens.isEmpty else { return }
    } while tokens.popFirst() == .word("and")
    throw .invalidFilter
  }

  /// Exchange refuses far shorter ones as too complex.
  private static let maximumLength = 8192

  private enum Token: Hashable {
    case word(String)
    case string(String)
    case open
    case close
  }

  private mutating func parse(_ tokens: inout ArraySlice<Token>) throws(GraphError) {
    // One pair of parentheses around a comparison, so that nesting cannot exhaust the stack.
    if tokens.first == .open, tokens.dropFirst().first != .open {
      tokens.removeFirst()
      try parse(&tokens)
      guard tokens.popFirst() == .close else { throw .invalidFilter }
      return
    }
    guard case .word(let property)? = tokens.popFirst() else { throw .invalidFilter }
    if property.lowercased() == "singlevalueextendedproperties/any" {
      conditions.append(try Self.extendedProperty(&tokens))
      properties.append("singleValueExtendedProperties")
      return
    }
    guard case .word(let name)? = tokens.popFirst(), let comparison = MessageQuery.Comparison(rawValue: name),
      let value = tokens.popFirst()
    else { throw .invalidFilter }
    conditions.append(try Self.condition(property, comparison, value))
    properties.append(property)
  }

  private static func condition(
    _ property: String, _ comparison: MessageQuery.Comparison, _ value: Token
  ) throws(GraphError) -> MessageQuery.Condition {
    if let field = MessageQuery.Field(rawValue: property), case .word(let word) = value,
      let instant = Instant(dateTimeOffset: word)
    {
      return .date(field, comparison, instant)
    }
    switch (property, comparison, value) {
    case ("internetMessageId", .eq, .string(let id)): return .messageID(id)
    case ("subject", .eq, .string(let subject)): return .subject(subject)
    case ("from/emailAddress/address", .eq, .string(let address)): return .from(address)
    case ("isDraft", .eq, _), ("isDraft", .ne, _): return .isDraft(try bool(value) == (comparison == .eq))
    case ("isRead", .eq, _), ("isRead", .ne, _): return .isRead(try bool(value) == (comparison == .eq))
    case ("hasAttachments", .eq, _), ("hasAttachments", .ne, _):
      return .hasAttachments(try bool(value) == (comparison == .eq))
    default: throw .invalidFilter
    }
  }

  private static func bool(_ token: Token) throws(GraphError) -> Bool {
    switch token {
    case .word("true"): return true
    case .word("false"): return false
    default: throw .invalidFilter
    }
  }

  /// `(ep: ep/id eq 'String {…} Name X-…' and ep/value eq '…')`: how Exchange exposes a header field that it has no
  /// property for (Microsoft Learn, `singleValueLegacyExtendedProperty`).
  private static func extendedProperty(
    _ tokens: inout ArraySlice<Token>
  ) throws(GraphError) -> MessageQuery.Condition {
    guard tokens.popFirst() == .open, case .word(let variable)? = tokens.popFirst(), variable.hasSuffix(":")
    else { throw .invalidFilter }
    let name = variable.dropLast()
    guard tokens.popFirst() == .word("\(name)/id"), tokens.popFirst() == .word("eq"),
      case .string(let id)? = tokens.popFirst(), tokens.popFirst() == .word("and"),
      tokens.popFirst() == .word("\(name)/value"), tokens.popFirst() == .word("eq"),
      case .string(let value)? = tokens.popFirst(), tokens.popFirst() == .close,
      let header = internetHeader(id)
    else { throw .invalidFilter }
    return .header(MessageHeader(name: header, value: value))
  }

  /// PS_INTERNET_HEADERS (MS-OXPROPS section 1.3.2): the property set whose names are header field names.
  static func internetHeader(_ id: String) -> String? {
    let parts = id.split(separator: " ", maxSplits: 3).map(String.init)
    guard parts.count == 4, parts[0].lowercased() == "string", parts[2].lowercased() == "name",
      parts[1].uppercased() == "{00020386-0000-0000-C000-000000000046}", parts[3].lowercased().hasPrefix("x-")
    else { return nil }
    return parts[3]
  }

  private static func tokens(_ text: String) throws(GraphError) -> [Token] {
    var tokens: [Token] = []
    var rest = Substring(text)
    while let character = rest.first {
      switch character {
      case " ": rest.removeFirst()
      case "(":
        tokens.append(.open)
        rest.removeFirst()
      case ")":
        tokens.append(.close)
        rest.removeFirst()
      case "'": tokens.append(.string(try string(&rest)))
      default:
        var word = rest.prefix { $0 != " " && $0 != "(" && $0 != ")" && $0 != "'" }
        // `ep:ep/id` is two words without a space between them.
        if let colon = word.firstIndex(of: ":"), word[..<colon].allSatisfy(\.isLetter) {
          word = word[...colon]
        }
        tokens.append(.word(String(word)))
        rest = rest[word.endIndex...]
      }
    }
    return tokens
  }

  /// A quote inside is doubled.
  private static func string(_ rest: inout Substring) throws(GraphError) -> String {
    var value = ""
    rest.removeFirst()
    while let end = rest.firstIndex(of: "'") {
      value += rest[..<end]
      rest = rest[end...].dropFirst()
      guard rest.first == "'" else { return value }
      value.append("'")
      rest.removeFirst()
    }
    throw .invalidFilter
  }
}
