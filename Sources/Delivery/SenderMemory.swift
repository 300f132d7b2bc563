import Core
import Store
import Synchronization

/// What messages need from their accounts, kept in memory so that a submission is one transaction and not two.
/// It may be out of date: the accepting transaction compares.
final class SenderMemory: Sendable {
  private struct Key: Hashable {
    var workspace: WorkspaceID
    var account: AccountID
  }

  private let known = Mutex<[Key: SenderIdentity]>([:])

  /// Far more accounts than submit at once; the memory is emptied when it is full.
  private static let limit = 10_000

  subscript(account: AccountID, workspace: WorkspaceID) -> SenderIdentity? {
    get { known.withLock { $0[Key(workspace: workspace, account: account)] } }
    set {
      known.withLock { known in
        let key = Key(workspace: workspace, account: account)
        if known.count >= Self.limit, newValue != nil, known[key] == nil { known = [:] }
        known[key] = newValue
      }
    }
  }
}
