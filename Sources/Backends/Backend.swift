package import MIME

/// What one account's mail goes through: Microsoft Graph, or (later) IMAP and SMTP.
///
/// Every function is one recorded step of "The hard rule": it makes its request once, repeated only after a 401,
/// which says that nothing was done. What it throws is a `Problem`, or `CancellationError`. A problem with
/// `.unsafe` means that the step may have happened.
package protocol Backend: Sendable {
  /// Whether the grant can read and write mail, so that a message goes as a draft and its fate can be looked up.
  var canReconcile: Bool { get }

  /// Step `create`: puts the message among the drafts, where its correlationIDs find it again if the reply is lost.
  func createDraft(_ message: OutgoingMessage) async throws -> DraftID
  /// Step `send`: returns only when Microsoft has accepted the draft (202).
  func sendDraft(_ draft: DraftID) async throws
  /// Step `submit`, for grants that cannot read: returns only when Microsoft has accepted the message (202).
  func send(_ message: OutgoingMessage) async throws
  /// Looks the message up by the draft's id and by its correlationIDs. A copy that was sent counts for more than a draft
  /// beside it.
  func find(_ message: CorrelationIDs, draft: DraftID?) async throws -> LookupResult
  /// Drafts that carry the message's correlationIDs beside a copy that was sent. None while there is no such copy: until
  /// then a draft may be the message itself, accepted and not yet taken by transport.
  func strayDrafts(of message: CorrelationIDs) async throws -> [DraftID]
  /// Returns also when there is no such draft any more.
  func deleteDraft(_ draft: DraftID) async throws
}

/// A message as it leaves: the composed bytes, and who is to receive them.
package struct OutgoingMessage: Sendable {
  /// The most bytes that `addressed()` may have for one request to take them: Graph documents 4 MB for a
  /// request, and base64 makes four bytes of three (Microsoft Learn, "Send Outlook messages in MIME format").
  package static let sizeLimit = 3_000_000

  /// RFC 5322, CRLF, without a Bcc field.
  package var mime: [UInt8]
  /// The truth about who receives it. The backend adds a Bcc field of those that neither To nor Cc names.
  package var envelopeTo: [EmailAddress]
  package var correlationIDs: CorrelationIDs

  package init(mime: [UInt8], envelopeTo: [EmailAddress], correlationIDs: CorrelationIDs) {
    self.mime = mime
    self.envelopeTo = envelopeTo
    self.correlationIDs = correlationIDs
  }
}

/// What a message is found again by. Exchange may replace the Message-ID; it leaves our own header alone.
package struct CorrelationIDs: Sendable, Hashable {
  /// With its angle brackets. It counts as a mark only when it is our own: one that somebody chose, another
  /// message may have as well.
  package var internetMessageID: String
  /// The value of the message's `X-Heliograph-Id` field.
  package var heliographID: String

  package static let headerName = "X-Heliograph-Id"

  package init(internetMessageID: String, heliographID: String) {
    self.internetMessageID = internetMessageID
    self.heliographID = heliographID
  }

  /// `nil` when somebody chose it. Ours are `<heliographID@domain>`.
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

/// Where a message was found.
package enum LookupResult: Sendable, Hashable {
  /// In the sender's mailbox, and no longer a draft.
  case sent
  /// Still a draft. That may also be an accepted message which transport has not taken yet.
  case draft(DraftID)
  /// Nowhere. That proves nothing yet.
  case absent
}
