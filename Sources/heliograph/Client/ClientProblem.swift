import Core
import Foundation

/// What a client command tells when the gateway refused or could not be reached.
struct ClientProblem: Problem {
  let code: ProblemCode
  let summary: String
  let remedy: String?
  let retry: Retry
  var actor: Responsible?
  var link: String?

  init(_ code: ProblemCode, _ summary: String, remedy: String?, retry: Retry = .futile) {
    self.code = code
    self.summary = summary
    self.remedy = remedy
    self.retry = retry
  }

  /// Takes over the gateway's own words.
  init(status: Int, body: Data) {
    struct Answer: Decodable {
      let message: String
      let problem: String?
      let remedy, actor, link: String?
    }
    let answer = try? JSONDecoder().decode(Answer.self, from: body)
    self.init(
      answer?.problem.flatMap(ProblemCode.init) ?? .requestInternal,
      answer?.message ?? "The gateway answered with HTTP status \(status).",
      remedy: answer.map(\.remedy) ?? "Check that HELIOGRAPH_URL is the gateway's.")
    actor = answer?.actor.flatMap(Responsible.init)
    link = answer?.link
  }

  static let noToken = ClientProblem(
    .tokenMissing, "HELIOGRAPH_TOKEN is not set.",
    remedy: "Make a token with `heliograph token issue` and export it.")

  static let unexpectedAnswer = ClientProblem(
    .requestInternal, "The gateway's answer is not what this version of the command expects.",
    remedy: "Use the same version on both sides.")

  static func unreachable(_ url: String) -> ClientProblem {
    ClientProblem(
      .requestInternal, "There is no answer from \(url).",
      remedy: "Start the gateway with `heliograph serve`, or set HELIOGRAPH_URL to where it runs.",
      retry: .unsafe)
  }

  static func unreadableFile(_ path: String) -> ClientProblem {
    ClientProblem(
      .requestInvalidField, "The file \(path) cannot be read.", remedy: "Check the path and its permissions.")
  }

  static func notConnected(_ account: String, _ reason: String, remedy: String?) -> ClientProblem {
    ClientProblem(.accountNotConnected, "\(account): \(reason)", remedy: remedy)
  }

  var isNotFound: Bool { code == .accountNotFound }
}
