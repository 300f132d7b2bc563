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
import Store

/// Submits a message, of one account or of the workspace's default sender: answers when the message is on disk.
struct SubmitRoute: Sendable {
  let outbox: Outbox
  let workspaces: WorkspaceDirectory
  let links: UnsubscribeLinks
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
    var files = try outbox.incomingContent(of: account, in: context.workspace, key: key)
    do {
      return Response(json: try await receive(request, &files, context, account, key))
    } catch {
      // Where that fails too, the lease ends by itself, and the sweep finds the rest.
      _ = try? await files.discard()
      throw error
    }
  }

  private func receive(
    _ request: Request, _ files: inout IncomingContent, _ context: WebContext, _ account: AccountID,
    _ key: String?
  ) async throws -> SubmitReply {
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
        context.bodyMemory?.giveBack(pieces.reduce(0) { $0 + $1.bytes.count } / 3 * 4)
      } else {
        try await files.take(pieces, context.bodyMemory)
      }
    }
    let body = try reader.finish()
    try await files.take(reader.takeStreamed(), context.bodyMemory)
    let idempotency = key.map { IdempotencyKey(key: $0, bodyHash: Array(hash.finalize())) }
    if body.mailMerge != nil { try await files.storeAttachments() }
    if let earlier = files.earlier, let idempotency {
      return SubmitReply(try earlier.receipt(for: idempotency.bodyHash), key: key)
    }
    try files.check()
    let uploads = try await outbox.uploads(
      body.attachments.compactMap(\.upload), of: account, in: context.workspace)
    let submitted = try SubmittedBody(
      body, files: files, uploads, workspace: context.workspace, account: account, key: idempotency,
      list: body.listId.map { MailingList($0, links) })
    if body.dryRun == true {
      let reply = try await preview(submitted)
      try await files.discard()
      return reply
    }
    let receipt =
      switch submitted {
      case .message(let submission):
        try await outbox.submit(submission, reservation: files.reservation)
      case .merge(let merge): try await outbox.submit(merge, reservation: files.reservation)
      }
    return SubmitReply(receipt, key: key)
  }

  private func preview(_ submitted: SubmittedBody) async throws -> SubmitReply {
    switch submitted {
    case .message(let submission): return SubmitReply(try await outbox.preview(submission))
    case .merge(let merge):
      let preview = try await outbox.preview(merge)
      var reply = preview.first.map { SubmitReply($0) } ?? SubmitReply()
      reply.response = SubmitReply.dryRun
      reply.messageId = nil
      reply.mailMerge = preview.messages.map { MergedMessageReply($0, isQueued: false) }
      return reply
    }
  }

  private static func idempotencyKey(_ request: Request) throws -> String? {
    let header = RequestHeader.idempotencyKey
    return try header.read(HTTPField.Name(header.name).flatMap { request.headers[$0] })
  }
}

extension IncomingContent {
  /// What is on disk no longer counts as memory of the request's body.
  fileprivate mutating func take(_ pieces: [StreamedContent], _ memory: BodyMemory?) async throws {
    let before = held
    for piece in pieces {
      try await append(
        piece.bytes, to: piece.ordinal, isLast: piece.isLast,
        as: piece.path == SubmitRequest.rawPath ? .message : .attachment)
    }
    let arrived = pieces.reduce(0) { $0 + $1.bytes.count }
    // Four characters of the body became three bytes.
    memory?.giveBack(max(0, arrived + before - held) / 3 * 4)
  }

  /// - Throws: `message.malformed` when the header passes a limit of Exchange.
  func message(_ content: Content) throws(Problem) -> RawMessage? {
    switch content {
    case .streamed(let ordinal): return message(of: ordinal)
    case .bytes(let bytes):
      var reader = RawMessageReader()
      let body = try reader.feed(bytes[...]) + reader.finish()
      return reader.header.map { RawMessage(header: $0, body: .bytes(body)) }
    }
  }

  func body(_ content: Content) -> Attachment.Body {
    switch content {
    case .bytes(let bytes): .bytes(bytes)
    case .streamed(let ordinal): body(of: ordinal)
    }
  }
}

extension SubmitReply {
  fileprivate init(_ receipt: SubmissionReceipt, key: String?) {
    self.init()
    if receipt.merged.isEmpty {
      messageId = receipt.messageID
      queueId = receipt.queueID
      sendAt = receipt.sendAt
    } else {
      mailMerge = receipt.merged.map { MergedMessageReply($0, isQueued: true) }
    }
    warnings = receipt.warnings.isEmpty ? nil : receipt.warnings
    guard let key, let status = receipt.idempotency else { return }
    switch status {
    case .miss: idempotency = IdempotencyReply(key, .miss)
    case .hit: idempotency = IdempotencyReply(key, .hit)
    }
  }
}

extension SubmitReply {
  fileprivate static let dryRun = "Dry run"

  fileprivate init(_ preview: MessagePreview) {
    self.init()
    response = Self.dryRun
    messageId = preview.messageID
    warnings = preview.warnings.isEmpty ? nil : preview.warnings
    self.preview = preview.mime
  }
}

extension MergedMessageReply {
  fileprivate init(_ message: MergedMessage, isQueued: Bool) {
    self.init()
    success = message.skipped == nil
    to = AddressField(message.address, name: message.name)
    messageId = message.messageID
    queueId = isQueued ? message.queueID : nil
    sendAt = message.sendAt
    skipped = message.skipped.map { SkippedReply(reason: $0.reason, listId: $0.list) }
  }
}
