import Accounts
import Core
import Logging
import Microsoft
import Store
import StoreTesting
import Vault

/// Everything of Accounts over one database, with a clock that is moved by hand.
struct House: Sendable {
  let store: Store
  let vault: Vault
  let time: ManualTime
  let cloud: Cloud
  let entra: Entra
  let http: HTTPExchange
  let tokens: TokenSource
  let connector: Connector
  let registry: AppRegistry
  let directory: AccountDirectory
  let signIn: SignIn
  let backends: Backends

  static let publicURL = "http://localhost:3000"

  private init(_ store: Store, vault: Vault, time: ManualTime, cloud: Cloud, http: HTTPExchange) {
    self.store = store
    self.vault = vault
    self.time = time
    self.cloud = cloud
    self.http = http
    entra = Entra(cloud: cloud, http: http)
    tokens = TokenSource(store: store, vault: vault, entra: entra, time: time)
    connector = Connector(
      store: store, tokens: tokens, time: time, logger: Logger(label: "test") { _ in .silent })
    registry = AppRegistry(store: store, vault: vault, cloud: cloud, time: time)
    directory = AccountDirectory(store: store, cloud: cloud, time: time, connector: connector)
    signIn = SignIn(
      store: store, vault: vault, entra: entra, http: http, publicURL: Self.publicURL, time: time)
    backends = Backends(store: store, cloud: cloud, http: http, tokens: tokens, gate: Gate(time: time))
  }

  /// - Parameter microsoft: an origin; nothing listens on the usual one.
  nonisolated(nonsending) static func open<Value: Sendable>(
    _ engine: StoreEngine, microsoft: String = "http://localhost:1", time: ManualTime = ManualTime(),
    _ body: nonisolated(nonsending) (House) async throws -> Value
  ) async throws -> Value {
    try await withStore(engine) { store in
      let http = try HTTPExchange()
      let house = House(
        store, vault: Vault(key: .random()), time: time, cloud: try Cloud(replacing: microsoft), http: http)
      let outcome: Result<Value, any Error>
      do { outcome = .success(try await body(house)) } catch { outcome = .failure(error) }
      try await http.shutdown()
      return try outcome.get()
    }
  }

  /// Another node: the same database, key and Microsoft, and its own memory.
  func otherNode() -> House { House(store, vault: vault, time: time, cloud: cloud, http: http) }
}

extension LogHandler where Self == SwiftLogNoOpLogHandler {
  static var silent: SwiftLogNoOpLogHandler { SwiftLogNoOpLogHandler() }
}

extension House {
  func addApp(
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

  func events(_ account: AccountID) async throws -> [String] {
    try await store.read { (tx: borrowing Transaction) in
      try tx.events(.default, account, limit: 100).map(\.event.kind)
    }
  }
}
