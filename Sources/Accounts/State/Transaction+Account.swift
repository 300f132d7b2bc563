package import Core
import Events
package import Store

extension Transaction {
  /// Tells the account what happened, and does everything that follows from it. The one way in which an account's
  /// state changes; correct at any isolation, because a status that has changed meanwhile is decided about again.
  ///
  /// - Returns: what followed; `nil` when there is no such account.
  @discardableResult
  package func apply(
    _ input: AccountInput, to id: AccountID, in workspace: WorkspaceID,
    at now: Instant
  ) throws -> AccountTransition? {
    while let details = try account(id, in: workspace) {
      let (account, old) = (details.account, details.account.status)
      let transition = AccountMachine(details).transition(for: input)
      if transition.status != old {
        guard try setStatus(transition.status, replacing: old, account: id, in: workspace, at: now) else {
          continue
        }
      }
      try carryOut(transition, for: account, at: now)
      return transition
    }
    return nil
  }

  private func carryOut(
    _ transition: AccountTransition, for account: AccountRecord, at now: Instant
  ) throws {
    let (id, workspace) = (account.id, account.workspace)
    switch transition.appError {
    case .kept: break
    case .cleared: try setLastError(nil, ofApp: account.app, in: account.appWorkspace)
    case .set(let problem): try setLastError(problem, ofApp: account.app, in: account.appWorkspace)
    }
    if let event = transition.event { try append(event.record(id, in: workspace, at: now)) }
    if transition.resumesMessages { try resume(id, in: workspace, now: now) }
    if let input = transition.delegates {
      for delegate in try accounts(delegatedBy: id, in: workspace) {
        try apply(input, to: delegate, in: workspace, at: now)
      }
    }
  }
}
