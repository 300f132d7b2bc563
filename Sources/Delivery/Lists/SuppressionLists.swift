package import Core
import Events
package import MIME
package import Store

/// Who receives no more of which list: as the API sets it, and as recipients do by the links in messages.
package struct SuppressionLists: Sendable {
  private let store: Store
  private let time: any Time

  package init(store: Store, time: any Time) {
    self.store = store
    self.time = time
  }
}

// As the API has it.
extension SuppressionLists {
  package func lists(
    _ request: PageRequest, in workspace: WorkspaceID
  ) async throws -> Page<(list: ListID, count: Int)> {
    try await store.read { (tx: borrowing Transaction) in try tx.suppressionLists(request, in: workspace) }
  }

  package func entries(
    of list: ListID, _ request: PageRequest, in workspace: WorkspaceID
  ) async throws -> Page<SuppressionRecord> {
    try await store.read { (tx: borrowing Transaction) in
      try tx.suppressions(list, request, in: workspace)
    }
  }

  /// Returns whether the address was not on the list before.
  ///
  /// - Throws: `account.notFound`.
  package func block(
    _ address: EmailAddress, in list: ListID, reason: String, account: AccountID, of workspace: WorkspaceID,
    from caller: IPAddress?
  ) async throws -> Bool {
    let entry = SuppressionRecord(
      workspace: workspace, list: list, addressKey: address.key, address: address.text, account: account,
      source: "api", reason: reason, remoteAddress: caller?.description, created: time.now)
    return try await store.write { (tx: borrowing Transaction) in
      guard try tx.account(account, in: workspace) != nil else { throw Problem.accountNotFound(account) }
      return try tx.insert(entry)
    }
  }

  /// Returns whether the address was on the list.
  package func unblock(
    _ address: EmailAddress, in list: ListID, of workspace: WorkspaceID
  ) async throws -> Bool {
    try await store.write { (tx: borrowing Transaction) in
      try tx.deleteSuppression(of: address.key, from: list, in: workspace)
    }
  }
}

// As recipients have it. Each throws `list.linkInvalid` for a link of a workspace that is gone.
extension SuppressionLists {
  /// What the page behind a link shows; nothing is changed.
  package func standing(of recipient: ListRecipient) async throws -> ListStanding {
    let key = try EmailAddress(recipient.recipient).key
    return try await store.read { (tx: borrowing Transaction) in
      guard try tx.workspace(recipient.workspace) != nil else { throw Problem.listGone }
      let isSuppressed = try tx.suppressed(recipient.list, [key], in: recipient.workspace)[key] != nil
      return ListStanding(recipient, receives: !isSuppressed)
    }
  }

  /// A repeat changes nothing and has no event.
  ///
  /// - Parameter isOneClick: whether it is the mail program's own request (RFC 8058), not the button of the page.
  package func unsubscribe(
    _ recipient: ListRecipient, isOneClick: Bool, by visitor: Visitor
  ) async throws -> ListStanding {
    let entry = SuppressionRecord(
      workspace: recipient.workspace, list: recipient.list,
      addressKey: try EmailAddress(recipient.recipient).key, address: recipient.recipient,
      account: recipient.account, messageID: recipient.messageID, source: isOneClick ? "one-click" : "form",
      reason: "unsubscribe", remoteAddress: visitor.address, userAgent: visitor.userAgent, created: time.now)
    try await store.write { (tx: borrowing Transaction) in
      guard try tx.workspace(recipient.workspace) != nil else { throw Problem.listGone }
      guard try tx.insert(entry) else { return }
      try tx.append(.listUnsubscribe(recipient.change(by: visitor)), of: recipient, at: entry.created)
    }
    return ListStanding(recipient, receives: false)
  }

  /// A repeat changes nothing and has no event.
  package func subscribe(_ recipient: ListRecipient, by visitor: Visitor) async throws -> ListStanding {
    let (key, now) = (try EmailAddress(recipient.recipient).key, time.now)
    try await store.write { (tx: borrowing Transaction) in
      guard try tx.workspace(recipient.workspace) != nil else { throw Problem.listGone }
      guard try tx.deleteSuppression(of: key, from: recipient.list, in: recipient.workspace) else { return }
      try tx.append(.listSubscribe(recipient.change(by: visitor)), of: recipient, at: now)
    }
    return ListStanding(recipient, receives: true)
  }
}

extension Transaction {
  /// An event of the account or, where that has been deleted, of the workspace.
  fileprivate func append(_ event: Event, of recipient: ListRecipient, at now: Instant) throws {
    if try append(event.record(recipient.account, in: recipient.workspace, at: now)) == nil {
      try append(event.record(nil, in: recipient.workspace, at: now))
    }
  }
}

extension ListRecipient {
  fileprivate func change(by visitor: Visitor) -> ListChange {
    ListChange(
      recipient: recipient, listId: list.rawValue, messageId: messageID, remoteAddress: visitor.address,
      userAgent: visitor.userAgent)
  }
}

/// Who asks, as far as the request says.
package struct Visitor: Sendable, Hashable {
  package var address: String?
  package var userAgent: String?

  package init(address: String?, userAgent: String?) {
    self.address = address
    self.userAgent = userAgent
  }
}

/// Whether a recipient receives a list.
package struct ListStanding: Sendable, Hashable {
  /// An address.
  package let recipient: String
  package let list: ListID
  package let receives: Bool

  fileprivate init(_ recipient: ListRecipient, receives: Bool) {
    self.recipient = recipient.recipient
    list = recipient.list
    self.receives = receives
  }
}
