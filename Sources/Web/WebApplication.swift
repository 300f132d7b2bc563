package import API
package import Access
package import Accounts
package import Backends
package import Core
package import Delivery
package import Diagnosis
package import Events
package import Hummingbird
package import Store
package import Webhooks

/// The REST API, the hosted pages and the callback as one router.
package struct WebApplication: Sendable {
  private let services: Services

  /// What the routes call.
  package struct Services: Sendable {
    package let store: Store
    package let tokens: TokenDirectory
    package let apps: AppRegistry
    package let registration: RegistrationDesk
    package let verifier: Verifier
    package let secrets: CredentialExpiryMonitor
    package let accounts: AccountDirectory
    package let actions: AccountActions
    package let workspaces: WorkspaceDirectory
    package let settings: SettingsDirectory
    package let signIn: SignIn
    package let outbox: Outbox
    package let backends: Backends
    package var events: EventLog
    package let webhooks: Webhooks
    package let links: UnsubscribeLinks
    package let lists: SuppressionLists
    let exposedFiles: @Sendable () -> [ExposedFile]

    /// - Parameter exposedFiles: finds the files of the installation that other users of the machine can read.
    package init(
      store: Store, tokens: TokenDirectory, apps: AppRegistry, registration: RegistrationDesk,
      verifier: Verifier, secrets: CredentialExpiryMonitor, accounts: AccountDirectory,
      actions: AccountActions,
      workspaces: WorkspaceDirectory, settings: SettingsDirectory, signIn: SignIn, outbox: Outbox,
      backends: Backends,
      events: EventLog, webhooks: Webhooks,
      links: UnsubscribeLinks, lists: SuppressionLists,
      exposedFiles: @escaping @Sendable () -> [ExposedFile] = { [] }
    ) {
      self.store = store
      self.tokens = tokens
      self.apps = apps
      self.registration = registration
      self.verifier = verifier
      self.secrets = secrets
      self.accounts = accounts
      self.actions = actions
      self.workspaces = workspaces
      self.settings = settings
      self.signIn = signIn
      self.outbox = outbox
      self.backends = backends
      self.events = events
      self.webhooks = webhooks
      self.links = links
      self.lists = lists
      self.exposedFiles = exposedFiles
    }
  }

  private let publicURL: String
  private let publicURLSource: SettingSource
  private let loginOrigins: [String]
  private let bodyLimit: Int
  private let budget: MemoryBudget
  private let trustedProxies: [CIDR]
  private let smtp: SMTPServerReply?

  /// Bytes of a body that is not stored while it arrives.
  static let ordinaryBody = 25 << 20

  /// - Parameters:
  ///   - loginOrigins: Microsoft's sign-in hosts, which the hosted page may send a form to.
  ///   - bodyMemory: Bytes of bodies that are in memory at a time, over all requests.
  ///   - trustedProxies: They are believed about who asks (`X-Forwarded-For`).
  ///   - smtp: What clients are told of the SMTP ports; `nil` without one.
  package init(
    _ services: Services, publicURL: String, publicURLSource: SettingSource = .default,
    loginOrigins: [String], bodyLimit: Int,
    bodyMemory: Int,
    trustedProxies: [CIDR] = [], smtp: SMTPServerReply? = nil
  ) {
    self.smtp = smtp
    budget = MemoryBudget(limit: bodyMemory, largestBody: min(bodyLimit, Self.ordinaryBody))
    self.trustedProxies = trustedProxies
    self.services = services
    self.publicURL = publicURL
    self.publicURLSource = publicURLSource
    self.loginOrigins = loginOrigins
    self.bodyLimit = bodyLimit
  }

  package func router() -> Router<WebContext> {
    let router = Router(context: WebContext.self, options: .autoGenerateHeadEndpoints)
    router.add(middleware: ResponseHeaders())
    router.add(middleware: ProblemMiddleware(bodyLimit: bodyLimit))
    router.add(middleware: RequestGuard(budget: budget, trustedProxies: trustedProxies))
    let pages = HostedPages(signIn: services.signIn, publicURL: publicURL, loginOrigins: loginOrigins)
    pages.add(to: router)
    UnsubscribePages(lists: services.lists, links: services.links, pages: pages).add(to: router)
    let api = APIRouter(
      router: router, authentication: BearerAuthentication(tokens: services.tokens),
      bodyLimit: min(bodyLimit, Self.ordinaryBody))
    HealthRoute(credentials: services.secrets, outbox: services.outbox, exposedFiles: services.exposedFiles)
      .add(to: api)
    AppRoutes(apps: services.apps, desk: services.registration).add(to: api)
    VerificationRoutes(verifier: services.verifier).add(to: api)
    AccountRoutes(
      directory: services.accounts, apps: services.apps, signIn: services.signIn, actions: services.actions,
      webhooks: services.webhooks
    ).add(to: api)
    ImportRoute(directory: services.accounts).add(to: api)
    DeviceRoutes(devices: DeviceSignIn(signIn: services.signIn)).add(to: api)
    SubmitRoute(
      outbox: services.outbox, workspaces: services.workspaces, links: services.links, bodyLimit: bodyLimit
    ).add(to: api)
    ListRoutes(lists: services.lists).add(to: api)
    UploadRoutes(outbox: services.outbox, bodyLimit: bodyLimit).add(to: api)
    TemplateRoutes(templates: services.outbox.templates).add(to: api)
    OutboxRoutes(outbox: services.outbox).add(to: api)
    MailRoutes(backends: services.backends).add(to: api)
    WorkspaceRoutes(workspaces: services.workspaces).add(to: api)
    SettingsRoutes(
      settings: services.settings, webhooks: services.webhooks,
      serviceURL: .init(text: publicURL, source: publicURLSource)
    ).add(to: api)
    TokenRoutes(tokens: services.tokens, smtp: smtp).add(to: api)
    EventRoutes(log: services.events).add(to: api)
    EventStreamRoutes(log: services.events, time: services.events.time, serviceURL: publicURL).add(to: api)
    WebhookRoutes(webhooks: services.webhooks).add(to: api)
    return router
  }
}
