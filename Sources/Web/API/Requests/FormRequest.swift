/// The body of `POST /v1/authentication/form`.
struct FormRequest: RequestObject {
  let account: String?
  let name: String?
  let email: String?
  let expectedEmail: String?
  let delegated: Bool
  let redirectUrl: String
  /// The id of an OAuth2 app; `nil` lets the person choose.
  let type: String?
  let unknownOutcome: String?

  static let known: Set = [
    "account", "name", "email", "expectedEmail", "delegated", "redirectUrl", "type", "unknownOutcome",
  ]
  static let notSupported: Set = ["notifyFrom", "subconnections", "path"]

  init(from decoder: any Decoder) throws {
    let fields = try Fields(decoder, of: Self.self)
    account = fields.text("account", limit: 256)
    name = fields.text("name", limit: 256)
    email = fields.text("email", limit: 1024)
    expectedEmail = fields.text("expectedEmail", limit: 1024)
    delegated = fields.optional("delegated") ?? false
    if delegated, email == nil { fields.missing("email") }
    redirectUrl = fields.requiredText("redirectUrl", limit: 2048) ?? ""
    type = fields.text("type", limit: 256)
    unknownOutcome = fields.text("unknownOutcome", limit: 16)
  }
}
