import Core

/// What Graph's error codes mean for a letter (Microsoft Learn, "Microsoft Graph error responses", and the
/// Exchange codes that pass through it).
struct GraphErrorEntry: Sendable {
  var names: [String]
  var code: ProblemCode
  var meaning: String
  var remedy: String?
  var verdict: Verdict

  /// What a repeat brings, where Graph has not acted; whether it may have, the status says.
  enum Verdict: Sendable, Hashable {
    case futile
    /// Not before this, nor before Graph's own Retry-After.
    case later(Duration?)
  }

  init(
    _ names: [String], _ code: ProblemCode, _ meaning: String, _ remedy: String?,
    _ verdict: Verdict = .futile
  ) {
    self.names = names
    self.code = code
    self.meaning = meaning
    self.remedy = remedy
    self.verdict = verdict
  }

  /// Graph is not consistent about the case of its codes.
  static func entry(_ name: String) -> GraphErrorEntry? { byName[name.lowercased()] }

  /// For a code that is not in the catalogue, and for a reply without one where the front door in front of
  /// Graph answers without a body; `nil` where such a reply is not Graph's.
  static func entry(status: Int, name: String?) -> GraphErrorEntry? {
    switch status {
    case 401: entry("InvalidAuthenticationToken")
    case 413: entry("RequestEntityTooLarge")
    case 429: entry("TooManyRequests")
    case 507: entry("ErrorQuotaExceeded")
    case 408, 500...: entry("UnknownError")
    case 403 where name != nil: entry("ErrorAccessDenied")
    case 400..<500 where name != nil: entry("BadRequest")
    default: nil
    }
  }

  private static let byName = Dictionary(
    uniqueKeysWithValues: catalogue.flatMap { entry in entry.names.map { ($0.lowercased(), entry) } })

  static let catalogue: [GraphErrorEntry] = access + mailbox + letter + service

  private static let access: [GraphErrorEntry] = [
    GraphErrorEntry(
      ["InvalidAuthenticationToken", "TokenNotFound", "AuthenticationError"], .graphTokenRejected,
      "Graph did not accept the access token.", "Connect the account again if a new token fails too."),
    GraphErrorEntry(
      ["ErrorAccessDenied", "AccessDenied", "Authorization_RequestDenied", "NoPermissionsInAccessToken"],
      .graphAccessDenied, "The app may not do this in this mailbox.",
      "Grant the permission and consent to it; a change of an Exchange access policy takes up to two hours."),
    GraphErrorEntry(
      ["ErrorSendAsDenied", "ErrorSendOnBehalfOfDenied"], .graphSendAsDenied,
      "This mailbox may not send with that From address.",
      "Have an administrator grant Send As, or send from the mailbox's own address."),
  ]

  private static let mailbox: [GraphErrorEntry] = [
    GraphErrorEntry(
      [
        "MailboxNotEnabledForRESTAPI", "ErrorMailboxNotEnabledForRESTAPI", "MailboxNotSupportedForRESTAPI",
        "MailboxNotHostedInExchangeOnline", "OrganizationFromTenantGuidNotFound", "ResourceNotFound",
        "ErrorNonExistentMailbox", "ErrorInvalidUser", "Request_ResourceNotFound",
      ], .graphMailboxUnavailable, "There is no mailbox for this user in Exchange Online.",
      "Check the address and that the user has an Exchange Online licence."),
    GraphErrorEntry(
      ["ErrorQuotaExceeded", "quotaLimitReached"], .graphMailboxFull, "The mailbox is full.",
      "Delete something from it."),
    GraphErrorEntry(
      ["ErrorAccountSuspend", "ErrorAccountSuspendShowTierUpgrade", "ErrorMessageSubmissionBlocked"],
      .graphSendingBlocked, "Microsoft has stopped this account from sending.",
      "Sign in to Outlook on the web and follow what it asks."),
    GraphErrorEntry(
      ["ErrorExceededMessageLimit", "ErrorMessageLimitExceeded"], .graphSendingBlocked,
      "The mailbox has used up what Microsoft lets it send in a day.", "Spread sending over more mailboxes.",
      .later(.seconds(3600))),
  ]

  private static let letter: [GraphErrorEntry] = [
    GraphErrorEntry(
      ["ErrorItemNotFound", "ErrorMessageNotFound", "itemNotFound"], .graphItemNotFound,
      "There is no such message in the mailbox.", nil),
    GraphErrorEntry(
      ["ErrorInvalidRecipients"], .graphRecipientsInvalid, "Exchange does not accept one of the recipients.",
      "Check the addresses."),
    GraphErrorEntry(
      ["ErrorMessageSizeExceeded", "RequestEntityTooLarge", "ErrorAttachmentSizeLimitExceeded"],
      .graphMessageTooLarge, "The message is larger than Microsoft takes.",
      "Send smaller attachments, or links."),
    GraphErrorEntry(
      [
        "ErrorMimeContentInvalidBase64String", "ErrorMimeContentInvalid", "ErrorInvalidRequest",
        "ErrorInvalidProperty", "ErrorInvalidPropertyValue", "ErrorInvalidIdMalformed", "RequestBodyRead",
        "InefficientFilter", "BadRequest",
      ], .graphRejected, "Graph could not use the request.", nil),
  ]

  private static let service: [GraphErrorEntry] = [
    GraphErrorEntry(
      ["ApplicationThrottled", "TooManyRequests", "activityLimitReached", "ErrorServerBusy"], .graphThrottled,
      "Graph is receiving too many requests for this mailbox.", nil, .later(nil)),
    GraphErrorEntry(
      [
        "ErrorInternalServerTransientError", "ErrorInternalServerError", "ErrorMailboxStoreUnavailable",
        "ErrorMailboxMoveInProgress", "MailboxInfoStale", "ErrorTimeoutExpired", "serviceNotAvailable",
        "UnknownError", "generalException",
      ], .graphUnavailable, "Graph cannot serve this mailbox at the moment.", nil, .later(nil)),
  ]
}
