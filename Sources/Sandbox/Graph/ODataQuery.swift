import Core
import Foundation
import JSON

/// The query options of one request, understood but not yet applied.
struct ODataQuery: Sendable {
  var filter: ODataFilter?
  /// Property names as the client spelled them; empty: all that are shown by default.
  var select: [String] = []
  var expansion: Expansion?
  var order: [Order] = []
  var top: Int?
  var skip = 0
  var wantsCount = false
  /// `includeHiddenFolders`.
  var includesHidden = false
  /// Of a delta request: which changes, and where the last one ended.
  private(set) var search: MessageSearch?
  private(set) var changeKind: DeltaRequest.Kind?
  private(set) var skipToken: String?
  private var isTracked = false
  private(set) var deltaToken: String?
  /// All options but where to start, for the link to the next page.
  private var kept: [(name: String, value: String)] = []

  enum Option: String, CaseIterable, Sendable {
    case filter = "$filter"
    case select = "$select"
    case expand = "$expand"
    case orderBy = "$orderby"
    case top = "$top"
    case skip = "$skip"
    case count = "$count"
    case includeHiddenFolders = "includehiddenfolders"
    case search = "$search"
    case changeType = "changetype"
    case skipToken = "$skiptoken"
    case deltaToken = "$deltatoken"

    var isForCollections: Bool {
      switch self {
      case .filter, .orderBy, .top, .skip, .count, .search: true
      case .select, .expand, .includeHiddenFolders, .changeType, .skipToken, .deltaToken: false
      }
    }
  }

  struct Order: Sendable, Hashable {
    /// In Microsoft's spelling.
    var property: String
    var descending: Bool
  }

  /// The options that a request takes, and the type of what they are about.
  struct Shape: Sendable {
    var allowed: Set<Option> = []
    var isCollection = false
    var vocabulary = FilterVocabulary.message
    /// The names of relationships that `$expand` may bring.
    var relationships: Set<String> = []
    /// Of a delta request, which is refused what other requests of the resource take.
    var trackedResource: String?

    static let messages = Shape(
      allowed: [.filter, .select, .expand, .orderBy, .top, .skip, .count, .search, .skipToken],
      isCollection: true,
      relationships: ["attachments", "singlevalueextendedproperties"])
  }

  /// The dollar sign may be left out (Microsoft Learn, "Use query parameters to customize responses").
  init(_ fields: FormFields, for shape: Shape = .messages) throws(GraphError) {
    var seen: Set<Option> = []
    isTracked = shape.trackedResource != nil
    for (name, value) in fields.fields {
      let option = try Self.option(name, shape)
      guard seen.insert(option).inserted else { throw .duplicateOption(name) }
      if ![.skip, .skipToken, .deltaToken].contains(option) { kept.append((name, value)) }
      try read(option, value, shape)
    }
    try checkOrder()
    try checkSearch()
    if let resource = shape.trackedResource { try checkTracking(of: resource) }
  }

  /// Its pages have a token of their own, which says how many results came before.
  private mutating func checkSearch() throws(GraphError) {
    guard search != nil else {
      guard skipToken == nil || isTracked else { throw .notSupported("'$skiptoken' without $search") }
      return
    }
    guard order.isEmpty else { throw .searchWithOrder }
    guard filter == nil else { throw .searchWithFilter }
    guard skip == 0 else { throw .notSupported("'$skip' with $search") }
    guard !wantsCount else { throw .notSupported("'$count' with $search") }
    if let skipToken {
      guard let start = Int(skipToken), start > 0 else { throw .query("The skip token is not valid.") }
      skip = start
    }
  }

  /// Microsoft Learn, "message: delta".
  private func checkTracking(of resource: String) throws(GraphError) {
    var refused: [String] = []
    switch filter?.expression {
    case nil, .comparison("receivedDateTime", .ge, _)?, .comparison("receivedDateTime", .gt, _)?: break
    default: refused.append("$filter")
    }
    let isByDate = order == [Order(property: "receivedDateTime", descending: true)]
    if !order.isEmpty, !isByDate { refused.append("$orderby") }
    guard refused.isEmpty else { throw .notTracked(refused, over: resource) }
  }

  private static func option(_ name: String, _ shape: Shape) throws(GraphError) -> Option {
    let word = name.lowercased()
    guard let option = Option(rawValue: word) ?? Option(rawValue: "$" + word) else {
      if word.hasPrefix("$"), !known.contains(word) {
        throw GraphError(
          400, "BadRequest", "The query parameter '\(oneLine(name, limit: 64))' is not supported.")
      }
      throw .notSupported("The query option '\(oneLine(name, limit: 64))'")
    }
    guard shape.allowed.contains(option) else {
      if let resource = shape.trackedResource { throw .notTracked([option.rawValue], over: resource) }
      if option.isForCollections, !shape.isCollection {
        throw GraphError(
          400, "BadRequest",
          "The query specified in the URI is not valid. The requested resource is not a collection. Query "
            + "options $filter, $orderby, $count, $skip, and $top can be applied only on collections.")
      }
      throw .notSupported("The query option '\(option.rawValue)' in this request")
    }
    return option
  }

  /// Options that Graph has and this sandbox has not.
  private static let known: Set = [
    "$format", "$apply", "$compute", "$levels",
  ]

  private mutating func read(_ option: Option, _ value: String, _ shape: Shape) throws(GraphError) {
    switch option {
    case .filter: filter = try ODataFilter(value, over: shape.vocabulary)
    case .select: select = Self.list(value)
    case .expand:
      let expansion = try Expansion(value)
      guard shape.relationships.contains(expansion.relationship) else {
        throw .notSupported("The $expand value '\(oneLine(value, limit: 64))' in this request")
      }
      self.expansion = expansion
    case .orderBy: order = try Self.order(value, shape.vocabulary)
    case .top: top = try Self.number(value, option, in: 1...Self.maximumTop)
    case .skip: skip = try Self.number(value, option, in: 0...Int.max)
    case .count: wantsCount = try Self.truth(value, option)
    case .includeHiddenFolders: includesHidden = try Self.truth(value, option)
    case .changeType:
      guard let kind = DeltaRequest.Kind(rawValue: value.lowercased()) else {
        throw .query("Invalid value '\(oneLine(value, limit: 64))' for changeType query option found.")
      }
      changeKind = kind
    case .search: search = try MessageSearch(value)
    case .skipToken: skipToken = value
    case .deltaToken: deltaToken = value
    }
  }

  /// Exchange sorts by an index that the restriction has chosen: what is sorted by must be in the filter too, in
  /// the same order and before all else (Microsoft Learn, "List messages").
  private func checkOrder() throws(GraphError) {
    guard let filter, !order.isEmpty else { return }
    guard filter.properties.starts(with: order.map(\.property)) else { throw .inefficientFilter }
  }

  /// What `$select` names of `members`: all if it names none. Throws for a name that the type does not have.
  func selected(
    _ members: [(key: String, value: JSONValue)], of type: String
  ) throws(GraphError) -> [(key: String, value: JSONValue)] {
    try Self.check(select, of: type, in: members.map(\.key))
    let wanted = Set(select.map { $0.lowercased() })
    return members.filter { wanted.isEmpty || wanted.contains($0.key.lowercased()) }
  }

  static func check(_ select: [String], of type: String, in names: [String]) throws(GraphError) {
    let known = Set(names.map { $0.lowercased() })
    for name in select where !known.contains(name.lowercased()) {
      var error = GraphError.unknownName(name, of: type)
      error.message = "Parsing OData Select and Expand failed: " + error.message
      throw error
    }
  }

  /// As `@odata.context` spells it: `(id,subject)`.
  var contextSuffix: String { select.isEmpty ? "" : "(\(select.joined(separator: ",")))" }

  /// Microsoft Learn, "List messages": from 1 to 1000, by default 10.
  static let maximumTop = 1000
  static let defaultTop = 10

  /// All options but where to start, as in a URL.
  var carried: String { FormFields(kept).urlEncoded }

  /// Whether each of these options is one of the other's.
  func isRepetition(of other: ODataQuery) -> Bool {
    kept.allSatisfy { option in
      other.kept.contains { $0.name.lowercased() == option.name.lowercased() && $0.value == option.value }
    }
  }
}

// Pages.
extension ODataQuery {
  struct Page<Element> {
    var elements: [Element]
    /// How many there are on this page and off it.
    var total: Int
    var hasMore: Bool
  }

  /// The part of a collection that the client asked for.
  func page<Element>(of all: [Element], size: Int) -> Page<Element> {
    let start = min(skip, all.count)
    let end = all.count - start > size ? start + size : all.count
    return Page(elements: Array(all[start..<end]), total: all.count, hasMore: end < all.count)
  }

  /// Where the next page starts is written as `$skip`; clients must not rely on it.
  ///
  /// - Parameter resource: its URL without the query.
  func nextLink(_ resource: String, after count: Int) -> String {
    let name = search == nil ? "$skip" : "$skiptoken"
    return resource + "?" + FormFields(kept + [(name, String(skip + count))]).urlEncoded
  }
}

// Values.
extension ODataQuery {
  static func list(_ value: String) -> [String] {
    value.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
  }

  private static func truth(_ value: String, _ option: Option) throws(GraphError) -> Bool {
    guard let truth = Bool(value.lowercased()) else {
      throw .query("Invalid value '\(value)' for \(option.rawValue) query option found.")
    }
    return truth
  }

  private static func number(
    _ value: String, _ option: Option, in range: ClosedRange<Int>
  ) throws(GraphError) -> Int {
    guard let number = Int(value), range.contains(number) else {
      throw .query("Invalid value '\(value)' for \(option.rawValue) query option found.")
    }
    return number
  }

  private static func order(
    _ value: String, _ vocabulary: FilterVocabulary
  ) throws(GraphError) -> [Order] {
    try list(value).map { part throws(GraphError) in
      let words = part.split(separator: " ").map(String.init)
      guard words.count <= 2, words.count == 1 || ["asc", "desc"].contains(words[1].lowercased()) else {
        throw .query("Syntax error in the $orderby value '\(oneLine(value, limit: 64))'.")
      }
      return Order(
        property: try vocabulary.canonical(words[0]),
        descending: words.count == 2 && words[1].lowercased() == "desc")
    }
  }
}

/// What `$expand` adds to a resource: one relationship.
enum Expansion: Sendable, Hashable {
  /// `select` empty: everything.
  case attachments(select: [String])
  case extendedProperties([PropertyID])
  /// The message inside an item attachment.
  case attachedItem

  /// In lower case.
  var relationship: String {
    switch self {
    case .attachments: "attachments"
    case .extendedProperties: "singlevalueextendedproperties"
    case .attachedItem: "microsoft.graph.itemattachment/item"
    }
  }

  /// `attachments`, `attachments($select=id,name)`, `singleValueExtendedProperties($filter=id eq '…')`.
  init(_ text: String) throws(GraphError) {
    let name = text.prefix { $0 != "(" && $0 != "," }.trimmingCharacters(in: .whitespaces)
    let rest = text[text.index(text.startIndex, offsetBy: text.prefix { $0 != "(" && $0 != "," }.count)...]
    let nested: String
    if rest.isEmpty {
      nested = ""
    } else {
      guard rest.first == "(", rest.last == ")", !Self.isClosedEarly(rest) else {
        throw .notSupported("More than one relationship in $expand")
      }
      nested = String(rest.dropFirst().dropLast())
    }
    switch name.lowercased() {
    case "attachments": self = .attachments(select: try Self.selection(nested))
    case "singlevalueextendedproperties": self = .extendedProperties(try Self.identifiers(nested))
    case "microsoft.graph.itemattachment/item" where nested.isEmpty: self = .attachedItem
    default: throw .notSupported("The $expand value '\(oneLine(text, limit: 64))'")
    }
  }

  /// Whether the first parenthesis closes before the end: `a(…),b(…)`.
  private static func isClosedEarly(_ text: Substring) -> Bool {
    var (depth, quoted) = (0, false)
    for (offset, character) in text.enumerated() {
      if character == "'" { quoted.toggle() }
      if quoted { continue }
      if character == "(" { depth += 1 }
      if character == ")" { depth -= 1 }
      if depth == 0 { return offset < text.count - 1 }
    }
    return true
  }

  private static func selection(_ nested: String) throws(GraphError) -> [String] {
    guard !nested.isEmpty else { return [] }
    let parts = nested.split(separator: "=", maxSplits: 1).map(String.init)
    guard parts.count == 2, parts[0].lowercased() == "$select", !parts[1].contains(";") else {
      throw .notSupported("The option '\(oneLine(nested, limit: 64))' inside $expand")
    }
    return ODataQuery.list(parts[1])
  }

  /// `$filter=id eq '…' or id eq '…'`.
  private static func identifiers(_ nested: String) throws(GraphError) -> [PropertyID] {
    let parts = nested.split(separator: "=", maxSplits: 1).map(String.init)
    guard parts.count == 2, parts[0].lowercased() == "$filter" else {
      throw .query("$expand of singleValueExtendedProperties needs a $filter that names them.")
    }
    var tokens = try ODataToken.list(parts[1])[...]
    var identifiers: [PropertyID] = []
    repeat {
      guard case .word(let id)? = tokens.popFirst(), id.lowercased() == "id",
        tokens.popFirst() == .word("eq"),
        case .string(let name)? = tokens.popFirst()
      else { throw .invalidFilter }
      identifiers.append(try PropertyID(name))
    } while tokens.popFirst() == .word("or")
    guard tokens.isEmpty else { throw .invalidFilter }
    return identifiers
  }
}
