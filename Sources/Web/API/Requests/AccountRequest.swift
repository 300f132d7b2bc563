/// The body of `POST /v1/account`: an account that sends with application permissions.
struct AccountRequest: RequestObject {
  /// `nil` for one that we choose.
  let account: String?
  let name: String
  let email: String?
  let oauth2: OAuth2Field?
  let unknownOutcome: String?

  static let known: Set = ["account", "name", "email", "oauth2", "unknownOutcome"]
  static let notSupported: Set = [
    "expectedEmail", "path", "subconnections", "webhooks", "copy", "logs", "notifyFrom", "proxy",
    "smtpEhloName", "imapIndexer", "imap", "smtp", "webhooksCustomHeaders", "locale", "tz",
  ]

  init(from decoder: any Decoder) throws {
    let fields = try Fields(decoder, of: Self.self)
    account = fields.text("account", limit: 256)
    name = fields.text("name", limit: 256) ?? ""
    email = fields.text("email", limit: 1024)
    unknownOutcome = fields.text("unknownOutcome", limit: 16)
    oauth2 = fields.optional("oauth2")
    if oauth2 == nil { fields.missing("oauth2") }
  }
}

struct OAuth2Field: RequestObject {
  /// The id of an OAuth2 app.
  let provider: String
  /// The mailbox, as its user principal name, address or object id.
  let user: String?

  static let known: Set = ["provider", "auth"]
  static let notSupported: Set = [
    "authorize", "redirectUrl", "useAuthServer", "accessToken", "refreshToken", "expires",
  ]

  init(from decoder: any Decoder) throws {
    let fields = try Fields(decoder, of: Self.self)
    provider = fields.requiredText("provider", limit: 256) ?? ""
    let auth: Auth? = fields.optional("auth")
    user = auth?.user
  }

  private struct Auth: RequestObject {
    let user: String?

    static let known: Set = ["user"]
    static let notSupported: Set = ["delegatedUser", "delegatedAccount"]

    init(from decoder: any Decoder) throws {
      let fields = try Fields(decoder, of: Self.self)
      user = fields.requiredText("user", limit: 256)
    }
  }
}

/// The body of `POST /v1/authentication/form`.
struct FormRequest: RequestObject {
  let account: String?
  let name: String?
  let email: String?
  let expectedEmail: String?
  let redirectUrl: String
  /// The id of an OAuth2 app; `nil` lets the person choose.
  let type: String?
  let unknownOutcome: String?

  static let known: Set = [
    "account", "name", "email", "expectedEmail", "redirectUrl", "type", "unknownOutcome",
  ]
  static let notSupported: Set = ["delegated", "notifyFrom", "subconnections", "path"]

  init(from decoder: any Decoder) throws {
    let fields = try Fields(decoder, of: Self.self)
    account = fields.text("account", limit: 256)
    name = fields.text("name", limit: 256)
    email = fields.text("email", limit: 1024)
    expectedEmail = fields.text("expectedEmail", limit: 1024)
    redirectUrl = fields.requiredText("redirectUrl", limit: 2048) ?? ""
    type = fields.text("type", limit: 256)
    unknownOutcome = fields.text("unknownOutcome", limit: 16)
  }
}
