import Core
import Foundation

// What a client command reports when the gateway refused or could not be reached.
extension Problem {
  /// Takes over the gateway's own words.
  init(status: Int, body: Data) {
    struct Answer: Decodable {
      let message: String
      let problem: String?
      let remedy, actor, link: String?
    }
    let answer = try? JSONDecoder().decode(Answer.self, from: body)
    self.init(
      answer?.problem.flatMap(ProblemCode.init(rawValue:)) ?? .requestInternal,
      answer?.message ?? "The gateway answered with HTTP status \(status).",
      remedy: answer.map(\.remedy) ?? "Check that HELIOGRAPH_URL is the gateway's.")
    actor = answer?.actor.flatMap(Responsible.init)
    link = answer?.link
  }

  static let noToken = Problem(
    .tokenMissing, "HELIOGRAPH_TOKEN is not set.",
    remedy: "Make a token with `heliograph token issue` and export it.")

  static let unexpectedAnswer = Problem(
    .requestInternal, "The gateway's answer is not what this version of the command expects.",
    remedy: "Use the same version on both sides.")

  static func unreachable(_ url: String) -> Problem {
    Problem(
      .requestInternal, "There is no answer from \(url).",
      remedy: "Start the gateway with `heliograph serve`, or set HELIOGRAPH_URL to where it runs.",
      retry: .unsafe)
  }

  static func unreadableFile(_ path: String) -> Problem {
    Problem(
      .requestInvalidField, "The file \(path) cannot be read.", remedy: "Check the path and its permissions.")
  }

  static func notConnected(_ account: String, _ reason: String, remedy: String?) -> Problem {
    Problem(.accountNotConnected, "\(account): \(reason)", remedy: remedy)
  }

  var isNotFound: Bool { code == .accountNotFound }
}
