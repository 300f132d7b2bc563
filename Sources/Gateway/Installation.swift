package import Access
import Accounts
import Backends
package import Core
import Delivery
import Diagnosis
import Events
import Foundation
import HTTP
import Hummingbird
package import Logging
import Microsoft
import NIOCore
import ServiceLifecycle
package import Store
import Submission
import UnixSignals
import Vault
import Web
import Webhooks

/// One Heliograph: a data folder, a key, a database, and the services that work on them.
package struct Installation: Sendable {
  private let configuration: Configuration
  private let logger: Logger
  private let time = SystemTime()

  package init(_ configuration: Configuration, logger: Logger = Logger(label: "heliograph")) {
    self.configuration = configuration
    self.logger = logger
  }

  /// Serves until SIGTERM or SIGINT, then lets attempts in flight finish.
  ///
  /// - Parameter onListening: called with the public URL once requests are answered.
  package func serve(onListening: @escaping @Sendable (String) async -> Void = { _ in }) async throws {
    let folder = try DataFolder(configuration.data)
    let lock = try folder.lock()
    try configuration.refuseExposedKey()
    for exposure in configuration.exposures() {
      logger.warning("\(exposure.message)", metadata: ["remedy": "\(exposure.remedy)"])
    }
    try await withStore { store, vault in
      let http = try HTTPExchange(
        .init(userAgent: "Heliograph/\(heliographVersion)", trustRootsPath: configuration.microsoftCA))
      var posting = HTTPExchange.Configuration(userAgent: "Heliograph/\(heliographVersion)")
      posting.exchangeTimeout = WebhookConfiguration().timeout
      posting.sendsRequestID = false
      let guarded = GuardedExchange(
        posting, policy: AddressPolicy(allowed: configuration.webhookAllow), time: time)
      do {
        try await run(
          store, vault, http, guarded, node: try folder.node(at: time.now), onListening: onListening)
      } catch {
        await guarded.shutdown()
        try? await http.shutdown()
        throw error
      }
      await guarded.shutdown()
      try await http.shutdown()
    }
    withExtendedLifetime(lock) {}
  }

  /// Makes an API token; only its hash is stored.
  ///
  /// This and what follows need a database that is there.
  package func issueToken(_ new: NewToken, in workspace: WorkspaceID = .default) async throws -> IssuedToken {
    try await withTokens { try await $0.issue(new, in: workspace) }
  }

  /// The oldest thousand, of all workspaces or of one, without the tokens themselves, which are not stored.
  package func tokens(in workspace: WorkspaceID?) async throws -> [APITokenRecord] {
    try await withTokens { try await $0.tokens(PageRequest(size: 1000), in: workspace).elements }
  }

  /// Returns whether there was such a token.
  package func revokeToken(_ id: TokenID) async throws -> Bool {
    try await withTokens { try await $0.revoke(id) }
  }

  private func withTokens<Value: Sendable>(
    _ body: (TokenDirectory) async throws -> Value
  ) async throws -> Value {
    try await withStore(mustExist: true) { store, _ in
      try await body(TokenDirectory(store: store, time: time))
    }
  }

  private func withStore<Value: Sendable>(
    mustExist: Bool = false, _ body: (Store, Vault) async throws -> Value
  ) async throws -> Value {
    if mustExist { try configuration.database.expectFile() }
    let offered = try DataFolder.offeredKey(from: configuration.secretKey, mayMake: !mustExist)
    let vault = Vault(key: offered.key)
    let store = try await Store(configuration.database, mustExist: mustExist)
    do {
      do {
        try await store.checkKey(vault)
      } catch let problem as Problem where problem.code == .vaultWrongKey {
        offered.withdraw()
        throw problem
      }
      if let file = offered.newFile {
        logger.notice(
          "A secret key was made. Without it every mailbox has to be signed in again, so keep a copy of it.",
          metadata: ["key": "\(Introduction.absolute(file))"])
      }
      let value = try await body(store, vault)
      await store.close()
      return value
    } catch {
      await store.close()
      throw error
    }
  }

  private func run(
    _ store: Store, _ vault: Vault, _ http: HTTPExchange, _ guarded: GuardedExchange, node: NodeID,
    onListening: @escaping @Sendable (String) async -> Void
  ) async throws {
    let descriptors = OpenFiles.raiseLimit(logger)
    let smtpConnections = configuration.submission == nil ? 0 : min(1000, descriptors / 4)
    let limits = ServerLimits(descriptors: descriptors - smtpConnections)
    let endpoints = Endpoints(clouds: configuration.clouds, http: http)
    let publicURL = configuration.publicURL ?? "http://localhost:\(configuration.port)"
    let tokens = TokenSource(store: store, vault: vault, endpoints: endpoints, time: time)
    let connector = Connector(store: store, tokens: tokens, time: time, logger: logger)
    let keepAlive = KeepAlive(store: store, tokens: tokens, time: time, logger: logger)
    let limiter = MailboxLimiter(time: time)
    let backends = Backends(
      store: store, vault: vault, endpoints: endpoints, tokens: tokens, limiter: limiter)
    let secrets = CredentialExpiryMonitor(store: store, time: time, logger: logger)
    var outboxConfiguration = OutboxConfiguration()
    outboxConfiguration.schedule.unknownOutcomeWait = configuration.unknownOutcomeWait
    outboxConfiguration.limits.message = configuration.requestLimit
    outboxConfiguration.tenantLimits = configuration.tenantLimits
    outboxConfiguration.reportsFailures = configuration.reportsFailures
    outboxConfiguration.serviceURL = publicURL
    outboxConfiguration.name = Configuration.hostName(configuration.publicURL)
    let outbox = Outbox(
      store: store, senders: { try await backends.sender(for: $1, in: $0) }, time: time, node: node,
      configuration: outboxConfiguration, logger: logger)
    let links = UnsubscribeLinks(publicURL: publicURL, vault: vault)
    let apps = AppRegistry(
      store: store, vault: vault, clouds: configuration.clouds, publicURL: publicURL, time: time)
    let signIn = SignIn(
      store: store, vault: vault, endpoints: endpoints, publicURL: publicURL, time: time)
    let apiTokens = TokenDirectory(store: store, time: time, prepared: configuration.preparedToken)
    let accounts = AccountDirectory(
      store: store, vault: vault, apps: apps, time: time, connector: connector)
    try await declare(with: accounts)
    let submission = try configuration.submission.map { submission in
      var submission = submission
      submission.sizeLimit = outboxConfiguration.sizeLimit
      submission.limits.connections = smtpConnections
      submission.freeSpace = { [configuration] in configuration.freeSpace }
      return try SubmissionServer(
        submission, tokens: apiTokens, outbox: outbox, store: store, time: time, logger: logger)
    }
    var webhookConfiguration = WebhookConfiguration()
    webhookConfiguration.serviceURL = publicURL
    let webhooks = Webhooks(
      store: store, vault: vault, exchange: guarded, time: time, node: node,
      configuration: webhookConfiguration, logger: logger)
    let settings = SettingsDirectory(store: store, vault: vault) {
      try webhooks.apply($0, of: $1, isChange: $2, in: $3)
    }
    // What the configuration file has set.
    try await settings.applyAll(in: .default)
    let placed = Signal()
    let web = WebApplication(
      WebApplication.Services(
        store: store, tokens: apiTokens, apps: apps,
        registration: RegistrationDesk(store: store, endpoints: endpoints, publicURL: publicURL),
        verifier: Verifier(
          store: store, vault: vault, endpoints: endpoints, tokens: tokens, backends: backends,
          limiter: limiter,
          publicURL: publicURL, time: time),
        secrets: secrets,
        accounts: accounts,
        actions: AccountActions(
          store: store, tokens: tokens, connector: connector, exposesTokens: configuration.exposeTokens,
          time: time),
        workspaces: WorkspaceDirectory(store: store, tokens: apiTokens, time: time),
        settings: settings,
        signIn: signIn, outbox: outbox, backends: backends,
        events: EventLog(store: store, time: time, placed: placed),
        webhooks: webhooks,
        links: links, lists: SuppressionLists(store: store, time: time),
        exposedFiles: { [configuration] in configuration.exposures() }),
      publicURL: publicURL, publicURLSource: configuration.publicURLSource,
      loginOrigins: configuration.clouds.loginOrigins,
      bodyLimit: configuration.bodyLimit, bodyMemory: limits.bodyMemory,
      trustedProxies: configuration.trustedProxies, smtp: configuration.smtpServer)
    let listener = WebServer(limits: limits, trustedProxies: configuration.trustedProxies, logger: logger)
    let server = Application(
      router: web.router(), server: listener.builder,
      configuration: ApplicationConfiguration(
        address: .hostname(configuration.host, port: configuration.port), serverName: "Heliograph"),
      onServerRunning: { socket in
        await listener.attach(to: socket)
        await introduce(apiTokens)
        await onListening(publicURL)
      }, logger: logger)
    do {
      let services: [any Service] = [
        EventSequencer(
          store: store, time: time, node: node, listener: webhooks.listener, placed: placed, logger: logger),
        outbox, webhooks, connector, keepAlive,
        DeviceSignIns(signIn: signIn, logger: logger), secrets, server,
      ]
      try await ServiceGroup(
        services: services + (submission.map { [$0] } ?? []),
        gracefulShutdownSignals: [.sigterm, .sigint], logger: logger
      ).run()
    } catch let error as IOError where error.errnoCode == EADDRINUSE {
      throw Problem.portInUse(configuration.port)
    }
  }

  private func introduce(_ tokens: TokenDirectory) async {
    let introduction = Introduction(configuration: configuration)
    logger.info("Heliograph \(heliographVersion) has started.", metadata: introduction.places)
    guard configuration.preparedToken == nil,
      (try? await tokens.tokens(PageRequest(size: 1), in: nil).elements.isEmpty) == true
    else { return }
    logger.notice("\(introduction.nextStep)")
  }
}

extension Installation {
  private func declare(with accounts: AccountDirectory) async throws {
    do {
      report(try await accounts.declare(configuration.declarations.settings))
    } catch let problem as Problem {
      throw configuration.declarations.located(problem, file: configuration.fileName)
    }
  }

  private func report(_ changes: DeclaredChanges) {
    let declared = configuration.declarations.settings
    if !declared.isEmpty {
      logger.info(
        "What the configuration file declares is in place.",
        metadata: [
          "apps": "\(declared.apps.count)", "accounts": "\(declared.accounts.count)",
          "tokens": "\(declared.tokens.count)", "settings": "\(configuration.declares.settings)",
        ])
    }
    for app in changes.undeclaredApps {
      logger.notice(
        "The configuration file no longer declares an app, which stays and can be changed through the API.",
        metadata: ["app": "\(app)"])
    }
    for account in changes.undeclaredAccounts {
      logger.notice(
        "The configuration file no longer declares an account, which stays and can be changed through the API.",
        metadata: ["account": "\(account)"])
    }
    for setting in changes.undeclaredSettings {
      logger.notice(
        "The configuration file no longer sets a setting, which stays and can be changed through the API.",
        metadata: ["setting": "\(setting.rawValue)"])
    }
    for token in changes.removedTokens {
      logger.notice(
        "The configuration file no longer declares an API token, which no longer works.",
        metadata: ["token": "\(token)"])
    }
  }
}

extension Problem {
  static func portInUse(_ port: Int) -> Problem {
    Problem(
      .serverPortInUse, "Port \(port) is in use by another program.",
      remedy: "Stop that program, or choose another port with --port (HELIOGRAPH_PORT).")
  }
}
