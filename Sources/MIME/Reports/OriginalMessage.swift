package import Core

/// What ties a report to the message that it is about.
package struct OriginalMessage: Sendable, Hashable {
  /// With its angle brackets: of the returned header, else as the report names it.
  package var messageID: String?
  /// Others that the report refers to: a server may have replaced the Message-ID. Without `messageID`.
  package var references: [String] = []
  /// `X-Heliograph-Id` of the returned header.
  package var heliographID: String?
  /// Exchange's numbers of the message or of the report, in lower case (X-MS-Exchange-Organization-Network-Message-Id
  /// and X-MS-Exchange-CrossTenant-Network-Message-Id).
  package var networkMessageIDs: [String] = []
  /// As the client gave it (RFC 3461 section 4.4).
  package var envelopeID: String?
  /// Of the returned header, else what follows `Undeliverable:` and the like in the report's own subject.
  package var subject: String?
  package var date: Instant?
  package var from: String?
  /// Of the returned header.
  package var to: [String] = []
  /// The returned header, as far as it is there: unfolded, encoded words decoded, at most `maximumFields`.
  package var fields: [Field] = []

  package struct Field: Sendable, Hashable {
    package let name: String
    package let value: String
  }

  /// A returned header has the fields of every server that the message passed, about 80.
  static let maximumFields = 200
  /// Octets of a value.
  static let longestValue = 2000
  /// A thread names every message before it; the last ones matter.
  static let maximumReferences = 20
  /// Octets of a returned header.
  static let longestHeader = 128 << 10

  package init() {}

  /// Takes what the report's own header says of the message.
  mutating func read(reportHeader header: some HeaderFields) {
    for name in ["X-MS-Exchange-Parent-Message-Id", "In-Reply-To", "X-Original-Message-ID", "References"] {
      for field in header.fields where field.isNamed(name) { refer(to: field.short) }
    }
    readNetworkIDs(header)
    if subject == nil { subject = Self.quotedSubject(header.field("Subject")?.shortText ?? "") }
  }

  /// Takes the header that came back.
  mutating func read(returnedHeader bytes: some Collection<UInt8>) {
    let bytes = Array(bytes.prefix(Self.longestHeader))
    let header = ReturnedHeader(bytes)
    guard header.fields.contains(where: { Self.identifying.contains($0.name.lowercased()) }) else { return }
    if let id = header.field("Message-ID").flatMap({ Self.messageIDs($0.short).first }) {
      if let other = messageID, other != id { references.insert(other, at: 0) }
      messageID = id
      references.removeAll { $0 == id }
    }
    heliographID = header.field("X-Heliograph-Id")?.short ?? heliographID
    subject = header.field("Subject")?.shortText ?? subject
    date = header.field("Date").flatMap { InternetDate.parse($0.valueBytes) } ?? date
    from = Self.addresses(header.field("From")).first ?? from
    to = Self.addresses(header.field("To"))
    readNetworkIDs(header)
    fields = header.fields.prefix(Self.maximumFields).map { Field(name: $0.name, value: $0.shortText) }
  }

  /// Takes every `<left@right>` of the text, the last one first.
  mutating func refer(to text: String) {
    for id in Self.messageIDs(text).reversed() {
      if messageID == nil { messageID = id }
      guard id != messageID, !references.contains(id), references.count < Self.maximumReferences else {
        continue
      }
      references.append(id)
    }
  }

  private mutating func readNetworkIDs(_ header: some HeaderFields) {
    for name in [
      "X-MS-Exchange-Organization-Network-Message-Id", "X-MS-Exchange-CrossTenant-Network-Message-Id",
    ] {
      guard let id = header.field(name)?.short.lowercased(), isGUID(id), !networkMessageIDs.contains(id)
      else { continue }
      networkMessageIDs.append(id)
    }
  }

  /// Without one of these, what came back is no header of a message.
  private static let identifying: Set = [
    "message-id", "from", "subject", "date", "x-heliograph-id", "received",
  ]

  static func addresses(_ field: HeaderField?) -> [String] {
    guard let field else { return [] }
    return AddressList(parsing: field.valueBytes.prefix(longestHeader)).mailboxes
      .prefix(MailReport.maximumRecipients).map(\.address.text)
  }

  private static func messageIDs(_ text: String) -> [String] {
    text.split(whereSeparator: \.isWhitespace).flatMap { word in
      word.split(separator: ">").compactMap { piece in
        guard let start = piece.lastIndex(of: "<") else { return nil }
        let id = piece[start...] + ">"
        return id.contains("@") && id.utf8.count <= MessageID.maximumLength * 4 ? String(id) : nil
      }
    }
  }

  private static func quotedSubject(_ text: String) -> String? {
    guard let colon = text.firstIndex(of: ":"),
      subjectPrefixes.contains(text[..<colon].lowercased())
    else { return nil }
    let rest = text[text.index(after: colon)...].drop(while: \.isWhitespace)
    return rest.isEmpty ? nil : String(rest)
  }

  /// What Exchange puts before the subject of the message, by the language of the mailbox.
  private static let subjectPrefixes: Set = [
    "undeliverable", "automatic reply", "read", "not read", "delivered", "delayed", "relayed", "unzustellbar",
    "automatische antwort", "gelesen", "non remis", "réponse automatique", "lu", "no se puede entregar",
    "respuesta automática", "não é possível entregar", "onbestelbaar", "non recapitabile", "out of office",
  ]
}

/// A header that came back with a report; lines before it are empty, and what follows it is missing or cut.
struct ReturnedHeader: HeaderFields {
  let fields: [HeaderField]

  init(_ bytes: [UInt8]) {
    let start = bytes.firstIndex { !$0.isBlank && $0 != .cr && $0 != .lf } ?? bytes.count
    fields = HeaderBlock(parsing: bytes, in: start..<bytes.count).fields
  }
}

extension HeaderField {
  /// The start of `value`; as long as a report's own fields may be.
  var short: String { Charset.unlabelled.decode(valueBytes.prefix(OriginalMessage.longestValue)) }

  /// The start of `text`.
  var shortText: String { EncodedWord.decode(valueBytes.prefix(OriginalMessage.longestValue)) }
}
