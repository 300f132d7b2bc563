import Core
import Foundation
import HTTPTypes
import Hummingbird
import NIOCore

/// A problem as callers of the REST API see it: EmailEngine's error object, with our code and the cure.
struct APIError: HTTPResponseError, Encodable {
  let statusCode: Int
  let error: String
  let message: String
  /// EmailEngine's code where its table has one, else ours.
  let code: String
  let problem: String
  let remedy: String?
  /// Who has to act: user, appOwner, administrator or nobody.
  let actor: String?
  let link: String?
  let fields: [Field]?
  let origin: Origin?

  struct Field: Encodable {
    let message, key: String
  }

  /// What Microsoft said, for its support.
  struct Origin: Encodable {
    let statusCode: Int?
    let code: String?
    let requestId: String?
  }

  private let retryAfter: Duration?

  init(_ problem: Problem) {
    statusCode = problem.code.status
    error = HTTPResponse.Status(code: problem.code.status).reasonPhrase
    message = problem.summary
    code = problem.code.apiCode
    self.problem = problem.code.rawValue
    remedy = problem.remedy
    actor = problem.actor?.rawValue
    link = problem.link
    fields = problem.fields.isEmpty ? nil : problem.fields.map { Field(message: $0.message, key: $0.key) }
    origin = problem.origin.map { Origin(statusCode: $0.status, code: $0.code, requestId: $0.requestID) }
    retryAfter = if case .safe(let after?) = problem.retry { after } else { nil }
  }

  private enum CodingKeys: CodingKey {
    case statusCode, error, message, code, problem, remedy, actor, link, fields, origin
  }

  var status: HTTPResponse.Status { HTTPResponse.Status(code: statusCode) }

  func response(from request: Request, context: some RequestContext) throws -> Response {
    var headers: HTTPFields = [.contentType: "application/json; charset=utf-8", .cacheControl: "no-store"]
    if statusCode == 401 { headers[.wwwAuthenticate] = #"Bearer realm="heliograph""# }
    if let retryAfter { headers[.retryAfter] = String(max(1, retryAfter.components.seconds)) }
    return Response(
      status: status, headers: headers,
      body: ResponseBody(byteBuffer: ByteBuffer(bytes: try JSONEncoder.api.encode(self))))
  }
}

extension JSONEncoder {
  /// Keys in the order of their names, slashes as they are: answers are the same byte for byte.
  static var api: JSONEncoder {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return encoder
  }
}
