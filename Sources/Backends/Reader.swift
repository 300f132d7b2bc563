package import Core

/// Reads and changes what is in one account's mailbox: Microsoft Graph, or (later) IMAP.
///
/// A reader serves one request of a caller. Each call may make several requests of its own, all of which can be
/// repeated. What it throws is a `Problem`, or `CancellationError`. Nothing is written down here: what a mailbox
/// contains is asked for anew each time.
package protocol Reader: Sendable {
  /// Every folder that people see, a parent before its children, in the order of the mailbox.
  ///
  /// Graph: the folders at the top and their children, level by level; special uses by the well-known names. IMAP: LIST
  /// with SPECIAL-USE (RFC 6154), and STATUS for the counts.
  ///
  /// - Parameter counting: Whether the counts are wanted; Graph has them at no cost.
  func folders(counting: Bool) async throws -> [Folder]

  /// Messages of a folder, newest first; never their texts.
  ///
  /// Graph: `$select`, sorted by `receivedDateTime`. IMAP: FETCH of ENVELOPE, FLAGS, INTERNALDATE, BODYSTRUCTURE and
  /// RFC822.SIZE by UID, from the highest.
  /// - Throws: `mail.folderNotFound`; `mail.cursorInvalid` for a page after one of another mailbox.
  func messages(in folder: FolderName, _ page: MessagePageRequest) async throws -> MessagePage

  /// One message, with its header and what is attached; without its text.
  ///
  /// Graph: two requests. IMAP: FETCH of the header and BODYSTRUCTURE.
  /// - Throws: `mail.messageNotFound`.
  func message(_ id: StoredMessageID) async throws -> StoredMessage

  /// The text in the forms that are asked for. The HTML is as it was received, and not safe to show.
  ///
  /// Graph: a request for each form; Exchange makes the one that a message does not have. IMAP: FETCH of the parts; a
  /// form that the message does not have is `nil`.
  func text(of id: StoredMessageID, _ forms: Set<TextForm>) async throws -> StoredText

  /// The whole message, byte for byte as the mailbox gives it.
  ///
  /// Graph: `$value`. IMAP: `BODY.PEEK[]`.
  func source(of id: StoredMessageID) async throws -> StoredContent

  /// A file, or an attached message as message/rfc822.
  ///
  /// Graph: the attachment's `$value`. IMAP: `BODY.PEEK[part]`, decoded.
  /// - Throws: `mail.attachmentNotFound`; `mail.attachmentIsLink` for one that only names an address.
  func attachment(_ id: StoredAttachmentID) async throws -> (StoredAttachment, StoredContent)

  /// Changes flags and labels; returns the message as it is then.
  ///
  /// Graph: PATCH; `\Seen` and `\Flagged` can be changed, and labels are categories. IMAP: STORE; any flag that the folder
  /// allows is changed, and labels are keywords.
  /// - Throws: `mail.flagNotSupported`.
  func update(_ id: StoredMessageID, _ change: FlagChange) async throws -> StoredMessage

  /// Moves a message, and returns its id there.
  ///
  /// Graph: the id stays. IMAP: MOVE, or COPY and EXPUNGE of that UID; the id is a new one.
  func move(_ id: StoredMessageID, to folder: FolderName) async throws -> StoredMessageID

  /// Moves a message to Deleted Items, or deletes one that is there already.
  ///
  /// - Parameter permanently: Deletes it wherever it is.
  func delete(_ id: StoredMessageID, permanently: Bool) async throws -> Deletion
}

/// How a caller names a folder.
package enum FolderName: Sendable, Hashable {
  case path(FolderPath)
  /// Wherever the mailbox has it, and whatever it is called there.
  case special(SpecialUse)
}

/// A place in the tree of folders: the names from the top. The first is `INBOX` for the Inbox.
package struct FolderPath: Sendable, Hashable {
  /// Never empty, as long as it has been read or comes from a mailbox.
  package var names: [String]

  package init(names: [String]) {
    self.names = names
  }

  /// The names joined by `/`; a `/` within one is written `%2F`, and a `%` is written `%25`.
  package init(_ text: String) {
    names = text.split(separator: "/", omittingEmptySubsequences: false).map {
      String($0).replacing("%2F", with: "/").replacing("%2f", with: "/").replacing("%25", with: "%")
    }
  }

  package var text: String {
    names.map { $0.replacing("%", with: "%25").replacing("/", with: "%2F") }.joined(separator: "/")
  }

  package var parent: FolderPath? { names.count > 1 ? FolderPath(names: Array(names.dropLast())) : nil }
  package var name: String { names.last ?? "" }

  package static let inbox = FolderPath(names: ["INBOX"])
}

package struct Folder: Sendable, Hashable {
  /// Constant for Graph; for IMAP it changes with the path.
  package var id: String
  package var path: FolderPath
  package var specialUse: SpecialUse?
  /// `nil` if they were not asked for.
  package var messages: Int?
  package var unseen: Int?

  package init(
    id: String, path: FolderPath, specialUse: SpecialUse?, messages: Int? = nil, unseen: Int? = nil
  ) {
    self.id = id
    self.path = path
    self.specialUse = specialUse
    self.messages = messages
    self.unseen = unseen
  }
}

/// What happened to a message that was deleted.
package enum Deletion: Sendable, Hashable {
  case deleted
  case moved(to: FolderPath, as: StoredMessageID)
}
