import Core

extension Problem {
  static func malformedJSON(_ reason: String) -> Problem {
    Problem(
      .requestMalformed, "The body is not valid JSON: \(reason)",
      remedy: "Send one JSON object with Content-Type: application/json.")
  }

  /// One problem for all faults of a body; an unknown or unsupported field decides the code.
  static func fields(_ faults: [FieldFault], code: ProblemCode) -> Problem {
    let remedy =
      switch code {
      case .requestNotSupported: "Leave the field out; this version does not do what it asks for."
      case .requestUnknownField: "Correct the spelling or leave the field out."
      default: "Correct the field and send the request again."
      }
    return Problem(
      code, faults.map { "\($0.key): \($0.message)" }.joined(separator: "; "), remedy: remedy,
      fields: faults)
  }

  static func tooLarge(limit: Int) -> Problem {
    Problem(
      .requestTooLarge, "The request body is larger than the limit of \(limit) bytes.",
      remedy: "Send less, or raise body-limit (HELIOGRAPH_BODY_LIMIT).")
  }

  static func noRoute(_ method: String, _ path: String) -> Problem {
    Problem(
      .requestNotFound, "There is nothing at \(method) \(path).",
      remedy: "docs/openapi.json lists what there is.")
  }

  static let tokenMissing = Problem(
      .tokenMissing, "The request carries no API token.",
    remedy: "Send Authorization: Bearer TOKEN; `heliograph token issue` makes one.")

  static let tokenInvalid = Problem(
      .tokenInvalid, "The API token is unknown, expired or revoked.",
    remedy: "Make a new one with `heliograph token issue`.")

  static func tokenScope(needed: String) -> Problem {
    Problem(
      .tokenScope, "The API token does not have the scope \(needed).",
      remedy: "Make a token with `heliograph token issue --scope '\(needed)'`.")
  }

  static let tokenOfOneAccount = Problem(
      .tokenScope, "The API token is for one account, and this request is not about that account.",
    remedy: "Use a token of the whole workspace.")

  static func refused(status: Int, _ reason: String?) -> Problem {
    Problem(
      .requestMalformed, reason ?? "The request was refused with HTTP status \(status).",
      remedy: "Correct the request and send it again.")
  }

  static let internalFailure = Problem(
      .requestInternal, "Something failed inside Heliograph; nothing was acknowledged.",
    remedy: "Try again, and report it with the time of the request if it stays.")

  static let incompleteForm = Problem(
      .requestMalformed, "The form came without all of its fields.",
    remedy: "Open the link again and press the button on the page.")

  static let foreignForm = Problem(
      .requestMalformed, "The form was sent from another site.",
    remedy: "Open the link itself and press the button on its page.")
}
