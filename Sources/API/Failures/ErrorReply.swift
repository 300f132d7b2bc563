package import Core
import JSON

/// A refusal: every reply of the API whose status is not 200.
package struct ErrorReply: Contract {
  package var statusCode = 0
  package var error = ""
  package var message = ""
  package var code = ""
  package var problem = ""
  package var remedy: String?
  package var how: String?
  package var actor: Word<Responsible>?
  package var link: String?
  package var faults: [FaultReply] = []
  package var origin: OriginReply?

  package init() {}

  package static let fields = Fields<Self>("Error", "A refusal: what was wrong, and what to do.") {
    Required("statusCode", \.statusCode, .integer(400...599), "The HTTP status.")
    Required("error", \.error, .line(1...64), "The HTTP status in words.")
    Required("message", \.message, .lines(1...65_536), "One sentence with the value that was wrong.")
    Required(
      "code", \.code, .line(1...64), "EmailEngine's code if it has one, otherwise the same as `problem`.")
    Required(
      "problem", \.problem, .line(1...64), "Heliograph's code, `area.reason`; docs/errors.md lists them.")
    Field("remedy", \.remedy, .lines(1...4096), "What to do next.")
    Field("how", \.how, .line(1...256), "The operation that shows or does what the remedy describes.")
    Field("actor", \.actor, .word(), "Who has to act; left out if it is the caller.")
    Field("link", \.link, .line(1...4096, format: .url), "The page at Microsoft where this can be fixed.")
    Field("fields", \.faults, .list(.object, count: 0...20), "Each faulty field; at most 20 are listed.")
    Field("origin", \.origin, .object, "What Microsoft said, for a support ticket there.")
  }
}

extension ErrorReply {
  package init(_ problem: Problem) {
    self.init()
    statusCode = problem.code.status
    error = Self.phrase(problem.code.status)
    message = problem.summary
    code = problem.code.apiCode
    self.problem = problem.code.rawValue
    remedy = problem.remedy
    how = problem.code.how?.api
    actor = problem.actor.map { Word($0) }
    link = problem.link
    faults = problem.fields.map(FaultReply.init)
    origin = problem.origin.flatMap(OriginReply.init)
  }

  /// The problem that a client shows, in the gateway's words; a code that this version does not know becomes
  /// `request.internal`.
  package var asProblem: Problem {
    Problem(
      ProblemCode(rawValue: problem) ?? .requestInternal, message, remedy: remedy,
      origin: origin.map { PeerError(status: $0.statusCode, code: $0.code, requestID: $0.requestId) },
      actor: actor?.known, link: link, fields: faults.map { FieldFault(message: $0.message, key: $0.key) })
  }

  /// RFC 9110 section 15, for the statuses of the catalogue.
  private static func phrase(_ status: Int) -> String {
    switch status {
    case 400: "Bad Request"
    case 401: "Unauthorized"
    case 403: "Forbidden"
    case 404: "Not Found"
    case 405: "Method Not Allowed"
    case 409: "Conflict"
    case 410: "Gone"
    case 413: "Content Too Large"
    case 429: "Too Many Requests"
    case 502: "Bad Gateway"
    case 503: "Service Unavailable"
    case 504: "Gateway Timeout"
    case 400..<500: "Client Error"
    default: "Internal Server Error"
    }
  }

  /// Where a refusal differs from the declaration and from the catalogue.
  static func check(status: Int, reply: JSONValue) -> [String] {
    var differences = reply.differences(from: .object(fields.schema), at: "")
    if reply["statusCode"]?.int64 != Int64(status) { differences.append("statusCode is not \(status)") }
    guard let name = reply["problem"]?.string, let code = ProblemCode(rawValue: name) else {
      return differences + ["problem is not in the catalogue"]
    }
    if code.status != status { differences.append("\(name) has the status \(code.status) in the catalogue") }
    if reply["code"]?.string != code.apiCode { differences.append("code is not \(code.apiCode)") }
    return differences
  }
}

/// One faulty field of a request.
package struct FaultReply: Contract {
  package var message = ""
  package var key = ""

  package init() {}

  init(_ fault: FieldFault) {
    message = fault.message
    key = fault.key
  }

  package static let fields = Fields<Self>("FieldFault", "One faulty field of a request.") {
    Required("message", \.message, .lines(1...4096), "What is wrong with the value.")
    Required("key", \.key, .lines(1...4096), "The field's path, such as `attachments[0].content`.")
  }
}

/// What Microsoft said.
package struct OriginReply: Contract {
  package var statusCode: Int?
  package var code: String?
  package var requestId: String?

  package init() {}

  /// `nil` when Microsoft said nothing.
  init?(_ error: PeerError) {
    guard error.status != nil || error.code != nil || error.requestID != nil else { return nil }
    statusCode = error.status
    code = error.code
    requestId = error.requestID
  }

  package static let fields = Fields<Self>("Origin", "What Microsoft said.") {
    Field("statusCode", \.statusCode, .integer(100...999), "The HTTP status of Microsoft's reply.")
    Field(
      "code", \.code, .line(1...256), "Microsoft's own code, such as `AADSTS7000215` or `ErrorSendAsDenied`.")
    Field("requestId", \.requestId, .line(1...256), "The id by which Microsoft can find the request.")
  }
}
