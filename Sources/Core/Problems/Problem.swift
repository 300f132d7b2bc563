/// A failure that crosses a target boundary: what happened, in words a stranger may read, and what to do.
///
/// Nothing in a problem is secret and nothing in it is message content, so every interface may show all of it.
package struct Problem: Error, Sendable, Hashable, CustomStringConvertible {
  /// The row of the catalogue.
  package var code: ProblemCode
  /// One sentence, with the value that was wrong.
  package var summary: String
  /// What the reader does next, in the imperative; `nil` where waiting is all there is to do.
  package var remedy: String?
  /// Whether repeating can help. Decided once, where the peer's reply is read.
  package var retry: Retry
  /// What it stops.
  package var scope: Scope
  /// Who can do what the remedy says; `nil` is the reader.
  package var actor: Responsible?
  /// The page at Microsoft where this can be fixed.
  package var link: String?
  /// What the peer itself said, for a support ticket at Microsoft.
  package var origin: PeerError?
  /// Each faulty field of a request with its sentence; empty when the fault is not in a field.
  package var fields: [FieldFault]

  /// `scope` and `actor` are the catalogue's where they are left out.
  package init(
    _ code: ProblemCode, _ summary: String, remedy: String?, retry: Retry = .futile, scope: Scope? = nil,
    origin: PeerError? = nil, actor: Responsible? = nil, link: String? = nil, fields: [FieldFault] = []
  ) {
    self.code = code
    self.summary = summary
    self.remedy = remedy
    self.retry = retry
    self.scope = scope ?? code.scope
    self.actor = actor ?? code.actor
    self.link = link
    self.origin = origin
    self.fields = fields
  }

  package var description: String {
    remedy.map { "\(code.rawValue): \(summary) \($0)" } ?? "\(code.rawValue): \(summary)"
  }
}

extension Problem {
  package static func accountNotFound(_ id: AccountID) -> Problem {
    Problem(.accountNotFound, "There is no account “\(id)”.", remedy: "Use the id of an existing account.")
  }
}

/// Who has to act on a problem.
package enum Responsible: String, Sendable, CaseIterable, Codable {
  /// The owner of the mailbox.
  case user
  /// The person who registered the app at Microsoft and entered it here.
  case appOwner
  /// An administrator of the tenant.
  case administrator
  /// The person who runs this gateway.
  case `operator`
  /// Waiting is all there is to do.
  case nobody
}

/// Whether a failed step may be repeated.
package enum Retry: Sendable, Hashable {
  /// The peer has not acted. Repeat, no sooner than `after`; `nil` leaves the pause to the caller's back-off.
  case safe(after: Duration?)
  /// A repeat fails in the same way until something is changed.
  case futile
  /// The peer may have acted: its reply is lost or says nothing about the outcome.
  case unsafe
}

/// The peer's own identification of an error, kept in addition to ours.
package struct PeerError: Sendable, Hashable {
  /// The HTTP status; `nil` when no reply came.
  package var status: Int?
  /// `AADSTS7000215`, `ErrorSendAsDenied`, ...
  package var code: String?
  /// `request-id` (Graph) or `trace_id` (Entra).
  package var requestID: String?
  /// The word of the protocol for it, such as `invalid_grant` (RFC 6749) or `slow_down` (RFC 8628).
  package var word: String?

  package init(status: Int? = nil, code: String? = nil, requestID: String? = nil, word: String? = nil) {
    self.status = status
    self.code = code
    self.requestID = requestID
    self.word = word
  }
}

/// One faulty field of a request.
package struct FieldFault: Sendable, Hashable {
  /// What is wrong with the value, as the rest of a sentence that begins with the field's name.
  package var message: String
  /// The path in the body, such as `attachments[0].content`.
  package var key: String

  package init(message: String, key: String) {
    self.message = message
    self.key = key
  }
}
