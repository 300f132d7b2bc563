import Core
import MIME

/// Corrects what old devices get wrong in a header and what can be meant in one way only.
enum HeaderRepair {
  /// - Parameter own: the account's address.
  /// - Returns: What was corrected, in sentences for the message's history. What a submission adds to every message
  ///   that lacks it is among them.
  static func repair(_ header: inout RawHeader, own: String) throws(Problem) -> [String] {
    var repairs: [String] = []
    if let spaced = spaced(header) {
      header = spaced
      repairs.append("A blank was added after the colon of a header field.")
    }
    for name in ["From", "Sender", "Reply-To", "To", "Cc", "Bcc"] where try quoteNames(name, in: &header) {
      repairs.append("\(name): a name that contains an address was put in quotes.")
    }
    if header.field("From") == nil { repairs.append("From was missing; \(own) was added.") }
    if header.field("Date") == nil {
      repairs.append("Date was missing and was added.")
    } else if header.date == nil {
      repairs.append("Date could not be read and was replaced.")
    }
    if header.field("Message-ID") == nil {
      repairs.append("Message-ID was missing and was added.")
    } else if header.messageID.flatMap({ try? MessageID($0) }) == nil {
      repairs.append("Message-ID was not of the form <left@right> and was replaced.")
    }
    return repairs
  }

  /// With a blank after each field's colon, which RFC 5322 does not ask for and some readers do; `nil` when none is
  /// missing.
  private static func spaced(_ header: RawHeader) -> RawHeader? {
    var bytes = header.bytes
    var isChanged = false
    for field in header.fields.reversed() {
      let raw = field.raw
      guard let colon = raw.firstIndex(of: UInt8(ascii: ":")), colon + 1 < raw.endIndex,
        !blanks.contains(raw[colon + 1])
      else { continue }
      bytes.insert(UInt8(ascii: " "), at: colon + 1)
      isChanged = true
    }
    return isChanged ? RawHeader(bytes) : nil
  }

  private static let blanks = Set(" \t\r\n".utf8)

  /// `scan@printer <office@example.com>`: quotes the name, if every address in the field is clear. The field is
  /// written anew from the addresses that are then compared with the envelope, so no reader can see others.
  private static func quoteNames(_ name: String, in header: inout RawHeader) throws(Problem) -> Bool {
    let fields = header.fields.filter { $0.isNamed(name) }
    guard fields.count == 1, hasAddressAsName(fields[0].value) else { return false }
    let addresses = header.addresses(name)
    guard !addresses.isEmpty, addresses.allSatisfy(\.address.isValid) else { return false }
    try header.set(name, addresses: addresses)
    return true
  }

  /// Whether an `@` stands before a `<` and outside quotes, and nothing after the `>` of any entry.
  private static func hasAddressAsName(_ value: String) -> Bool {
    var (isQuoted, isInAngle, isAfterAngle, sawAt, found) = (false, false, false, false, false)
    for scalar in value.unicodeScalars {
      switch scalar {
      case "\\", "(", ")", ":", ";": return false
      case "\"" where !isInAngle: isQuoted.toggle()
      case _ where isQuoted: continue
      case "<":
        if isInAngle || isAfterAngle { return false }
        if sawAt { found = true }
        isInAngle = true
      case ">": (isInAngle, isAfterAngle) = (false, true)
      case ",":
        if isInAngle { return false }
        (isAfterAngle, sawAt) = (false, false)
      case " ", "\t": continue
      case "@":
        if isAfterAngle { return false }
        if !isInAngle { sawAt = true }
      default: if isAfterAngle { return false }
      }
    }
    return found && !isQuoted && !isInAngle
  }
}
