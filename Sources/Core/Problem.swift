/// A failure that crosses a target boundary: what happened, in words a stranger may read, and what to do.
///
/// Nothing in a problem is secret and nothing in it is message content, so every face may show all of it.
package protocol Problem: Error, Sendable, CustomStringConvertible {
  /// Stable and documented in `docs/errors.md`.
  var code: ProblemCode { get }
  /// One sentence, with the value that was wrong.
  var summary: String { get }
  /// What the reader does next, in the imperative; `nil` where waiting is all there is to do.
  var remedy: String? { get }
  /// Whether repeating can help. Decided once, where the peer's reply is read.
  var retry: Retry { get }
  /// What the peer itself said, for a support ticket at Microsoft.
  var origin: PeerError? { get }
  /// Who can do what the remedy says; `nil` where it is whoever reads it.
  var actor: Responsible? { get }
  /// The page at Microsoft where it is mended.
  var link: String? { get }
}

extension Problem {
  package var description: String {
    remedy.map { "\(code.rawValue): \(summary) \($0)" } ?? "\(code.rawValue): \(summary)"
  }
  package var origin: PeerError? { nil }
  package var actor: Responsible? { nil }
  package var link: String? { nil }
}

/// Who has to act on a problem.
package enum Responsible: String, Sendable, CaseIterable, Codable {
  /// The owner of the mailbox.
  case user
  /// Whoever registered the app at Microsoft and entered it here.
  case appOwner
  /// An administrator of the tenant.
  case administrator
  /// Waiting is all there is to do.
  case nobody
}

/// Whether a failed step may be repeated.
package enum Retry: Sendable, Hashable {
  /// The peer has not acted. Repeat, no sooner than `after`; `nil` leaves the pause to the caller's back-off.
  case safe(after: Duration?)
  /// A repeat fails the same way until somebody changes something.
  case futile
  /// The peer may have acted: its reply is lost or says nothing about the outcome.
  case unsafe
}

/// The peer's own identification of an error, kept beside ours.
package struct PeerError: Sendable, Hashable {
  /// The HTTP status; `nil` when no reply came.
  package var status: Int?
  /// `AADSTS7000215`, `ErrorSendAsDenied`, ...
  package var code: String?
  /// `request-id` (Graph) or `trace_id` (Entra).
  package var requestID: String?

  package init(status: Int? = nil, code: String? = nil, requestID: String? = nil) {
    self.status = status
    self.code = code
    self.requestID = requestID
  }
}
