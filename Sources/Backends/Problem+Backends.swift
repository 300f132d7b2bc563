package import Core

extension Problem {
  /// The draft was refused and nothing was done; the message can be sent immediately in another way.
  static func sendOnly(_ id: AccountID, _ refusal: Problem) -> Problem {
    Problem(
      .graphAccessDenied, "The app may not keep drafts in the mailbox of “\(id)”; for now it only sends.",
      remedy: "Grant Mail.ReadWrite too, so that the outcome of a message can be looked up.",
      retry: .safe(after: .zero), origin: refusal.origin)
  }

  static func throttled(_ lane: String, for remaining: Duration) -> Problem {
    Problem(
      .graphThrottled, "Microsoft has asked to wait before the next request for \(lane).", remedy: nil,
      retry: .safe(after: remaining))
  }

  static func tooManyDownloads(_ lane: String, _ limit: Int) -> Problem {
    Problem(
      .serverBusy, "\(limit) downloads from \(lane) are going on, which is as many as may at a time.",
      remedy: "Read them to their end, or try again later.", retry: .safe(after: .seconds(5)))
  }

  /// The account's sender can neither draft nor submit.
  package static let cannotSend = Problem(
    .accountPermissionMissing, "The account's grant does not allow sending.",
    remedy: "Add the permission Mail.Send to the app, have it consented to, then connect the account again.")

  package static func envelopeMismatch(_ strangers: [String]) -> Problem {
    Problem(
      .envelopeMismatch,
      "The header names recipients that the envelope does not: \(strangers.joined(separator: ", ")).",
      remedy: "Add every address of To and Cc to the envelope, or remove it from the header.")
  }

  /// How long Microsoft asks to send no request of any kind for the mailbox; `nil` where it asks
  /// nothing of the kind. A daily limit on sending names a time as well, and must not prevent reading.
  var mailboxPause: Duration? {
    guard case .safe(let pause?) = retry, scope == .service || code == .graphThrottled else { return nil }
    return pause
  }
}

// Reading.
extension Problem {
  static func cannotRead(_ id: AccountID) -> Problem {
    Problem(
      .mailNotReadable, "“\(id)” only sends: its grant does not allow reading the mailbox.",
      remedy:
        "Add the permission Mail.ReadWrite to the app, have it consented to, then connect the account again.")
  }

  static func messageMissing(_ id: StoredMessageID) -> Problem {
    Problem(
      .mailMessageNotFound, "The mailbox has no message “\(excerpt(id.rawValue))”.",
      remedy: "List the messages again: it may have been deleted, or be of another account.")
  }

  static func folderMissing(_ name: FolderName) -> Problem {
    let text =
      switch name {
      case .path(let path): path.text
      case .special(let use): use.rawValue
      }
    return Problem(
      .mailFolderNotFound, "The mailbox has no folder “\(excerpt(text))”.",
      remedy: "List the folders, and use the path of one of them.")
  }

  static func attachmentMissing(_ id: StoredAttachmentID) -> Problem {
    Problem(
      .mailAttachmentNotFound, "The message has no attachment “\(excerpt(id.part))”.",
      remedy: "Get the message again, and use the id of one of its attachments.")
  }

  static func attachmentIsLink(_ name: String?) -> Problem {
    Problem(
      .mailAttachmentIsLink,
      "“\(excerpt(name ?? "The attachment"))” is a link to a file elsewhere: the mailbox does not have its bytes.",
      remedy: "Open the link in the text of the message.")
  }

  static func flagNotSupported(_ flag: String) -> Problem {
    Problem(
      .mailFlagNotSupported, "Exchange does not let a program change \(flag).",
      remedy: #"Change \Seen or \Flagged, or use a label."#)
  }

  package static let cursorInvalid = Problem(
    .mailCursorInvalid, "The cursor is not one of this list.", remedy: "Begin with the first page again.")

  /// Graph has no such thing, or cannot read its id.
  var isOfNothing: Bool { code == .graphItemNotFound || Self.strangeIDs.contains(origin?.code ?? "") }

  /// How Graph refuses an id that is not of this mailbox, or none at all.
  private static let strangeIDs: Set = [
    "ErrorInvalidIdMalformed", "ErrorInvalidMailboxItemId", "ErrorInvalidIdEmpty",
  ]

  private static func excerpt(_ text: String) -> String {
    oneLine(text, limit: 200)
  }
}
