import API
import Core

// What the configuration file declares, besides apps, which are as `POST /v1/oauth2` takes them.

/// One entry of `accounts`.
struct AccountDeclaration: Contract {
  var app = ""
  var email = ""
  var name: String?
  var refreshToken: Secret?
  var unknownOutcome = UnknownOutcome.hold

  init() {}

  static let fields = Fields<Self>("AccountDeclaration", "An account that the configuration file declares.") {
    Required("app", \.app, .line(1...256), "The app, by its name in the file.")
    Required("email", \.email, .line(1...1024), "The mailbox.")
    Field("name", \.name, .line(1...256), "The name for people, also in the From header.")
    Field(
      "refreshToken", \.refreshToken, .secret(1...16_384),
      "A refresh token that was issued to the app's client id.")
    Field("unknownOutcome", \.unknownOutcome, .word(), "What happens to a message whose outcome is unknown.")
  }
}

/// One entry of `tokens`.
struct TokenDeclaration: Contract {
  var token = Secret("")
  var description: String?
  var scopes = [TokenRequest.Scope.api]
  var account: AccountID?
  var expires: Instant?

  init() {}

  static let fields = Fields<Self>("TokenDeclaration", "An API token that the configuration file declares.") {
    Required("token", \.token, .secret(1...1024), "The token itself, of 128 random bits or more.")
    Field("description", \.description, .line(1...1024), "What it is for.")
    Field("scopes", \.scopes, .list(.word(), count: 1...32), "What it may be used for.")
    Field("account", \.account, .id(), "The only account that it is for.")
    Field("expires", \.expires, .date, "When it expires.")
  }
}
