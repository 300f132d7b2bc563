import Core
import Events
import Store

extension Transaction {
  /// Sends the messages on their way that wait for the account, now that it is connected.
  func resumeMessages(of account: AccountRecord, at now: Instant) throws {
    try resume(account.id, in: account.workspace, now: now)
  }

  /// Those that use this one's grant, and were refused a token with the one before.
  func reviveAccounts(delegatedBy owner: AccountRecord, as state: AccountState, at now: Instant) throws {
    for id in try accounts(delegatedBy: owner.id, in: owner.workspace) {
      guard let user = try account(id, in: owner.workspace)?.account, user.state == .authenticationError,
        try markConnected(id, as: state, in: owner.workspace, at: now)
      else { continue }
      try append(
        Event.authenticationSuccess(user: user.mailbox).record(id, in: owner.workspace, at: now))
      try resumeMessages(of: user, at: now)
    }
  }

  /// Keeps why an account is not connected yet; the first of a run of failures is told.
  func failConnecting(_ account: AccountRecord, _ problem: ProblemRecord) throws {
    let (id, workspace) = (account.id, account.workspace)
    let before = try self.account(id, in: workspace)?.account.state
    // A refusal that is kept already has better words than that there is one.
    let isRefusal = problem.code == ProblemCode.accountNotConnected.rawValue
    let moved = try move(
      id, to: .connectError, from: [.initial, .connecting] + (isRefusal ? [] : [.connectError]),
      problem: problem, in: workspace, at: problem.occurred)
    guard moved, before != .connectError else { return }
    try append(Event.connectError(problem).record(id, in: workspace, at: problem.occurred))
  }
}
