import Foundation

/// What the `Prefer` header asks for (RFC 7240; Microsoft Learn, "outlook-immutable-id" and "message: get").
struct GraphPreferences: Sendable {
  var immutableIDs = false
  var textBodies = false
  var pageSize: Int?
  /// For the `Preference-Applied` header.
  private(set) var applied: [String] = []

  init(_ values: [String]) {
    for preference in values.joined(separator: ",").split(separator: ",") {
      let parts = preference.split(separator: "=", maxSplits: 1).map {
        $0.trimmingCharacters(in: CharacterSet(charactersIn: " \"")).lowercased()
      }
      guard parts.count == 2 else { continue }
      switch (parts[0], parts[1]) {
      case ("idtype", "immutableid"): immutableIDs = true
      case ("outlook.body-content-type", "text"): textBodies = true
      case ("odata.maxpagesize", let size):
        guard let size = Int(size), size > 0 else { continue }
        pageSize = min(size, ODataQuery.maximumTop)
      default: continue
      }
      applied.append(preference.trimmingCharacters(in: .whitespaces))
    }
  }
}
