package import MIME

/// Sends from one account's mailbox: Microsoft Graph, or (later) SMTP, with IMAP to look messages up.
///
/// A sender serves one attempt, one call at a time. Each call is one recorded step of "The hard rule": it makes
/// its request once, repeated only after a 401, which says that nothing was done. What it throws is a
/// `Problem`, or `CancellationError`. A problem with `.unsafe` means that the step may have happened.
package protocol Sender: Sendable {
  /// Which of the calls below may be made.
  var abilities: SenderAbilities { get }

  /// Returns when the next request can be sent immediately: a valid token and one of the mailbox's slots are
  /// held for it. Asks Microsoft for a token where it must, so it may take long; call it before the step is
  /// recorded.
  ///
  /// Whatever it throws, no request was made for the mailbox. A slot that is not used is returned with the
  /// sender.
  func prepare() async throws
  /// As `prepare`, if that takes neither waiting nor a request. When it returns `false`, `prepare` says why.
  func prepareAtOnce() async -> Bool

  /// Step `create`: puts the message among the drafts, where its correlation ids identify it if the reply is
  /// lost. Takes `.drafts`.
  ///
  /// Graph: `POST /messages` with MIME. SMTP and IMAP: not possible, since no draft can be sent by its id.
  func createDraft(_ message: OutgoingMessage) async throws -> CreatedDraft
  /// Step `attach`: adds a small file to a draft in one request. Takes `.drafts`.
  ///
  /// Graph: `POST /messages/{id}/attachments`.
  func attach(_ file: OutgoingFile, content: [UInt8], to draft: DraftID) async throws
  /// Step `open`: begins the upload of a large file to a draft. Nothing is attached before its last byte has arrived,
  /// so that a second session is harmless. `nil` when the file is too small for one: then it is attached. Takes
  /// `.drafts`.
  ///
  /// Graph: `POST /messages/{id}/attachments/createUploadSession`.
  func openUpload(of file: OutgoingFile, to draft: DraftID) async throws -> UploadSession?
  /// Step `upload`: sends the next bytes of a file, at most `OutgoingFile.range`. Whatever it throws, the
  /// session says what has arrived. Takes `.drafts`.
  ///
  /// Graph: `PUT` with `Content-Range` to the session's own URL.
  func upload(
    _ bytes: [UInt8], at offset: Int, of file: OutgoingFile, in session: UploadSession
  ) async throws -> UploadStatus
  /// What a session still needs. Takes `.drafts`.
  func uploadStatus(of session: UploadSession) async throws -> UploadStatus
  /// The names of the files that a draft has. Takes `.drafts`.
  func fileNames(of draft: DraftID) async throws -> [String]
  /// Step `send`: returns only when Microsoft has accepted the draft. Takes `.drafts`.
  ///
  /// Graph: `POST /messages/{id}/send`, answered by 202.
  /// - Parameter from: The message's From address, for the text of a refusal.
  func sendDraft(_ draft: DraftID, of message: CorrelationIDs, from: String) async throws
  /// Step `submit`, without a draft: returns only when Microsoft has accepted the message. Takes `.submission`.
  ///
  /// Graph: `POST /sendMail`, answered by 202. SMTP: the envelope and DATA, answered by 250.
  func submit(_ message: OutgoingMessage) async throws
  /// Looks for the message by the draft's id and by its correlation ids. A copy that was sent counts for more than
  /// a draft beside it. Takes `.lookup`.
  ///
  /// Graph: the draft by its immutable id, then a search in all folders. SMTP and IMAP: a search in Sent Items.
  func lookUp(_ message: CorrelationIDs, draft: DraftID?) async throws -> LookupResult
  /// The Message-ID, with its angle brackets, under which the message was sent as this draft; `nil` while there is no
  /// sent copy. Takes `.lookup`.
  ///
  /// Graph: the copy by the draft's immutable id, else by our own header field.
  func sentMessageID(of message: CorrelationIDs, draft: DraftID) async throws -> String?
  /// Drafts with the message's correlation ids in addition to a copy that was sent. None while there is no such
  /// copy: until then a draft may be the message itself, accepted and not yet taken by transport. Takes `.drafts`.
  func duplicateDrafts(of message: CorrelationIDs) async throws -> [DraftID]
  /// Deletes the copy of a message that was sent, and with it its drafts. Returns whether there was such a copy; until
  /// then nothing is deleted. Takes `.lookup`.
  func deleteSentCopies(of message: CorrelationIDs, draft: DraftID?) async throws -> Bool
  /// Also returns when there is no such draft any more. Takes `.drafts`.
  func deleteDraft(_ draft: DraftID) async throws
}

/// What a sender can do.
///
/// Graph with Mail.ReadWrite can do all of it, and with Mail.Send alone only submit. SMTP submits, and looks
/// messages up where there is IMAP.
package struct SenderAbilities: OptionSet, Sendable, Hashable {
  package let rawValue: UInt8

  package init(rawValue: UInt8) {
    self.rawValue = rawValue
  }

  /// A message is created as a draft, and the draft is sent.
  package static let drafts = SenderAbilities(rawValue: 1)
  /// A message is submitted in one request.
  package static let submission = SenderAbilities(rawValue: 2)
  /// The outcome of a message can be looked up.
  package static let lookup = SenderAbilities(rawValue: 4)
}

/// A message as it is sent: the composed bytes, and who is to receive them.
package struct OutgoingMessage: Sendable {
  /// The most bytes that `addressed()` may have for one request to take them, unless the configuration has another
  /// number: Graph documents 4 MB for a request, and base64 makes four bytes of three (Microsoft Learn, "Send Outlook
  /// messages in MIME format").
  package static let requestLimit = 3_000_000

  /// RFC 5322, CRLF, without a Bcc field.
  package var mime: [UInt8]
  /// Exactly who receives it. Graph's sender adds a Bcc field of those that neither To nor Cc names.
  package var envelopeTo: [EmailAddress]
  package var correlationIDs: CorrelationIDs
  /// The address in its From field.
  package var from: String

  package init(
    mime: [UInt8], from: String, envelopeTo: [EmailAddress], correlationIDs: CorrelationIDs
  ) {
    self.mime = mime
    self.from = from
    self.envelopeTo = envelopeTo
    self.correlationIDs = correlationIDs
  }
}

/// What identifies a message in the mailbox. Exchange may replace the Message-ID, but not our own header.
package struct CorrelationIDs: Sendable, Hashable {
  /// With its angle brackets. It is searched for only when it is our own: one that the sender chose, another
  /// message may have as well.
  package var internetMessageID: String
  /// The value of the message's `X-Heliograph-Id` field.
  package var heliographID: String

  package static let headerName = "X-Heliograph-Id"

  package init(internetMessageID: String, heliographID: String) {
    self.internetMessageID = internetMessageID
    self.heliographID = heliographID
  }

  /// `nil` if the sender chose it. Ours are `<heliographID@domain>`.
  var ownMessageID: String? {
    internetMessageID.hasPrefix("<\(heliographID)@") ? internetMessageID : nil
  }
}

/// A draft in the sender's mailbox. For Graph its immutable id, which sending may still change.
package struct DraftID: Sendable, Hashable, CustomStringConvertible {
  package let rawValue: String

  package init(_ rawValue: String) {
    self.rawValue = rawValue
  }

  package var description: String { rawValue }
}

/// A draft, with the Message-ID that it has in the mailbox, if that was told.
package struct CreatedDraft: Sendable, Hashable {
  package var id: DraftID
  package var internetMessageID: String?

  package init(_ id: DraftID, internetMessageID: String? = nil) {
    self.id = id
    self.internetMessageID = internetMessageID
  }
}

/// Where a message was found.
package enum LookupResult: Sendable, Hashable {
  /// In the sender's mailbox, and no longer a draft; with the copy's Message-ID, if that was told.
  case sent(as: String?)
  /// Still a draft. That may also be an accepted message which transport has not taken yet.
  case draft(DraftID)
  /// Not found. That proves nothing yet.
  case absent
}
