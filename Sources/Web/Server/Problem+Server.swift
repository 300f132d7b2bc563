import Core

extension Problem {
  static let bodyMemoryInUse = Problem(
    .serverBusy, "Too many large requests are in progress.",
    remedy: "Send the request again after the time in Retry-After.", retry: .safe(after: .seconds(2)))

  static let brokenBody = Problem(
    .requestMalformed, "The body is not valid HTTP/1.1, or ended early.",
    remedy: "Check Content-Length and the chunks of Transfer-Encoding, and send the request again.")

  static let malformedForm = Problem(
    .requestMalformed, "The form is not valid: a name occurs twice, or a value is not percent-encoded.",
    remedy: "Send it as application/x-www-form-urlencoded.")

  static func encodedBody(_ encoding: String) -> Problem {
    Problem(
      .requestMalformed, "The body has Content-Encoding “\(oneLine(encoding, limit: 40))”.",
      remedy: "Send the body without Content-Encoding.")
  }
}
