import Accounts
import Backends
import Core
import MIME
import Microsoft
import Store

/// One real message from an account, and where it arrived if that can be seen.
struct TestMessage: Sendable {
  let verifier: Verifier
  let details: AccountDetails
  let app: OAuth2AppRecord
  let to: EmailAddress

  private var account: AccountRecord { details.account }

  func send() async throws -> Finding {
    let message = try compose()
    try await send(message)
    let taken = "Microsoft has accepted a test message from \(account.email) to \(to)."
    guard details.canReconcile, (try? EmailAddress(account.email))?.key == to.key else {
      return .fine(taken, hint: Self.whereToLook)
    }
    switch try? await arrival(message.correlationIDs) {
    case .inbox: return .fine(taken + " It is in the Inbox.")
    case .junkEmail:
      return .fine(
        taken + " It is in Junk Email.",
        hint: "Mark it as not junk, and check SPF, DKIM and DMARC of the sender's domain: other recipients' "
          + "mail servers may also treat it as junk.")
    default: return .fine(taken, hint: Self.whereToLook)
    }
  }

  private static let whereToLook =
    "If it is not in the recipient's Inbox within minutes, look in Junk Email, then in the sender's Inbox for a "
    + "bounce; an administrator finds it with a message trace or under Quarantine."

  private func compose() throws -> OutgoingMessage {
    let now = verifier.time.now
    let id = QueueID.make(at: now)
    let from = try EmailAddress(account.email)
    let messageID =
      try (try? MessageID(identifier: id.rawValue, domain: from.domain))
      ?? MessageID(identifier: id.rawValue, domain: "heliograph.invalid")
    var message = Composition(
      from: NamedAddress(name: account.name, address: from), messageID: messageID, date: now)
    message.to = [NamedAddress(address: to)]
    message.subject = "Test message"
    message.text = "This message shows that \(account.email) can send through Heliograph.\r\n"
    message.headers = [(CorrelationIDs.headerName, id.rawValue)]
    return OutgoingMessage(
      mime: try message.compose(), from: from.text, envelopeTo: [to],
      correlationIDs: CorrelationIDs(internetMessageID: messageID.text, heliographID: id.rawValue))
  }

  private func send(_ message: OutgoingMessage) async throws {
    let sender = try await verifier.backends.sender(for: account.id, in: account.workspace)
    guard sender.abilities.contains(.drafts) else { return try await sender.submit(message) }
    let draft: DraftID
    do {
      draft = try await sender.createDraft(message).id
    } catch let problem as Problem where problem.code == .graphAccessDenied {
      // Nothing was done, and it has been found out that this app only sends.
      return try await sender.submit(message)
    }
    try await sender.sendDraft(draft, of: message.correlationIDs, from: message.from)
  }

  /// Transport takes seconds.
  private static let looks = 10
  private static let pause: Duration = .seconds(2)

  private func arrival(_ correlationIDs: CorrelationIDs) async throws -> WellKnownFolder? {
    let token = try await verifier.tokens.token(for: account.id, in: account.workspace)
    let graph = try verifier.endpoints.graph(for: app, mailbox: details.mailbox, token: token)
    let inbox = try await graph.folderID(.inbox)
    let junk = try await graph.folderID(.junkEmail)
    for look in 1...Self.looks {
      let copies = try await verifier.limiter.run(account.lane) {
        try await graph.find(header: CorrelationIDs.headerName, value: correlationIDs.heliographID)
      }
      if copies.contains(where: { $0.parentFolderID == inbox }) { return .inbox }
      if copies.contains(where: { $0.parentFolderID == junk }) { return .junkEmail }
      if look < Self.looks { try await verifier.time.sleep(for: Self.pause) }
    }
    return nil
  }
}
