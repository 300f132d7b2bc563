import Synchronization

/// What happened to one item. A move is one change: from one folder to another.
struct MailChange: Sendable {
  var mailbox: MailboxID
  /// `nil` for one that is new.
  var before: MailItem?
  /// `nil` for one that is gone.
  var after: MailItem?
}

/// Brings the changes of mailboxes to whoever tells others about them. Changes of mailboxes that nobody watches cost
/// nothing.
final class ChangeFeed: Sendable {
  private let watched = Mutex<Set<MailboxID>>([])
  let changes: AsyncStream<MailChange>
  private let sink: AsyncStream<MailChange>.Continuation

  init() {
    (changes, sink) = AsyncStream.makeStream()
  }

  func watch(_ mailboxes: Set<MailboxID>) { watched.withLock { $0 = mailboxes } }

  func publish(_ change: @autoclosure () -> MailChange, of mailbox: MailboxID) {
    guard watched.withLock({ $0.contains(mailbox) }) else { return }
    sink.yield(change())
  }
}
