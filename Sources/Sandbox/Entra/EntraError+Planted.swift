extension EntraError {
  /// Those that only a fault plants: the other numbers that Microsoft lists for what happens to mail clients
  /// (Microsoft Learn, "Microsoft Entra authentication and authorization error codes").
  static let planted: [Int: Entry] = [
    16000: Entry("interaction_required", "Several accounts are signed in; one must be picked."),
    50012: Entry("invalid_client", "Authentication failed.", status: 401),
    50013: Entry("invalid_grant", "Assertion failed signature validation."),
    50053: Entry("invalid_grant", "The account is locked, or the address it came from is."),
    50055: Entry("invalid_grant", "The password is expired.", suberror: "user_password_expired"),
    50056: Entry("invalid_grant", "The password does not exist in the directory."),
    50059: Entry("invalid_request", "No tenant-identifying information found."),
    50072: Entry(
      "invalid_grant", "The user must enrol in multi-factor authentication.", suberror: "basic_action"),
    50078: Entry(
      "invalid_grant", "Presented multi-factor authentication has expired.", suberror: "basic_action"),
    50097: Entry("interaction_required", "Device authentication is required."),
    50105: Entry("interaction_required", "The user is not assigned to a role for the application."),
    50126: Entry("invalid_grant", "Invalid username or password."),
    50129: Entry("interaction_required", "The device is not joined to the workplace."),
    50131: Entry(
      "invalid_grant", "Conditional Access: the device or the place is not allowed.", suberror: "message_only"
    ),
    50132: Entry("invalid_grant", "The session is not valid: the password has expired or has been changed."),
    50133: Entry("invalid_grant", "The session is not valid: the password has expired or has been changed."),
    50144: Entry(
      "invalid_grant", "The Active Directory password has expired.", suberror: "user_password_expired"),
    50147: Entry("invalid_request", "The size of the code challenge is not valid."),
    50158: Entry(
      "interaction_required", "An external security challenge was not satisfied.", suberror: "basic_action"),
    50177: Entry("invalid_grant", "The account does not exist in the tenant and cannot use the app there."),
    500_113: Entry("invalid_request", "No reply address is registered for the application."),
    500_133: Entry("invalid_grant", "The assertion is not within its valid time range."),
    500_208: Entry("invalid_request", "The domain is not a valid login domain for the account type."),
    51004: Entry("invalid_grant", "The account does not exist in the directory."),
    53000: Entry("invalid_grant", "The device is not compliant.", suberror: "message_only"),
    53001: Entry("invalid_grant", "The device is not domain joined.", suberror: "message_only"),
    53011: Entry(
      "invalid_grant", "The user is blocked because of risk on the home tenant.", suberror: "message_only"),
    530_032: Entry("invalid_grant", "Blocked by security policy.", suberror: "message_only"),
    530_033: Entry(
      "invalid_grant", "Blocked by the policy for authentication flows.", suberror: "message_only"),
    530_035: Entry(
      "invalid_grant", "Access has been blocked by security defaults.", suberror: "message_only"),
    65005: Entry(
      "invalid_resource", "The application asks for a resource that its registration does not list."),
    650_052: Entry(
      "invalid_client", "The organization has not subscribed to the service, or not enabled it."),
    650_056: Entry(
      "invalid_client", "Misconfigured application: no permission is listed, or none consented."),
    70001: Entry("unauthorized_client", "The application is disabled."),
    70002: Entry("invalid_client", "Error validating credentials.", status: 401),
    70004: Entry("invalid_request", "The application uses a redirect URI that is not valid."),
    70005: Entry("unsupported_response_type", "The response type is not supported."),
    70019: Entry("expired_token", "The verification code is expired."),
    70021: Entry(
      "invalid_request", "No matching federated identity record found for the presented assertion."),
    70043: Entry(
      "invalid_grant", "The refresh token is expired by the sign-in frequency of Conditional Access.",
      suberror: "bad_token"),
    700_022: Entry("invalid_request", "The scope names more than one resource."),
    700_030: Entry("invalid_client", "The subject name of the certificate is not authorized.", status: 401),
    700_212: Entry("invalid_request", "No matching federated identity record found for the audience."),
    700_213: Entry("invalid_request", "No matching federated identity record found for the subject."),
    7_000_229: Entry(
      "unauthorized_client", "The client application is missing its service principal in the tenant."),
    90006: Entry("temporarily_unavailable", "A transient error has occurred.", status: 503),
    90008: Entry("invalid_request", "The application must be allowed to sign people in (User.Read)."),
    90009: Entry("invalid_request", "The application asks for a token for itself."),
    90014: Entry("invalid_request", "A required field is missing."),
    90015: Entry("invalid_request", "The query is too long."),
    90019: Entry("invalid_request", "No tenant-identifying information found."),
    90024: Entry(
      "temporarily_unavailable", "The request budget is exceeded; a transient error.", status: 503),
    90038: Entry("invalid_request", "The tenant is in another cloud."),
    90072: Entry("invalid_grant", "The account must be added as an external user first."),
    90093: Entry(
      "access_denied", "The application asks for permissions that the user is not authorized to grant."),
    90095: Entry(
      "access_denied", "An administrator has to consent; the user was shown the form to ask for it."),
    90100: Entry("invalid_request", "A parameter is empty or not valid."),
    90102: Entry("invalid_request", "'redirect_uri' must be a valid URI."),
    90124: Entry("invalid_request", "The resource is not supported over /common or /consumers."),
    90130: Entry("invalid_request", "The application is not supported over /common or /consumers."),
    900_382: Entry(
      "invalid_client", "A confidential client is not supported in the request to another cloud."),
    900_432: Entry(
      "invalid_client", "A confidential client is not supported in the request to another cloud."),
    50000: Entry("server_error", "The service could not issue a token.", status: 500),
  ]
}
