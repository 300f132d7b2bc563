import Accounts
import Backends

/// The step of a message that was recorded last. A step is recorded before its request leaves, so that request
/// may have been made or not.
enum Progress: Sendable, Hashable {
  /// Nothing was requested.
  case fresh
  /// A draft was requested.
  case creating
  /// The draft is there. `inDoubt`: sending it was requested before, with unknown outcome.
  case drafted(DraftID, inDoubt: Bool)
  /// Sending the draft was requested.
  case sending(DraftID, inDoubt: Bool)
  /// Sending the message without a draft was requested.
  case submitting

  /// Whether the message may have been accepted without our knowing.
  var isInDoubt: Bool {
    switch self {
    case .fresh, .creating: false
    case .drafted(_, let inDoubt): inDoubt
    case .sending, .submitting: true
    }
  }

  /// The draft that was requested to be sent.
  var sentDraft: DraftID? {
    switch self {
    case .sending(let draft, _): draft
    case .fresh, .creating, .drafted, .submitting: nil
    }
  }

  /// What is left in the mailbox when the message is not sent: a draft that has certainly not been sent.
  var orphan: Orphan? {
    switch self {
    case .drafted(let draft, inDoubt: false): .draft(draft)
    case .creating: .unseen
    case .fresh, .drafted, .sending, .submitting: nil
    }
  }
}

/// As the queue keeps it: a word, then the draft's id. Doubt is a question mark.
extension Progress: RawRepresentable {
  init?(rawValue: String) {
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
    case .drafted(let draft, let inDoubt): "drafted\(inDoubt ? "?" : "") \(draft.rawValue)"
    case .sending(let draft, let inDoubt): "sending\(inDoubt ? "?" : "") \(draft.rawValue)"
    }
  }
}
