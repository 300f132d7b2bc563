import API
import Core

/// Waits for an account that a person, or the gateway, is connecting.
struct AccountWatch: Sendable {
  let client: APIClient
  let quiet: Bool

  private static let pause: Duration = .seconds(1)

  /// Prints each state as it is reached, and the account's id at the end.
  ///
  /// - Throws: `account.notConnected` when Microsoft refuses, and when the time has passed.
  func untilConnected(_ account: AccountID, within limit: Duration) async throws {
    guard limit > .zero else {
      if !quiet { Terminal.line(account.rawValue) }
      return
    }
    let end = ContinuousClock.now + limit
    var printed = ""
    while true {
      if let reply = try await reply(account) {
        if reply.stateText != printed, !quiet { Terminal.error("\(account): \(reply.stateText)") }
        printed = reply.stateText
        switch reply.state.known {
        case .connected:
          if !quiet, !reply.ready, let reason = reply.lastError {
            Terminal.error(reason.message)
            for line in reason.advice.lines() { Terminal.error(line) }
          }
          if !quiet { Terminal.line(account.rawValue) }
          return
        case .authenticationError, .connectError: throw Problem.notConnected(account, reply.lastError)
        case .initial, .unset, .connecting, .paused, nil: break
        }
      }
      guard ContinuousClock.now < end else { throw Problem.notConnectedInTime(account) }
      try await Task.sleep(for: Self.pause)
    }
  }

  /// `nil` while there is no such account yet.
  private func reply(_ account: AccountID) async throws -> AccountReply? {
    do {
      return try await client.call(Operations.account, path: account).value
    } catch let problem as Problem where problem.code == .accountNotFound {
      return nil
    }
  }
}
