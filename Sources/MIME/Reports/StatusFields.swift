/// The groups of fields in a `message/delivery-status`, a `message/feedback-report` or a
/// `message/disposition-notification`: RFC 3464 section 2.1, RFC 5965 section 3, RFC 8098 section 3.1.
///
/// What servers get wrong is read: empty lines within a group or none between two, and values that go on in the next
/// line without a blank before it.
struct StatusFields {
  struct Field {
    /// In lower case.
    let name: String
    fileprivate(set) var value: [UInt8]

    var text: String { Charset.unlabelled.decode(value[...]) }
  }

  typealias Group = [Field]

  /// Two for each recipient and one for the message; more are not read.
  private static let maximumGroups = 2 * MailReport.maximumRecipients + 1
  /// Of a group; RFC 3464 knows 11.
  private static let maximumFields = 40
  /// Octets of a value. A diagnosis that is longer repeats itself.
  private static let longestValue = 4000

  private(set) var groups: [Group] = []
  private var group: Group = []
  private var names: Set<String> = []

  /// `startsGroup` are the names, in lower case, of which a group has one only.
  init(_ content: [UInt8], startsGroup: Set<String> = []) {
    var scanner = LineScanner(content, in: 0..<content.count)
    while groups.count < Self.maximumGroups, let line = scanner.next() {
      take(content[line.content], startsGroup)
    }
    endGroup()
  }

  private mutating func take(_ line: ArraySlice<UInt8>, _ startsGroup: Set<String>) {
    guard line.contains(where: { !$0.isBlank }) else { return endGroup() }
    guard let first = line.first, !first.isBlank, let name = HeaderBlock.name(line),
      let colon = line[name.endIndex...].firstIndex(of: UInt8(ascii: ":")), name.count <= Self.longestName
    else { return goOn(line) }
    let lower = String(decoding: name.map(\.lowercased), as: UTF8.self)
    if startsGroup.contains(lower), names.contains(lower) { endGroup() }
    names.insert(lower)
    guard group.count < Self.maximumFields else { return }
    let value = line[(colon + 1)...].drop(while: \.isBlank).prefix(Self.longestValue)
    group.append(Field(name: lower, value: Array(value)))
  }

  /// Of a field's name; a line with a colon far within it is text.
  private static let longestName = 60

  private mutating func goOn(_ line: ArraySlice<UInt8>) {
    guard let last = group.indices.last else { return }
    let room = Self.longestValue - group[last].value.count - 1
    guard room > 0 else { return }
    group[last].value += [.space] + line.drop(while: \.isBlank).prefix(room)
  }

  private mutating func endGroup() {
    if !group.isEmpty { groups.append(group) }
    (group, names) = ([], [])
  }
}

extension StatusFields.Group {
  subscript(name: String) -> String? {
    first { $0.name == name }.map(\.text).flatMap { $0.isEmpty ? nil : $0 }
  }

  func all(_ name: String) -> [String] { filter { $0.name == name }.map(\.text) }

  /// The value without its type: `rfc822; anna@example.com` (RFC 3464 section 2.1.2).
  func typed(_ name: String) -> (type: String, value: String)? {
    guard let text = self[name] else { return nil }
    guard let semicolon = text.firstIndex(of: ";") else { return ("", text.withoutBlanks) }
    return (
      text[..<semicolon].lowercased().withoutBlanks,
      String(text[text.index(after: semicolon)...]).withoutBlanks
    )
  }
}

extension String {
  /// Without white space at its ends.
  var withoutBlanks: String {
    let start = drop(while: \.isWhitespace)
    guard let end = start.lastIndex(where: { !$0.isWhitespace }) else { return "" }
    return String(start[...end])
  }
}
