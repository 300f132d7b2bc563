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
    var reader = Operations.submit.bodyReader()
    var files = StreamedFiles()
    var hash = SHA256()
    try await request.read(upTo: bodyLimit) { buffer in
      try buffer.withUnsafeReadableBytes { (bytes) throws(Problem) in
        if key != nil { hash.update(bufferPointer: bytes) }
        try reader.feed(bytes)
      }
      let pieces = reader.takeStreamed()
      if !reader.hasFaults { files.take(pieces) }
    }
    let body = try reader.finish()
    files.take(reader.takeStreamed())
    try files.check()
    let idempotency = key.map { IdempotencyKey(key: $0, bodyHash: Array(hash.finalize())) }
    let submission = try Submission(
      body, files: files, workspace: context.workspace, account: account, key: idempotency)
    return Response(json: SubmitReply(try await outbox.submit(submission), key: key))
  }

  private static func idempotencyKey(_ request: Request) throws -> String? {
    let header = RequestHeader.idempotencyKey
    return try header.read(HTTPField.Name(header.name).flatMap { request.headers[$0] })
  }
}

/// The content of attachments as it arrives, as much as one message may hold: what is beyond that is counted
/// and not kept.
struct StreamedFiles: Sendable {
  private var files: [[UInt8]] = []
  private var size = 0

  /// One message's attachments, decoded, are smaller than the message.
  private static let limit = OutgoingMessage.sizeLimit

  mutating func take(_ pieces: [StreamedContent]) {
    for piece in pieces {
      while files.count <= piece.ordinal { files.append([]) }
      size += piece.bytes.count
      if size > Self.limit { files = files.map { _ in [] } } else { files[piece.ordinal] += piece.bytes }
    }
  }

  /// - Throws: `message.tooLarge` when not everything was kept.
  func check() throws(Problem) {
    if size > Self.limit { throw .attachmentsTooLarge(size) }
  }

  func content(_ content: Content) -> [UInt8] {
    switch content {
    case .bytes(let bytes): bytes
    case .streamed(let ordinal): files.indices.contains(ordinal) ? files[ordinal] : []
    }
  }
}

extension SubmitReply {
  fileprivate init(_ receipt: SubmissionReceipt, key: String?) {
    self.init()
    messageId = receipt.messageID
    queueId = receipt.queueID
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
    _ body: SubmitRequest, files: StreamedFiles, workspace: WorkspaceID, account: AccountID,
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
    let envelopeFrom = body.envelope?.from.flatMap {
      reader.address($0, "envelope.from", code: .requestInvalidField)
    }
    envelopeTo = body.envelope.map { envelope in
      envelope.to.enumerated().compactMap { reader.address($1, "envelope.to[\($0)]") }
    }
    messageID = body.messageId.flatMap { reader.messageID($0, "messageId") }
    if let envelopeFrom, let from, envelopeFrom.key != from.address.key {
      reader.fault("envelope.from", "differs from the address in from, which Microsoft does not allow")
    }
    try reader.finish()
    subject = body.subject
    text = body.text
    html = body.html
    headers = body.headers.map { ($0.name, $0.value) }
    attachments = body.attachments.map {
      Attachment(
        name: $0.filename, contentType: $0.contentType, contentID: $0.cid, isInline: $0.isInline,
        content: files.content($0.content))
    }
    idempotency = key
  }
}
