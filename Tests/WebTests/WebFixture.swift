import Accounts
import Core
import Delivery
import HTTP
import Hummingbird
import Logging
import Microsoft
import Store
import StoreTesting
import Vault
import Web
import Webhooks

@testable import Access
@testable import Backends
@testable import Diagnosis
@testable import Events

/// The routes over a fresh SQLite database; Microsoft is out of reach.
enum WebFixture {
  static func withRouter<Value: Sendable>(
    _ body: (Router<WebContext>) async throws -> Value
  ) async throws -> Value {
    try await withServices { services, cloud in
      let application = WebApplication(
        services, publicURL: "http://localhost:3000", loginOrigins: [cloud.login], bodyLimit: 1 << 20,
        bodyMemory: 64 << 20)
      return try await body(application.router())
    }
  }

  /// - Parameter prepared: an operator's token that is not in the database.
  static func withServices<Value: Sendable>(
    _ engine: StoreEngine = .sqlite, time: ManualTime = ManualTime(), prepared: Secret? = nil,
    exposesTokens: Bool = false, vault: Vault = Vault(key: .random()),
    _ body: (WebApplication.Services, Cloud) async throws -> Value
  ) async throws -> Value {
    try await withStore(engine) { store in
      let logger = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
      let cloud = try Cloud(replacing: "http://localhost:1")
      let http = try HTTPExchange()
      // Names are not looked up: every host is at one public address.
      let guarded = GuardedExchange(
        HTTPExchange.Configuration(), policy: AddressPolicy(), time: time,
        resolver: { [IPAddress($0) ?? IPAddress(ipv4: 0x0808_0808)] })
      let endpoints = Endpoints(clouds: Clouds(global: cloud), http: http)
      let tokens = TokenSource(store: store, vault: vault, endpoints: endpoints, time: time)
      let connector = Connector(store: store, tokens: tokens, time: time, logger: logger)
      let limiter = MailboxLimiter(time: time)
      let backends = Backends(
        store: store, vault: vault, endpoints: endpoints, tokens: tokens, limiter: limiter)
      let apps = AppRegistry(
        store: store, vault: vault, clouds: endpoints.clouds, publicURL: "http://localhost:3000", time: time)
      let apiTokens = TokenDirectory(store: store, time: time, prepared: prepared)
      let links = UnsubscribeLinks(publicURL: "http://localhost:3000", vault: vault)
      let webhooks = Webhooks(
        store: store, vault: vault, exchange: guarded, time: time, node: .make(at: time.now),
        configuration: WebhookConfiguration(), logger: logger)
      let services = WebApplication.Services(
        store: store, tokens: apiTokens, apps: apps,
        registration: RegistrationDesk(
          store: store, endpoints: endpoints, publicURL: "http://localhost:3000"),
        verifier: Verifier(
          store: store, vault: vault, endpoints: endpoints, tokens: tokens, backends: backends,
          limiter: limiter,
          publicURL: "http://localhost:3000", time: time),
        secrets: CredentialExpiryMonitor(store: store, time: time, logger: logger),
        accounts: AccountDirectory(store: store, vault: vault, apps: apps, time: time, connector: connector),
        actions: AccountActions(
          store: store, tokens: tokens, connector: connector, exposesTokens: exposesTokens,
          time: time),
        workspaces: WorkspaceDirectory(store: store, tokens: apiTokens, time: time),
        settings: SettingsDirectory(store: store, vault: vault) {
          try webhooks.apply($0, of: $1, isChange: $2, in: $3)
        },
        signIn: SignIn(
          store: store, vault: vault, endpoints: endpoints, publicURL: "http://localhost:3000", time: time),
        outbox: Outbox(
          store: store, senders: { try await backends.sender(for: $1, in: $0) }, time: time,
          node: .make(at: time.now), logger: logger),
        backends: backends,
        events: EventLog(store: store, time: time),
        webhooks: webhooks,
        links: links, lists: SuppressionLists(store: store, time: time))
      let outcome: Result<Value, any Error>
      do {
        outcome = .success(try await body(services, cloud))
      } catch {
        outcome = .failure(error)
      }
      await guarded.shutdown()
      try await http.shutdown()
      return try outcome.get()
    }
  }
}
