import API
import Access
import Backends
import Core
import Crypto
import Delivery
import HTTPTypes
import Hummingbird
import MIME
import NIOCore

/// Submits a message, of one account or of the workspace's default sender: answers when the message is on disk.
struct SubmitRoute: Sendable {
  let outbox: Outbox
  let workspaces: WorkspaceDirectory
  let bodyLimit: Int

  func add(to router: APIRouter) {
    router.handle(Operations.submit) { call, request in
      try await submit(request, call.context, call.path)
    }
    router.handle(Operations.submitFromDefault) { call, request in
      try await submit(request, call.context, try await workspaces.defaultSender(in: call.workspace))
    }
  }

  private func submit(
    _ request: Request, _ context: WebContext, _ account: AccountID
  ) async throws -> Response {
    let key = try Self.idempotencyKey(request)
    var files = try outbox.incomingAttachments(of: account, in: context.workspace, key: key)
    do {
      let receipt = try await receive(request, &files, context, account, key)
      return Response(json: SubmitReply(receipt, key: key))
    } catch {
      // Where that fails too, the lease ends by itself, and the sweep finds the rest.
      _ = try? await files.discard()
      throw error
    }
  }

  private func receive(
    _ request: Request, _ files: inout IncomingAttachments, _ context: WebContext, _ account: AccountID,
    _ key: String?
  ) async throws -> SubmissionReceipt {
    var reader = Operations.submit.bodyReader()
    var hash = SHA256()
    try await request.read(upTo: bodyLimit) { buffer in
      try buffer.withUnsafeReadableBytes { (bytes) throws(Problem) in
        if key != nil { hash.update(bufferPointer: bytes) }
        try reader.feed(bytes)
      }
      let pieces = reader.takeStreamed()
      if reader.hasFaults {
        try await files.discard()
      } else {
        try await files.take(pieces, context.bodyMemory)
      }
    }
    let body = try reader.finish()
    try await files.take(reader.takeStreamed(), context.bodyMemory)
    let idempotency = key.map { IdempotencyKey(key: $0, bodyHash: Array(hash.finalize())) }
    if let earlier = files.earlier, let idempotency { return try earlier.receipt(for: idempotency.bodyHash) }
    try files.check()
    let submission = try Submission(
      body, files: files, workspace: context.workspace, account: account, key: idempotency)
    return try await outbox.submit(submission, reservation: files.reservation)
  }

  private static func idempotencyKey(_ request: Request) throws -> String? {
    let header = RequestHeader.idempotencyKey
    return try header.read(HTTPField.Name(header.name).flatMap { request.headers[$0] })
  }
}

extension IncomingAttachments {
  /// What is on disk no longer counts as memory of the request's body.
  fileprivate mutating func take(_ pieces: [StreamedContent], _ memory: BodyMemory?) async throws {
    let before = held
    for piece in pieces { try await append(piece.bytes, to: piece.ordinal, isLast: piece.isLast) }
    let arrived = pieces.reduce(0) { $0 + $1.bytes.count }
    // Four characters of the body became three bytes.
    memory?.giveBack(max(0, arrived + before - held) / 3 * 4)
  }

  fileprivate func body(_ content: Content) -> Attachment.Body {
    switch content {
    case .bytes(let bytes): .bytes(bytes)
    case .streamed(let ordinal): body(of: ordinal)
    }
  }
}

extension SubmitReply {
  fileprivate init(_ receipt: SubmissionReceipt, key: String?) {
    self.init()
    messageId = receipt.messageID
    queueId = receipt.queueID
    warnings = receipt.warnings.isEmpty ? nil : receipt.warnings
    guard let key, let status = receipt.idempotency else { return }
    switch status {
    case .miss: idempotency = IdempotencyReply(key, .miss)
    case .hit: idempotency = IdempotencyReply(key, .hit)
    }
  }
}

extension Submission {
  /// Reads addresses and attachments into values. All faulty addresses of the body are reported together.
  fileprivate init(
    _ body: SubmitRequest, files: IncomingAttachments, workspace: WorkspaceID, account: AccountID,
    key: IdempotencyKey?
  ) throws {
    var reader = AddressReader()
    self.init(account: account)
    self.workspace = workspace
    from = body.from.flatMap { reader.read($0, "from") }
    replyTo = reader.read(body.replyTo, "replyTo")
    to = reader.read(body.to, "to")
    cc = reader.read(body.cc, "cc")
    bcc = reader.read(body.bcc, "bcc")
    envelopeFrom = body.envelope?.from.flatMap {
      reader.address($0, "envelope.from", code: .requestInvalidField)
    }
    envelopeTo = body.envelope.map { envelope in
      envelope.to.enumerated().compactMap { reader.address($1, "envelope.to[\($0)]") }
    }
    messageID = body.messageId.flatMap { reader.messageID($0, "messageId") }
    try reader.finish()
    subject = body.subject
    text = body.text
    html = body.html
    headers = body.headers.map { ($0.name, $0.value) }
    attachments = body.attachments.map {
      Attachment(
        name: $0.filename, contentType: $0.contentType, contentID: $0.cid, isInline: $0.isInline,
        body: files.body($0.content))
    }
    storedContent = files.stored
    idempotency = key
  }
}
