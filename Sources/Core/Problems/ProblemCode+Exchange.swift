// Microsoft Graph, and Exchange Online over SMTP and IMAP.
extension ProblemCode {
  static let exchangeCodes: [ProblemCode] = [
    .graphUnreachable, .graphLostReply, .graphThrottled, .graphUnavailable, .graphUnexpectedReply,
    .graphRejected, .graphTokenRejected, .graphAccessDenied, .graphSendAsDenied,
    .graphMailboxUnavailable, .graphItemNotFound, .graphRecipientsInvalid, .graphMessageTooLarge,
    .graphMailboxFull, .graphSendingBlocked, .smtpTokenRejected, .smtpDisabled, .smtpAccessBlocked,
    .smtpRejected, .smtpSendAsDenied, .smtpMailboxUnavailable, .smtpMailboxFull, .smtpThrottled,
    .smtpSendingBlocked, .smtpTooManyRecipients, .smtpMessageTooLarge, .imapTokenRejected,
    .imapMailboxUnavailable,
  ]

  package static let graphUnreachable = ProblemCode(
    "graph.unreachable", .service, actor: .operator, status: 502, smtp: "451 4.4.1",
    "There is no connection to Graph; nothing was sent.",
    remedy: "Check DNS, firewall, proxy and clock. Heliograph retries.")

  package static let graphLostReply = ProblemCode(
    "graph.lostReply", .service, actor: .nobody, status: 502, smtp: "451 4.4.2",
    "The request was sent, but its reply was lost: Graph may have acted on it.",
    remedy:
      "Nothing; the outcome is looked up before anything is repeated. Where the grant does not allow that, see "
      + "`delivery.unknownOutcome`.")

  package static let graphThrottled = ProblemCode(
    "graph.throttled", .account, actor: .nobody, status: 429, smtp: "451 4.7.28",
    "There were too many requests for this mailbox.",
    remedy: "Wait; Heliograph retries as soon as Microsoft allows.")

  package static let graphUnavailable = ProblemCode(
    "graph.unavailable", .service, actor: .nobody, status: 502, smtp: "451 4.3.2",
    "Graph or Exchange is temporarily unavailable.",
    remedy: "Wait; Heliograph retries.")

  package static let graphUnexpectedReply = ProblemCode(
    "graph.unexpectedReply", .service, actor: .operator, status: 502, smtp: "451 4.3.0",
    "The reply does not match Microsoft's documentation.",
    remedy: "Check for a proxy or firewall in between.")

  package static let graphRejected = ProblemCode(
    "graph.rejected", .message, status: 400, smtp: "554 5.6.0",
    "Graph refused for a reason that has no code of its own here. Microsoft's code and request id are kept; its "
      + "text is not, because it may quote the message.",
    remedy: "Look up Microsoft's code, or give Microsoft's support the request id.")

  package static let graphTokenRejected = ProblemCode(
    "graph.tokenRejected", .account, actor: .user, status: 400, smtp: "451 4.7.0",
    "Graph does not accept the access token.",
    remedy: "Usually nothing: a new token is fetched once. If that fails too, sign in again.")

  package static let graphAccessDenied = ProblemCode(
    "graph.accessDenied", .account, actor: .administrator, status: 400, vocabulary: "AccessDenied",
    smtp: "451 4.7.0",
    "A permission is missing, or a policy denies the app access to this mailbox.",
    remedy: "Add the permission and grant consent; a change of policy can take more than an hour.")

  package static let graphSendAsDenied = ProblemCode(
    "graph.sendAsDenied", .message, actor: .administrator, status: 400, vocabulary: "SendAsDenied",
    smtp: "550 5.7.60",
    "The mailbox may not send as the address in *From*.",
    remedy: "Use the mailbox's own address, or grant *Send As*.")

  package static let graphMailboxUnavailable = ProblemCode(
    "graph.mailboxUnavailable", .account, actor: .administrator, status: 400, vocabulary: "MailboxNotEnabled",
    smtp: "450 4.2.1",
    "The account has no Exchange Online mailbox: it has no licence, was deleted, or is on premises.",
    remedy: "Assign a licence, or use another account.")

  package static let graphItemNotFound = ProblemCode(
    "graph.itemNotFound", .message, status: 400, smtp: "550 5.6.0",
    "The message or folder is no longer there.",
    remedy: "Nothing, if it was deleted or moved on purpose.")

  package static let graphRecipientsInvalid = ProblemCode(
    "graph.recipientsInvalid", .recipient, status: 400, vocabulary: "InvalidRecipients", smtp: "553 5.1.3",
    "Exchange rejects at least one recipient.",
    remedy: "Correct the address.")

  package static let graphMessageTooLarge = ProblemCode(
    "graph.messageTooLarge", .message, status: 413, vocabulary: "MessageTooLarge", smtp: "552 5.3.4",
    "The message is larger than the mailbox may send.",
    remedy: "Send smaller attachments, or raise the limit in Exchange.")

  package static let graphMailboxFull = ProblemCode(
    "graph.mailboxFull", .account, actor: .user, status: 400, smtp: "452 4.2.2",
    "The sender's mailbox is full.",
    remedy: "Delete messages from it, and empty Deleted Items.")

  package static let graphSendingBlocked = ProblemCode(
    "graph.sendingBlocked", .account, actor: .user, status: 400, smtp: "451 4.7.0",
    "Microsoft has stopped this mailbox from sending: it reached a daily limit, or Microsoft suspects abuse.",
    remedy: "Wait a day, or follow Microsoft's notice in the mailbox.")

  package static let smtpTokenRejected = ProblemCode(
    "smtp.tokenRejected", .account, actor: .administrator, status: 400, smtp: "454 4.7.0",
    "Exchange does not accept the access token over SMTP.",
    remedy: "Connect again with the permission `SMTP.Send` of Outlook, not of Graph.")

  package static let smtpDisabled = ProblemCode(
    "smtp.disabled", .account, actor: .administrator, status: 400, smtp: "454 4.7.0",
    "Authenticated SMTP is disabled for the mailbox or the tenant, or a password was used.",
    remedy: "Have an administrator enable it, or send through Graph.")

  package static let smtpAccessBlocked = ProblemCode(
    "smtp.accessBlocked", .account, actor: .administrator, status: 400, smtp: "454 4.7.0",
    "A policy of the tenant blocks the sign-in over SMTP.",
    remedy: "Sign in with OAuth2, or have an administrator exclude the app.")

  package static let smtpRejected = ProblemCode(
    "smtp.rejected", .service, actor: .operator, status: 400, smtp: "451 4.7.0",
    "Exchange did not understand the authentication.",
    remedy: "Check for a proxy or firewall in between that changes SMTP.")

  package static let smtpSendAsDenied = ProblemCode(
    "smtp.sendAsDenied", .message, actor: .administrator, status: 400, vocabulary: "SendAsDenied",
    smtp: "550 5.7.60",
    "The mailbox may not send as the address in *From*.",
    remedy: "Use the mailbox's own address, or grant *Send As*.")

  package static let smtpMailboxUnavailable = ProblemCode(
    "smtp.mailboxUnavailable", .account, actor: .administrator, status: 400, vocabulary: "MailboxNotEnabled",
    smtp: "450 4.2.1",
    "The mailbox has no valid licence.",
    remedy: "Have an administrator assign one.")

  package static let smtpMailboxFull = ProblemCode(
    "smtp.mailboxFull", .account, actor: .user, status: 400, smtp: "452 4.2.2",
    "The sender's mailbox is full.",
    remedy: "Delete messages from it, and empty Deleted Items.")

  package static let smtpThrottled = ProblemCode(
    "smtp.throttled", .account, actor: .nobody, status: 429, smtp: "451 4.7.28",
    "There were too many messages or connections at once for this mailbox.",
    remedy: "Wait; Heliograph retries.")

  package static let smtpSendingBlocked = ProblemCode(
    "smtp.sendingBlocked", .account, actor: .user, status: 400, smtp: "451 4.7.0",
    "A daily limit was reached, or Microsoft suspects abuse.",
    remedy: "Wait a day, or have an administrator release the account.")

  package static let smtpTooManyRecipients = ProblemCode(
    "smtp.tooManyRecipients", .message, status: 400, smtp: "552 5.5.3",
    "The message has more recipients than the mailbox is allowed.",
    remedy: "Send several messages.")

  package static let smtpMessageTooLarge = ProblemCode(
    "smtp.messageTooLarge", .message, status: 413, vocabulary: "MessageTooLarge", smtp: "552 5.3.4",
    "The message is larger than the mailbox may send.",
    remedy: "Send smaller attachments, or links.")

  package static let imapTokenRejected = ProblemCode(
    "imap.tokenRejected", .account, actor: .user, status: 400, smtp: "451 4.7.0",
    "Exchange does not accept the access token over IMAP.",
    remedy:
      "Connect again with the permission `IMAP.AccessAsUser.All` of Outlook, and check that IMAP is enabled.")

  package static let imapMailboxUnavailable = ProblemCode(
    "imap.mailboxUnavailable", .account, actor: .user, status: 400, smtp: "451 4.7.0",
    "The token is valid, but does not give access to this mailbox.",
    remedy: "Connect as the mailbox itself, or grant *Full Access*.")
}
