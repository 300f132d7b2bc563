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
  /// The copy in Sent Items, which is not wanted, and with it any draft. The draft is the one that was sent.
  case copy(DraftID?)
}

/// As the queue keeps it.
extension Orphan: RawRepresentable {
  init(rawValue: String) {
    self =
      switch rawValue {
      case "*": .unseen
      case "?": .duplicates
      case "!": .copy(nil)
      case let text where text.hasPrefix("! "): .copy(DraftID(String(text.dropFirst(2))))
      default: .draft(DraftID(rawValue))
      }
  }

  var rawValue: String {
    switch self {
    case .draft(let draft): draft.rawValue
    case .unseen: "*"
    case .duplicates: "?"
    case .copy(nil): "!"
    case .copy(let draft?): "! " + draft.rawValue
    }
  }
}
