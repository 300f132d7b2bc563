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
    package let problem: Problem
  }

  package enum Stage: Sendable {
    /// It could not be resolved.
    case name
    /// Nothing listens there, or something in between blocks the connection.
    case connection
    /// Who answers is not who it should be.
    case trust
  }
}

extension HTTPExchange {
  /// Sends one GET without a token. An answer of any kind is enough.
  ///
  /// - Parameter code: what it is called when the host cannot be reached.
  package func reach(_ url: String, _ code: ProblemCode) async -> Reachability {
    let parts = URLComponents(string: url)
    let host = parts?.host ?? url
    let isEncrypted = parts?.scheme?.lowercased() == "https"
    do throws(HTTPFailure) {
      _ = try await send(HTTPRequest(method: .GET, url: url))
      return Reachability(host: host, isEncrypted: isEncrypted, obstacle: nil)
    } catch {
      let problem = Problem(
        code, "\(host) could not be reached: \(error.reason.rawValue).",
        remedy: error.remedy, retry: .safe(after: nil))
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
