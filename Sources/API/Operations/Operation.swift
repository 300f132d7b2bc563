package import Core
import JSON

/// One operation of the REST API: where it is, what it takes and what it answers. `Web` registers a handler
/// by this value, the commands call it by this value, and `openapi.json` describes it from this value.
package struct Operation<Path: PathValues, Query: Contract, Body: Contract, Reply: Contract>: Sendable {
  package let description: OperationDescription

  /// - Parameters:
  ///   - template: As OpenAPI writes it, `/v1/account/{account}/submit`, with a name for each value of
  ///   `Path`.
  ///   - id: Unique, for generated clients.
  ///   - summary: One line, in the imperative.
  ///   - details: Further sentences.
  ///   - grant: What a token's permissions must allow, where method and tag do not say it.
  ///   - problems: What it answers with beyond what every operation may.
  init(
    _ method: OperationMethod, _ template: String, id: String, _ tag: OperationTag, _ access: OperationAccess,
    _ summary: String, _ details: String = "", headers: [RequestHeader] = [], body: BodyForm? = nil,
    reply: ReplyForm = .json, grant: OperationGrant? = nil, problems: [ProblemCode] = []
  ) {
    let hasBody = Body.self != Nothing.self
    description = OperationDescription(
      method: method, template: template, id: id, tag: tag, access: access,
      grant: grant ?? OperationGrant(method, tag), summary: summary,
      details: details,
      headers: headers, bodyForm: body ?? (hasBody ? .json : .none), replyForm: reply, problems: problems,
      pathLimit: Path.limit, query: Query.fields.schema, body: Body.fields.schema, reply: Reply.fields.schema)
    precondition(
      description.pathNames.count == Path.count, "\(template) names other values than \(Path.self).")
  }

  package var method: OperationMethod { description.method }
  package var template: String { description.template }
}

// What the server does.
extension Operation {
  /// - Parameter part: The part of the request's path under that name of the template, as received.
  /// - Throws: What `PathPart.decode` throws.
  package func path(_ part: (String) -> String?) throws(Problem) -> Path {
    var parts: [String] = []
    for name in description.pathNames {
      parts.append(try PathPart.decode(part(name) ?? "", name: name, limit: Path.limit))
    }
    return Path(parts: parts)
  }

  /// - Parameter text: The request's query without its question mark.
  package func query(_ text: String?) throws(Problem) -> Query {
    try Query.read(query: text ?? "", ignoring: description.access == .open ? nil : OperationAccess.queryName)
  }

  /// - Parameter bytes: The whole body.
  package func body(_ bytes: some Collection<UInt8>) throws(Problem) -> Body {
    if description.bodyForm == .optionalJSON, bytes.isEmpty { return Body() }
    return try Body.read(bytes)
  }

  /// For a body with values that stream.
  package func bodyReader() -> BodyReader<Body> { BodyReader() }
}

// What a client does.
extension Operation {
  /// Path and query of the request, percent-encoded.
  package func target(_ path: Path, _ query: Query = Query()) -> String {
    let query = query.queryText
    return description.path(path.parts) + (query.isEmpty ? "" : "?" + query)
  }

  /// Reads a reply with status 200.
  package func reply(_ bytes: some Collection<UInt8>) throws(Problem) -> Reply {
    try Reply.read(reply: bytes)
  }
}

/// The values for the names in a path's template.
package protocol PathValues: Sendable {
  static var count: Int { get }
  /// How many bytes a value may have.
  static var limit: Int { get }
  /// - Parameter parts: As many as `count`, decoded, in the order of the template.
  init(parts: [String])
  var parts: [String] { get }
}

extension PathValues {
  package static var limit: Int { PathPart.limit }
}

extension Nothing: PathValues {
  package static var count: Int { 0 }
  package init(parts: [String]) {}
  package var parts: [String] { [] }
}

extension Identifier: PathValues {
  package static var count: Int { 1 }
  package init(parts: [String]) { self.init(parts.first ?? "") }
  package var parts: [String] { [rawValue] }
}
