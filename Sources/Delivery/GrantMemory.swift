import Backends
import Core
import Store

/// What each account's sender could do when it was last ready to send, so that the first step of the next message
/// can be recorded in its claim. Wrong, it costs two more records; forgotten, one.
struct GrantMemory: Sendable {
  private var abilities: [Key: SenderAbilities] = [:]

  /// Then it is emptied, so that deleted accounts do not stay in it.
  static let limit = 10_000

  var count: Int { abilities.count }

  subscript(row: QueueRecord) -> SenderAbilities? {
    get { abilities[Key(row)] }
    set {
      if count >= Self.limit, newValue != nil, abilities[Key(row)] == nil { abilities = [:] }
      abilities[Key(row)] = newValue
    }
  }

  private struct Key: Hashable {
    var workspace: WorkspaceID
    var account: AccountID

    init(_ row: QueueRecord) {
      workspace = row.workspace
      account = row.account
    }
  }
}
