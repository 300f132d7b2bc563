import Core
import MIME

/// A file on its way into a draft, range by range (Microsoft Learn, "Attach large files to Outlook messages or
/// events").
struct UploadSession: Sendable {
  /// Of the URL that takes the ranges, as it is without percent-encoding.
  var path: String { "\(place)/AttachmentSessions('\(id)')" }
  /// The path of the draft.
  let place: String
  private let id = Self.random(24)
  /// Whoever has it may send ranges.
  let token = "eyJ" + Self.random(93)
  let mailbox: MailboxID
  /// The number of the draft in its mailbox.
  let item: UInt64
  /// With which the id of the attachment begins.
  let itemName: String
  /// Its content comes with the ranges.
  let file: Attachment
  let size: Int
  /// No range moves it.
  let expires: Instant

  init(
    of owner: SandboxDirectory.User, in mailbox: MailboxID, item: UInt64, itemName: String, file: Attachment,
    size: Int,
    expires: Instant
  ) {
    place = "\(SandboxPath.outlook)Users('\(owner.id)@\(owner.tenantId)')/Messages('\(itemName)')"
    self.mailbox = mailbox
    (self.item, self.itemName, self.file, self.size, self.expires) = (item, itemName, file, size, expires)
  }

  private static func random(_ count: Int) -> String {
    let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789")
    return String((0..<count).map { _ in alphabet[Int.random(in: alphabet.indices)] })
  }
}

/// How far a session is.
struct UploadProgress: Sendable {
  var session: UploadSession
  /// How many bytes have come.
  var received: Int
  /// The number of the new attachment, once all have.
  var attachment: Int?
}

/// The bytes that one request brings (RFC 9110 section 14.4).
struct ContentRange: Hashable, Sendable {
  var bytes: ClosedRange<Int>
  var total: Int

  /// `bytes 0-2097151/3483322`; `nil` for anything else.
  init?(_ text: String) {
    guard let match = text.wholeMatch(of: /bytes (\d{1,18})-(\d{1,18})\/(\d{1,18})/.ignoresCase()),
      let first = Int(match.1), let last = Int(match.2), let total = Int(match.3), first <= last
    else { return nil }
    bytes = first...last
    self.total = total
  }
}

/// Why an upload is refused.
enum UploadFault: Error, Hashable, Sendable {
  /// It was deleted or has ended, or never was.
  case notFound
  case wrongToken
  case expired
  case otherTotal(Int)
  case beyondTotal(Int)
  /// The byte that is expected next.
  case gap(Int)
  case overlap(Int)
  case tooLarge
  case itemNotFound
}
