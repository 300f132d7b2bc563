import Core
import Foundation
import HTTPTypes
import Hummingbird
import JSON
import NIOCore
import Synchronization

/// One part of a `$batch` (Microsoft Learn, "Combine multiple HTTP requests using JSON batching").
struct BatchPart: Sendable {
  let id: String
  let method: HTTPRequest.Method
  /// Relative to the version, with its query.
  let url: String
  let headers: HTTPFields
  let body: [UInt8]
  let dependsOn: [String]

  /// At most 20 parts, whose ids are unique without regard to case.
  static func parts(of json: JSONValue) throws(GraphError) -> [BatchPart] {
    for key in json.object?.keys ?? [] where key != "requests" {
      throw .batch("The property '\(oneLine(key, limit: 64))' is not valid in a batch.")
    }
    guard let list = json["requests"]?.array, !list.isEmpty else {
      throw .batch("The batch has no requests.")
    }
    guard list.count <= maximumCount else {
      throw .batch("The batch has \(list.count) requests; at most \(maximumCount) are allowed.")
    }
    let parts = try list.map { part throws(GraphError) in try BatchPart(part) }
    var ids: Set<String> = []
    for part in parts {
      guard part.dependsOn.allSatisfy({ ids.contains($0.lowercased()) }) else {
        throw .batch("Request '\(part.id)' depends on none that stands before it.")
      }
      guard ids.insert(part.id.lowercased()).inserted else { throw .batch("Request Id is duplicated.") }
    }
    return parts
  }

  private static let maximumCount = 20

  private init(_ json: JSONValue) throws(GraphError) {
    guard let object = json.object else { throw .batch("A request is not an object.") }
    let known: Set = ["id", "method", "url", "headers", "body", "dependsOn"]
    for key in object.keys where !known.contains(key) {
      throw .batch("The property '\(oneLine(key, limit: 64))' is not valid in a request.")
    }
    guard let id = object["id"]?.string, !id.isEmpty else { throw .batch("A request has no id.") }
    guard let method = object["method"]?.string.flatMap({ HTTPRequest.Method($0.uppercased()) }),
      [.get, .post, .put, .patch, .delete].contains(method)
    else { throw .batch("The method of request '\(id)' is not valid.") }
    guard let url = object["url"]?.string, !url.isEmpty, !url.contains("://") else {
      throw .batch("The url of request '\(id)' is not relative.")
    }
    (self.id, self.method) = (id, method)
    self.url = url.hasPrefix("/") ? url : "/" + url
    guard !self.url.lowercased().hasPrefix("/$batch") else { throw .batch("A batch cannot be nested.") }
    var headers = HTTPFields()
    for (name, value) in object["headers"]?.object?.members ?? [] {
      guard let field = HTTPField.Name(name), let text = value.string else {
        throw .batch("A header of request '\(id)' is not valid.")
      }
      headers[field] = text
    }
    self.headers = headers
    body = try Self.body(object["body"], headers[.contentType], id)
    dependsOn =
      try object["dependsOn"]?.elements("dependsOn").map { value throws(GraphError) in
        try value.text("dependsOn")
      } ?? []
  }

  /// JSON as it is; anything else is text that the service decodes, as it does outside of a batch.
  private static func body(
    _ value: JSONValue?, _ type: String?, _ id: String
  ) throws(GraphError) -> [UInt8] {
    guard let value, !value.isNull else { return [] }
    guard type != nil else { throw .batch("Request '\(id)' has a body and no Content-Type.") }
    return value.string.map { Array($0.utf8) } ?? value.serialized()
  }
}

extension GraphExchange {
  /// Parts that depend on none run four at a time, as Outlook does it; the others in their order.
  func batch(_ claims: AccessTokenClaims) async throws -> Response {
    guard request.method == .post else { throw GraphError.methodNotAllowed }
    let parts = try BatchPart.parts(of: try await jsonBody())
    var statuses: [String: Int] = [:]
    var answers: [JSONValue] = []
    let isSequence = parts.contains { !$0.dependsOn.isEmpty }
    for group in parts.chunked(by: isSequence ? 1 : Self.concurrentParts) {
      let failed = group.first?.dependsOn.contains { statuses[$0.lowercased()].map { $0 >= 400 } ?? true }
      if failed == true, let part = group.first {
        statuses[part.id.lowercased()] = 424
        answers.append(Self.failedDependency(part))
        continue
      }
      let results = try await withThrowingTaskGroup(of: (String, Int, JSONValue).self) { tasks in
        for part in group { tasks.addTask { try await run(part) } }
        return try await tasks.reduce(into: []) { $0.append($1) }
      }
      for (id, status, json) in results {
        statuses[id.lowercased()] = status
        answers.append(json)
      }
    }
    return json(["responses": .array(answers)])
  }

  private static let concurrentParts = 4

  private func run(_ part: BatchPart) async throws -> (String, Int, JSONValue) {
    var head = request.head
    head.method = part.method
    head.path = "/v1.0" + part.url.replacing(" ", with: "%20")
    var fields = part.headers
    fields[.authorization] = request.headers[.authorization]
    head.headerFields = fields
    let request = Request(head: head, body: RequestBody(buffer: ByteBuffer(bytes: part.body)))
    let response = try await GraphExchange(state: state, request: request, context: context).answer()
    let sink = BodySink()
    try await response.body.write(sink)
    let body = sink.buffer.withLock { Array($0.readableBytesView) }
    let isJSON = response.headers[.contentType]?.hasPrefix("application/json") == true
    let value: JSONValue? =
      body.isEmpty
      ? nil : isJSON ? try? JSONValue(parsing: body) : .string(Data(body).base64EncodedString())
    let headers = response.headers.map { (key: $0.name.rawName, value: JSONValue.string($0.value)) }
    let answer = JSONValue.object(omittingAbsent: [
      "id": .string(part.id), "status": JSONValue(response.status.code),
      "headers": .object(JSONObject(headers)), "body": value,
    ])
    return (part.id, response.status.code, answer)
  }

  private static func failedDependency(_ part: BatchPart) -> JSONValue {
    [
      "id": .string(part.id), "status": 424,
      "body": [
        "error": [
          "code": "FailedDependency", "message": "A request that this one depends on has failed.",
        ]
      ],
    ]
  }
}

extension GraphError {
  fileprivate static func batch(_ message: String) -> GraphError { GraphError(400, "BadRequest", message) }
}

extension Array {
  fileprivate func chunked(by size: Int) -> [ArraySlice<Element>] {
    stride(from: 0, to: count, by: size).map { self[$0..<Swift.min($0 + size, count)] }
  }
}
