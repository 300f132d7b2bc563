import Foundation
import JSON

/// The query options of one request, understood but not yet applied.
struct ODataQuery: Sendable {
  var filter: ODataFilter?
  /// Property names as the client spelled them; empty: all that are shown by default.
  var select: [String] = []
  var expandsAttachments = false
  var order: MessageQuery.Order?
  var top: Int?
  var skip = 0
  var wantsCount = false
  /// All options but where to start, for the link to the next page.
  private var kept: [(name: String, value: String)] = []

  enum Option: String, CaseIterable, Sendable {
    case filter = "$filter"
    case select = "$select"
    case expand = "$expand"
    case orderBy = "$orderby"
    case top = "$top"
    case skip = "$skip"
    case skipToken = "$skiptoken"
    case count = "$count"
  }

  /// The dollar sign may be left out (Microsoft Learn, "Use query parameters to customize responses").
  init(
    _ fields: FormFields, allowing allowed: Set<Option> = Set(Option.allCases)
  ) throws(GraphError) {
    var seen: Set<Option> = []
    for (name, value) in fields.fields {
      let word = name.lowercased()
      guard let option = Option(rawValue: word) ?? Option(rawValue: "$" + word), allowed.contains(option)
      else {
        throw .query("The query option '\(name)' is not supported by this sandbox for this request.")
      }
      guard seen.insert(option).inserted else { throw .duplicateOption(name) }
      if option != .skip, option != .skipToken { kept.append((name, value)) }
      try read(option, value)
    }
    guard let filter, let order else { return }
    // Exchange sorts by an index that the restriction has chosen (Microsoft Learn, "List messages").
    guard filter.properties.first == order.field.rawValue else { throw .inefficientFilter }
  }

  private mutating func read(_ option: Option, _ value: String) throws(GraphError) {
    switch option {
    case .filter: filter = try ODataFilter(value)
    case .select: select = Self.list(value)
    case .expand:
      guard Self.list(value).map({ $0.lowercased() }) == ["attachments"] else {
        throw .query("The $expand value '\(value)' is not supported by this sandbox.")
      }
      expandsAttachments = true
    case .orderBy: order = try Self.order(value)
    case .top: top = try Self.number(value, option, in: 1...Self.maximumTop)
    case .skip: skip = try Self.number(value, option, in: 0...Int.max)
    case .skipToken: skip = try Self.start(token: value)
    case .count:
      guard let wants = Bool(value.lowercased()) else {
        throw .query("Invalid value '\(value)' for $count query option found.")
      }
      wantsCount = wants
    }
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
      throw GraphError(
        400, "BadRequest",
        "Parsing OData Select and Expand failed: Could not find a property named '\(name)' on type "
          + "'microsoft.graph.\(type)'.")
    }
  }

  /// As `@odata.context` spells it: `(id,subject)`.
  var contextSuffix: String { select.isEmpty ? "" : "(\(select.joined(separator: ",")))" }

  /// Microsoft Learn, "List messages": from 1 to 1000, by default 10.
  static let maximumTop = 1000
  static let defaultTop = 10

  /// - Parameter resource: its URL without the query.
  func nextLink(_ resource: String, after count: Int) -> String {
    let token = Data("\(skip + count)".utf8).base64EncodedString()
    return resource + "?" + FormFields(kept + [("$skiptoken", token)]).urlEncoded
  }

  private static func start(token: String) throws(GraphError) -> Int {
    guard let data = Data(base64Encoded: token), let number = Int(String(decoding: data, as: UTF8.self)),
      number >= 0
    else { throw .query("The skip token is not valid.") }
    return number
  }

  private static func list(_ value: String) -> [String] {
    value.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
  }

  private static func number(
    _ value: String, _ option: Option, in range: ClosedRange<Int>
  ) throws(GraphError) -> Int {
    guard let number = Int(value), range.contains(number) else {
      throw .query("Invalid value '\(value)' for \(option.rawValue) query option found.")
    }
    return number
  }

  private static func order(_ value: String) throws(GraphError) -> MessageQuery.Order {
    let words = value.split(separator: " ")
    guard let first = words.first, let field = MessageQuery.Field(rawValue: String(first)), words.count <= 2,
      words.count == 1 || words[1] == "asc" || words[1] == "desc"
    else { throw .query("The $orderby value '\(value)' is not supported by this sandbox.") }
    return MessageQuery.Order(field: field, descending: words.count == 2 && words[1] == "desc")
  }
}
