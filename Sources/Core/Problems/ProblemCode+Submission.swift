// Messages that come in by SMTP.
extension ProblemCode {
  static let submissionCodes: [ProblemCode] = [
    .messageSenderNotAllowed, .messageControlHeader, .accountDailyLimit,
  ]

  package static let messageSenderNotAllowed = ProblemCode(
    "message.senderNotAllowed", .message, status: 403, smtp: "550 5.7.1",
    "The sender of the envelope, From or Sender is not the address of the account, or is missing: Microsoft sends "
      + "messages as their From address, and nothing here answers the null sender.",
    remedy: "Send as the account's own address, or use the credentials of the account that has the other one."
  )

  package static let messageControlHeader = ProblemCode(
    "message.controlHeader", .message, status: 400, smtp: "554 5.6.0",
    "A header field that begins with `X-EE-` is not supported, is there twice, or has a value that cannot be read.",
    remedy: "Correct or remove the field; `docs/smtp.md` lists those that are supported.")

  package static let accountDailyLimit = ProblemCode(
    "account.dailyLimit", .request, actor: .operator, status: 429, smtp: "450 4.7.1",
    "The devices of the account's networks, which send without a password, have sent as many messages in the "
      + "last 24 hours as `smtp-network-daily` allows.",
    remedy: "Find out which device sends so much, or raise the limit.")
}
