package import API
import Access
package import Accounts
import Core
import Diagnosis
import Store

/// The registry of OAuth2 apps, and what to enter for them at Microsoft.
struct AppRoutes: Sendable {
  let apps: AppRegistry
  let desk: RegistrationDesk

  func add(to router: APIRouter) {
    router.on(Operations.apps) { call in
      let page = try await apps.apps(call.query.request, in: call.workspace)
      var reply = AppPage(call.query, total: page.total)
      reply.apps = page.elements.map { AppReply($0) }
      return reply
    }
    router.on(Operations.addApp) { call in
      let new = NewApp(call.body)
      guard try !new.shared || call.caller.isOperator else { throw Problem.operatorOnly }
      let id = try await apps.create(new, in: call.workspace)
      return AppCreated(id, warnings: try await warnings(of: id, in: call.workspace))
    }
    router.on(Operations.app) { call in AppReply(try await apps.app(call.path, in: call.workspace)) }
    router.on(Operations.updateApp) { call in
      try await apps.update(
        call.path, AppChange(call.body), in: call.workspace, byOperator: call.caller.isOperator)
      return AppUpdated(call.path, warnings: try await warnings(of: call.path, in: call.workspace))
    }
    router.on(Operations.deleteApp) { call in
      try await apps.delete(call.path, in: call.workspace, byOperator: call.caller.isOperator)
      return AppDeleted(call.path)
    }
    router.on(Operations.appRegistration) { call in
      RegistrationReply(try await desk.guide(of: call.path, in: call.workspace))
    }
    router.on(Operations.planRegistration) { call in
      RegistrationReply(try desk.guide(Diagnosis.RegistrationRequest(call.body)))
    }
  }

  private func warnings(of app: AppID, in workspace: WorkspaceID) async throws -> [WarningReply] {
    try await apps.app(app, in: workspace).warnings.map { WarningReply($0) }
  }
}

extension NewApp {
  /// An app as the contract describes it, in a request or in a file.
  package init(_ request: AppRequest) {
    self.init(
      name: request.name, title: request.title, description: request.description, provider: request.provider,
      enabled: request.enabled, cloud: request.cloud, baseScopes: request.baseScopes,
      sendOnly: request.sendOnly, shared: request.shared, listed: request.includeInListing,
      clientID: request.clientID,
      clientSecret: request.clientSecret, clientCertificate: request.clientCertificate,
      secretExpires: request.secretExpires, authority: request.authority, redirectURL: request.redirectURL,
      extraScopes: request.extraScopes, skipScopes: request.skipScopes)
  }
}

extension AppChange {
  fileprivate init(_ request: AppUpdateRequest) {
    self.init()
    name = request.name
    title = request.title
    description = request.description
    enabled = request.enabled
    cloud = request.cloud
    baseScopes = request.baseScopes
    sendOnly = request.sendOnly
    shared = request.shared
    listed = request.includeInListing
    clientID = request.clientID
    let (secret, certificate) = (request.clientSecret, request.clientCertificate)
    clientSecret = secret.flatMap { $0.isEmpty ? nil : $0 }
    clientCertificate = certificate.flatMap { $0.isEmpty ? nil : $0 }
    // Emptied on purpose: the app becomes a native client.
    dropsCredential = secret?.isEmpty ?? false || certificate?.isEmpty ?? false
    secretExpires = request.secretExpires
    authority = request.authority
    redirectURL = request.redirectURL
    extraScopes = request.extraScopes
    skipScopes = request.skipScopes
  }
}

extension AppReply {
  fileprivate init(_ app: OAuth2App) {
    self.init()
    id = app.id
    name = app.name
    provider = Word(app.provider)
    title = app.title
    description = app.description
    enabled = app.enabled
    includeInListing = app.listed && app.provider == .outlook
    clientID = app.clientID
    clientSecret = app.hasSecret ? Secret("") : nil
    clientCertificate = app.certificateThumbprint.map {
      CertificateReply(thumbprint: $0, expires: app.secretExpires)
    }
    secretExpires = app.secretExpires
    authority = app.authority
    cloud = app.cloud
    redirectURL = app.redirectURL
    baseScopes = Word(app.baseScopes)
    extraScopes = app.extraScopes
    skipScopes = app.skipScopes
    sendOnly = app.sendOnly
    shared = app.shared
    accounts = app.accounts
    warnings = app.warnings.map { WarningReply($0) }
    lastError = app.lastError.map { ProblemReply($0) }
    declared = app.declared ? true : nil
    created = app.created
    updated = app.updated
  }
}

extension WarningReply {
  init(_ warning: AppWarning) {
    self.init()
    code = Word(Code(warning.code))
    message = warning.message
    remedy = warning.remedy
    commands = warning.commands
  }
}

extension WarningReply.Code {
  fileprivate init(_ code: AppWarning.Code) {
    self =
      switch code {
      case .redirectElsewhere: .redirectElsewhere
      case .secretLooksLikeID: .secretLooksLikeID
      case .secretExpiring: .secretExpiring
      case .secretExpired: .secretExpired
      case .noOfflineAccess: .noOfflineAccess
      case .noLookUp: .noLookUp
      case .everyMailbox: .everyMailbox
      case .mailboxByMailbox: .mailboxByMailbox
      }
  }
}
