import Core
import Foundation
import Store

/// What happens to an account, under the names that webhooks know.
enum AccountEvent: Sendable {
  case added
  case deleted
  /// A token is held for the first time, or again after a refusal.
  case authenticated(mailbox: String)
  /// Once for each run of refusals.
  case refused(ProblemRecord)
  /// Once for each run of failures to connect.
  case unreachable(ProblemRecord)

  private var kind: String {
    switch self {
    case .added: "accountAdded"
    case .deleted: "accountDeleted"
    case .authenticated: "authenticationSuccess"
    case .refused: "authenticationError"
    case .unreachable: "connectError"
    }
  }

  private func data(_ account: AccountID) -> [String: String] {
    switch self {
    case .added, .deleted: return ["account": account.rawValue]
    case .authenticated(let mailbox): return ["user": mailbox]
    case .refused(let problem), .unreachable(let problem):
      var data = ["response": problem.summary, "problem": problem.code]
      if case .refused = self { data["serverResponseCode"] = "OauthRenewError" }
      data["remedy"] = problem.remedy
      data["peerCode"] = problem.peerCode
      return data
    }
  }

  func record(_ account: AccountID, in workspace: WorkspaceID, at now: Instant) -> EventRecord {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    // Text always encodes.
    let json = (try? encoder.encode(data(account))) ?? Data("{}".utf8)
    return EventRecord(
      workspace: workspace, account: account, kind: kind, data: String(decoding: json, as: UTF8.self),
      created: now)
  }
}

extension Transaction {
  /// Sends the letters on their way that wait for the account, now that it is connected.
  func resumeLetters(of account: AccountRecord, at now: Instant) throws {
    try resume(account.lane, account: account.id, now: now)
  }

  /// Those that use this one's grant, and were refused a token with the one before.
  func reviveAccounts(delegatedBy owner: AccountRecord, as state: AccountState, at now: Instant) throws {
    for id in try accounts(delegatedBy: owner.id, in: owner.workspace) {
      guard let user = try account(id, in: owner.workspace)?.account, user.state == .authenticationError,
        try markConnected(id, as: state, in: owner.workspace, at: now)
      else { continue }
      try append(
        AccountEvent.authenticated(mailbox: user.mailbox).record(id, in: owner.workspace, at: now))
      try resumeLetters(of: user, at: now)
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
    try append(AccountEvent.unreachable(problem).record(id, in: workspace, at: problem.occurred))
  }
}
