import Accounts
import Backends

/// What a message may leave among the drafts of its mailbox.
enum Orphan: Sendable, Hashable {
  /// A draft that will not be sent.
  case draft(DraftID)
  /// Perhaps a draft of a message that was never sent: the reply to its creation was lost.
  case unseen
  /// Perhaps a second draft: the reply to the first was lost, the first could not be found, and may have come
  /// to light since.
  case duplicates
}

/// As the queue keeps it.
extension Orphan: RawRepresentable {
  init(rawValue: String) {
    self =
      switch rawValue {
      case "*": .unseen
      case "?": .duplicates
      default: .draft(DraftID(rawValue))
      }
  }

  var rawValue: String {
    switch self {
    case .draft(let draft): draft.rawValue
    case .unseen: "*"
    case .duplicates: "?"
    }
  }
}
