import Foundation

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

  init(_ fields: FormFields) throws(GraphError) {
    for (name, value) in fields.fields {
      let option = name.lowercased()
      if option != "$skip", option != "$skiptoken" { kept.append((name, value)) }
      try read(option, value)
    }
    guard let filter, let order else { return }
    // Exchange sorts by an index that the restriction has chosen (Microsoft Learn, "List messages").
    guard filter.properties.first == order.field.rawValue else { throw .inefficientFilter }
  }

  private mutating func read(_ option: String, _ value: String) throws(GraphError) {
    switch option {
    case "$filter": filter = try ODataFilter(value)
    case "$select": select = Self.list(value)
    case "$expand":
      guard Self.list(value).map({ $0.lowercased() }) == ["attachments"] else {
        throw .query("The $expand value '\(value)' is not supported by this sandbox.")
      }
      expandsAttachments = true
    case "$orderby": order = try Self.order(value)
    case "$top": top = try Self.number(value, option, in: 1...Self.maximumTop)
    case "$skip": skip = try Self.number(value, option, in: 0...Int.max)
    case "$skiptoken": skip = try Self.start(token: value)
    case "$count":
      guard let wants = Bool(value.lowercased()) else {
        throw .query("Invalid value '\(value)' for $count query option found.")
      }
      wantsCount = wants
    default:
      if option.hasPrefix("$") {
        throw .query("The query option '\(option)' is not supported by this sandbox.")
      }
    }
  }

  /// Microsoft Learn, "List messages": from 1 to 1000, by default 10.
  static let maximumTop = 1000
  static let defaultTop = 10

  /// `links`: the resource, with its origin and path.
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
    _ value: String, _ option: String, in range: ClosedRange<Int>
  ) throws(GraphError) -> Int {
    guard let number = Int(value), range.contains(number) else {
      throw .query("Invalid value '\(value)' for \(option) query option found.")
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
