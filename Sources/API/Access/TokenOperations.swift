package import Core

/// The body of `POST /v1/tokens`.
package struct TokenRequest: Contract {
  package var description = ""
  package var scopes = [Scope.api]
  package var account: AccountID?
  package var expires: Instant?
  package var restrictions: TokenRestrictionsForm?
  package var permissions: TokenPermissionsForm?

  package enum Scope: String, WireWord {
    case api = "api"
    case smtp = "smtp"
    case everything = "*"
  }

  package init() {}

  package static let fields = Fields<Self>("TokenRequest", "An API token to be created.") {
    Required("description", \.description, .line(1...1024), "What the token is for.")
    Field(
      "scopes", \.scopes, .list(.word(unsupported: "imap-proxy", "metrics", "mcp"), count: 0...32),
      "`api`: this API. `smtp`: the token is a password for the SMTP port, whose user name is the account's id. `*`: "
        + "everything; in the workspace `default`, an operator.")
    Field("account", \.account, .id(), "The only account that the token is for.")
    Field(
      "expires", \.expires, .date,
      "When the token expires: a day (2027-05-20) or a moment (2027-05-20T14:00:00Z).")
    Field("restrictions", \.restrictions, .object, "From where and how often the token may be used.")
    Field("permissions", \.permissions, .object, "What the token may be used for.")
    Unsupported("metadata", "ip")
  }
}

/// A new token.
package struct TokenIssued: Contract {
  package var token = Secret("")
  package var id = TokenID("")
  package var smtp: SMTPServerReply?

  package init() {}

  package init(_ token: Secret, id: TokenID) {
    self.token = token
    self.id = id
  }

  package static let fields = Fields<Self>("TokenCreated", "A new API token.") {
    Required("token", \.token, .disclosed, "The token; it is never shown again.")
    Required("id", \.id, .id(), "The token's id.")
    Field(
      "smtp", \.smtp, .object, "Where it is a password, if it has the scope `smtp` and there is an SMTP port."
    )
  }
}

/// What a program or a device has to know of the SMTP ports.
package struct SMTPServerReply: Contract {
  package var host = ""
  package var port: Int?
  package var tlsPort: Int?

  package init() {}

  package static let fields = Fields<Self>("SMTPServer", "The SMTP ports of the gateway.") {
    Required("host", \.host, .line(1...256), "The server's name.")
    Field("port", \.port, .integer(1...65_535), "The port for STARTTLS.")
    Field("tlsPort", \.tlsPort, .integer(1...65_535), "The port for TLS from the beginning.")
  }
}

/// A token as it is shown: without itself.
package struct TokenReply: Contract {
  package var id = TokenID("")
  package var description = ""
  package var scopes: [String] = []
  package var account: AccountID?
  package var created = Instant(microseconds: 0)
  package var expires: Instant?
  package var restrictions: TokenRestrictionsForm?
  package var permissions: TokenPermissionsForm?
  package var access: TokenAccessReply?
  package var declared: Bool?

  package init() {}

  package static let fields = Fields<Self>("Token", "An API token, without the token itself.") {
    Required("id", \.id, .id(), "The token's id.")
    Required("description", \.description, .line(0...1024), "What it is for.")
    Required("scopes", \.scopes, .list(.line(1...64), count: 0...32), "What it may be used for.")
    Field("account", \.account, .id(), "The only account that it is for.")
    Required("created", \.created, .moment, "When it was created.")
    Field("expires", \.expires, .moment, "When it expires.")
    Field("restrictions", \.restrictions, .object, "From where and how often it may be used.")
    Field("permissions", \.permissions, .object, "What it may be used for.")
    Field("access", \.access, .object, "Its last use; left out if there was none.")
    Field(DeclarationTerm.declared, \.declared)
  }
}

package struct TokenPage: PagedReply {
  package var account: AccountID?
  package var total = 0
  package var page = 0
  package var pages = 0
  package var tokens: [TokenReply] = []

  package init() {}

  package static let fields = Fields<Self>("TokenPage", "One page of the API tokens.") {
    Field("account", \.account, .id(), "The requested account.")
    Required(PageTerm.total, \.total)
    Required(PageTerm.number, \.page)
    Required(PageTerm.pages, \.pages)
    Required("tokens", \.tokens, .list(.object, count: 0...1000), "The tokens.")
  }
}

/// Which tokens are listed.
package struct TokensQuery: PagedQuery {
  package var page = 0
  package var pageSize = 20
  package var account: AccountID?

  package init() {}

  package static let fields = Fields<Self>("TokensQuery", "Which API tokens are listed.") {
    Field(PageTerm.page, \.page)
    Field(PageTerm.pageSize, \.pageSize)
    Field("account", \.account, .id(), "Only tokens for this account.")
    Unsupported("query")
  }
}

package struct TokenDeleted: Contract {
  package var deleted = true

  package init() {}

  package static let fields = Fields<Self>("TokenDeleted", "A token that was revoked.") {
    Required("deleted", \.deleted, .flag, "Always `true`.")
  }
}

extension Operations {
  package static let tokens = Operation<Nothing, TokensQuery, Nothing, TokenPage>(
    .get, "/v1/tokens", id: "getTokens", .tokens, .workspace, "List the API tokens of the workspace.",
    "The tokens themselves are not shown.")

  package static let issueToken = Operation<Nothing, Nothing, TokenRequest, TokenIssued>(
    .post, "/v1/tokens", id: "postTokens", .tokens, .workspace,
    "Create an API token with no more rights than its creator.",
    "It is shown once. A token with restrictions or permissions cannot create others.",
    problems: [.accountNotFound])

  package static let revokeToken = Operation<TokenID, Nothing, Nothing, TokenDeleted>(
    .delete, "/v1/tokens/{token}", id: "deleteToken", .tokens, .workspace, "Revoke an API token.",
    problems: [.tokenNotFound])
}
