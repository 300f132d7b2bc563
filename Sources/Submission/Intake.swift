import Core
import Delivery
import Logging
import MIME
import SMTP
import Store

/// Takes messages into the outbox: who may send as whom, and what becomes of their headers.
final class Intake: Sendable {
  let outbox: Outbox
  private let store: Store
  private let time: any Time
  private let networks: NetworkUse
  private let freeSpace: @Sendable () -> Int?
  private let logger: Logger

  /// What a message needs on the disk beside its own size, which the database writes twice.
  private static let reserve = 2 << 20

  init(outbox: Outbox, store: Store, time: any Time, configuration: SubmissionConfiguration, logger: Logger) {
    (self.outbox, self.store, self.time, self.logger) = (outbox, store, time, logger)
    networks = NetworkUse(store: store, limit: configuration.networkDailyLimit)
    freeSpace = configuration.freeSpace
  }

  /// Refuses early what would be refused late.
  func begin(_ command: MailCommand, client: Client) async throws -> IncomingMessage {
    let sender = command.sender
    guard !sender.isEmpty else { throw Problem.nullSender }
    let address = try EmailAddress(sender)
    let account = try await account(client.account, in: client.workspace)
    if !client.mayNameAccount, address.key != Self.key(account.email) {
      throw Problem.senderNotAllowed(sender, in: "MAIL FROM", own: account.email)
    }
    if client.token == nil { try await networks.check(client.account, at: time.now) }
    if let room = freeSpace(), room < 2 * (command.size ?? 0) + Self.reserve { throw Problem.noRoom }
    return IncomingMessage(of: client, from: address, command)
  }

  /// When this returns, the message is on disk.
  func accept(_ message: inout IncomingMessage, from address: String) async throws -> SubmissionReceipt {
    let client = message.client
    var raw = try await message.finish()
    let control = try ControlFields(takenFrom: &raw.header)
    let account = try await account(try Self.account(control, client), in: client.workspace)
    let repairs = try HeaderRepair.repair(&raw.header, own: account.email)
    try Self.check(raw.header, message.sender, own: account.email)
    var submission = Submission(account: account.id)
    submission.workspace = client.workspace
    submission.source = .smtp
    submission.raw = raw
    submission.envelopeFrom = message.sender
    submission.envelopeTo = message.recipients
    submission.sendAt = control.sendAt
    submission.changes = repairs
    submission.reports = message.reports
    submission.refusalLimit = control.refusalLimit
    submission.idempotency = control.idempotencyKey.map {
      IdempotencyKey(key: $0, bodyHash: message.bodyHash())
    }
    if client.token == nil {
      submission.onAcceptance = { [networks, now = time.now] (tx: borrowing Transaction) in
        try networks.count(client.account, at: now, in: tx)
      }
    }
    let receipt = try await outbox.submit(submission)
    if receipt.idempotency == .hit { await message.discard() }
    logger.info(
      "A message was accepted by SMTP.",
      metadata: [
        "queueId": "\(receipt.queueID)", "account": "\(account.id)", "address": "\(address)",
        "repairs": "\((repairs + receipt.warnings).joined(separator: " "))",
      ])
    return receipt
  }

  /// - Throws: `account.paused`, `account.notConnected`.
  private func account(_ id: AccountID, in workspace: WorkspaceID) async throws -> AccountRecord {
    let details = try await store.read { (tx: borrowing Transaction) in try tx.account(id, in: workspace) }
    guard let account = details?.account else { throw Problem.accountNotFound(id) }
    if account.paused { throw Problem.paused(id) }
    // An account whose grant was lost waits for its owner, and so do its messages.
    if account.state == .unset { throw Problem.notConnected }
    return account
  }

  private static func account(_ control: ControlFields, _ client: Client) throws(Problem) -> AccountID {
    guard let named = control.account, named != client.account else { return client.account }
    guard client.mayNameAccount else {
      throw .controlHeader(
        "X-EE-Account", "names another account than the one that these credentials are for")
    }
    return named
  }

  /// Graph sends a message as its From address: envelope, From and Sender must all be the account's own.
  private static func check(_ header: RawHeader, _ sender: EmailAddress, own: String) throws(Problem) {
    let key = key(own)
    guard sender.key == key else { throw .senderNotAllowed(sender.text, in: "MAIL FROM", own: own) }
    for name in ["From", "Sender"] {
      let fields = header.fields.filter { $0.isNamed(name) }
      guard fields.count <= 1 else { throw .duplicateField(name) }
      guard let field = fields.first else { continue }
      let addresses = header.addresses(name)
      guard addresses.count == 1, addresses[0].address.isValid, addresses[0].address.key == key else {
        throw .senderNotAllowed(field.value, in: name, own: own)
      }
    }
  }

  private static func key(_ address: String) -> String {
    (try? EmailAddress(address))?.key ?? address.lowercased()
  }
}
