import Core
import Microsoft
import Store

/// What one request to a mailbox's drafts told about whether an account may be connected.
enum MailboxLook: Sendable {
  case found
  /// Graph does not let us look, or is not well: the first message will tell.
  case unknown
  /// The app has a token, and Exchange does not let it into the mailbox.
  case closed(Problem)
  /// Exchange does not have the mailbox, or does not let this account into it.
  case unusable(Problem)
  /// Graph did not accept the token, which says nothing about the mailbox.
  case tokenRejected(Problem)
}

extension Graph {
  /// - Parameter noAccess: what it means that the mailbox cannot be opened; `nil` where only the app may not look.
  func lookIntoMailbox(noAccess: (@Sendable (PeerError?) -> MailboxLook)?) async -> MailboxLook {
    do throws(Problem) {
      _ = try await folderID(.drafts)
      return .found
    } catch {
      if error.code == .graphMailboxUnavailable { return .unusable(error) }
      if error.code == .graphTokenRejected || error.origin?.status == 401 { return .tokenRejected(error) }
      if error.code == .graphAccessDenied, let noAccess { return noAccess(error.origin) }
      return .unknown
    }
  }
}
