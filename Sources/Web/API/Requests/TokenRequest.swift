import Core

/// The body of `POST /v1/tokens`.
struct TokenRequest: RequestObject {
  let description: String
  let scopes: [String]
  /// The only account that the token is for.
  let account: String?
  let expires: Instant?

  static let known: Set = ["description", "scopes", "account", "expires"]
  static let notSupported: Set = ["metadata", "restrictions", "permissions", "ip"]

  init(from decoder: any Decoder) throws {
    let fields = try Fields(decoder, of: Self.self)
    description = fields.requiredText("description", limit: 1024) ?? ""
    scopes = fields.optional("scopes") ?? ["api"]
    account = fields.text("account", limit: 256)
    expires = fields.date("expires")
    for scope in scopes where !["api", "*"].contains(scope) {
      if ["smtp", "imap-proxy"].contains(scope) {
        fields.fault("scopes", "\(scope) is not supported by this version", .requestNotSupported)
      } else {
        fields.fault("scopes", "\(scope.prefix(80)) is not api or *")
      }
    }
  }
}

/// The body of `PUT /v1/account/{account}/reconnect`.
struct ReconnectRequest: RequestObject {
  let reconnect: Bool

  static let known: Set = ["reconnect"]

  init(from decoder: any Decoder) throws {
    let fields = try Fields(decoder, of: Self.self)
    reconnect = fields.optional("reconnect") ?? false
  }
}
