import Foundation
package import HTTPTypes
package import Hummingbird
import NIOCore

extension Response {
  /// Keys in alphabetical order, slashes bare. `headers` may name another content type.
  package static func json(
    _ value: some Encodable, status: HTTPResponse.Status = .ok, headers: HTTPFields = [:],
    inSnakeCase: Bool = false
  ) throws -> Response {
    let encoder = JSONEncoder()
    encoder.keyEncodingStrategy = inSnakeCase ? .convertToSnakeCase : .useDefaultKeys
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    var headers = headers
    if headers[.contentType] == nil { headers[.contentType] = "application/json; charset=utf-8" }
    return Response(
      status: status, headers: headers,
      body: ResponseBody(byteBuffer: ByteBuffer(bytes: try encoder.encode(value))))
  }

  /// A page that is never stored, framed or scripted.
  package static func html(_ text: String, status: HTTPResponse.Status = .ok) -> Response {
    let headers: HTTPFields = [
      .contentType: "text/html; charset=utf-8",
      .cacheControl: "no-store",
      .contentSecurityPolicy: "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
      .xContentTypeOptions: "nosniff",
    ]
    return Response(
      status: status, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
  }
}
