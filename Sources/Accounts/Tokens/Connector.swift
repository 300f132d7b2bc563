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
      let waiting = try await store.read { (tx: borrowing Transaction) in try tx.initialAccounts() }
      await withTaskGroup(of: Void.self) { group in
        for (index, account) in waiting.enumerated() {
          if index >= Self.width { await group.next() }
          group.addTask { await connect(account.id, in: account.workspace) }
        }
      }
    } catch {
      logger.warning("cannot list accounts to connect", metadata: ["problem": "\(error)"])
    }
  }

  /// A failure is kept in the account, if it is for good; if not, the next round tries again.
  private func connect(_ id: AccountID, in workspace: WorkspaceID) async {
    do {
      _ = try await tokens.token(for: id, in: workspace)
      logger.info("account connected", metadata: ["account": "\(id)"])
    } catch {
      logger.info("account not connected yet", metadata: ["account": "\(id)", "problem": "\(error)"])
    }
  }
}

/// As the log of services names it.
extension Connector: CustomStringConvertible {
  package var description: String { "Connector" }
}
