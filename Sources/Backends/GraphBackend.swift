import Accounts
import Core
import HTTP
import MIME
import Microsoft
import Store

/// A mailbox through Microsoft Graph.
struct GraphBackend: Backend {
  let account: AccountRecord
  let mailbox: GraphMailbox
  let canReconcile: Bool
  /// Whether what the app may do is found out by trying.
  let learnsItsLimits: Bool
  let cloud: Cloud
  /// For the words of a refusal.
  let values: ErrorValues
  let http: HTTPExchange
  let tokens: TokenSource
  let limiter: MailboxLimiter
  let store: Store

  func createDraft(_ message: OutgoingMessage) async throws -> DraftID {
    let mime = try message.addressed()
    return DraftID(
      try await learning { try await request { graph in try await graph.createDraft(mime).graphID } })
  }

  func sendDraft(_ draft: DraftID) async throws {
    try await request { graph in try await graph.sendDraft(draft.rawValue) }
  }

  func send(_ message: OutgoingMessage) async throws {
    let mime = try message.addressed()
    do {
      try await request { graph in try await graph.sendMail(mime) }
    } catch let refusal as Problem where refusal.code == .graphAccessDenied && learnsItsLimits {
      // Then it was not for want of Mail.ReadWrite that the draft was refused.
      try await setSendOnly(false)
      throw refusal
    }
  }

  func find(_ message: CorrelationIDs, draft: DraftID?) async throws -> LookupResult {
    var copies: [GraphMessage] = []
    try await learning {
      if let draft, let found = try await storedMessage(draft) { copies = [found] }
      if !Self.wasSent(copies) { copies += try await byMessageID(message) }
      if !Self.wasSent(copies) { copies += try await byMark(message) }
    }
    if Self.wasSent(copies) { return .sent }
    return copies.first.map { .draft(DraftID($0.graphID)) } ?? .absent
  }

  func strayDrafts(of message: CorrelationIDs) async throws -> [DraftID] {
    let copies = try await byMessageID(message) + byMark(message)
    guard Self.wasSent(copies) else { return [] }
    return Set(copies.filter(\.isDraft).map(\.graphID)).map { DraftID($0) }
  }

  func deleteDraft(_ draft: DraftID) async throws {
    do {
      try await request { graph in try await graph.deleteMessage(draft.rawValue) }
    } catch let problem as Problem where problem.code == .graphItemNotFound {
      // It is gone, which is what was wanted.
    }
  }

  /// Runs what takes Mail.ReadWrite; refused it, the app sends without drafts until its next token.
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

  /// None when somebody chose the Message-ID.
  private func byMessageID(_ message: CorrelationIDs) async throws -> [GraphMessage] {
    guard let messageID = message.ownMessageID else { return [] }
    return try await request { graph in try await graph.find(internetMessageID: messageID) }
  }

  private func byMark(_ message: CorrelationIDs) async throws -> [GraphMessage] {
    try await request { graph in
      try await graph.find(header: CorrelationIDs.headerName, value: message.heliographID)
    }
  }

  /// A copy that is no draft proves it, whatever else is there: Exchange may keep the draft beside it.
  private static func wasSent(_ copies: [GraphMessage]) -> Bool {
    copies.contains { !$0.isDraft }
  }

  /// One exchange with a live token through the limiter. A 401 says that nothing was done, so it may be repeated.
  private func request<Value: Sendable>(
    _ body: @escaping @Sendable (Graph) async throws -> Value
  ) async throws -> Value {
    let token = try await tokens.token(for: account.id, in: account.workspace)
    do {
      return try await limiter.run(account.lane) { try await body(graph(token)) }
    } catch let problem as Problem where problem.code == .graphTokenRejected {
      let fresh = try await tokens.replace(token, for: account.id, in: account.workspace)
      return try await limiter.run(account.lane) { try await body(graph(fresh)) }
    }
  }

  private func graph(_ token: Secret) -> Graph {
    Graph(cloud: cloud, http: http, mailbox: mailbox, token: token, values: values)
  }

  private func setSendOnly(_ sendOnly: Bool) async throws {
    let (id, workspace) = (account.id, account.workspace)
    try await store.write { (tx: borrowing Transaction) in
      try tx.setSendOnly(sendOnly, account: id, in: workspace)
    }
  }
}
