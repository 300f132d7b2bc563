import Core
import Store

/// What each account could do when it was last asked: so the first step of its next message can be recorded in
/// the claim. Wrong or forgotten, it costs one more record.
struct GrantMemory: Sendable {
  private var canReconcile: [Key: Bool] = [:]

  /// Then all is forgotten, so that accounts that are gone do not stay for ever.
  static let limit = 10_000

  var count: Int { canReconcile.count }

  subscript(row: QueueRecord) -> Bool? {
    get { canReconcile[Key(row)] }
    set {
      if count >= Self.limit, canReconcile[Key(row)] == nil { canReconcile = [:] }
      canReconcile[Key(row)] = newValue
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
