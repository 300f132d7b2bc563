import Core
import Crypto
import Delivery
import MIME
import SMTP
import Store

/// One message while a client sends it: the envelope, and the content as it is stored.
struct IncomingMessage: Sendable {
  let client: Client
  /// Without it, which only a message that may name another account can be.
  let sender: EmailAddress
  private(set) var recipients: [EmailAddress] = []
  private(set) var reports = ReportRequest()
  private var content: IncomingContent?
  private var hash = SHA256()

  init(of client: Client, from sender: EmailAddress, _ command: MailCommand) {
    self.client = client
    self.sender = sender
    reports.returnsMessage = command.returns == .full
    reports.envelopeID = command.envelopeID
  }

  mutating func add(_ command: RecipientCommand) throws(Problem) {
    let recipient = try EmailAddress(command.address)
    recipients.append(recipient)
    // RFC 3461 section 4.1: without NOTIFY a failure is told.
    let wantsFailures = command.notify?.contains(.failure) ?? true
    guard !wantsFailures || command.original != nil else { return }
    reports.recipients[recipient.key] = ReportRequest.Recipient(
      wantsFailures: wantsFailures, original: command.original)
  }

  mutating func begin(in outbox: Outbox) {
    content = outbox.incomingContent(of: client.account, in: client.workspace, key: nil)
  }

  mutating func append(_ bytes: [UInt8]) async throws {
    hash.update(data: bytes)
    try await content?.append(bytes, to: 0, isLast: false, as: .message)
  }

  /// Once all of it is there.
  mutating func finish() async throws -> RawMessage {
    try await content?.append([], to: 0, isLast: true, as: .message)
    try content?.check()
    guard let message = content?.message(of: 0) else { throw Problem.unexpected() }
    return message
  }

  /// Of the content and the envelope: what a repeat has in common with the first request.
  func bodyHash() -> [UInt8] {
    var hash = hash
    for address in [sender] + recipients { hash.update(data: Array(("\n" + address.key).utf8)) }
    return Array(hash.finalize())
  }

  /// Deletes what is stored of it, if no message has it.
  mutating func discard() async {
    // Where that fails, the sweep finds it.
    _ = try? await content?.discard()
    content = nil
  }
}
