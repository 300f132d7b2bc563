package import Core
package import Logging
import Queue
import ServiceLifecycle
package import Store

/// Connects accounts that have never had a token, immediately and, if Entra cannot be reached, again and
/// again. One that is refused goes to `authenticationError`. Imported grants are tried here too.
package struct Connector: Service {
  private let store: Store
  private let tokens: TokenSource
  private let time: any Time
  private let logger: Logger
  private let nudges: AsyncStream<Void>
  private let nudged: AsyncStream<Void>.Continuation

  /// How long an account waits for the next try.
  package static let pause: Duration = .seconds(30)
  /// Entra answers in well under a second; this many in parallel connect thousands in minutes.
  private static let width = 8
  /// So many are held in memory.
  private static let batch = 500

  package init(store: Store, tokens: TokenSource, time: any Time, logger: Logger) {
    self.store = store
    self.tokens = tokens
    self.time = time
    self.logger = logger
    (nudges, nudged) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
  }

  /// Something is there to connect.
  package func nudge() {
    nudged.yield()
  }

  package func run() async throws {
    await withTaskGroup(of: Void.self) { group in
      let periodic = Periodic("connecting accounts", every: Self.pause, time: time, logger: logger)
      group.addTask { await periodic.run(startingAtOnce: true) { nudge() } }
      group.addTask {
        await cancelWhenGracefulShutdown {
          for await _ in nudges.cancelOnGracefulShutdown() { await connectAll() }
        }
      }
    }
  }

  /// One round: all that wait for their first token, and all imported grants that have not been tried.
  func connectAll() async {
    do {
      var last: (created: Instant, id: AccountID)?
      while true {
        let after = last
        let batch = try await store.read { (tx: borrowing Transaction) in
          try tx.waitingAccounts(after: after, limit: Self.batch)
        }
        await batch.forEach(limit: Self.width) { await connect($0) }
        guard batch.count == Self.batch, let end = batch.last else { break }
        last = (end.account.created, end.account.id)
      }
      try await tryPendingGrants()
    } catch {
      logger.warning(
        "Accounts to connect cannot be listed; trying again later.", metadata: ["problem": "\(error)"])
    }
  }

  /// A permanent failure is reported to the account by the code that was refused the token; a temporary one is
  /// reported here, and the next round tries again.
  private func connect(_ details: AccountDetails) async {
    let (id, workspace) = (details.account.id, details.account.workspace)
    guard AccountMachine(details).refusalInForce(nil, at: time.now) == nil else { return }
    do {
      if details.account.state == .initial { try await apply(.connecting, to: id, in: workspace) }
      _ = try await tokens.token(for: id, in: workspace)
      logger.info("The account is connected.", metadata: ["account": "\(id)"])
    } catch {
      logger.info("The account is not connected yet.", metadata: ["account": "\(id)", "problem": "\(error)"])
      guard let problem = error as? Problem else { return }
      // It only lost a race; the next round wins it.
      if problem.code == .accountNotConnected, problem.retry != .futile { return }
      // If the database does not take it either, the next round says so.
      try? await apply(.connectingFailed(ProblemRecord(problem, at: time.now)), to: id, in: workspace)
    }
  }

  private func apply(_ input: AccountInput, to id: AccountID, in workspace: WorkspaceID) async throws {
    let now = time.now
    try await store.write { (tx: borrowing Transaction) in
      _ = try tx.apply(input, to: id, in: workspace, at: now)
    }
  }

  /// Each is taken by one node, and is due again soon in case that node crashes.
  private func tryPendingGrants() async throws {
    while true {
      let (now, later) = (time.now, time.now + AccountMachine.pause)
      let taken = try await store.write { (tx: borrowing Transaction) in
        try tx.takePendingGrants(due: now, until: later, limit: Self.batch)
      }
      await taken.forEach(limit: Self.width) { await tryPendingGrant(of: $0.account, in: $0.workspace) }
      guard taken.count == Self.batch else { return }
    }
  }

  private func tryPendingGrant(of account: AccountID, in workspace: WorkspaceID) async {
    do {
      try await tokens.tryPendingGrant(of: account, in: workspace)
    } catch {
      logger.info(
        "The imported grant could not be tried yet.",
        metadata: ["account": "\(account)", "problem": "\(error)"])
      let next = time.now + Self.pause
      // If the database does not take it either, it is due again in five minutes.
      try? await store.write { (tx: borrowing Transaction) in
        try tx.putOffPendingGrant(of: account, until: next, in: workspace)
      }
    }
  }
}

/// Its name in the log of services.
extension Connector: CustomStringConvertible {
  package var description: String { "Connector" }
}
