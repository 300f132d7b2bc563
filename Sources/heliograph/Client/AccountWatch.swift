import Core
import Foundation

/// What an answer warns of.
struct Warning: Decodable {
  let message, remedy: String
  let commands: [String]?

  func tell() {
    Terminal.error("Note: \(message) \(remedy)")
    for command in commands ?? [] { Terminal.error("  " + command) }
  }
}

/// Waits for an account that somebody, or the gateway, is connecting.
struct AccountWatch: Sendable {
  let client: APIClient
  let quiet: Bool

  private struct State: Decodable {
    let account, state, email: String
    let lastError: Failure?

    struct Failure: Decodable {
      let message: String
      let remedy: String?
    }
  }

  private static let pause: Duration = .seconds(1)

  /// Tells each state as it comes. Throws when it is refused, and when the time is over.
  func untilConnected(_ account: String, within limit: Duration) async throws {
    guard limit > .zero else {
      if !quiet { Terminal.line(account) }
      return
    }
    let end = ContinuousClock.now + limit
    var told = ""
    while true {
      let state = try await state(of: account)
      if let state, state.state != told, !quiet { Terminal.error("\(state.account): \(state.state)") }
      told = state?.state ?? told
      switch state?.state {
      case "connected":
        if !quiet { Terminal.line(account) }
        return
      case "authenticationError", "connectError":
        throw Problem.notConnected(
          account, state?.lastError?.message ?? "It is not connected.", remedy: state?.lastError?.remedy)
      default: break
      }
      guard ContinuousClock.now < end else {
        throw Problem.notConnected(
          account, "Nobody has connected it in that time.",
          remedy: "The link works for 24 hours; see `heliograph account show \(account)`.")
      }
      try await Task.sleep(for: Self.pause)
    }
  }

  /// `nil` while there is no such account yet.
  private func state(of account: String) async throws -> State? {
    do {
      return try await client.get("/v1/account/" + pathSegment(account)).read(State.self)
    } catch let problem as Problem where problem.isNotFound {
      return nil
    }
  }
}
