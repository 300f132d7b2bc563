import API
import Access
import Core
import Store

/// The API tokens of a workspace.
struct TokenRoutes: Sendable {
  let tokens: TokenDirectory
  /// `nil` without an SMTP port.
  let smtp: SMTPServerReply?

  func add(to router: APIRouter) {
    router.on(Operations.tokens) { call in
      let query = call.query
      let page = try await tokens.tokens(query.request, account: query.account, in: call.workspace)
      var reply = TokenPage(query, total: page.total)
      reply.account = query.account
      reply.tokens = page.elements.map { TokenReply($0) }
      return reply
    }
    router.on(Operations.issueToken) { call in
      let body = call.body
      let issued = try await tokens.issue(
        NewToken(
          description: body.description, scopes: body.scopes.map(\.rawValue), account: body.account,
          expires: body.expires, restrictions: body.restrictions.map { TokenRestrictions($0) },
          permissions: body.permissions.map {
            TokenPermissions(actions: $0.actions.map { Set($0) }, groups: $0.groups.map { Set($0) })
          }), by: call.caller)
      var reply = TokenIssued(issued.token, id: issued.id)
      reply.smtp = body.scopes == [.api] ? nil : smtp
      return reply
    }
    router.on(Operations.revokeToken) { call in
      try await tokens.revoke(call.path, by: call.caller)
      return TokenDeleted()
    }
  }
}

extension TokenReply {
  fileprivate init(_ record: APITokenRecord) {
    self.init()
    id = record.id
    description = record.description
    scopes = record.scopes
    account = record.account
    created = record.created
    expires = record.expires
    declared = record.declared ? true : nil
    restrictions = record.restrictions.map { TokenRestrictionsForm($0) }
    permissions = record.permissions.map { TokenPermissionsForm($0) }
    if let used = record.used {
      var access = TokenAccessReply()
      (access.time, access.ip) = (used, record.usedFrom)
      self.access = access
    }
  }
}

extension TokenRestrictions {
  fileprivate init(_ form: TokenRestrictionsForm) {
    self.init()
    addresses = form.addresses
    referrers = form.referrers
    rateLimit = form.rateLimit.map { RateLimit(maxRequests: $0.maxRequests, timeWindow: $0.timeWindow) }
  }
}

extension TokenRestrictionsForm {
  fileprivate init(_ restrictions: TokenRestrictions) {
    self.init()
    addresses = restrictions.addresses
    referrers = restrictions.referrers
    rateLimit = restrictions.rateLimit.map { limit in
      var form = TokenRateForm()
      (form.maxRequests, form.timeWindow) = (limit.maxRequests, limit.timeWindow)
      return form
    }
  }
}

extension TokenPermissionsForm {
  fileprivate init(_ permissions: TokenPermissions) {
    self.init()
    // In the order of the contract.
    actions = permissions.actions.map { actions in TokenAction.allCases.filter(actions.contains) }
    groups = permissions.groups.map { groups in TokenGroup.allCases.filter(groups.contains) }
  }
}
