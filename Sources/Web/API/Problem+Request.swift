import Core

extension Problem {
  static func tooLarge(limit: Int) -> Problem {
    Problem(
      .requestTooLarge, "The request body is larger than the limit of \(limit) bytes.",
      remedy: "Send less, or raise body-limit (HELIOGRAPH_BODY_LIMIT).")
  }

  static func noRoute(_ method: String, _ path: String) -> Problem {
    Problem(
      .requestNotFound, "There is no operation \(oneLine(method, limit: 20)) \(oneLine(path, limit: 200)).",
      remedy: "GET /openapi.json describes every operation.")
  }

  static func methodNotAllowed(_ method: String, _ path: String, _ allowed: [String]) -> Problem {
    Problem(
      .requestMethodNotAllowed,
      "\(oneLine(path, limit: 200)) does not support \(oneLine(method, limit: 20)), only "
        + "\(allowed.joined(separator: ", ")).",
      remedy: "GET /openapi.json describes every operation.")
  }

  static let tokenMissing = Problem(
    .tokenMissing, "The request has no API token.",
    remedy: "Send Authorization: Bearer TOKEN; `heliograph token issue` issues a token.")

  static let tokenInvalid = Problem(
    .tokenInvalid, "The API token is unknown, expired or revoked.",
    remedy: "Issue a new one with `heliograph token issue`.")

  static func tokenScope(needed: String) -> Problem {
    Problem(
      .tokenScope, "The API token does not have the scope \(needed).",
      remedy: "Issue a token with `heliograph token issue --scope '\(needed)'`.")
  }

  static let tokenOfOneAccount = Problem(
    .tokenScope, "The API token is for one account, and this request is not about that account.",
    remedy: "Use a token for the whole workspace.")

  static func refused(status: Int, _ reason: String?) -> Problem {
    Problem(
      .requestMalformed, reason ?? "The request was refused with HTTP status \(status).",
      remedy: "Correct the request and send it again.")
  }

  static let internalFailure = Problem(
    .requestInternal, "Something failed inside Heliograph; nothing was acknowledged.",
    remedy: "Try again, and if it fails again, report it with the time of the request.")

  static let incompleteForm = Problem(
    .requestMalformed, "The form is missing some of its fields.",
    remedy: "Open the link again and press the button on the page.")

  static let foreignForm = Problem(
    .requestMalformed, "The form was sent from another site.",
    remedy: "Open the link itself and press the button on its page.")
}
