import Core
import Store

/// The body of `POST /v1/account`: a mailbox, and one of the ways to connect it.
struct AccountRequest: RequestObject {
  /// `nil` for one that we choose.
  let account: String?
  let name: String?
  let email: String?
  let oauth2: OAuth2Field?
  let smtp: SMTPField?
  let unknownOutcome: String?

  static let known: Set = ["account", "name", "email", "oauth2", "smtp", "unknownOutcome"]
  static let notSupported: Set = [
    "expectedEmail", "path", "subconnections", "webhooks", "copy", "logs", "notifyFrom", "proxy",
    "smtpEhloName", "imapIndexer", "imap", "webhooksCustomHeaders", "locale", "tz",
  ]

  init(from decoder: any Decoder) throws {
    let fields = try Fields(decoder, of: Self.self)
    account = fields.text("account", limit: 256)
    name = fields.text("name", limit: 256)
    email = fields.text("email", limit: 1024)
    unknownOutcome = fields.text("unknownOutcome", limit: 16)
    oauth2 = fields.optional("oauth2")
    smtp = fields.optional("smtp")
    switch (oauth2, smtp) {
    case (nil, nil): fields.missing("oauth2")
    case (.some, .some):
      fields.fault("smtp", "cannot stand beside oauth2: they are two ways to say one thing")
    case (nil, .some): if email == nil { fields.missing("email") }
    case (.some, nil): break
    }
  }
}

/// Which client the mailbox is reached with, and what was granted to it.
struct OAuth2Field: RequestObject {
  /// The id of an OAuth2 app.
  let provider: String?
  /// A client that is not entered yet, in the place of `provider`.
  let client: Client?
  let authorize: Bool
  let redirectUrl: String?
  let refreshToken: Secret?
  /// The mailbox, as its user principal name, address or object id.
  let user: String?
  let delegatedUser: String?
  let delegatedAccount: String?

  struct Client {
    let id: String
    let tenant: String?
    let cloud: String?
    let secret: Secret?
    /// PEM, with its key.
    let certificate: Secret?
  }

  static let known: Set = [
    "provider", "authorize", "redirectUrl", "accessToken", "refreshToken", "expires", "tenant", "clientId",
    "clientSecret", "clientCertificate", "cloud", "auth",
  ]
  static let notSupported: Set = ["useAuthServer"]

  init(from decoder: any Decoder) throws {
    let fields = try Fields(decoder, of: Self.self)
    provider = fields.text("provider", limit: 256)
    authorize = fields.optional("authorize") ?? false
    redirectUrl = fields.text("redirectUrl", limit: 2048)
    refreshToken = fields.secret("refreshToken", limit: 16_384)
    // The refresh token is tried at once, so that both are replaced before they are needed.
    _ = fields.secret("accessToken", limit: 16_384)
    _ = fields.date("expires")
    client = Self.client(fields)
    let auth: Auth? = fields.optional("auth")
    user = auth?.user
    delegatedUser = auth?.delegatedUser
    delegatedAccount = auth?.delegatedAccount
    checkWay(fields, auth)
  }

  private static func client(_ fields: Fields) -> Client? {
    let id = fields.text("clientId", limit: 256)
    let tenant = fields.text("tenant", limit: 1024)
    let cloud = fields.text("cloud", limit: 256)
    let secret = fields.secret("clientSecret", limit: 256)
    let certificate = fields.secret("clientCertificate", limit: 65_536, singleLine: false)
    if secret != nil, certificate != nil {
      fields.fault("clientCertificate", "cannot stand beside clientSecret")
    }
    guard let id else {
      if tenant != nil || cloud != nil || secret != nil || certificate != nil { fields.missing("clientId") }
      return nil
    }
    return Client(id: id, tenant: tenant, cloud: cloud, secret: secret, certificate: certificate)
  }

  /// Each way to connect has fields of its own, and what belongs to two of them is a slip.
  private func checkWay(_ fields: Fields, _ auth: Auth?) {
    if delegatedAccount != nil {
      if delegatedUser == nil { fields.fault("auth", "needs delegatedUser beside delegatedAccount") }
      for (name, given) in [
        ("authorize", authorize), ("refreshToken", refreshToken != nil), ("clientId", client != nil),
      ] where given {
        fields.fault(name, "cannot stand beside auth.delegatedAccount, whose grant is used")
      }
      return
    }
    if provider == nil, client == nil { fields.missing("provider") }
    if provider != nil, client != nil { fields.fault("clientId", "cannot stand beside provider") }
    if authorize {
      if refreshToken != nil { fields.fault("refreshToken", "cannot stand beside authorize") }
      if client != nil { fields.fault("clientId", "cannot stand beside authorize: enter the app first") }
      return
    }
    if redirectUrl != nil { fields.fault("redirectUrl", "is for authorize only") }
    if delegatedUser != nil {
      fields.fault("auth", "needs delegatedAccount beside delegatedUser, or authorize")
    } else if user == nil {
      fields.missing("auth")
    }
  }

  private struct Auth: RequestObject {
    let user, delegatedUser, delegatedAccount: String?

    static let known: Set = ["user", "delegatedUser", "delegatedAccount"]

    init(from decoder: any Decoder) throws {
      let fields = try Fields(decoder, of: Self.self)
      user = fields.text("user", limit: 256)
      delegatedUser = fields.text("delegatedUser", limit: 256)
      delegatedAccount = fields.text("delegatedAccount", limit: 256)
    }
  }
}

/// A client and its refresh token, as programs have them entered that know mail servers only.
struct SMTPField: RequestObject {
  let form: SMTPForm
  let refreshToken: Secret

  static let known: Set = ["host", "port", "secure", "auth"]
  static let notSupported: Set = ["useAuthServer", "tls"]

  init(from decoder: any Decoder) throws {
    let fields = try Fields(decoder, of: Self.self)
    let host = fields.requiredText("host", limit: 256) ?? ""
    let port: Int = fields.optional("port") ?? 587
    if !(1...65_535).contains(port) { fields.fault("port", "must be from 1 to 65535") }
    let secure: Bool = fields.optional("secure") ?? false
    let auth: Auth? = fields.optional("auth")
    if auth == nil { fields.missing("auth") }
    form = SMTPForm(host: host, port: port, secure: secure, user: auth?.user ?? "")
    refreshToken = auth?.pass ?? Secret("")
  }

  private struct Auth: RequestObject {
    let user: String
    let pass: Secret

    static let known: Set = ["user", "pass"]
    static let notSupported: Set = ["accessToken"]

    init(from decoder: any Decoder) throws {
      let fields = try Fields(decoder, of: Self.self)
      user = fields.requiredText("user", limit: 1024) ?? ""
      let token = fields.secret("pass", limit: 16_384)
      if token == nil { fields.missing("pass") }
      pass = token ?? Secret("")
    }
  }
}

extension Fields {
  /// A secret that is not the mask that stands for one.
  func secret(_ name: String, limit: Int, singleLine: Bool = true) -> Secret? {
    guard let text = text(name, limit: limit, singleLine: singleLine) else { return nil }
    if text == "******" { fault(name, "is the mask and not a secret") }
    return Secret(text)
  }
}
