import Core

/// What Exchange Online says over SMTP (Microsoft Learn, "Email non-delivery reports and SMTP errors in Exchange
/// Online") and over IMAP.
enum ExchangeErrors {
  static let smtp = signIn + sender + limits + message

  private static let signIn: [ErrorEntry] = [
    ErrorEntry(
      .smtp, ["535 5.7.3"], .smtpTokenRejected, .appOwner, at: .portal(.permissions),
      "Exchange did not accept the access token for {mailbox} over SMTP.",
      "Connect the account again as {mailbox} with the permission SMTP.Send of Outlook, not of Graph; an app that signs in "
        + "as itself needs SMTP.SendAsApp, New-ServicePrincipal and Full Access to the mailbox."),
    ErrorEntry(
      .smtp,
      ["535 5.7.139 SmtpClientAuthentication is disabled"], .smtpDisabled, .administrator,
      "Sending over SMTP is disabled for {mailbox} or its tenant.",
      "Have an administrator run “Set-CASMailbox -Identity {mailbox} -SmtpClientAuthenticationDisabled $false” in Exchange "
        + "Online PowerShell; or send through Graph, which does not need it."),
    ErrorEntry(
      .smtp,
      [
        "535 5.7.139", "535 5.7.139 security defaults policy", "535 5.7.139 did not meet the criteria",
      ], .smtpAccessBlocked, .administrator, at: .portal(.conditionalAccess),
      "A policy of the tenant blocks {mailbox} from signing in over SMTP.",
      "Sign in with OAuth2, not with a password; if OAuth2 is what failed, have an administrator exclude the app from the "
        + "policy."),
    ErrorEntry(
      .smtp, ["550 5.7.30"], .smtpDisabled, .appOwner,
      "Exchange no longer accepts passwords over SMTP.", "Connect {mailbox} by signing in."),
    ErrorEntry(
      .smtp, ["530 5.7.57", "501 5.5.124", "504 5.7.4"], .smtpRejected, .appOwner,
      "Exchange did not understand the authentication over SMTP.",
      "Check that no proxy or firewall changes SMTP; if none does, report this as a bug in Heliograph."),
  ]

  private static let sender: [ErrorEntry] = [
    ErrorEntry(
      .smtp, ["554 5.2.252", "554 5.2.0 SendAsDenied", "550 5.7.60", "not allowed to send as"],
      .smtpSendAsDenied, .administrator, "Exchange does not allow {sender} to send as {from}.",
      "Have an administrator grant {sender} “Send as” on {from} in the Exchange admin center; or send from another address."
    ),
    ErrorEntry(
      .smtp, ["554 5.2.2"], .smtpMailboxFull, .user, "There is no space left in {mailbox}.",
      "Delete messages from it, and empty Deleted Items."),
    ErrorEntry(
      .smtp, ["550 5.2.253"], .smtpMailboxUnavailable, .administrator, at: .portal(.users),
      "There is no valid Exchange Online licence for {mailbox}.",
      "Have an administrator assign one, and wait a day before sending again."),
  ]

  private static let limits: [ErrorEntry] = [
    ErrorEntry(
      .smtp, ["432 4.3.2", "451 4.7.500", "STOREDRV.ClientSubmit; sender thread limit exceeded"],
      .smtpThrottled, .nobody,
      "Exchange is receiving too many messages or connections from {mailbox} at once.", nil, .later(nil)),
    ErrorEntry(
      .smtp, ["554 5.2.0 SubmissionQuotaExceeded", "550 5.1.90"], .smtpSendingBlocked, .user,
      "The daily limit of recipients that Microsoft sets for {mailbox} has been reached.",
      "Wait, sending is retried; or spread it over more mailboxes.", .later(.seconds(3600))),
    ErrorEntry(
      .smtp, ["550 5.7.233"], .smtpSendingBlocked, .administrator,
      "The tenant has reached Microsoft's daily limit of external recipients.",
      "Wait a day; more licences raise the limit, and Azure Communication Services is meant for bulk mail.",
      .later(.seconds(3600))),
    ErrorEntry(
      .smtp, ["550 5.7.236"], .smtpSendingBlocked, .administrator,
      "From an onmicrosoft.com address, Microsoft allows 100 external recipients a day.",
      "Send from an address in your own domain.", .later(.seconds(3600))),
    ErrorEntry(
      .smtp,
      [
        "550 5.1.8", "550 5.7.501", "550 5.7.502", "550 5.7.503", "550 5.7.508", "550 5.7.700", "550 5.7.703",
        "550 5.7.705", "550 5.7.708", "550 5.7.750",
      ], .smtpSendingBlocked, .administrator, "Microsoft suspects {mailbox} or its tenant of sending spam.",
      "Have an administrator look under Restricted entities in the Microsoft Defender portal, secure the account and release "
        + "it."),
  ]

  private static let message: [ErrorEntry] = [
    ErrorEntry(
      .smtp, ["452 4.5.3"], .smtpTooManyRecipients, .user,
      "The message has more recipients than {mailbox} is allowed in one message.",
      "Send it in several messages."),
    ErrorEntry(
      .smtp, ["552 5.3.4", "552 5.2.3", "554 5.2.3"], .smtpMessageTooLarge, .user,
      "The message is larger than {mailbox} may send.", "Send smaller attachments, or links."),
  ]

  static let imap: [ErrorEntry] = [
    ErrorEntry(
      .imap, ["NO AUTHENTICATE failed", "AUTHENTICATE failed"], .imapTokenRejected, .appOwner,
      at: .portal(.permissions), "Exchange did not accept the access token for {mailbox} over IMAP.",
      "Connect the account again as {mailbox} with the permission IMAP.AccessAsUser.All of Outlook, not of Graph, and have "
        + "an administrator check that IMAP is enabled for the mailbox."),
    ErrorEntry(
      .imap,
      [
        "BAD User is authenticated but not connected", "authenticated but not connected",
        "BYE Connection closed. 14",
      ],
      .imapMailboxUnavailable, .administrator,
      "The access token is valid, but does not give access to {mailbox} over IMAP.",
      "Connect the account as {mailbox} itself; for a shared mailbox have Full Access granted, and for an app that signs in "
        + "as itself run New-ServicePrincipal with the Object ID from Enterprise applications, then Add-MailboxPermission."
    ),
  ]
}
