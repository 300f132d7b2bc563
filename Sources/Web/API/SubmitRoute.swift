import Access
import Accounts
import Core
import Delivery
import HTTPTypes
import Hummingbird
import MIME
import Vault

/// `POST /v1/account/{account}/submit`, and `POST /v1/submit` for the workspace's default sender: answers when
/// the message is on disk.
struct SubmitRoute: Sendable {
  let outbox: Outbox
  let workspaces: WorkspaceDirectory
  let bodyLimit: Int

  func add(to group: RouterGroup<WebContext>) {
    group.post("account/:account/submit") { request, context in
      try await submit(request, context, AccountID(try context.pathText("account")))
    }
    group.post("submit") { request, context in
      try await submit(request, context, try await workspaces.defaultSender(in: context.workspace))
    }
  }

  private func submit(
    _ request: Request, _ context: WebContext, _ account: AccountID
  ) async throws -> Response {
    let (body, bytes) = try await request.body(SubmitRequest.self, limit: bodyLimit)
    let key = try Self.idempotencyKey(request, bytes)
    let submission = try Submission(body, workspace: context.workspace, account: account, key: key)
    return try reply(SubmitReply(try await outbox.submit(submission), key: key?.key))
  }

  /// At most 1024 bytes, as EmailEngine allows.
  private static func idempotencyKey(_ request: Request, _ body: [UInt8]) throws -> IdempotencyKey? {
    guard let name = HTTPField.Name("Idempotency-Key"), let key = request.headers[name] else { return nil }
    guard !key.isEmpty, key.utf8.count <= 1024 else {
      let fault = FieldFault(message: "must have 1 to 1024 bytes", key: "Idempotency-Key")
      throw Problem.fields([fault], code: .requestInvalidField)
    }
    return IdempotencyKey(key: key, bodyHash: Digest.sha256(body))
  }
}

private struct SubmitReply: Encodable {
  let response = "Queued for delivery"
  let messageId, queueId: String
  let idempotency: Idempotency?

  struct Idempotency: Encodable { let key, status: String }

  init(_ receipt: SubmissionReceipt, key: String?) {
    messageId = receipt.messageID
    queueId = receipt.queueID.rawValue
    idempotency = key.flatMap { key in
      receipt.idempotency.map { Idempotency(key: key, status: $0.rawValue) }
    }
  }

  private enum CodingKeys: CodingKey {
    case response, messageId, queueId, idempotency
  }
}

extension Submission {
  /// Reads addresses and attachments into values. Every faulty address of the body is told at once.
  fileprivate init(
    _ body: SubmitRequest, workspace: WorkspaceID, account: AccountID, key: IdempotencyKey?
  ) throws {
    var reader = AddressReader()
    let from = body.from.flatMap { reader.read($0, "from") }
    let lists = [("replyTo", body.replyTo), ("to", body.to), ("cc", body.cc), ("bcc", body.bcc)]
    let read = lists.map { name, fields in
      fields.enumerated().compactMap { reader.read($1, "\(name)[\($0)]") }
    }
    let envelopeFrom = body.envelope?.from.flatMap { reader.address($0, "envelope.from") }
    let envelopeTo = body.envelope?.to.enumerated().compactMap { reader.address($1, "envelope.to[\($0)]") }
    let messageID = body.messageId.flatMap { reader.messageID($0, "messageId") }
    if let envelopeFrom, let from, envelopeFrom.key != from.address.key {
      reader.fault("envelope.from", "differs from the address in from, which Microsoft does not allow")
    }
    try reader.finish()
    self.init(account: account)
    self.workspace = workspace
    self.from = from
    replyTo = read[0]
    to = read[1]
    cc = read[2]
    bcc = read[3]
    self.envelopeTo = envelopeTo
    subject = body.subject
    text = body.text
    html = body.html
    headers = body.headers
    attachments = body.attachments.map {
      Attachment(
        name: $0.filename, contentType: $0.contentType ?? "application/octet-stream", contentID: $0.contentID,
        isInline: $0.inline, content: $0.content)
    }
    self.messageID = messageID
    idempotency = key
  }
}

/// Collects what is wrong with the addresses of one body.
private struct AddressReader {
  private var faults: [FieldFault] = []

  mutating func read(_ field: AddressField, _ key: String) -> NamedAddress? {
    address(field.address, key + ".address").map { NamedAddress(name: field.name, address: $0) }
  }

  mutating func address(_ text: String, _ key: String) -> EmailAddress? {
    do {
      return try EmailAddress(text)
    } catch {
      fault(key, error.summary)
      return nil
    }
  }

  mutating func messageID(_ text: String, _ key: String) -> MessageID? {
    do {
      return try MessageID(text)
    } catch {
      fault(key, error.summary)
      return nil
    }
  }

  mutating func fault(_ key: String, _ message: String) {
    faults.append(FieldFault(message: message, key: key))
  }

  func finish() throws(Problem) {
    guard !faults.isEmpty else { return }
    let isAddress = faults.contains { $0.key != "messageId" && $0.key != "envelope.from" }
    throw .fields(faults, code: isAddress ? .messageInvalidAddress : .requestInvalidField)
  }
}
