package import Core
package import Logging
import ServiceLifecycle
package import Store

/// Brings accounts that have never held a token to `connected`, at once and, where Entra is not to be reached,
/// again and again. One that is refused leaves for `authenticationError`.
package struct Connector: Service {
  private let store: Store
  private let tokens: TokenSource
  private let time: any Time
  private let logger: Logger
  private let nudges: AsyncStream<Void>
  private let nudged: AsyncStream<Void>.Continuation

  /// How long an account waits for the next try.
  package static let pause: Duration = .seconds(30)
  /// Entra answers in well under a second; this many at once connect thousands in minutes.
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
    await cancelWhenGracefulShutdown {
      await withTaskGroup(of: Void.self) { group in
        group.addTask {
          while (try? await time.sleep(for: Self.pause)) != nil { nudge() }
        }
        nudge()
        for await _ in nudges.cancelOnGracefulShutdown() { await connectAll() }
        group.cancelAll()
      }
    }
  }

  private func connectAll() async {
    do {
      var last: (created: Instant, id: AccountID)?
      while true {
        let after = last
        let batch = try await store.read { (tx: borrowing Transaction) in
          try tx.waitingAccounts(after: after, limit: Self.batch)
        }
        await withTaskGroup(of: Void.self) { group in
          for (index, account) in batch.enumerated() {
            if index >= Self.width { await group.next() }
            group.addTask { await connect(account) }
          }
        }
        guard batch.count == Self.batch, let end = batch.last else { return }
        last = (end.created, end.id)
      }
    } catch {
      logger.warning("cannot list accounts to connect", metadata: ["problem": "\(error)"])
    }
  }

  /// A failure for good is kept by whoever was refused the token; of one that passes the account says so, and the
  /// next round tries again.
  private func connect(_ account: AccountRecord) async {
    let (id, workspace, now) = (account.id, account.workspace, time.now)
    guard Refusal.waiting(account, at: now) == nil else { return }
    do {
      if account.state == .initial {
        try await store.write { (tx: borrowing Transaction) in
          try tx.move(id, to: .connecting, from: [.initial], in: workspace, at: now)
        }
      }
      _ = try await tokens.token(for: id, in: workspace)
      logger.info("account connected", metadata: ["account": "\(id)"])
    } catch let problem as Problem {
      logger.info("account not connected yet", metadata: ["account": "\(id)", "problem": "\(problem)"])
      let failure = ProblemRecord(problem, at: time.now)
      // If the database does not take it either, the next round says so.
      try? await store.write { (tx: borrowing Transaction) in try tx.failConnecting(account, failure) }
    } catch {
      logger.info("account not connected yet", metadata: ["account": "\(id)", "problem": "\(error)"])
    }
  }
}

/// As the log of services names it.
extension Connector: CustomStringConvertible {
  package var description: String { "Connector" }
}
