import Synchronization

/// Everything a running sandbox remembers. Both listeners and all routes share one.
package final class SandboxState: Sendable {
  package let clock: SandboxClock
  package let tokens: TokenService
  package let mail: MailStore
  package let faults: FaultStore
  package let log: RequestLog
  let graphGate = GraphGate()
  let notifier: Notifier
  private let directoryAtStart: SandboxDirectory
  private let currentDirectory: Mutex<SandboxDirectory>
  private let currentSettings = Mutex(SandboxSettings())
  private let grantBook: Mutex<GrantBook>
  private let policyBook = Mutex(PolicyBook())

  /// - Parameters:
  ///   - signingKey: of all tokens; `nil` makes one, which takes a moment.
  ///   - clientKey: of the standard directory's certificates; `nil` makes one, which takes a moment too.
  package init(
    directory: SandboxDirectory = .standard, clock: SandboxClock = SandboxClock(),
    signingKey: SigningKey? = nil, clientKey: ClientKey? = nil
  ) throws {
    directoryAtStart = try directory.certified(by: try clientKey ?? ClientKey(), now: clock.now)
    currentDirectory = Mutex(directoryAtStart)
    self.clock = clock
    tokens = TokenService(clock: clock, signingKey: try signingKey ?? SigningKey())
    let feed = ChangeFeed()
    mail = MailStore(owners: directory.mailboxOwners, feed: feed)
    faults = FaultStore()
    notifier = Notifier(mail: mail, feed: feed, clock: clock, faults: faults)
    log = RequestLog()
    grantBook = Mutex(GrantBook())
  }

  package var directory: SandboxDirectory { currentDirectory.withLock { $0 } }

  /// Reads or changes the directory as one step.
  func changeDirectory<Value: Sendable>(_ body: (inout SandboxDirectory) throws -> Value) rethrows -> Value {
    try currentDirectory.withLock { directory in try body(&directory) }
  }

  package var settings: SandboxSettings {
    get { currentSettings.withLock { $0 } }
    set { currentSettings.withLock { $0 = newValue } }
  }

  /// Reads or changes consents, codes and refresh tokens as one step.
  package func grants<Value: Sendable>(_ body: (inout GrantBook) throws -> Value) rethrows -> Value {
    try grantBook.withLock { book in try body(&book) }
  }

  /// Reads or changes policies as one step.
  func policies<Value: Sendable>(_ body: (inout PolicyBook) throws -> Value) rethrows -> Value {
    try policyBook.withLock { book in try body(&book) }
  }

  /// Restores the state at start. Signing keys stay, so issued tokens stay valid.
  package func reset() async {
    clock.reset()
    settings = SandboxSettings()
    changeDirectory { $0 = directoryAtStart }
    grants { $0 = GrantBook() }
    policies { $0 = PolicyBook() }
    tokens.reset()
    faults.reset()
    log.reset()
    await notifier.reset()
    await mail.reset(to: directoryAtStart.mailboxOwners)
  }
}
