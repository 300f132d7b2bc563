extension EntraError {
  struct Entry: Sendable {
    var kind: String
    var status: Int
    var text: String
    var suberror: String?

    init(_ kind: String, _ text: String, status: Int = 400, suberror: String? = nil) {
      self.kind = kind
      self.status = status
      self.text = text
      self.suberror = suberror
    }
  }

  /// What each number means, in our words; number, OAuth 2.0 error and status as Microsoft gives them.
  static let catalogue = answered.merging(planted) { $1 }

  /// Those that the sandbox answers without a planted fault.
  private static let answered: [Int: Entry] = [
    // The request.
    28000: Entry("invalid_request", "The scope names more than one resource; a token is for one."),
    50011: Entry("invalid_grant", "The redirect URI is not one of those registered for the application."),
    50049: Entry("invalid_instance", "The authority is unknown or invalid."),
    70003: Entry("unsupported_grant_type", "The grant type is not supported."),
    70007: Entry("invalid_request", "The response_mode is not supported."),
    70011: Entry("invalid_scope", "The value of the input parameter 'scope' is not valid."),
    700_054: Entry("unsupported_response_type", "The response_type is not enabled for the application."),
    90002: Entry("invalid_request", "The tenant was not found."),
    90023: Entry("invalid_request", "The value of a parameter is not valid."),
    900_144: Entry("invalid_request", "A parameter is missing."),
    900_561: Entry("invalid_request", "The endpoint accepts only POST requests."),
    900_971: Entry("invalid_request", "No reply address was given."),
    901_002: Entry("invalid_request", "The 'resource' parameter is not supported; name it in the scope."),
    9_000_411: Entry("invalid_request", "The request is not properly formatted: a parameter is duplicated."),
    9_001_023: Entry(
      "invalid_request", "This grant type needs a tenant of its own; /common and /consumers have none."),
    500_011: Entry("invalid_resource", "The resource was not found in the tenant."),
    1_002_012: Entry("invalid_scope", "The scope of this grant is the resource followed by /.default."),

    // The application.
    50194: Entry(
      "invalid_request",
      "The application is not configured as a multi-tenant application; use the endpoint of its own tenant."),
    9_002_332: Entry(
      "invalid_request", "The application is for work accounts only; use another endpoint than /consumers."),
    700_016: Entry("unauthorized_client", "The application was not found in the directory."),
    700_038: Entry("unauthorized_client", "The client_id is not a valid application identifier."),
    700_025: Entry(
      "invalid_client", "Client is public so neither 'client_assertion' nor 'client_secret' may be sent.",
      status: 401),
    50027: Entry("invalid_client", "The client assertion is not a valid JSON Web Token.", status: 401),
    5_002_738: Entry("invalid_client", "The signature algorithm is not supported.", status: 401),
    700_021: Entry(
      "invalid_client", "Client assertion application identifier doesn't match 'client_id' parameter.",
      status: 401),
    700_023: Entry(
      "invalid_client", "Client assertion audience claim does not match Realm issuer.", status: 401),
    700_024: Entry(
      "invalid_client", "Client assertion is not within its valid time range.", status: 401),
    700_027: Entry("invalid_client", "The client assertion is signed by no registered key.", status: 401),
    7_000_215: Entry(
      "invalid_client", "Invalid client secret provided: send the secret's value, not its id.", status: 401),
    7_000_218: Entry(
      "invalid_client",
      "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.",
      status: 401),
    9_002_326: Entry(
      "invalid_request",
      "Cross-origin token redemption is permitted only for the 'Single-Page Application' client-type."),
    9_002_327: Entry(
      "invalid_request",
      "Tokens issued for the 'Single-Page Application' client-type may only be redeemed via cross-origin"
        + " requests."),
    7_000_222: Entry("invalid_client", "The provided client secret keys are expired.", status: 401),

    // The grant.
    50173: Entry("invalid_grant", "The grant was revoked; sign in again.", suberror: "bad_token"),
    501_481: Entry("invalid_grant", "The code_verifier does not match the code_challenge of the sign-in."),
    501_491: Entry("invalid_grant", "The code_challenge or code_verifier is not 43 to 128 characters long."),
    54005: Entry("invalid_grant", "The authorization code was already redeemed."),
    65001: Entry(
      "invalid_grant", "The user or administrator has not consented to use the application.",
      suberror: "consent_required"),
    65004: Entry("access_denied", "The user declined to consent to access the app."),
    70000: Entry(
      "invalid_grant", "The grant is expired, revoked, another client's or for other scopes.",
      suberror: "bad_token"),
    700_005: Entry("invalid_grant", "The authorization code was issued by another tenant."),
    700_007: Entry("invalid_grant", "The grant was issued to another client."),
    70008: Entry("invalid_grant", "The authorization code or refresh token is expired or revoked."),
    70016: Entry(
      "authorization_pending", "OAuth 2.0 device flow error. Authorization is pending. Continue polling."),
    70018: Entry("bad_verification_code", "The device code is unknown here."),
    70020: Entry(
      "expired_token",
      "The provided value for the input parameter 'device_code' is not valid. This device code has expired."),
    700_084: Entry(
      "invalid_grant",
      "The refresh token was issued to a single page app (SPA), and therefore has a fixed, limited lifetime"
        + " of 1.00:00:00, which cannot be extended. It is now expired and a new sign in request must be sent"
        + " by the SPA to the sign in page.", suberror: "bad_token"),
    700_082: Entry(
      "invalid_grant", "The refresh token has expired due to inactivity.", suberror: "bad_token"),
    9_002_313: Entry("invalid_grant", "Invalid request. Request is malformed or invalid."),

    50196: Entry(
      "invalid_grant",
      "The server terminated an operation because it encountered a client request loop. Please contact your"
        + " app vendor."),
    650_053: Entry("invalid_client", "The application asked for a scope that the resource does not have."),
    650_057: Entry(
      "invalid_resource", "The client has requested a resource that its registration does not list."),
    9_002_331: Entry(
      "invalid_request", "The application is for personal accounts only; use the /consumers endpoint."),
    7_000_112: Entry("unauthorized_client", "The application is disabled."),

    // The person.
    50020: Entry("invalid_grant", "The account does not belong to the tenant and cannot use the app there."),
    50034: Entry("invalid_grant", "The account does not exist in the directory."),
    50057: Entry("invalid_grant", "The account is disabled."),
    50058: Entry("login_required", "A silent sign-in was asked for, but nobody is signed in."),
    50076: Entry(
      "invalid_grant",
      "Due to a configuration change made by your administrator, or because you moved to a new location, you"
        + " must use multi-factor authentication to access the resource.", suberror: "basic_action"),
    50079: Entry(
      "invalid_grant", "The user must enrol in multi-factor authentication.", suberror: "basic_action"),
    53003: Entry(
      "invalid_grant",
      "Access has been blocked by Conditional Access policies. The access policy does not allow token"
        + " issuance.", suberror: "message_only"),
    90094: Entry("access_denied", "Only an administrator can grant what the app asks for."),

    // The service.
    90033: Entry("temporarily_unavailable", "A transient error has occurred.", status: 503),
    90055: Entry("temporarily_unavailable", "The server has received too many requests.", status: 429),
  ]
}
