import Core
import Store

extension Problem {
  static let bodyMemoryInUse = Problem(
    .serverBusy, "Too many large requests are in progress.",
    remedy: "Send the request again after the time in Retry-After.", retry: .safe(after: .seconds(2)))

  /// - Parameter cause: Only for operators: it may name files.
  static func faulty(_ cause: ProblemRecord?) -> Problem {
    Problem(
      .serverFaulty, "Messages wait: \(cause?.summary ?? "the gateway has a fault.")",
      remedy: cause?.remedy ?? "Ask with an operator's token for the cause, or look in the log.")
  }

  static let brokenBody = Problem(
    .requestMalformed, "The body is not valid HTTP/1.1, or ended early.",
    remedy: "Check Content-Length and the chunks of Transfer-Encoding, and send the request again.")

  static func codedTransfer(_ coding: String) -> Problem {
    Problem(
      .requestMalformed, "The body has Transfer-Encoding “\(oneLine(coding, limit: 40))”.",
      remedy: "Send the body with Content-Length or Transfer-Encoding: chunked.")
  }

  static func encodedBody(_ encoding: String) -> Problem {
    Problem(
      .requestMalformed, "The body has Content-Encoding “\(oneLine(encoding, limit: 40))”.",
      remedy: "Send the body without Content-Encoding.")
  }
}
