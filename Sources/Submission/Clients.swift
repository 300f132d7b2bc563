import Access
import Core
import Delivery
import Logging
import SMTP
import ServiceLifecycle
import Store
import Synchronization

/// Who a client may send as.
struct Client: Sendable {
  var workspace: WorkspaceID
  var account: AccountID
  /// Whether a message may name another account of the workspace.
  var mayNameAccount = false
  /// What it has proven that with; `nil` for a device of a listed network.
  var token: Secret?
}

/// Finds out who a client is.
final class Clients: Sendable {
  private let tokens: TokenDirectory
  private let store: Store
  private let time: any Time
  private let logger: Logger
  private let failures = Mutex(FailureMemory())

  /// The scope of tokens that are passwords here.
  static let scope = "smtp"

  init(tokens: TokenDirectory, store: Store, time: any Time, logger: Logger) {
    (self.tokens, self.store, self.time, self.logger) = (tokens, store, time, logger)
  }

  /// The user is the id of an account, and the secret a token that is for this account or for all of its workspace.
  ///
  /// - Returns: `nil` for wrong credentials, after a while.
  func client(_ credentials: SMTPCredentials, from address: String) async throws -> Client? {
    let account = AccountID(credentials.user)
    var reason = "There is no such account, or it has no such token."
    do {
      if let client = try await client(of: account, token: credentials.secret, at: address) { return client }
    } catch let problem as Problem where problem.code == .tokenRestricted || problem.code == .tokenPermission
    {
      reason = problem.summary
    }
    let user = oneLine(credentials.user, limit: 80)
    let delay = failures.withLock {
      $0.failed(["address " + address, "user " + credentials.user.prefix(256)], at: time.now)
    }
    logger.warning(
      "Credentials of an SMTP client were refused.",
      metadata: [
        "address": "\(address)", "user": "\(user)", "mechanism": "\(credentials.mechanism.rawValue)",
        "delay": "\(delay)", "reason": "\(reason)",
      ])
    await pause(delay)
    return nil
  }

  /// Not for longer than the gateway runs. A closure of its own: within `client` it crashes the compiler.
  private func pause(_ delay: Duration) async {
    let time = time
    let sleep: @Sendable () async throws -> Void = { try await time.sleep(for: delay) }
    try? await cancelWhenGracefulShutdown(sleep)
  }

  /// Whether the client may begin a message: its token has not been revoked or run out since.
  ///
  /// - Throws: `token.rateLimited`.
  func mayBegin(_ client: Client, at address: String) async throws -> Bool {
    guard let token = client.token else { return true }
    guard let principal = try await tokens.principal(of: token), principal.has(Self.scope) else {
      return false
    }
    try Self.check(principal, address)
    try await tokens.use(principal, from: IPAddress(address))
    return true
  }

  /// - Throws: `token.restricted` or `token.permission`.
  private static func check(_ principal: Principal, _ address: String) throws(Problem) {
    try principal.check(address: IPAddress(address))
    try principal.check(.send, in: .submit)
  }

  private func client(of account: AccountID, token: Secret, at address: String) async throws -> Client? {
    guard let principal = try await tokens.principal(of: token), principal.has(Self.scope),
      principal.account.map({ $0 == account }) ?? true
    else { return nil }
    try Self.check(principal, address)
    let workspace = principal.workspace
    let isThere = try await store.read { (tx: borrowing Transaction) in
      try tx.account(account, in: workspace) != nil
    }
    guard isThere else { return nil }
    return Client(
      workspace: workspace, account: account, mayNameAccount: principal.account == nil, token: token)
  }
}
