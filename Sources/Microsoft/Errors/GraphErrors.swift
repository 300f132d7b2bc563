import Core

/// What Graph says, and Exchange through it.
enum GraphErrors {
  static let entries = access + mailbox + message + service + changes

  private static let access: [ErrorEntry] = [
    ErrorEntry(
      .graph, ["InvalidAuthenticationToken", "TokenNotFound", "AuthenticationError"], .graphTokenRejected,
      .user,
      "Graph does not accept the access token for {mailbox}.",
      "Nothing at first, a new token is fetched; if that fails too, connect the account again."),
    ErrorEntry(
      .graph, ["ErrorAccessDenied", "AccessDenied"], .graphAccessDenied, .administrator,
      at: .portal(.permissions),
      "The app may not do this in {mailbox}.",
      "Add {permission} under API permissions and have it consented; where it is, let an administrator check that the app's "
        + "Exchange role or access policy covers {mailbox}, and for another's mailbox that Full Access is granted. Such a "
        + "change takes up to two hours."),
    ErrorEntry(
      .graph, ["NoPermissionsInAccessToken", "Authorization_RequestDenied"], .graphAccessDenied, .appOwner,
      at: .portal(.permissions), "The app was not granted {permission}.",
      "Add it under API permissions, have it consented, then connect the account again."),
    ErrorEntry(
      .graph, ["ErrorSendAsDenied", "ErrorSendOnBehalfOfDenied"], .graphSendAsDenied, .administrator,
      "Exchange does not let {mailbox} send as {from}.",
      "Send from {mailbox} itself; or have an administrator grant it “Send as” on {from} in the Exchange admin center."
    ),
  ]

  private static let mailbox: [ErrorEntry] = [
    ErrorEntry(
      .graph,
      [
        "MailboxNotEnabledForRESTAPI", "ErrorMailboxNotEnabledForRESTAPI", "MailboxNotSupportedForRESTAPI",
        "MailboxNotHostedInExchangeOnline", "ErrorNonExistentMailbox",
      ], .graphMailboxUnavailable, .administrator, at: .portal(.users),
      "Exchange Online does not serve {mailbox}: it has no licence, or is not there.",
      "Have an administrator assign a licence with Exchange Online to it; a mailbox on the company's own servers, and a "
        + "guest's, cannot be reached."),
    ErrorEntry(
      .graph, ["ErrorInvalidUser", "Request_ResourceNotFound"], .graphMailboxUnavailable, .appOwner,
      at: .portal(.users), "Graph does not find {mailbox} in the tenant.",
      "Check the spelling of the address, and that the app's tenant is the mailbox's own."),
    ErrorEntry(
      .graph, ["OrganizationFromTenantGuidNotFound", "ResourceNotFound"], .graphMailboxUnavailable,
      .administrator,
      "The tenant of {mailbox} has no subscription with Exchange Online.",
      "Use a mailbox of a tenant that has one, or a personal account through “consumers”."),
    ErrorEntry(
      .graph, ["ErrorQuotaExceeded", "quotaLimitReached"], .graphMailboxFull, .user,
      "There is no room left in {mailbox}.", "Delete something from it, and empty Deleted Items."),
    ErrorEntry(
      .graph, ["ErrorAccountSuspend", "ErrorAccountSuspendShowTierUpgrade", "ErrorMessageSubmissionBlocked"],
      .graphSendingBlocked, .user, "Microsoft has stopped {mailbox} from sending.",
      "Sign in to Outlook on the web as {mailbox} and follow what it asks."),
    ErrorEntry(
      .graph, ["ErrorExceededMessageLimit", "ErrorMessageLimitExceeded"], .graphSendingBlocked, .user,
      "What Microsoft lets {mailbox} send in a day is used up.",
      "Wait, it is tried again; or spread sending over more mailboxes.", .later(.seconds(3600))),
  ]

  private static let message: [ErrorEntry] = [
    ErrorEntry(
      .graph, ["ErrorItemNotFound", "ErrorMessageNotFound", "itemNotFound", "ErrorFolderNotFound"],
      .graphItemNotFound, .user, "There is no such message or folder in {mailbox}.",
      "Nothing, if it was moved or deleted on purpose."),
    ErrorEntry(
      .graph, ["ErrorInvalidRecipients"], .graphRecipientsInvalid, .user,
      "Exchange does not accept one of the recipients.", "Check the spelling of the addresses."),
    ErrorEntry(
      .graph, ["ErrorMessageSizeExceeded", "RequestEntityTooLarge", "ErrorAttachmentSizeLimitExceeded"],
      .graphMessageTooLarge, .user, "The message is larger than {mailbox} may send.",
      "Send smaller attachments, or links."),
    ErrorEntry(
      .graph, ["InvalidInternetMessageHeader", "InvalidInternetMessageHeaderCollection"], .graphRejected,
      .user,
      "Graph takes at most five header fields of one's own, whose names begin with X-.",
      "Rename or leave out the others."),
    ErrorEntry(
      .graph,
      [
        "ErrorMimeContentInvalidBase64String", "ErrorMimeContentInvalid", "ErrorInvalidRequest",
        "ErrorInvalidProperty", "ErrorInvalidPropertyValue", "PropertyValue", "ErrorInvalidIdMalformed",
        "RequestBodyRead", "InefficientFilter", "BadRequest",
        "ErrorAttachmentSizeShouldNotBeLessThanMinimumSize",
      ], .graphRejected, .appOwner, "Graph could not use the request.",
      "Send the message in another form; if it is an ordinary one, report this with its request id."),
  ]

  private static let service: [ErrorEntry] = [
    ErrorEntry(
      .graph, ["ApplicationThrottled", "TooManyRequests", "activityLimitReached", "ErrorServerBusy"],
      .graphThrottled, .nobody, "Graph is receiving too many requests for {mailbox}.", nil, .later(nil)),
    ErrorEntry(
      .graph,
      [
        "ErrorInternalServerTransientError", "ErrorInternalServerError", "ErrorMailboxStoreUnavailable",
        "ErrorMailboxMoveInProgress", "MailboxInfoStale", "ErrorTimeoutExpired", "serviceNotAvailable",
        "UnknownError", "generalException",
      ], .graphUnavailable, .nobody, "Graph cannot serve {mailbox} at the moment.", nil, .later(nil)),
  ]

  // Of reading and of notifications.
  private static let changes: [ErrorEntry] = [
    ErrorEntry(
      .graph, ["ErrorFolderExists", "ErrorIrresolvableConflict", "ErrorExecuteSearchStaleData"],
      .graphRejected,
      .nobody, "Something else has changed {mailbox} in the meantime.", nil, .later(nil)),
    ErrorEntry(
      .graph, ["SyncStateNotFound", "resyncRequired", "InvalidSyncStateData"], .graphRejected, .nobody,
      "Graph no longer knows how far {mailbox} had been read.", nil, .later(nil)),
    ErrorEntry(
      .graph, ["ValidationError"], .graphRejected, .appOwner,
      "Graph could not reach the address at which it was to notify us.",
      "Make that address reachable from the internet by https, within ten seconds."),
  ]
}
