package import HTTPTypes
package import Hummingbird
package import JSON
import NIOCore

extension Response {
  /// `headers` may name another content type.
  package static func json(
    _ value: JSONValue, status: HTTPResponse.Status = .ok, headers: HTTPFields = [:]
  ) -> Response {
    var headers = headers
    if headers[.contentType] == nil { headers[.contentType] = "application/json; charset=utf-8" }
    return Response(
      status: status, headers: headers,
      body: ResponseBody(byteBuffer: ByteBuffer(bytes: value.serialized())))
  }
}

extension JSONValue {
  /// An object without the members that have no value.
  static func object(omittingAbsent members: KeyValuePairs<String, JSONValue?>) -> JSONValue {
    .object(JSONObject(members.compactMap { member in member.value.map { (key: member.key, value: $0) } }))
  }

  static func strings(_ texts: [String]) -> JSONValue { .array(texts.map { .string($0) }) }

  static func orNull(_ text: String?) -> JSONValue { text.map { .string($0) } ?? .null }
}

extension JSONLimits {
  /// For what clients send. A message with its attachments has nine levels; a request of Graph's has 4 MB at
  /// most, and a control request is shorter still.
  static let request = JSONLimits(depth: 32, elements: 100_000)
}
