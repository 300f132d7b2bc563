import Core

/// `$filter`, read into an expression (OData 4.01 URL conventions section 5.1.1). Property names count in any case.
/// What Graph may accept and this sandbox does not evaluate is refused with a code of the sandbox's own.
struct ODataFilter: Sendable {
  indirect enum Expression: Sendable {
    case comparison(property: String, Comparison, FilterValue)
    case text(property: String, TextMatch, String)
    /// `categories/any(c: c eq 'Red')`.
    case anyText(property: String, TextMatch, String)
    /// The item has this extended property, and its value matches.
    case extendedProperty(PropertyID, TextMatch, String)
    case not(Expression)
    case and([Expression])
    case or([Expression])
  }

  enum Comparison: String, Sendable { case eq, ne, gt, ge, lt, le }

  /// Without regard to case: so Microsoft Learn describes it for the values of extended properties
  /// (`singleValueLegacyExtendedProperty: get`).
  enum TextMatch: String, Sendable { case eq, ne, contains, startswith, endswith }

  let expression: Expression
  /// The properties that the filter names, in the order of their first use: `$orderby` must begin with them.
  let properties: [String]

  init(_ text: String, over vocabulary: FilterVocabulary = .message) throws(GraphError) {
    guard text.utf8.count <= Self.maximumLength else { throw .inefficientFilter }
    var parser = ODataFilterParser(tokens: try ODataToken.list(text)[...], vocabulary: vocabulary)
    expression = try parser.whole()
    properties = parser.properties
  }

  /// Exchange refuses far shorter ones as too complex.
  private static let maximumLength = 8192
}

/// The value of a property, or a literal.
enum FilterValue: Sendable, Hashable {
  enum Kind: Sendable { case text, bool, date, number, texts }

  case text(String)
  case bool(Bool)
  case date(Instant)
  case number(Double)
  case texts([String])
}

/// What filters and sort orders may name of a resource.
struct FilterVocabulary: Sendable {
  /// As in `microsoft.graph.message`.
  var type: String
  var kinds: [String: FilterValue.Kind]
  /// Names that the type has and this sandbox does not filter by.
  var unbuilt: [String]

  /// In Microsoft's spelling; `nil` if the type has no such property.
  func canonical(_ name: String) throws(GraphError) -> String {
    let wanted = name.lowercased()
    if let known = kinds.keys.first(where: { $0.lowercased() == wanted }) { return known }
    let top = String(wanted.prefix { $0 != "/" })
    if (unbuilt + kinds.keys).contains(where: { $0.lowercased().split(separator: "/").first ?? "" == top }) {
      throw .notSupported("A filter or sort order by '\(oneLine(name, limit: 64))'")
    }
    throw .unknownName(name, of: type)
  }
}

// Evaluating.
extension ODataFilter.Expression {
  func holds(
    _ value: (String) -> FilterValue?, extended: (PropertyID) -> String? = { _ in nil }
  ) -> Bool {
    switch self {
    case .comparison(let property, let comparison, let literal):
      return value(property).map { comparison.holds($0, literal) } ?? (comparison == .ne)
    case .text(let property, let match, let text):
      guard case .text(let whole)? = value(property) else { return false }
      return match.holds(whole, text)
    case .anyText(let property, let match, let text):
      guard case .texts(let all)? = value(property) else { return false }
      return all.contains { match.holds($0, text) }
    case .extendedProperty(let id, let match, let text):
      return extended(id).map { match.holds($0, text) } ?? false
    case .not(let inner): return !inner.holds(value, extended: extended)
    case .and(let all): return all.allSatisfy { $0.holds(value, extended: extended) }
    case .or(let all): return all.contains { $0.holds(value, extended: extended) }
    }
  }

  /// What must all hold, one by one.
  var conjuncts: [ODataFilter.Expression] {
    if case .and(let all) = self { return all.flatMap(\.conjuncts) }
    return [self]
  }
}

extension ODataFilter.Comparison {
  func holds(_ value: FilterValue, _ literal: FilterValue) -> Bool {
    switch self {
    case .eq: value.folded == literal.folded
    case .ne: value.folded != literal.folded
    case .gt: literal.isBefore(value)
    case .ge: value.folded == literal.folded || literal.isBefore(value)
    case .lt: value.isBefore(literal)
    case .le: value.folded == literal.folded || value.isBefore(literal)
    }
  }
}

extension ODataFilter.TextMatch {
  func holds(_ whole: String, _ text: String) -> Bool {
    let (whole, text) = (whole.lowercased(), text.lowercased())
    return switch self {
    case .eq: whole == text
    case .ne: whole != text
    case .contains: text.isEmpty || whole.contains(text)
    case .startswith: whole.hasPrefix(text)
    case .endswith: whole.hasSuffix(text)
    }
  }
}

extension FilterValue {
  fileprivate var folded: FilterValue {
    if case .text(let text) = self { return .text(text.lowercased()) }
    return self
  }

  /// The order of `$orderby`: false before true, texts without regard to case.
  func isBefore(_ other: FilterValue) -> Bool {
    switch (folded, other.folded) {
    case (.text(let a), .text(let b)): a < b
    case (.bool(let a), .bool(let b)): !a && b
    case (.date(let a), .date(let b)): a < b
    case (.number(let a), .number(let b)): a < b
    default: false
    }
  }
}
