package import Core
import Foundation
import NIOHTTP1

/// How far a request to a host gets, whatever is answered.
package struct Reachability: Sendable, Hashable {
  package let host: String
  /// Plain `http`, as on this machine alone.
  package let isEncrypted: Bool
  /// `nil` when it answered.
  package let obstacle: Obstacle?

  package struct Obstacle: Sendable, Hashable {
    package let stage: Stage
    package let problem: ReachabilityProblem
  }

  package enum Stage: Sendable {
    /// It could not be resolved.
    case name
    /// Nothing listens there, or something between lets nothing through.
    case connection
    /// Who answers is not who it should be.
    case trust
  }
}

package struct ReachabilityProblem: Problem, Hashable {
  package let code: ProblemCode
  package let summary: String
  package let remedy: String?
  package var retry: Retry { .safe(after: nil) }
}

extension HTTPExchange {
  /// Sends one GET without a token to where people sign in.
  package func reach(loginOf cloud: Cloud) async -> Reachability {
    await reach(cloud.login + "/common/v2.0/.well-known/openid-configuration", .entraUnreachable)
  }

  /// Sends one GET without a token to Graph, which refuses it.
  package func reach(graphOf cloud: Cloud) async -> Reachability {
    await reach(cloud.graph + "/me", .graphUnreachable)
  }

  private func reach(_ url: String, _ code: ProblemCode) async -> Reachability {
    let parts = URLComponents(string: url)
    let host = parts?.host ?? url
    let isEncrypted = parts?.scheme?.lowercased() == "https"
    do throws(HTTPFailure) {
      _ = try await send(HTTPRequest(method: .GET, url: url))
      return Reachability(host: host, isEncrypted: isEncrypted, obstacle: nil)
    } catch {
      let problem = ReachabilityProblem(
        code: code, summary: "\(host) could not be reached: \(error.reason.rawValue).",
        remedy: error.remedy)
      let stage: Reachability.Stage =
        switch error.reason {
        case .nameUnknown: .name
        case .untrusted: .trust
        default: .connection
        }
      return Reachability(
        host: host, isEncrypted: isEncrypted, obstacle: .init(stage: stage, problem: problem))
    }
  }
}
