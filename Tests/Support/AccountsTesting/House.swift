package import Accounts
package import Core
import HTTP
package import Logging
import Microsoft
package import Store
package import StoreTesting
package import Vault

@testable package import Backends
@testable package import Diagnosis
@testable import HTTP

/// Everything of Accounts over one database, with a clock that is moved by hand.
package struct House: Sendable {
  package let store: Store
  package let vault: Vault
  package let time: ManualTime
  package let endpoints: Endpoints
  package let tokens: TokenSource
  package let connector: Connector
  package let registry: AppRegistry
  package let directory: AccountDirectory
  package let signIn: SignIn
  package let devices: DeviceSignIn
  package let polling: DeviceSignIns
  package let limiter: MailboxLimiter
  package let backends: Backends
  package let verifier: Verifier

  package static let publicURL = "http://localhost:3000"

  private init(_ store: Store, vault: Vault, time: ManualTime, endpoints: Endpoints) {
    self.store = store
    self.vault = vault
    self.time = time
    self.endpoints = endpoints
    tokens = TokenSource(store: store, vault: vault, endpoints: endpoints, time: time)
    connector = Connector(
      store: store, tokens: tokens, time: time, logger: Logger(label: "test") { _ in .silent })
    registry = AppRegistry(
      store: store, vault: vault, clouds: endpoints.clouds, publicURL: Self.publicURL, time: time)
    directory = AccountDirectory(
      store: store, vault: vault, apps: registry, time: time, connector: connector)
    signIn = SignIn(
      store: store, vault: vault, endpoints: endpoints, publicURL: Self.publicURL, time: time)
    devices = DeviceSignIn(signIn: signIn)
    polling = DeviceSignIns(signIn: signIn, logger: Logger(label: "test") { _ in .silent })
    limiter = MailboxLimiter(time: time)
    backends = Backends(store: store, vault: vault, endpoints: endpoints, tokens: tokens, limiter: limiter)
    verifier = Verifier(
      store: store, vault: vault, endpoints: endpoints, tokens: tokens, backends: backends, limiter: limiter,
      publicURL: Self.publicURL, time: time)
  }

  /// - Parameter microsoft: an origin; nothing listens on the usual one.
  package nonisolated(nonsending) static func open<Value: Sendable>(
    _ engine: StoreEngine, microsoft: String = "http://localhost:1", time: ManualTime = ManualTime(),
    _ body: nonisolated(nonsending) (House) async throws -> Value
  ) async throws -> Value {
    try await withStore(engine) { store in
      let http = try HTTPExchange()
      let clouds = Clouds(global: try Cloud(replacing: microsoft))
      let house = House(
        store, vault: Vault(key: .random()), time: time, endpoints: Endpoints(clouds: clouds, http: http))
      let outcome: Result<Value, any Error>
      do { outcome = .success(try await body(house)) } catch { outcome = .failure(error) }
      try await http.shutdown()
      return try outcome.get()
    }
  }

  /// Another node: the same database, key and Microsoft, and its own memory.
  package func otherNode() -> House { House(store, vault: vault, time: time, endpoints: endpoints) }

  /// The same database and another key.
  package func otherKey() -> House {
    House(store, vault: Vault(key: .random()), time: time, endpoints: endpoints)
  }
}

extension LogHandler where Self == SwiftLogNoOpLogHandler {
  package static var silent: SwiftLogNoOpLogHandler { SwiftLogNoOpLogHandler() }
}

extension House {
  package func addApp(
    _ provider: OAuth2Provider = .outlook, enabled: Bool = true,
    clientID: String = "6731de76-14a6-49ae-97bc-6eba6914391e",
    secret: String? = "a secret", authority: String? = nil, skip: [String] = []
  ) async throws -> AppID {
    try await registry.create(
      NewApp(
        name: "Mail", provider: provider, enabled: enabled, clientID: clientID,
        clientSecret: secret.map { Secret($0) },
        authority: authority ?? (provider == .outlook ? nil : "contoso.example"),
        skipScopes: skip), in: .default)
  }

  package func events(_ account: AccountID) async throws -> [String] {
    try await store.read { (tx: borrowing Transaction) in
      try tx.events(.default, account, limit: 100).map(\.event.kind)
    }
  }
}
