import Core

/// A word, a quoted string or a mark of an OData expression.
enum ODataToken: Hashable, Sendable {
  case word(String)
  case string(String)
  case open
  case close
  case comma

  static func list(_ text: String) throws(GraphError) -> [ODataToken] {
    var tokens: [ODataToken] = []
    var rest = Substring(text)
    while let character = rest.first {
      switch character {
      case " ", "\t": rest.removeFirst()
      case "(", ")", ",":
        tokens.append(character == "(" ? .open : character == ")" ? .close : .comma)
        rest.removeFirst()
      case "'": tokens.append(.string(try string(&rest)))
      default:
        var word = rest.prefix { !" \t(),'".contains($0) }
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

/// Reads the expression of a `$filter`.
struct ODataFilterParser {
  typealias Expression = ODataFilter.Expression

  var tokens: ArraySlice<ODataToken>
  let vocabulary: FilterVocabulary
  /// In the order of their first use.
  private(set) var properties: [String] = []
  private var depth = 0

  init(tokens: ArraySlice<ODataToken>, vocabulary: FilterVocabulary) {
    self.tokens = tokens
    self.vocabulary = vocabulary
  }

  /// So that nesting cannot exhaust the stack.
  private static let maximumDepth = 16

  mutating func whole() throws(GraphError) -> Expression {
    let expression = try alternatives()
    guard tokens.isEmpty else { throw .invalidFilter }
    return expression
  }

  private mutating func alternatives() throws(GraphError) -> Expression {
    var all = [try conjunction()]
    while takeWord("or") { all.append(try conjunction()) }
    return all.count == 1 ? all[0] : .or(all)
  }

  private mutating func conjunction() throws(GraphError) -> Expression {
    var all = [try operand()]
    while takeWord("and") { all.append(try operand()) }
    return all.count == 1 ? all[0] : .and(all)
  }

  private mutating func operand() throws(GraphError) -> Expression {
    depth += 1
    defer { depth -= 1 }
    guard depth <= Self.maximumDepth else { throw .inefficientFilter }
    if takeWord("not") { return .not(try operand()) }
    if tokens.first == .open {
      tokens.removeFirst()
      let inner = try alternatives()
      try take(.close)
      return inner
    }
    let name = try word()
    return tokens.first == .open ? try call(name) : try comparison(name)
  }

  private mutating func comparison(_ name: String) throws(GraphError) -> Expression {
    let property = try named(name)
    let operation = try word().lowercased()
    if operation == "in" { return try membership(property) }
    guard let comparison = ODataFilter.Comparison(rawValue: operation) else {
      throw operation == "has" ? .notSupported("The operator 'has'") : .invalidFilter
    }
    return .comparison(property: property, comparison, try literal(for: property))
  }

  private mutating func membership(_ property: String) throws(GraphError) -> Expression {
    try take(.open)
    var all: [Expression] = []
    repeat {
      all.append(.comparison(property: property, .eq, try literal(for: property)))
    } while takeIf(.comma)
    try take(.close)
    return .or(all)
  }

  private mutating func call(_ name: String) throws(GraphError) -> Expression {
    let folded = name.lowercased()
    if folded.hasSuffix("/any") { return try lambda(String(name.dropLast(4))) }
    guard let match = ODataFilter.TextMatch(rawValue: folded), match != .eq, match != .ne else {
      throw .notSupported("The function '\(oneLine(name, limit: 64))' in a filter")
    }
    try take(.open)
    let property = try named(try word())
    guard vocabulary.kinds[property] == .text else { throw .invalidFilter }
    let text = try secondArgument()
    return .text(property: property, match, text)
  }

  private mutating func secondArgument() throws(GraphError) -> String {
    try take(.comma)
    let text = try string()
    try take(.close)
    return text
  }

  private mutating func named(_ name: String) throws(GraphError) -> String {
    let property = try vocabulary.canonical(name)
    note(property)
    return property
  }

  private mutating func note(_ property: String) {
    if !properties.contains(property) { properties.append(property) }
  }

  private mutating func literal(for property: String) throws(GraphError) -> FilterValue {
    let token = tokens.popFirst()
    switch (vocabulary.kinds[property], token) {
    case (.text, .string(let text)): return .text(text)
    case (.number, .string(let text)) where property == "conversationId":
      return .number(GraphID(text).map { Double($0.number) } ?? -1)
    case (.bool, .word("true")): return .bool(true)
    case (.bool, .word("false")): return .bool(false)
    case (.number, .word(let word)):
      guard let number = Double(word) else { throw .invalidFilter }
      return .number(number)
    case (.date, .word(let word)):
      guard let date = Instant(dateTimeOffset: word) else { throw .invalidFilter }
      return .date(date)
    case (_, .word("null")): throw .notSupported("A comparison with null")
    default: throw .invalidFilter
    }
  }
}

// Lambdas.
extension ODataFilterParser {
  private mutating func lambda(_ name: String) throws(GraphError) -> Expression {
    try take(.open)
    let declared = try word()
    guard declared.hasSuffix(":"), declared.count > 1 else { throw .invalidFilter }
    let variable = String(declared.dropLast())
    let expression: Expression
    if name.lowercased() == "singlevalueextendedproperties" {
      expression = try extendedProperty(variable)
      note("singleValueExtendedProperties")
    } else {
      let property = try named(name)
      guard vocabulary.kinds[property] == .texts else { throw .invalidFilter }
      let (match, text) = try textCondition(on: variable)
      expression = .anyText(property: property, match, text)
    }
    try take(.close)
    return expression
  }

  /// `ep/id eq 'String {…} Name X-…' and ep/value eq '…'` (Microsoft Learn,
  /// `singleValueLegacyExtendedProperty: get`).
  private mutating func extendedProperty(_ variable: String) throws(GraphError) -> Expression {
    guard takeWord(variable + "/id"), takeWord("eq") else { throw .invalidFilter }
    let id = try PropertyID(try string())
    guard takeWord("and") else {
      throw .notSupported("A filter by the mere presence of an extended property")
    }
    let (match, text) = try textCondition(on: variable + "/value")
    return .extendedProperty(id, match, text)
  }

  private mutating func textCondition(
    on operand: String
  ) throws(GraphError) -> (ODataFilter.TextMatch, String) {
    let first = try word()
    if tokens.first == .open {
      guard let match = ODataFilter.TextMatch(rawValue: first.lowercased()), match != .eq, match != .ne else {
        throw .notSupported("The function '\(oneLine(first, limit: 64))' in a filter")
      }
      try take(.open)
      guard takeWord(operand) else { throw .invalidFilter }
      return (match, try secondArgument())
    }
    guard first.lowercased() == operand.lowercased() else { throw .invalidFilter }
    switch try word().lowercased() {
    case "eq": return (.eq, try string())
    case "ne": return (.ne, try string())
    case let other: throw .notSupported("The operator '\(oneLine(other, limit: 64))' inside 'any'")
    }
  }
}

// Tokens.
extension ODataFilterParser {
  private mutating func word() throws(GraphError) -> String {
    guard case .word(let word)? = tokens.popFirst() else { throw .invalidFilter }
    return word
  }

  private mutating func string() throws(GraphError) -> String {
    guard case .string(let string)? = tokens.popFirst() else { throw .invalidFilter }
    return string
  }

  private mutating func take(_ token: ODataToken) throws(GraphError) {
    guard tokens.popFirst() == token else { throw .invalidFilter }
  }

  private mutating func takeIf(_ token: ODataToken) -> Bool {
    guard tokens.first == token else { return false }
    tokens.removeFirst()
    return true
  }

  private mutating func takeWord(_ word: String) -> Bool {
    guard case .word(let next)? = tokens.first, next.lowercased() == word.lowercased() else { return false }
    tokens.removeFirst()
    return true
  }
}
