import Core

/// What Graph says, and Exchange through it.
enum GraphErrors {
  static let entries = access + mailbox + message + service + changes

  private static let access: [ErrorEntry] = [
    ErrorEntry(
      .graph, ["InvalidAuthenticationToken", "TokenNotFound", "AuthenticationError"], .graphTokenRejected,
      .user,
      "Graph does not accept the access token for {mailbox}.",
      "Nothing at first: a new token is fetched; if that fails too, connect the account again."),
    ErrorEntry(
      .graph, ["ErrorAccessDenied", "AccessDenied"], .graphAccessDenied, .administrator,
      at: .portal(.permissions),
      "The app is not allowed to do this in {mailbox}.",
      "Add {permission} under API permissions and grant consent; if that is done, have an administrator check that the "
        + "app's Exchange role or access policy covers {mailbox}, and, for another person's mailbox, that Full Access is "
        + "granted. Such a change takes up to two hours."),
    ErrorEntry(
      .graph, ["NoPermissionsInAccessToken", "Authorization_RequestDenied"], .graphAccessDenied, .appOwner,
      at: .portal(.permissions), "The app was not granted {permission}.",
      "Add it under API permissions, grant consent, then connect the account again."),
    ErrorEntry(
      .graph, ["ErrorSendAsDenied", "ErrorSendOnBehalfOfDenied"], .graphSendAsDenied, .administrator,
      "Exchange does not allow {sender} to send as {from}.",
      "Have an administrator grant {sender} “Send as” on {from} in the Exchange admin center; or send from another address."
    ),
  ]

  private static let mailbox: [ErrorEntry] = [
    ErrorEntry(
      .graph,
      [
        "MailboxNotEnabledForRESTAPI", "ErrorMailboxNotEnabledForRESTAPI", "MailboxNotSupportedForRESTAPI",
        "MailboxNotHostedInExchangeOnline", "ErrorNonExistentMailbox",
      ], .graphMailboxUnavailable, .administrator, at: .portal(.users),
      "Exchange Online does not serve {mailbox}: it has no licence or does not exist.",
      "Have an administrator assign a licence with Exchange Online to it; a mailbox on the company's own servers, or that "
        + "of a guest, cannot be reached."),
    ErrorEntry(
      .graph, ["ErrorInvalidUser", "Request_ResourceNotFound"], .graphMailboxUnavailable, .appOwner,
      at: .portal(.users), "Graph does not find {mailbox} in the tenant.",
      "Check the spelling of the address, and that the app uses the mailbox's own tenant."),
    ErrorEntry(
      .graph, ["OrganizationFromTenantGuidNotFound", "ResourceNotFound"], .graphMailboxUnavailable,
      .administrator,
      "The tenant of {mailbox} has no subscription with Exchange Online.",
      "Use a mailbox of a tenant that has one, or a personal account through “consumers”."),
    ErrorEntry(
      .graph, ["ErrorQuotaExceeded", "quotaLimitReached"], .graphMailboxFull, .user,
      "There is no space left in {mailbox}.", "Delete messages from it, and empty Deleted Items."),
    ErrorEntry(
      .graph, ["ErrorAccountSuspend", "ErrorAccountSuspendShowTierUpgrade", "ErrorMessageSubmissionBlocked"],
      .graphSendingBlocked, .user, "Microsoft has stopped {mailbox} from sending.",
      "Sign in to Outlook on the web as {mailbox} and follow the instructions there."),
    ErrorEntry(
      .graph, ["ErrorExceededMessageLimit", "ErrorMessageLimitExceeded"], .graphSendingBlocked, .user,
      "The daily sending limit that Microsoft sets for {mailbox} has been reached.",
      "Wait, sending is retried; or spread it over more mailboxes.", .later(.seconds(3600))),
  ]

  private static let message: [ErrorEntry] = [
    ErrorEntry(
      .graph, ["ErrorItemNotFound", "ErrorMessageNotFound", "itemNotFound", "ErrorFolderNotFound"],
      .graphItemNotFound, .user, "There is no such message or folder in {mailbox}.",
      "Nothing, if it was moved or deleted on purpose."),
    ErrorEntry(
      .graph, ["ErrorInvalidRecipients"], .graphRecipientsInvalid, .user,
      "Exchange rejects at least one recipient.", "Check the spelling of the addresses."),
    ErrorEntry(
      .graph, ["ErrorMessageSizeExceeded", "RequestEntityTooLarge", "ErrorAttachmentSizeLimitExceeded"],
      .graphMessageTooLarge, .user, "The message is larger than {mailbox} may send.",
      "Send smaller attachments, or links."),
    ErrorEntry(
      .graph, ["InvalidInternetMessageHeader", "InvalidInternetMessageHeaderCollection"], .graphRejected,
      .user,
      "Graph accepts at most five custom header fields, whose names begin with X-.",
      "Rename or remove the others."),
    ErrorEntry(
      .graph,
      [
        "ErrorMimeContentInvalidBase64String", "ErrorMimeContentInvalid", "ErrorInvalidRequest",
        "ErrorInvalidProperty", "ErrorInvalidPropertyValue", "PropertyValue", "ErrorInvalidIdMalformed",
        "RequestBodyRead", "InefficientFilter", "BadRequest",
        "ErrorAttachmentSizeShouldNotBeLessThanMinimumSize",
      ], .graphRejected, .appOwner, "Graph could not process the request.",
      "Send the message in another form; if it is an ordinary message, report this with the request id."),
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

  // Reading and notifications, which stop no message.
  private static let changes: [ErrorEntry] = [
    ErrorEntry(
      .graph, ["ErrorFolderExists", "ErrorIrresolvableConflict", "ErrorExecuteSearchStaleData"],
      .graphRejected, .nobody, stops: .account,
      "Another program has changed {mailbox} in the meantime.", nil, .later(nil)),
    ErrorEntry(
      .graph, ["SyncStateNotFound", "resyncRequired", "InvalidSyncStateData"], .graphRejected, .nobody,
      stops: .account,
      "Graph has lost the position up to which {mailbox} had been read.", nil, .later(nil)),
    ErrorEntry(
      .graph, ["ValidationError"], .graphRejected, .appOwner, stops: .installation,
      "Graph could not reach the URL to which it was to send notifications.",
      "Make that URL reachable from the internet over https, and able to answer within ten seconds."),
  ]
}
