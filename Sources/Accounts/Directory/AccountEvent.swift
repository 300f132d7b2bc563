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

  private var kind: String {
    switch self {
    case .added: "accountAdded"
    case .deleted: "accountDeleted"
    case .authenticated: "authenticationSuccess"
    case .refused: "authenticationError"
    }
  }

  private func data(_ account: AccountID) -> [String: String] {
    switch self {
    case .added, .deleted: return ["account": account.rawValue]
    case .authenticated(let mailbox): return ["user": mailbox]
    case .refused(let problem):
      var data = [
        "response": problem.summary, "serverResponseCode": "OauthRenewError", "problem": problem.code,
      ]
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
}
