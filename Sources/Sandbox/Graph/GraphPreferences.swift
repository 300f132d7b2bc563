import Core
import Foundation

/// What the `Prefer` header asks for (RFC 7240; Microsoft Learn, "outlook-immutable-id" and "message: get").
struct GraphPreferences: Sendable {
  var immutableIDs = false
  /// `nil`: as the message has it.
  var bodies: MessageBody.Kind?
  var allowsUnsafeHTML = false
  var pageSize: Int?
  /// `return=minimal`: the client wants no body back.
  private(set) var isMinimal = false
  /// In which quoted messages show when they were sent.
  private(set) var zone = TimeZone.gmt
  private var zoneName: String?
  /// For the `Preference-Applied` header.
  private(set) var applied: [String] = []

  init() {}

  /// Graph ignores a preference that it does not know, as RFC 7240 asks; here a slip in its spelling is told.
  init(_ values: [String]) throws(GraphError) {
    var returned: Set<String> = []
    for preference in Self.split(values.joined(separator: ",")) {
      let parts = preference.split(separator: "=", maxSplits: 1).map {
        $0.trimmingCharacters(in: CharacterSet(charactersIn: " \"")).lowercased()
      }
      switch (parts.first, parts.dropFirst().first) {
      case ("idtype", "immutableid"): immutableIDs = true
      case ("outlook.body-content-type", "text"): bodies = .text
      case ("outlook.body-content-type", "html"): bodies = .html
      case ("outlook.allow-unsafe-html", nil): allowsUnsafeHTML = true
      case ("odata.maxpagesize", let size?), ("maxpagesize", let size?):
        guard let size = Int(size), size > 0 else { throw Self.unknown(preference) }
        pageSize = min(size, ODataQuery.maximumTop)
      // Only what shows times in a zone applies it.
      case ("outlook.timezone", .some):
        zoneName = preference.drop { $0 != "=" }.dropFirst().trimmingCharacters(
          in: CharacterSet(charactersIn: " \""))
        continue
      case ("return", let what?) where what == "representation" || what == "minimal":
        isMinimal = what == "minimal"
        // RFC 7240 section 4.2: both at once are an error of the client.
        guard returned.union([what]).count == 1 else { throw Self.unknown(preference) }
        returned.insert(what)
      default: throw Self.unknown(preference)
      }
      applied.append(preference)
    }
  }

  /// Refuses what the operation would ignore, and notes what it alone applies.
  mutating func settle(for operation: GraphOperation) throws(GraphError) {
    if isMinimal, !operation.mayAnswerWithoutContent { throw Self.unknown("return=minimal") }
    guard operation.quotesMessage, let zoneName else { return }
    guard let zone = TimeZone(outlook: zoneName) else {
      throw .notSupported("The time zone '\(oneLine(zoneName, limit: 64))' of outlook.timezone")
    }
    self.zone = zone
    applied.append("outlook.timezone=\"\(zoneName)\"")
  }

  private static func unknown(_ preference: String) -> GraphError {
    .notSupported("The preference '\(oneLine(preference, limit: 64))'")
  }

  /// At commas outside of quotes; parts without anything in them are left out.
  private static func split(_ text: String) -> [String] {
    var parts = [""]
    var isQuoted = false
    for character in text {
      if character == "\"" { isQuoted.toggle() }
      if character == ",", !isQuoted { parts.append("") } else { parts[parts.count - 1].append(character) }
    }
    return parts.map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
  }
}
