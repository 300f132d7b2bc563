import Accounts
import Core
import MIME
import Microsoft
import Store
import Synchronization
import Vault

/// A mailbox through Microsoft Graph.
final class GraphSender: Sender {
  let abilities: SenderAbilities
  private let access: GraphAccess
  /// Whether the app's permissions are found out by trying.
  private let learnsItsLimits: Bool
  private let keptHeaders: KeptHeaders
  private let store: Store
  /// Seals the URLs of uploads.
  let vault: Vault
  /// For the next request alone: the one after it sees whether the account was paused in between.
  private let prepared = Mutex<GraphAccess.Ready?>(nil)

  init(
    _ access: GraphAccess, abilities: SenderAbilities, learnsItsLimits: Bool, keptHeaders: KeptHeaders,
    store: Store, vault: Vault
  ) {
    self.access = access
    self.abilities = abilities
    self.learnsItsLimits = learnsItsLimits
    self.keptHeaders = keptHeaders
    self.store = store
    self.vault = vault
  }

  var account: AccountRecord { access.account }

  func prepare() async throws {
    guard prepared.withLock({ $0 == nil }) else { return }
    let ready = try await access.ready()
    prepared.withLock { $0 = ready }
  }

  func prepareAtOnce() async -> Bool {
    guard prepared.withLock({ $0 == nil }) else { return true }
    guard let ready = await access.readyAtOnce() else { return false }
    prepared.withLock { $0 = ready }
    return true
  }

  func createDraft(_ message: OutgoingMessage) async throws -> CreatedDraft {
    let mime = try message.addressed()
    let draft = try await learning {
      try await request(from: message.from, uploading: mime.count) { graph in
        try await graph.createDraft(mime)
      }
    }
    // What is in the way of it now may not be when the draft is sent.
    try? await keepHeader(of: message.correlationIDs, draft.graphID)
    if keptHeaders.isNew(account.lane, unsubscribePostOf: account) {
      await lookForUnsubscribePost(of: message, draft.graphID)
    }
    return CreatedDraft(DraftID(draft.graphID), internetMessageID: draft.internetMessageID)
  }

  /// Looks on the first draft of a mailbox whether Exchange keeps the header field by which a message is found again,
  /// and makes it keep the field if not.
  ///
  /// - Throws: what prevented that; nothing where Graph refuses it for every message, which are then found by draft and
  ///   Message-ID.
  private func keepHeader(of message: CorrelationIDs, _ draft: String) async throws {
    guard keptHeaders.isNew(account.lane) else { return }
    let (name, value) = (CorrelationIDs.headerName, message.heliographID)
    do {
      if try await !request({ graph in try await graph.keeps(header: name, of: draft) }) {
        try await request { graph in try await graph.keep(header: name, value: value, of: draft) }
      }
      keptHeaders.insert(account.lane)
    } catch let problem as Problem where problem.retry == .futile {
      keptHeaders.insert(account.lane)
    }
  }

  /// Looks on the first draft that has the field List-Unsubscribe-Post whether Exchange keeps it.
  private func lookForUnsubscribePost(of message: OutgoingMessage, _ draft: String) async {
    let names = MIMEMessage.fieldNames(of: message.mime)
    guard let name = names.first(where: DroppedHeader.isUnsubscribePost) else { return }
    let (id, workspace) = (account.id, account.workspace)
    do {
      let isKept = try await request { graph in try await graph.keeps(header: name, of: draft) }
      try await store.write { (tx: borrowing Transaction) in
        try tx.setDropsUnsubscribePost(!isKept, account: id, in: workspace)
      }
      keptHeaders.insert(account.lane, unsubscribePostOf: account)
    } catch let problem as Problem where problem.retry == .futile {
      keptHeaders.insert(account.lane, unsubscribePostOf: account)
    } catch {
      // The next one looks again.
    }
  }

  /// A draft that was created before a restart is not sent before it is certain that its copy will be found.
  func sendDraft(_ draft: DraftID, of message: CorrelationIDs, from: String) async throws {
    try await keepHeader(of: message, draft.rawValue)
    try await request(from: from) { graph in try await graph.sendDraft(draft.rawValue) }
  }

  func submit(_ message: OutgoingMessage) async throws {
    let mime = try message.addressed()
    do {
      try await request(from: message.from, uploading: mime.count) { graph in
        try await graph.sendMail(mime)
      }
    } catch let refusal as Problem where refusal.code == .graphAccessDenied && learnsItsLimits {
      // Then the draft was not refused because Mail.ReadWrite is missing.
      try await setSendOnly(false)
      throw refusal
    }
  }

  func lookUp(_ message: CorrelationIDs, draft: DraftID?) async throws -> LookupResult {
    var copies: [GraphMessage] = []
    try await learning {
      if let draft, let found = try await storedMessage(draft) { copies = [found] }
      if Self.sentCopy(copies) == nil { copies += try await byMessageID(message) }
      if Self.sentCopy(copies) == nil { copies += try await byHeader(message) }
    }
    if let sent = Self.sentCopy(copies) { return .sent(as: sent.internetMessageID) }
    return copies.first.map { .draft(DraftID($0.graphID)) } ?? .absent
  }

  /// What is refused here says nothing about sending, so nothing is learnt from it.
  func sentMessageID(of message: CorrelationIDs, draft: DraftID) async throws -> String? {
    if let found = try await storedMessage(draft) { return found.isDraft ? nil : found.internetMessageID }
    return Self.sentCopy(try await byHeader(message))?.internetMessageID
  }

  func duplicateDrafts(of message: CorrelationIDs) async throws -> [DraftID] {
    let copies = try await byMessageID(message) + byHeader(message)
    guard Self.sentCopy(copies) != nil else { return [] }
    return Set(copies.filter(\.isDraft).map(\.graphID)).map { DraftID($0) }
  }

  func deleteSentCopies(of message: CorrelationIDs, draft: DraftID?) async throws -> Bool {
    var copies = try await byMessageID(message) + byHeader(message)
    if let draft, let found = try await storedMessage(draft) { copies.append(found) }
    guard Self.sentCopy(copies) != nil else { return false }
    for id in Set(copies.map(\.graphID)) { try await deleteDraft(DraftID(id)) }
    return true
  }

  func deleteDraft(_ draft: DraftID) async throws {
    do {
      try await request { graph in try await graph.deleteMessage(draft.rawValue) }
    } catch let problem as Problem where problem.code == .graphItemNotFound {
      // It is already gone.
    }
  }

  /// Runs what needs Mail.ReadWrite; if that is refused, the app sends without drafts until its next token.
  private func learning<Value>(_ body: () async throws -> Value) async throws -> Value {
    do {
      return try await body()
    } catch let refusal as Problem where refusal.code == .graphAccessDenied && learnsItsLimits {
      try await setSendOnly(true)
      throw Problem.sendOnly(account.id, refusal)
    }
  }

  private func storedMessage(_ draft: DraftID) async throws -> GraphMessage? {
    do {
      return try await request { graph in try await graph.message(draft.rawValue) }
    } catch let problem as Problem where problem.code == .graphItemNotFound {
      return nil
    }
  }

  /// None if the sender chose the Message-ID.
  private func byMessageID(_ message: CorrelationIDs) async throws -> [GraphMessage] {
    guard let messageID = message.ownMessageID else { return [] }
    return try await request { graph in try await graph.find(internetMessageID: messageID) }
  }

  private func byHeader(_ message: CorrelationIDs) async throws -> [GraphMessage] {
    try await request { graph in
      try await graph.find(header: CorrelationIDs.headerName, value: message.heliographID)
    }
  }

  /// A copy that is not a draft proves it, whatever else is there: Exchange may keep the draft as well.
  private static func sentCopy(_ copies: [GraphMessage]) -> GraphMessage? {
    copies.first { !$0.isDraft }
  }

  /// One exchange with a valid token through the limiter, with what was prepared.
  func request<Value: Sendable>(
    from: String? = nil, uploading bytes: Int = 0, _ body: @escaping @Sendable (Graph) async throws -> Value
  ) async throws -> Value {
    try await access.request(prepared.withLock { $0.take() }, from: from, uploading: bytes, body)
  }

  private func setSendOnly(_ sendOnly: Bool) async throws {
    let (id, workspace) = (account.id, account.workspace)
    try await store.write { (tx: borrowing Transaction) in
      try tx.setSendOnly(sendOnly, account: id, in: workspace)
    }
  }
}

/// In which mailboxes a draft was looked at for header fields that Exchange may drop.
final class KeptHeaders: Sendable {
  private struct Look: Hashable {
    var lane: LaneKey
    /// `nil` for the field of our own id, which Exchange is made to keep; that serves every account of the mailbox. What
    /// is seen of List-Unsubscribe-Post is stored with the account.
    var account: AccountID?
    var workspace: WorkspaceID?
  }

  private let looks = Mutex<Set<Look>>([])

  func isNew(_ lane: LaneKey, unsubscribePostOf account: AccountRecord? = nil) -> Bool {
    looks.withLock { !$0.contains(Look(lane: lane, account: account?.id, workspace: account?.workspace)) }
  }

  func insert(_ lane: LaneKey, unsubscribePostOf account: AccountRecord? = nil) {
    looks.withLock { _ = $0.insert(Look(lane: lane, account: account?.id, workspace: account?.workspace)) }
  }
}
