import Backends
import Core
import Foundation
import MIME
import Store

/// What an SMTP client asks of reports about its message (RFC 3461 section 4).
package struct ReportRequest: Sendable, Hashable, Codable {
  /// Whether all of the message is to come back, not only its header.
  package var returnsMessage = false
  package var envelopeID: String?
  /// By `EmailAddress.key`; only recipients for which the client asked for something.
  package var recipients: [String: Recipient] = [:]

  package struct Recipient: Sendable, Hashable, Codable {
    package var wantsFailures: Bool
    /// As the client named it, with its type.
    package var original: String?

    package init(wantsFailures: Bool, original: String?) {
      self.wantsFailures = wantsFailures
      self.original = original
    }
  }

  package init() {}

  /// As it is stored; `nil` where nothing is asked for.
  var json: String? {
    guard self != ReportRequest() else { return nil }
    // Strings and flags always encode.
    return (try? JSONEncoder().encode(self)).map { String(decoding: $0, as: UTF8.self) }
  }

  init(json: String?) {
    self = json.flatMap { try? JSONDecoder().decode(Self.self, from: Data($0.utf8)) } ?? ReportRequest()
  }
}

/// Tells the sender of a message that came by SMTP that it has failed, by a message of the account itself.
///
/// It is written in the transaction that settles the message, so that there is one for each failure. Its own failure is
/// an event alone.
struct FailureReport: Sendable {
  let message: OutgoingMessageRecord
  let problem: ProblemRecord
  /// The lane that the message was in.
  let lane: LaneKey
  /// Of the report.
  let id: QueueID
  /// How this server calls itself.
  let reporter: String
  /// The largest report, in bytes.
  let limit: Int
  let now: Instant

  /// Bytes of a message that may come back as a whole, and of a header.
  static let longestMessage = 1 << 20
  static let longestHeader = 64 << 10
  /// Characters of the reason that each recipient gets.
  private static let longestReason = 300
  /// Bytes for what a report says itself, and for each recipient.
  private static let ownSize = 16 << 10
  private static let recipientSize = 2 << 10

  /// Writes none if the account could not send it, if nobody wants it, or if the message is itself an
  /// automatic reply: two programs would answer each other.
  func write(in tx: borrowing Transaction) throws {
    guard let sender = try sender(in: tx), let first = try tx.contentExtents(of: message).first,
      let head = try tx.chunk(first.key)
    else { return }
    let header = RawHeader(Self.header(of: head))
    guard !header.isAutomatic else { return }
    let request = ReportRequest(json: message.reportRequest)
    let failed = try tx.recipients(of: message.id, in: message.workspace)
      .filter { $0.state == .failed }
      .compactMap { try? EmailAddress($0.address) }
      .filter { request.recipients[$0.key]?.wantsFailures ?? true }
    guard !failed.isEmpty else { return }
    let original = try original(request, header, failed.count, in: tx)
    // A report that cannot be written must not keep the message from being settled.
    guard let report = try? compose(failed, request, original, sender) else { return }
    try insert(report, from: sender, in: tx)
  }

  /// `nil` for an account that cannot send now, or has another mailbox by now.
  private func sender(in tx: borrowing Transaction) throws -> SenderIdentity? {
    guard let account = try tx.account(message.account, in: message.workspace)?.account,
      account.state == .connected, !account.paused,
      let sender = try tx.senderIdentity(message.account, in: message.workspace), sender.canSend,
      sender.lane == lane
    else { return nil }
    return sender
  }

  /// What comes back of the message.
  private func original(
    _ request: ReportRequest, _ header: RawHeader, _ failed: Int, in tx: borrowing Transaction
  ) throws -> DeliveryReport.Original {
    let room = limit - Self.ownSize - failed * Self.recipientSize
    let lines = header.bytes.prefix(max(0, min(Self.longestHeader, room)))
    // What is cut, is cut after a line.
    let end = lines.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? lines.startIndex
    let returned = Array(lines[..<end])
    guard request.returnsMessage, message.size <= min(Self.longestMessage, room) else {
      return .header(returned)
    }
    let content = try tx.contentExtents(of: message).flatMap { try tx.chunk($0.key) ?? [] }
    return content.count == message.size ? .message(content, header: returned) : .header(returned)
  }

  private func compose(
    _ failed: [EmailAddress], _ request: ReportRequest, _ original: DeliveryReport.Original,
    _ sender: SenderIdentity
  ) throws -> [UInt8] {
    let own = NamedAddress(name: sender.name, address: try EmailAddress(sender.email))
    let status = problem.finalStatus
    let diagnostic = oneLine("\(status) \(problem.summary)", limit: Self.longestReason)
    var report = DeliveryReport(
      from: own, to: NamedAddress(address: try EmailAddress(message.envelopeFrom)),
      messageID: try MessageID(of: id, from: own.address), date: now,
      subject: "Not sent: \(oneLine(message.subject ?? "(no subject)", limit: 200))", text: text(failed),
      reporter: reporter, arrived: message.created,
      recipients: failed.map {
        DeliveryReport.Recipient(
          address: $0, original: request.recipients[$0.key]?.original.map { oneLine($0, limit: 320) },
          status: String(status.split(separator: " ")[1]), diagnostic: diagnostic)
      }, original: original)
    report.envelopeID = request.envelopeID.map { oneLine($0, limit: 100) }
    report.headers = [("In-Reply-To", message.messageID), (CorrelationIDs.headerName, id.rawValue)]
    return try report.compose()
  }

  private func text(_ failed: [EmailAddress]) -> String {
    let shown = failed.prefix(100).map { "  \($0.text)\n" }.joined()
    let rest = failed.count > 100 ? "  and \(failed.count - 100) more\n" : ""
    return """
      Your message was not sent and will not be tried again.

      Subject: \(oneLine(message.subject ?? "(none)", limit: 200))
      Accepted: \(message.created)
      Message-ID: \(message.messageID)
      Recipients:
      \(shown)\(rest)
      Why: \(problem.summary)
      \(problem.remedy.map { "What to do: \($0)\n" } ?? "")
      This report was written by Heliograph, which accepted the message by SMTP as \(message.id). \
      Replies to this report are not read.

      """
  }

  /// As `Outbox.submit` stores a message. Its row is new, so nobody waits for it, and the lane is the settling
  /// transaction's own: it looks for what is due before it lets go.
  private func insert(
    _ bytes: [UInt8], from sender: SenderIdentity, in tx: borrowing Transaction
  ) throws {
    let content = MessageContent(pieces: [.own(bytes)])
    let workspace = message.workspace
    let report = OutgoingMessageRecord(
      workspace: workspace, id: id, account: message.account, source: Submission.Source.report.rawValue,
      messageID: try MessageID(of: id, from: try EmailAddress(sender.email)).text,
      envelopeFrom: sender.email, envelopeTo: [message.envelopeFrom],
      subject: MIMEMessage(parsing: Self.header(of: bytes)).subject, size: bytes.count,
      chunks: content.ownChunks.count, idempotencyKey: nil, created: now)
    try tx.insert(report)
    for (sequence, chunk) in content.ownChunks.enumerated() {
      try tx.insertChunk(ChunkKey(workspace, id, sequence), Array(chunk))
    }
    try tx.insert(
      [RecipientRecord(address: message.envelopeFrom, role: .to, updated: now)], of: id, in: workspace,
      at: now)
    try tx.insert(
      QueueRecord(
        workspace: workspace, id: id, lane: lane, account: message.account,
        progress: Progress.fresh.rawValue, created: now))
    try tx.append(MessageEvents(message: report, attempts: 0, attemptLimit: 0).queued(report.changes))
  }

  /// Up to the first empty line.
  private static func header(of bytes: [UInt8]) -> [UInt8] {
    let end = Array("\r\n\r\n".utf8)
    guard let range = bytes.firstRange(of: end) else { return bytes }
    return Array(bytes[..<range.upperBound])
  }
}

extension ProblemRecord {
  /// What the catalogue says of the code, as of something that is over: `550 5.1.1`.
  fileprivate var finalStatus: String {
    let status = ProblemCode(rawValue: code)?.smtp
    guard let status, status.enhanced.first != "5" else { return status?.description ?? "554 5.0.0" }
    return "554 5" + status.enhanced.dropFirst()
  }
}

extension RawHeader {
  /// Whether a program has written it in answer to something (RFC 3834 section 5), or it is a report (RFC 6522). What a
  /// program writes of its own accord, `auto-generated`, is what most devices send.
  fileprivate var isAutomatic: Bool {
    if let field = field("Auto-Submitted") {
      // Parameters and comments may follow.
      let word = field.value.trimmingCharacters(in: .whitespaces).prefix { $0.isLetter || $0 == "-" }
        .lowercased()
      if word == "auto-replied" || word == "auto-notified" { return true }
    }
    guard let type = field("Content-Type")?.value else { return false }
    return type.lowercased().hasPrefix("multipart/report")
  }
}
