import API
import Accounts
import Core
import Store
import Webhooks

/// Accounts, and the links by which they are connected.
struct AccountRoutes: Sendable {
  let directory: AccountDirectory
  let apps: AppRegistry
  let signIn: SignIn
  let actions: AccountActions
  let webhooks: Webhooks

  func add(to router: APIRouter) {
    router.on(Operations.accounts, list)
    router.on(Operations.addAccount) { call in
      let workspace = try call.workspace
      let creation = AccountCreation(directory: directory, apps: apps, signIn: signIn, workspace: workspace)
      let change = AccountWebhooksChange(call.body.webhooks, call.body.webhooksCustomHeaders)
      let own = try await webhooks.check(change, of: call.body.account, in: workspace)
      let created = try await creation.create(call.body)
      if let own { try await webhooks.apply(own, to: created.account, in: workspace) }
      return created
    }
    router.on(Operations.account) { call in
      let workspace = try call.workspace
      let account = try await directory.account(call.path, in: workspace)
      return AccountReply(account, try await webhooks.webhooks(of: [account.id], in: workspace)[account.id])
    }
    router.on(Operations.updateAccount) { call in
      let workspace = try call.workspace
      let creation = AccountCreation(directory: directory, apps: apps, signIn: signIn, workspace: workspace)
      let change = AccountWebhooksChange(call.body.webhooks, call.body.webhooksCustomHeaders)
      let own = try await webhooks.check(change, of: call.path, in: workspace)
      try await AccountUpdate(creation: creation).update(call.path, call.body)
      if let own { try await webhooks.apply(own, to: call.path, in: workspace) }
      return AccountUpdated(call.path)
    }
    router.on(Operations.deleteAccount) { call in
      try await directory.delete(call.path, in: call.workspace)
      return AccountDeleted(call.path)
    }
    router.on(Operations.makeSignInLink) { call in
      SignInLink(url: try await signIn.form(NewForm(call.body), in: call.workspace))
    }
    addActions(to: router)
  }

  private func list(_ call: Call<Nothing, AccountsQuery, Nothing>) async throws -> AccountPage {
    let query = call.query
    let page = try await directory.accounts(
      query.request, state: query.state?.stored, paused: query.state == .paused, query: query.query,
      in: call.workspace)
    var reply = AccountPage(query, total: page.total)
    reply.query = query.query
    reply.state = query.state.map { Word($0) }
    let own = try await webhooks.webhooks(of: page.elements.map(\.id), in: call.workspace)
    reply.accounts = page.elements.map { AccountReply($0, own[$0.id]) }
    return reply
  }

  private func addActions(to router: APIRouter) {
    router.on(Operations.pauseAccount) { call in
      try await actions.pause(call.path, in: call.workspace)
      return AccountPaused(call.path, paused: true)
    }
    router.on(Operations.resumeAccount) { call in
      try await actions.resume(call.path, in: call.workspace)
      return AccountPaused(call.path, paused: false)
    }
    router.on(Operations.reconnectAccount) { call in
      if call.body.reconnect {
        try await actions.reconnect(call.path, in: call.workspace)
      } else {
        _ = try await directory.account(call.path, in: call.workspace)
      }
      return call.body
    }
    router.on(Operations.accountToken) { call in
      AccountTokenReply(try await actions.accessToken(of: call.path, for: call.caller))
    }
  }
}

extension AccountReply {
  /// No secret is among what was read.
  init(_ account: Account, _ own: ShownAccountWebhooks?) {
    self.init()
    self.account = account.id
    name = account.name
    email = account.email
    type = Word(account.delegatedAccount == nil ? Connection(account.type) : .delegated)
    app = account.app
    state = Word(State(account.state, isPaused: account.paused))
    ready = account.ready
    baseScopes = Word(account.baseScopes)
    verified = account.mailboxFound
    sendOnly = account.sendOnly
    delegated = account.delegated
    identity = account.identity.map { Word($0) }
    unknownOutcome = Word(account.unknownOutcome)
    oauth2.provider = account.app
    oauth2.auth.user = account.delegated ? nil : account.mailbox
    oauth2.auth.delegatedUser = account.delegated ? account.mailbox : nil
    oauth2.auth.delegatedAccount = account.delegatedAccount
    oauth2.scope = account.scopes
    smtp = account.smtp.map { SMTPReply($0) }
    lastError = account.lastError.map { ProblemReply($0) }
    var limits = PacingField()
    limits.messagesPerMinute = account.pacing.messagesPerMinute
    limits.recipientsPerDay = account.pacing.recipientsPerDay
    limits.recipientsPerMessage = account.pacing.recipientsPerMessage
    pacing = limits
    pausedUntil = account.pausedUntil
    webhooks = own?.url
    webhooksCustomHeaders = own.map { $0.headerNames.map { CustomHeaderField($0, Secret("")) } }
    declared = account.declared ? true : nil
    created = account.created
    updated = account.updated
  }
}

extension AccountWebhooksChange {
  fileprivate init(_ url: String?, _ fields: [CustomHeaderField]?) {
    self.init(url: url, headers: fields.map { $0.map { CustomHeader($0) } })
  }
}

extension AccountReply.Connection {
  fileprivate init(_ provider: OAuth2Provider) {
    self =
      switch provider {
      case .outlook: .outlook
      case .outlookService: .outlookService
      }
  }
}

extension AccountReply.State {
  /// `nil` for paused accounts, whose state is kept.
  fileprivate var stored: AccountState? {
    switch self {
    case .initial: .initial
    case .unset: .unset
    case .connecting: .connecting
    case .connected: .connected
    case .authenticationError: .authenticationError
    case .connectError: .connectError
    case .paused: nil
    }
  }
}

extension SMTPReply {
  fileprivate init(_ form: SMTPForm) {
    self.init()
    (host, port, secure) = (form.host, form.port, form.secure)
    auth.user = form.user
  }
}

extension AccountTokenReply {
  fileprivate init(_ token: ExposedToken) {
    self.init()
    account = token.account
    user = token.user
    accessToken = token.token
    provider = Word(token.provider)
    app = token.app
    registeredScopes = token.scopes ?? []
    expires = token.expires
    cached = token.cached
  }
}

extension NewForm {
  init(_ request: SignInRequest) {
    self.init(
      account: request.account, name: request.name, email: request.email,
      expectedEmail: request.expectedEmail, delegated: request.delegated, app: request.app,
      redirectURL: request.redirectURL, unknownOutcome: request.unknownOutcome)
  }
}
