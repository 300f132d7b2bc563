import Core
import JSON

// The values of properties in a request, read strictly (OData JSON Format 4.01).
extension JSONValue {
  func text(_ name: String) throws(GraphError) -> String {
    if isNull { return "" }
    guard let string else {
      throw .body("Cannot convert the value of '\(name)' to the expected type 'Edm.String'.")
    }
    return string
  }

  /// `nil` for null, which is as good as leaving it out.
  func nullableText(_ name: String) throws(GraphError) -> String? { isNull ? nil : try text(name) }

  func flag(_ name: String) throws(GraphError) -> Bool {
    guard let bool else {
      throw .body("Cannot convert the value of '\(name)' to the expected type 'Edm.Boolean'.")
    }
    return bool
  }

  /// A word of an enumeration, in any case.
  func word<Value: RawRepresentable<String>>(
    _ name: String, of values: [Value]
  ) throws(GraphError) -> Value {
    let text = try text(name)
    guard let value = values.first(where: { $0.rawValue.lowercased() == text.lowercased() }) else {
      throw .body("Requested value '\(text)' was not found.")
    }
    return value
  }

  func elements(_ name: String) throws(GraphError) -> [JSONValue] {
    guard let array else { throw .body("The value of the property '\(name)' is not a collection.") }
    return array
  }

  /// The members of a complex value, its annotations checked and left out. Throws for a name that the type does not
  /// have; one of `unsupported` may be null.
  func members(
    _ name: String, of type: String, _ known: Set<String>, unsupported: Set<String> = []
  ) throws(GraphError) -> [String: JSONValue] {
    guard let object else { throw .body("The value of the property '\(name)' is not an object.") }
    var members: [String: JSONValue] = [:]
    for (key, value) in object.members {
      if key.contains("@") {
        try Self.checkAnnotation(key, value, of: type, known.union(unsupported))
      } else if unsupported.contains(key) {
        guard value.isNull else { throw .notSupported("The property '\(key)'") }
      } else {
        guard known.contains(key) else { throw .unknownProperty(key, of: type) }
        members[key] = value
      }
    }
    return members
  }

  /// An annotation about the object, or about one of its properties. `type` must be the object's own; what a service
  /// writes into its answers may come back and means nothing; anything else is refused, since nobody would honour it.
  static func checkAnnotation(
    _ key: String, _ value: JSONValue, of type: String, _ properties: Set<String>
  ) throws(GraphError) {
    let parts = key.split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    guard parts[0].isEmpty || properties.contains(parts[0]) else {
      throw .unknownProperty(parts[0], of: type)
    }
    let term = parts[1].hasPrefix("odata.") ? String(parts[1].dropFirst("odata.".count)) : parts[1]
    guard answered.contains(term) else { throw .notSupported("The annotation '\(oneLine(key, limit: 64))'") }
    guard term == "type", parts[0].isEmpty else { return }
    let said = try value.text(key)
    let bare = said.hasPrefix("#") ? String(said.dropFirst()) : said
    guard bare.isEmpty || bare.lowercased() == "microsoft.graph.\(type)".lowercased() else {
      throw .body(
        "A type named '\(oneLine(said, limit: 128))' is not compatible with the expected type "
          + "'microsoft.graph.\(type)'.")
    }
  }

  private static let answered: Set = [
    "type", "context", "etag", "id", "count", "nextLink", "editLink", "readLink", "navigationLink",
    "associationLink", "mediaContentType", "mediaEditLink", "mediaReadLink", "mediaEtag",
  ]
}
