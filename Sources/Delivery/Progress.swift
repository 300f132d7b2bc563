import Accounts
import Backends

/// The step of a message that was recorded last. A step is recorded before its request leaves, so that request
/// may have been made or not.
enum Progress: Sendable, Hashable {
  /// Nothing was requested.
  case fresh
  /// A draft was requested.
  case creating
  /// The draft of a message that is too large for one request is there, and so many of its files are attached.
  case attached(DraftID, files: Int)
  /// A small file was requested to be attached, the one after `files` others.
  case attaching(DraftID, files: Int)
  /// The file after `files` others is being uploaded.
  case uploading(DraftID, files: Int, UploadSession)
  /// The draft is there, with all files. `inDoubt`: sending it was requested before, with unknown outcome.
  case drafted(DraftID, inDoubt: Bool)
  /// Sending the draft was requested.
  case sending(DraftID, inDoubt: Bool)
  /// Sending the message without a draft was requested.
  case submitting

  /// Whether the message may have been accepted without our knowing.
  var isInDoubt: Bool {
    switch self {
    case .fresh, .creating, .attached, .attaching, .uploading: false
    case .drafted(_, let inDoubt): inDoubt
    case .sending, .submitting: true
    }
  }

  /// The draft that was requested to be sent.
  var sentDraft: DraftID? {
    switch self {
    case .sending(let draft, _): draft
    case .fresh, .creating, .attached, .attaching, .uploading, .drafted, .submitting: nil
    }
  }

  /// What is left in the mailbox when the message is not sent: a draft that has certainly not been sent.
  var orphan: Orphan? {
    switch self {
    case .attached(let draft, _), .attaching(let draft, _), .uploading(let draft, _, _): .draft(draft)
    case .drafted(let draft, inDoubt: false): .draft(draft)
    case .creating: .unseen
    case .fresh, .drafted, .sending, .submitting: nil
    }
  }
}

/// As the queue keeps it: a word, then the draft's id. Doubt is a question mark. While files are attached, the id
/// follows how many are, and the session.
extension Progress: RawRepresentable {
  init?(rawValue: String) {
    if let files = Progress(files: rawValue) {
      self = files
      return
    }
    let parts = rawValue.split(separator: " ", maxSplits: 1).map(String.init)
    switch (parts.first, parts.dropFirst().first.map(DraftID.init)) {
    case ("fresh", nil): self = .fresh
    case ("creating", nil): self = .creating
    case ("submitting", nil): self = .submitting
    case ("drafted", let draft?): self = .drafted(draft, inDoubt: false)
    case ("drafted?", let draft?): self = .drafted(draft, inDoubt: true)
    case ("sending", let draft?): self = .sending(draft, inDoubt: false)
    case ("sending?", let draft?): self = .sending(draft, inDoubt: true)
    default: return nil
    }
  }

  var rawValue: String {
    switch self {
    case .fresh: "fresh"
    case .creating: "creating"
    case .submitting: "submitting"
    case .attached(let draft, let files): "attached \(files) \(draft.rawValue)"
    case .attaching(let draft, let files): "attaching \(files) \(draft.rawValue)"
    case .uploading(let draft, let files, let session):
      "uploading \(files) \(session.rawValue) \(draft.rawValue)"
    case .drafted(let draft, let inDoubt): "drafted\(inDoubt ? "?" : "") \(draft.rawValue)"
    case .sending(let draft, let inDoubt): "sending\(inDoubt ? "?" : "") \(draft.rawValue)"
    }
  }

  private init?(files text: String) {
    let parts = text.split(separator: " ", maxSplits: 2).map(String.init)
    guard parts.count == 3, let files = Int(parts[1]), files >= 0 else { return nil }
    switch parts[0] {
    case "attached": self = .attached(DraftID(parts[2]), files: files)
    case "attaching": self = .attaching(DraftID(parts[2]), files: files)
    case "uploading":
      let rest = parts[2].split(separator: " ", maxSplits: 1).map(String.init)
      guard rest.count == 2 else { return nil }
      self = .uploading(DraftID(rest[1]), files: files, UploadSession(rest[0]))
    default: return nil
    }
  }
}
