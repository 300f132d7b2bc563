import Accounts
package import Core
import Store

extension Outbox {
  /// A message as it is sent.
  ///
  /// - Throws: `queue.notFound`, also for one of an account other than `account`, or `queue.contentDeleted`.
  package func source(
    _ id: QueueID, account: AccountID? = nil, in workspace: WorkspaceID = .default
  ) async throws -> MessageSource {
    let store = store
    let message = try await store.read { (tx: borrowing Transaction) in
      guard let message = try tx.message(workspace, id), account == nil || message.account == account else {
        throw Problem.notFound(id)
      }
      return message
    }
    guard message.chunks > 0 || message.segments > 0 else { throw Problem.contentDeleted(message) }
    return MessageSource(content: try await StoredContent(of: message, in: store))
  }
}

/// The bytes of a message on disk.
package struct MessageSource: Sendable {
  let content: StoredContent

  package var size: Int { content.size }

  /// Some of them, from that offset on; none at the end.
  package func piece(at offset: Int) async throws -> ArraySlice<UInt8> {
    offset < size ? try await content.piece(from: offset, upTo: size) : []
  }
}

extension Problem {
  fileprivate static func contentDeleted(_ message: OutgoingMessageRecord) -> Problem {
    let when = message.settled.map { " It was settled at \($0)." } ?? ""
    return Problem(
      .queueContentDeleted, "The content of the message “\(message.id)” is no longer kept.\(when)",
      remedy: "Look in the mailbox's Sent Items.")
  }
}
