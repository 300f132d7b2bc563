import API
import Core
import HTTPTypes
import Hummingbird
import NIOCore

/// A problem as callers of the REST API see it.
struct APIError: HTTPResponseError {
  let problem: Problem
  /// The methods that the path supports, when the request's is not one of them.
  let allowed: [String]

  init(_ problem: Problem, allowed: [String] = []) {
    self.problem = problem
    self.allowed = allowed
  }

  var status: HTTPResponse.Status { HTTPResponse.Status(code: problem.code.status) }

  func response(from request: Request, context: some RequestContext) throws -> Response {
    var headers: HTTPFields = [.contentType: "application/json; charset=utf-8", .cacheControl: "no-store"]
    if status == .unauthorized { headers[.wwwAuthenticate] = #"Bearer realm="heliograph""# }
    if !allowed.isEmpty { headers[.allow] = allowed.joined(separator: ", ") }
    if case .safe(let after?) = problem.retry {
      headers[.retryAfter] = String(max(1, after.components.seconds))
    }
    return Response(
      status: status, headers: headers,
      body: ResponseBody(byteBuffer: ByteBuffer(bytes: ErrorReply(problem).json())))
  }
}
