// What is in a mailbox.
extension ProblemCode {
  static let mailCodes: [ProblemCode] = [
    .mailMessageNotFound, .mailFolderNotFound, .mailAttachmentNotFound, .mailAttachmentIsLink,
    .mailFlagNotSupported, .mailCursorInvalid, .mailNotReadable,
  ]

  package static let mailMessageNotFound = ProblemCode(
    "mail.messageNotFound", .request, status: 404, vocabulary: "MessageNotFound", smtp: "550 5.1.1",
    "The mailbox has no message with this id: it was deleted, or the id is of another account.",
    remedy: "List the messages again.")

  package static let mailFolderNotFound = ProblemCode(
    "mail.folderNotFound", .request, status: 404, vocabulary: "NotFound", smtp: "550 5.1.1",
    "The mailbox has no folder with this path.",
    remedy: "List the folders with `GET /v1/account/{account}/mailboxes` and use the `path` of one.")

  package static let mailAttachmentNotFound = ProblemCode(
    "mail.attachmentNotFound", .request, status: 404, vocabulary: "NotFound", smtp: "550 5.1.1",
    "The message has no attachment with this id.",
    remedy: "Get the message again and use the `id` of one of its attachments.")

  package static let mailAttachmentIsLink = ProblemCode(
    "mail.attachmentIsLink", .request, status: 400, smtp: "550 5.6.0",
    "The attachment is a link to a file elsewhere, such as OneDrive: the mailbox does not have its bytes.",
    remedy: "Open the link in the text of the message.")

  package static let mailFlagNotSupported = ProblemCode(
    "mail.flagNotSupported", .request, status: 400, vocabulary: "NotSupported", smtp: "501 5.5.4",
    "The mailbox cannot change this flag.",
    remedy: "Change `\\Seen` or `\\Flagged`, or use a label.")

  package static let mailCursorInvalid = ProblemCode(
    "mail.cursorInvalid", .request, status: 400, vocabulary: "SearchCursorExpired", smtp: "501 5.5.4",
    "The cursor is not one of this list: it was changed, or it belongs to another folder or account.",
    remedy: "Begin with the first page again.")

  package static let mailNotReadable = ProblemCode(
    "mail.notReadable", .account, actor: .administrator, status: 400, smtp: "451 4.7.0",
    "The account only sends: its grant does not allow reading the mailbox.",
    remedy:
      "Add the permission Mail.ReadWrite to the app, have it consented to, then connect the account again.")

}
