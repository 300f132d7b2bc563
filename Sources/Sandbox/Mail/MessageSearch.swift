import Core
import MIME

/// `$search` on messages: the part of KQL that Microsoft documents for them (Microsoft Learn, "Use the $search query
/// parameter"). Words and phrases are found without regard to case, at the beginning of a word with a `*` behind them.
struct MessageSearch: Sendable {
  indirect enum Condition: Sendable {
    case text(Field, Phrase)
    case received(ClosedRange<Int64>)
    case sent(ClosedRange<Int64>)
    case size(ClosedRange<Int>)
    case hasAttachments(Bool)
    case importance(Importance)
    case isMail(Bool)
    case not(Condition)
    case and([Condition])
    case or([Condition])
  }

  enum Field: String, Sendable, CaseIterable {
    case attachment, bcc, body, cc, from, participants, recipients, subject, to
    /// Without a name: from, subject and body.
    case any
  }

  struct Phrase: Sendable, Hashable {
    fileprivate let words: String
    fileprivate let isPrefix: Bool

    init(_ text: String) {
      isPrefix = text.hasSuffix("*")
      words = Self.folded(text)
    }

    /// Words between single spaces, one of them at either end.
    fileprivate static func folded(_ text: String) -> String {
      " " + text.lowercased().split { !$0.isLetter && !$0.isNumber }.joined(separator: " ") + " "
    }

    func isIn(_ text: String) -> Bool {
      let wanted = isPrefix ? String(words.dropLast()) : words
      return words.count > 2 && Self.folded(text).contains(wanted)
    }
  }

  let condition: Condition

  /// Microsoft Learn, "Use the $search query parameter".
  static let maximumResults = 1000

  func holds(_ item: MailItem) -> Bool { condition.holds(item) }
}

extension MessageSearch.Condition {
  fileprivate func holds(_ item: MailItem) -> Bool {
    switch self {
    case .text(let field, let phrase): field.texts(item).contains { phrase.isIn($0) }
    case .received(let range): range.contains(item.received.microseconds)
    case .sent(let range): range.contains(item.sent.microseconds)
    case .size(let range): range.contains(item.message.source.storedSize)
    case .hasAttachments(let wanted): item.content.hasAttachments == wanted
    case .importance(let wanted): item.message.importance == wanted
    case .isMail(let wanted): wanted
    case .not(let inner): !inner.holds(item)
    case .and(let all): all.allSatisfy { $0.holds(item) }
    case .or(let all): all.contains { $0.holds(item) }
    }
  }
}

extension MessageSearch.Field {
  fileprivate func texts(_ item: MailItem) -> [String] {
    func all(_ people: [Correspondent]) -> [String] { people.flatMap { [$0.name, $0.address] } }
    let from = item.content.from.map { all([$0]) } ?? []
    return switch self {
    case .from: from
    case .subject: [item.content.subject]
    case .body: [item.message.body.plain]
    case .any: from + [item.content.subject, item.message.body.plain]
    case .to: all(item.message.to)
    case .cc: all(item.message.cc)
    case .bcc: all(item.message.bcc)
    case .recipients: all(item.message.recipients)
    case .participants: from + all(item.message.recipients)
    case .attachment:
      item.content.hasAttachments ? item.message.attachments.compactMap(\.name) : []
    }
  }
}

// Reading.
extension MessageSearch {
  /// - Parameter value: of `$search`; in double quotes, inside of which those of a phrase have a backslash.
  init(_ value: String) throws(GraphError) {
    guard value.utf8.count <= Self.maximumLength else { throw .search }
    var text = Substring(value)
    if text.first == "\"", text.last == "\"", text.count > 1 {
      text = text.dropFirst().dropLast()
    }
    var parser = SearchParser(tokens: SearchParser.tokens(String(text).replacing("\\\"", with: "\""))[...])
    condition = try parser.whole()
  }

  /// Far above what people write.
  private static let maximumLength = 4096
}

/// `OR` binds least, then `AND`, which may be left out, then `NOT`.
private struct SearchParser {
  enum Token: Hashable {
    case open, close
    case word(String)
    case quoted(String)
  }

  var tokens: ArraySlice<Token>
  private var depth = 0

  init(tokens: ArraySlice<Token>) { self.tokens = tokens }

  /// So that nesting cannot exhaust the stack.
  private static let maximumDepth = 16

  static func tokens(_ text: String) -> [Token] {
    var (tokens, rest) = ([Token](), Substring(text))
    while let character = rest.first {
      switch character {
      case " ", "\t", "+": rest.removeFirst()
      case "(", ")":
        tokens.append(character == "(" ? .open : .close)
        rest.removeFirst()
      case "\"":
        let quoted = rest.dropFirst().prefix { $0 != "\"" }
        tokens.append(.quoted(String(quoted)))
        rest = rest[quoted.endIndex...].dropFirst()
      default:
        let word = rest.prefix { !" \t()\"".contains($0) }
        tokens.append(.word(String(word)))
        rest = rest[word.endIndex...]
      }
    }
    return tokens
  }

  mutating func whole() throws(GraphError) -> MessageSearch.Condition {
    let condition = try alternatives()
    guard tokens.isEmpty else { throw .search }
    return condition
  }

  private mutating func alternatives() throws(GraphError) -> MessageSearch.Condition {
    depth += 1
    defer { depth -= 1 }
    guard depth <= Self.maximumDepth else { throw .search }
    var all = [try conjunction()]
    while take("OR") { all.append(try conjunction()) }
    return all.count == 1 ? all[0] : .or(all)
  }

  private mutating func conjunction() throws(GraphError) -> MessageSearch.Condition {
    var all = [try operand()]
    while let token = tokens.first, token != .close, token != .word("OR") {
      _ = take("AND")
      all.append(try operand())
    }
    return all.count == 1 ? all[0] : .and(all)
  }

  private mutating func operand() throws(GraphError) -> MessageSearch.Condition {
    var isNegated = false
    while take("NOT") { isNegated.toggle() }
    let condition = try term()
    return isNegated ? .not(condition) : condition
  }

  private mutating func term() throws(GraphError) -> MessageSearch.Condition {
    switch tokens.popFirst() {
    case .open?:
      let inner = try alternatives()
      guard tokens.popFirst() == .close else { throw .search }
      return inner
    case .quoted(let text)?: return .text(.any, .init(text))
    case .word(let word)? where !["AND", "OR"].contains(word): return try restriction(word)
    default: throw .search
    }
  }

  private mutating func take(_ word: String) -> Bool {
    guard tokens.first == .word(word) else { return false }
    tokens.removeFirst()
    return true
  }

  /// `subject:hello`, `size>=100`, or a word alone.
  private mutating func restriction(_ word: String) throws(GraphError) -> MessageSearch.Condition {
    guard let mark = word.firstIndex(where: { ":<>=".contains($0) }), mark > word.startIndex else {
      return .text(.any, .init(word))
    }
    let name = word[..<mark].lowercased()
    let sign = String(word[mark...].prefix { ":<>=".contains($0) })
    var value = String(word[mark...].dropFirst(sign.count))
    if value.isEmpty {
      guard case .quoted(let text)? = tokens.popFirst() else { throw .search }
      value = text
    }
    if let field = MessageSearch.Field(rawValue: name), field != .any, sign == ":" || sign == "=" {
      return .text(field, .init(value))
    }
    return try compared(name, sign, value)
  }

  private func compared(
    _ name: String, _ sign: String, _ value: String
  ) throws(GraphError) -> MessageSearch.Condition {
    switch name {
    case "hasattachment", "hasattachments":
      guard let truth = Bool(value.lowercased()) else { throw .search }
      return .hasAttachments(truth)
    case "importance":
      guard
        let importance = Importance(rawValue: value.lowercased() == "medium" ? "normal" : value.lowercased())
      else { throw .search }
      return .importance(importance)
    case "kind": return .isMail(["email", "mail"].contains(value.lowercased()))
    case "size":
      return .size(try range(sign, value) { Int($0).map { $0...$0 } })
    case "received": return .received(try range(sign, value, day))
    case "sent": return .sent(try range(sign, value, day))
    default: throw .notSupported("The property '\(oneLine(name, limit: 64))' of $search")
    }
  }

  /// `a..b` has both ends.
  private func range<Bound: FixedWidthInteger>(
    _ sign: String, _ value: String, _ read: (String) -> ClosedRange<Bound>?
  ) throws(GraphError) -> ClosedRange<Bound> {
    if let dots = value.firstRange(of: "..") {
      guard let start = read(String(value[..<dots.lowerBound])),
        let end = read(String(value[dots.upperBound...])),
        start.lowerBound <= end.upperBound, sign == ":" || sign == "="
      else { throw .search }
      return start.lowerBound...end.upperBound
    }
    guard let one = read(value) else { throw .search }
    switch sign {
    case ":", "=": return one
    case ">=": return one.lowerBound...Bound.max
    case "<=": return Bound.min...one.upperBound
    case ">" where one.upperBound < .max: return (one.upperBound + 1)...Bound.max
    case "<" where one.lowerBound > .min: return Bound.min...(one.lowerBound - 1)
    default: throw .search
    }
  }

  /// `2018-07-23`, `07/23/2018`, or an instant; a date is all of its day.
  private func day(_ text: String) -> ClosedRange<Int64>? {
    let parts = text.split(separator: "/")
    let isAmerican = parts.count == 3 && parts[2].count == 4
    func two(_ part: Substring) -> String { part.count == 1 ? "0" + part : String(part) }
    let spelled = isAmerican ? "\(parts[2])-\(two(parts[0]))-\(two(parts[1]))" : text
    guard let start = Instant(dateTimeOffset: spelled) else { return nil }
    let length: Int64 = spelled.count == 10 ? 86_400_000_000 : 1_000_000
    return start.microseconds...(start.microseconds + length - 1)
  }
}

extension GraphError {
  fileprivate static let search = GraphError(
    400, "BadRequest", "Syntax error: the value of the query parameter '$search' is not a valid search.")
  /// As reported in mogcli#11.
  static let searchWithOrder = GraphError(
    400, "SearchWithOrderBy", "The query parameter '$orderBy' is not supported with '$search'.")
  /// The code is our choice.
  static let searchWithFilter = GraphError(
    400, "SearchWithFilter", "The query parameter '$filter' is not supported with '$search'.")
}
