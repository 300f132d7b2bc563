import Core
package import Logging
import Microsoft
import Queue
import ServiceLifecycle
import Store
import Vault

/// Asks Entra whether people have entered their codes, and stores what they grant.
///
/// What is pending is only in the database: it survives a restart, and of several nodes one asks.
package struct DeviceSignIns: Service {
  private let signIn: SignIn
  private let logger: Logger
  private var store: Store { signIn.store }
  private var time: any Time { signIn.time }

  /// How soon a code is found that was shown by another node, or by one that stopped.
  package static let idle: Duration = .seconds(2)
  /// Longer than a poll and what follows it take, and short compared with the lifetime of a code.
  static let lease: Duration = .seconds(180)
  /// RFC 8628 section 3.5.
  static let slowDown: Duration = .seconds(5)
  private static let width = 8
  private static let batch = 100

  package init(signIn: SignIn, logger: Logger) {
    self.signIn = signIn
    self.logger = logger
  }

  package func run() async throws {
    while !Task.isCancelled, !Task.isShuttingDownGracefully {
      await pollDue()
      // A poll is not interrupted: a token is issued only once.
      await cancelWhenGracefulShutdown { try? await time.sleep(for: await pause()) }
    }
  }

  /// All that are due.
  func pollDue() async {
    do {
      guard let next = try await nextPoll(), next <= time.now else { return }
      let now = time.now
      let due = try await store.write { (tx: borrowing Transaction) in
        try tx.takeDeviceSignIns(due: now, until: now + Self.lease, limit: Self.batch)
      }
      await due.forEach(limit: Self.width) { await poll($0) }
    } catch {
      logger.warning("Device codes cannot be read from the database.", metadata: ["problem": "\(error)"])
    }
  }

  private func pause() async -> Duration {
    // The next round reports the error.
    guard let next = try? await nextPoll() else { return Self.idle }
    return min(max(next - time.now, .zero), Self.idle)
  }

  private func nextPoll() async throws -> Instant? {
    try await store.read { (tx: borrowing Transaction) in try tx.nextDevicePoll() }
  }

  private func poll(_ record: DeviceSignInRecord) async {
    do {
      let step = try await step(record)
      let now = time.now
      try await store.write { (tx: borrowing Transaction) in try tx.take(step, of: record, at: now) }
      if case .end(let state, let account, let problem) = step {
        logger.info(
          "A sign-in by device code has ended.",
          metadata: [
            "state": "\(state.rawValue)", "account": "\(account?.rawValue ?? "none")",
            "problem": "\(problem?.code ?? "none")",
          ])
      }
    } catch {
      // The lease ends, and it is tried again.
      logger.warning("Polling a device code failed; trying again later.", metadata: ["problem": "\(error)"])
    }
  }

  private func step(_ record: DeviceSignInRecord) async throws -> DeviceStep {
    guard time.now < record.expires else {
      return DeviceStep(after: Problem.deviceCodeExpired, record, at: time.now)
    }
    do {
      let (form, app) = try await store.read { (tx: borrowing Transaction) in
        (try tx.form(record.form, in: record.workspace), try tx.signInApp(record.app, in: record.workspace))
      }
      guard let form else { throw Problem.formExpired }
      let entra = try signIn.endpoints.entra(for: app)
      let code = try signIn.vault.openSecret(record.code, for: .deviceCode(record.id, in: record.workspace))
      let asked = time.now
      do {
        switch try await entra.poll(deviceCode: code, client: app.deviceClient, tenant: app.authority) {
        case .pending: return .wait(interval: record.pollInterval, pause: record.pollInterval)
        case .slowDown:
          let interval = record.pollInterval + Self.slowDown
          return .wait(interval: interval, pause: interval)
        case .granted(let reply):
          let outcome = try await signIn.connect(
            form: form, app: app, reply: reply, asked: asked, clientKind: .native)
          return DeviceStep(outcome, at: time.now)
        }
      } catch let problem as Problem where problem.origin?.code == "AADSTS7000218" {
        throw Problem.publicClientOff(app, entra.cloud, origin: problem.origin)
      }
    } catch let problem as Problem {
      return DeviceStep(after: problem, record, at: time.now)
    }
  }
}

/// Its name in the log of services.
extension DeviceSignIns: CustomStringConvertible {
  package var description: String { "DeviceSignIns" }
}

/// What follows from one poll.
enum DeviceStep: Sendable, Hashable {
  case wait(interval: Duration, pause: Duration)
  case end(DeviceSignInState, AccountID?, ProblemRecord?)

  init(_ outcome: SignInOutcome, at now: Instant) {
    switch outcome {
    case .connected(let account, _, _): self = .end(.connected, account, nil)
    case .refused(let refusal): self = .end(.failed, nil, ProblemRecord(refusal.problem, at: now))
    case .used: self = .end(.failed, nil, ProblemRecord(Problem.formUsed, at: now))
    }
  }

  /// The code remains valid despite temporary failures.
  init(after problem: Problem, _ record: DeviceSignInRecord, at now: Instant) {
    let said = ProblemRecord(problem, at: now)
    if let state = Self.ends[problem.code] {
      self = .end(state, nil, said)
    } else if case .safe(let after) = problem.retry {
      self = .wait(interval: record.pollInterval, pause: max(after ?? .zero, record.pollInterval))
    } else {
      self = .end(.failed, nil, said)
    }
  }

  private static let ends: [ProblemCode: DeviceSignInState] = [
    .signInDeclined: .declined, .signInDeviceCodeExpired: .expired,
  ]
}

extension Transaction {
  fileprivate func take(_ step: DeviceStep, of record: DeviceSignInRecord, at now: Instant) throws {
    switch step {
    case .wait(let interval, let pause): try putOff(record, interval: interval, until: now + pause)
    case .end(let state, let account, let problem):
      try settle(record, as: state, account: account, problem: problem)
    }
  }
}
