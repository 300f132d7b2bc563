import Core

/// What is kept in memory of each account, to spare the database a question. It may be out of date, and may be
/// forgotten at any time: whoever uses it must be right without it.
struct AccountMemory<Value: Sendable>: Sendable {
  private struct Key: Hashable {
    var workspace: WorkspaceID
    var account: AccountID
  }

  private var values: [Key: Value] = [:]

  /// Then it is emptied, so that deleted accounts do not stay in it: far more than are busy at a time.
  static var limit: Int { 10_000 }

  var count: Int { values.count }

  subscript(account: AccountID, workspace: WorkspaceID) -> Value? {
    get { values[Key(workspace: workspace, account: account)] }
    set {
      let key = Key(workspace: workspace, account: account)
      if count >= Self.limit, newValue != nil, values[key] == nil { values = [:] }
      values[key] = newValue
    }
  }
}
