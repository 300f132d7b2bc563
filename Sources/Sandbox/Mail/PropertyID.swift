import Core

/// Which extended property of an item is meant: `String {GUID} Name X-Tag`, `Integer {GUID} Id 0x8012`,
/// `String 0x1042` (Microsoft Learn, "Outlook extended properties overview").
struct PropertyID: Hashable, Sendable {
  enum Name: Hashable, Sendable {
    case tag(UInt32)
    /// The property set in lower case, without braces. The name counts with its case.
    case named(set: String, String)
    case numbered(set: String, UInt32)
  }

  /// In Microsoft's spelling.
  let type: String
  let name: Name

  init(_ text: String) throws(GraphError) {
    let words = text.split(separator: " ", maxSplits: 3).map(String.init)
    guard let first = words.first,
      let type = Self.types.first(where: { $0.lowercased() == first.lowercased() })
    else { throw .propertyID(text) }
    self.type = type
    switch words.count {
    case 2:
      guard let tag = Self.hexadecimal(words[1]) else { throw .propertyID(text) }
      name = .tag(tag)
    case 4:
      guard let set = Self.guid(words[1]) else { throw .propertyID(text) }
      switch words[2].lowercased() {
      case "name": name = .named(set: set, words[3])
      case "id":
        guard let number = Self.hexadecimal(words[3]) else { throw .propertyID(text) }
        name = .numbered(set: set, number)
      default: throw .propertyID(text)
      }
    default: throw .propertyID(text)
    }
  }

  private init(type: String, name: Name) {
    self.type = type
    self.name = name
  }

  /// As Graph writes it: the property set in lower case, numbers without leading zeros.
  var text: String {
    switch name {
    case .tag(let tag): "\(type) 0x\(String(tag, radix: 16))"
    case .named(let set, let name): "\(type) {\(set)} Name \(name)"
    case .numbered(let set, let number): "\(type) {\(set)} Id 0x\(String(number, radix: 16))"
    }
  }

  /// PidTagMessageFlags (MS-OXCMSG section 2.2.1.6).
  static let messageFlags = PropertyID(type: "Integer", name: .tag(0x0E07))

  /// PS_INTERNET_HEADERS (MS-OXPROPS section 1.3.2): the property set whose names are header field names.
  var internetHeader: String? {
    if case .named("00020386-0000-0000-c000-000000000046", let name) = name, type == "String" {
      name
    } else {
      nil
    }
  }

  /// The header field by which the property reaches the recipients; `nil` for one that stays in the mailbox.
  var header: String? {
    if let internetHeader { return MessageHeader.mayBeProperty(internetHeader) ? internetHeader : nil }
    guard type == "String", case .tag(let tag) = name else { return nil }
    return Self.headers[tag]
  }

  /// MS-OXPROPS, PidTagInReplyToId, PidTagInternetReferences, PidTagList….
  private static let headers: [UInt32: String] = [
    0x1039: "References", 0x1042: "In-Reply-To", 0x1043: "List-Help", 0x1044: "List-Subscribe",
    0x1045: "List-Unsubscribe",
  ]

  private static let types = [
    "ApplicationTime", "Binary", "Boolean", "CLSID", "Currency", "Double", "Float", "Integer", "Long",
    "Short",
    "String", "SystemTime",
  ]

  private static func hexadecimal(_ text: String) -> UInt32? {
    guard text.lowercased().hasPrefix("0x"), text.utf8.count <= 10 else { return nil }
    return UInt32(text.dropFirst(2), radix: 16)
  }

  private static func guid(_ text: String) -> String? {
    let inner = text.lowercased().dropFirst().dropLast()
    guard text.first == "{", text.last == "}", MailboxID(String(inner)) != nil else { return nil }
    return String(inner)
  }
}

extension MailItem {
  /// `nil` when the item has no such property.
  func value(of id: PropertyID) -> String? {
    if let stored = properties[id] { return stored }
    if let name = id.internetHeader { return message.headers.first { $0.name == name }?.value }
    if let name = id.header { return message.headers.first { $0.isNamed(name) }?.value }
    switch (id.type, id.name) {
    case ("Integer", .tag(0x0E07)): return String(messageFlags)
    case ("String", .tag(0x001A)): return "IPM.Note"
    case ("String", .tag(0x0037)): return message.subject
    case ("String", .tag(0x1035)): return message.internetMessageID
    case ("String", .tag(0x007D)) where hasHeaders:
      return message.headers.map { "\($0.name): \($0.value)\r\n" }.joined()
    default: return nil
    }
  }

  /// mfRead, mfSubmitted, mfUnsent and mfHasAttach.
  private var messageFlags: Int {
    (isRead ? 0x1 : 0) | (isSubmitted ? 0x4 : 0) | (isDraft ? 0x8 : 0)
      | (message.attachments.isEmpty ? 0 : 0x10)
  }
}
