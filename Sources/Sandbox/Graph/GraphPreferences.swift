import Core
import Foundation

/// What the `Prefer` header asks for (RFC 7240; Microsoft Learn, "outlook-immutable-id" and "message: get").
struct GraphPreferences: Sendable {
  var immutableIDs = false
  /// `nil`: as the message has it.
  var bodies: MessageBody.Kind?
  var allowsUnsafeHTML = false
  var pageSize: Int?
  /// For the `Preference-Applied` header.
  private(set) var applied: [String] = []

  init() {}

  /// Graph ignores a preference that it does not know, as RFC 7240 asks; here a slip in its spelling is told.
  init(_ values: [String]) throws(GraphError) {
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
      // Says in which zone calendars and quoted replies show times; none of them is here.
      case ("outlook.timezone", .some): continue
      case ("return", "representation"): break
      default: throw Self.unknown(preference)
      }
      applied.append(preference)
    }
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
