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
          expires: body.expires), by: call.caller)
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
  }
}
