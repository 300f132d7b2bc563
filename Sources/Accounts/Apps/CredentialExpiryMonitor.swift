package import Core
import Events
package import Logging
import Queue
import ServiceLifecycle
package import Store

/// Reports once at 30, at 7 and at 1 day that an app's secret or certificate is about to expire.
package struct CredentialExpiryMonitor: Service {
  private let store: Store
  private let time: any Time
  private let logger: Logger

  /// Often enough for a threshold that counts in days.
  package static let pause: Duration = .seconds(3600)
  /// Days before the expiry, in descending order.
  static let thresholds = [30, 7, 1]

  package init(store: Store, time: any Time, logger: Logger) {
    self.store = store
    self.time = time
    self.logger = logger
  }

  package func run() async throws {
    await Periodic("looking for secrets that expire soon", every: Self.pause, time: time, logger: logger)
      .run(startingAtOnce: true) { try await look() }
  }

  func look() async throws {
    for app in try await expiring() { try await warn(app) }
  }

  /// Those that expire within the first threshold or have expired, soonest first.
  package func expiring() async throws -> [ExpiringSecret] {
    let now = time.now
    // The query leaves out the very instant.
    let bound = now + .seconds(86_400 * Self.thresholds[0] + 1)
    return try await store.read { (tx: borrowing Transaction) in
      try tx.apps(secretExpiresBefore: bound).compactMap {
        ExpiringSecret($0, at: now)
      }
    }
  }

  /// The row decides whether this is new, so another node or a restart does not report it twice.
  private func warn(_ secret: ExpiringSecret) async throws {
    let now = time.now
    try await store.write { (tx: borrowing Transaction) in
      guard
        try tx.markSecretWarned(
          secret.threshold, app: secret.app, expires: secret.expires, in: secret.workspace)
      else { return }
      try tx.append(secret.event(at: now))
    }
  }
}

/// Its name in the log of services.
extension CredentialExpiryMonitor: CustomStringConvertible {
  package var description: String { "CredentialExpiryMonitor" }
}

/// An app whose secret or certificate expires soon, or has expired.
package struct ExpiringSecret: Sendable {
  package let workspace: WorkspaceID
  package let app: AppID
  package let name: String
  package let clientID: String
  package let isCertificate: Bool
  package let expires: Instant
  /// Whole days that are left; 0 on the last one and after.
  package let days: Int
  let threshold: Int

  /// `nil` while there is time.
  init?(_ record: OAuth2AppRecord, at now: Instant) {
    guard let expires = record.secretExpires else { return nil }
    let left = expires - now
    guard let threshold = CredentialExpiryMonitor.thresholds.last(where: { left <= .seconds($0 * 86_400) })
    else {
      return nil
    }
    workspace = record.workspace
    app = record.id
    name = record.name
    clientID = record.clientID
    isCertificate = record.clientCertificate != nil
    self.expires = expires
    days = max(0, Int(left.components.seconds / 86_400))
    self.threshold = threshold
  }

  fileprivate func event(at now: Instant) -> EventRecord {
    Event.clientSecretExpiring(
      CredentialExpiry(
        app: app, name: name, clientID: clientID, isCertificate: isCertificate, expires: expires, days: days)
    ).record(nil, in: workspace, at: now)
  }
}
