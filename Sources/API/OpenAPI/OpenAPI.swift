import Core
import JSON

/// The description of the API (OpenAPI 3.1.0), written from the operations and their tables and from nothing
/// else.
package enum OpenAPI {
  /// The same bytes for the same program.
  ///
  /// - Parameter version: The program's.
  package static func document(version: String) -> [UInt8] {
    var json = JSONWriter(pretty: true)
    json.object {
      $0.member("openapi", "3.1.0")
      $0.member("info") { writeInfo(version, to: &$0) }
      $0.member("servers") { json in json.list { $0.object { $0.member("url", "/") } } }
      $0.member("security") { writeSecurity(.workspace, to: &$0) }
      $0.member("tags") { writeTags(to: &$0) }
      $0.member("paths") { writePaths(to: &$0) }
      $0.member("components") { writeComponents(to: &$0) }
    }
    return json.bytes
  }

  private static func writeInfo(_ version: String, to json: inout JSONWriter) {
    json.object {
      $0.member("title", "Heliograph")
      $0.member("version", version)
      $0.member("description", introduction)
      $0.member("license") { json in
        json.object {
          $0.member("name", "Apache License 2.0")
          $0.member("identifier", "Apache-2.0")
        }
      }
    }
  }

  private static let introduction = """
    Sends mail through Outlook and Microsoft 365. Paths, fields and error objects are those that \
    EmailEngine's users know; every success has the status 200.

    Everything belongs to the workspace of the token. An operator's token, which is one with the scope `*` \
    in the workspace `default`, acts in another workspace with the header `Heliograph-Workspace`.

    Requests are read strictly: a field that is not described here, a value of the wrong kind and a name \
    that occurs twice are refused, and all faults of a request are reported together. `null` means the same as \
    leaving a field out. Lengths are limited in bytes of UTF-8.
    """

  private static func writeTags(to json: inout JSONWriter) {
    json.list { json in
      for tag in OperationTag.allCases {
        json.object {
          $0.member("name", tag.rawValue)
          $0.member("description", tag.summary)
        }
      }
    }
  }

  /// By path, in the order in which each comes first.
  private static func writePaths(to json: inout JSONWriter) {
    var templates: [String] = []
    for operation in Operations.all where !templates.contains(operation.template) {
      templates.append(operation.template)
    }
    json.object { json in
      for template in templates {
        json.member(template) { json in
          json.object { json in
            for operation in Operations.all where operation.template == template {
              json.member(operation.method.rawValue.lowercased()) { write(operation, to: &$0) }
            }
          }
        }
      }
    }
  }

  private static func write(_ operation: OperationDescription, to json: inout JSONWriter) {
    json.object { json in
      json.member("operationId", operation.id)
      json.member("tags") { json in json.list { $0.string(operation.tag.rawValue) } }
      json.member("summary", operation.summary)
      let details = [operation.details, access(operation.access), grant(operation)].filter { !$0.isEmpty }
      if !details.isEmpty { json.member("description", details.joined(separator: "\n\n")) }
      if operation.access != .workspace, operation.access != .account {
        json.member("security") { writeSecurity(operation.access, to: &$0) }
      }
      writeParameters(of: operation, to: &json)
      writeBody(of: operation, to: &json)
      json.member("responses") { writeReplies(of: operation, to: &$0) }
    }
  }

  private static func grant(_ operation: OperationDescription) -> String {
    switch operation.access {
    case .open: ""
    case .optionalToken, .workspace, .account, .operator:
      "A token with `permissions` needs `\(operation.grant)`."
    }
  }

  private static func access(_ access: OperationAccess) -> String {
    switch access {
    case .open: "Needs no token."
    case .optionalToken: "Needs no token; one that is sent must be valid."
    case .workspace: "Needs a token for the whole workspace."
    case .account: "A token for one account may call it for that account."
    case .operator: "Needs an operator's token."
    }
  }

  /// An empty requirement means that none is needed.
  private static func writeSecurity(_ access: OperationAccess, to json: inout JSONWriter) {
    json.list { json in
      if access != .open {
        for scheme in ["bearer", "accessToken"] {
          json.object { $0.member(scheme) { json in json.list { _ in } } }
        }
      }
      if access == .optionalToken { json.object { _ in } }
    }
  }

  private static func writeComponents(to json: inout JSONWriter) {
    json.object { json in
      json.member("securitySchemes") { json in
        json.object {
          $0.member("bearer") { json in
            json.object {
              $0.member("type", "http")
              $0.member("scheme", "bearer")
              $0.member("description", "An API token (RFC 6750).")
            }
          }
          $0.member("accessToken") { json in
            json.object {
              $0.member("type", "apiKey")
              $0.member("in", "query")
              $0.member("name", OperationAccess.queryName)
              $0.member("description", "An API token, for clients that cannot set a header.")
            }
          }
        }
      }
      json.member("responses") { writeReplyComponents(to: &$0) }
      json.member("schemas") { json in
        json.object { json in
          for schema in components { json.member(schema.name) { write(schema, to: &$0) } }
        }
      }
    }
  }

  /// Every object of a request or reply, by name.
  static var components: [ObjectSchema] {
    var found: [String: ObjectSchema] = [:]
    collect(ErrorReply.fields.schema, into: &found)
    for operation in Operations.all {
      if operation.bodyForm == .json || operation.bodyForm == .optionalJSON {
        collect(operation.body, into: &found)
      }
      if operation.replyForm != .document, operation.replyForm != .message {
        collect(operation.reply, into: &found)
      }
    }
    return found.values.sorted { $0.name < $1.name }
  }

  private static func collect(_ schema: ObjectSchema, into found: inout [String: ObjectSchema]) {
    guard found[schema.name] == nil else { return }
    found[schema.name] = schema
    for field in schema.fields {
      var schema = field.schema
      while case .list(let element, _, _) = schema { schema = element }
      switch schema {
      case .object(let object), .objectOrFalse(let object): collect(object, into: &found)
      default: break
      }
    }
  }
}

extension JSONWriter {
  mutating func object(_ members: (inout JSONWriter) -> Void) {
    beginObject()
    members(&self)
    endObject()
  }

  mutating func list(_ elements: (inout JSONWriter) -> Void) {
    beginArray()
    elements(&self)
    endArray()
  }

  mutating func member(_ name: String, _ value: (inout JSONWriter) -> Void) {
    key(name)
    value(&self)
  }

  mutating func member(_ name: String, _ text: String) { member(name) { $0.string(text) } }
  mutating func member(_ name: String, _ number: Int64) { member(name) { $0.int64(number) } }
  mutating func member(_ name: String, _ number: Int) { member(name) { $0.int(number) } }
  mutating func member(_ name: String, _ flag: Bool) { member(name) { $0.bool(flag) } }
}
