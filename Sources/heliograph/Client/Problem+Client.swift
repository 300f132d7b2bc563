import API
import Core

// What a command that is a client reports when the gateway refused a request or could not be reached.
extension Problem {
  /// A refusal, in the gateway's own words; where the body is not the contract's, the HTTP status is all there is.
  init(status: Int, body: [UInt8]) {
    do {
      self = try ErrorReply.read(reply: body).asProblem
    } catch {
      self = Problem(
        .requestInternal, "The server at HELIOGRAPH_URL replied with HTTP status \(status).",
        remedy: "Check that HELIOGRAPH_URL is the gateway's URL.")
    }
  }

  static let noToken = Problem(
    .tokenMissing, "HELIOGRAPH_TOKEN is not set.",
    remedy: "Create a token with `heliograph token issue` and export it.")

  static func unreachable(_ gateway: GatewayURL, _ error: any Error) -> Problem {
    let words = "\(error)".lowercased()
    let isTLS = words.contains("ssl") || words.contains("tls")
    var remedy =
      "Start the gateway with `heliograph serve`, or set HELIOGRAPH_URL to the URL at which it runs."
    if gateway.isSchemeGuessed {
      remedy +=
        " HELIOGRAPH_URL has no scheme, so \(gateway.text) was tried; write http:// or https:// in it."
    } else if isTLS {
      remedy = "Check the gateway's certificate, and whether HELIOGRAPH_URL must begin with http://."
    }
    return Problem(
      .requestInternal,
      isTLS
        ? "There is no TLS connection to the gateway at \(gateway.text)."
        : "The gateway at \(gateway.text) does not answer.",
      remedy: remedy, retry: .unsafe)
  }

  /// Of a variable that the reader has set.
  static func malformedVariable(_ summary: String, remedy: String) -> Problem {
    var problem = Problem(.configurationInvalid, summary, remedy: remedy)
    problem.actor = nil
    return problem
  }

  static func unreadableFile(_ path: String) -> Problem {
    Problem(
      .requestInvalidField, "The file \(path) cannot be read.", remedy: "Check the path and its permissions.")
  }

  static func notConnected(_ account: AccountID, _ error: ProblemReply?) -> Problem {
    var problem = error?.asProblem ?? Problem(.accountNotConnected, "It is not connected.", remedy: nil)
    problem.code = .accountNotConnected
    problem.summary = "\(account): \(problem.summary)"
    return problem
  }

  static func notConnectedInTime(_ account: AccountID) -> Problem {
    Problem(
      .accountNotConnected, "\(account): The account was not connected in time.",
      remedy: "A sign-in link works for 24 hours; see `heliograph account show \(account)`.")
  }
}

extension ProblemReply {
  var asProblem: Problem {
    Problem(
      knownCode ?? .requestInternal, message, remedy: remedy, actor: actor?.known, link: link)
  }
}
