import API
import Access
import Backends
import Core
import Crypto
import Delivery
import HTTPTypes
import Hummingbird
import JSON
import MIME
import NIOCore
import Store

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
    if let earlier = files.earlier, let idempotency {
      return SubmitReply(try earlier.receipt(for: idempotency.bodyHash), key: key)
    }
    try files.check()
    let uploads = try await outbox.uploads(
      body.attachments.compactMap(\.upload), of: account, in: context.workspace)
    let submission = try Submission(
      body, files: files, uploads, workspace: context.workspace, account: account, key: idempotency)
    if body.dryRun == true {
      let preview = try await outbox.preview(submission)
      try await files.discard()
      return SubmitReply(preview)
    }
    return SubmitReply(try await outbox.submit(submission, reservation: files.reservation), key: key)
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
  fileprivate func message(_ content: Content) throws(Problem) -> RawMessage? {
    switch content {
    case .streamed(let ordinal): return message(of: ordinal)
    case .bytes(let bytes):
      var reader = RawMessageReader()
      let body = try reader.feed(bytes[...]) + reader.finish()
      return reader.header.map { RawMessage(header: $0, body: .bytes(body)) }
    }
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
    sendAt = receipt.sendAt
    warnings = receipt.warnings.isEmpty ? nil : receipt.warnings
    guard let key, let status = receipt.idempotency else { return }
    switch status {
    case .miss: idempotency = IdempotencyReply(key, .miss)
    case .hit: idempotency = IdempotencyReply(key, .hit)
    }
  }
}

extension SubmitReply {
  fileprivate init(_ preview: MessagePreview) {
    self.init()
    response = "Dry run"
    messageId = preview.messageID
    warnings = preview.warnings.isEmpty ? nil : preview.warnings
    self.preview = preview.mime
  }
}

extension SubmitRequest.Priority {
  /// As the queue orders.
  fileprivate var rank: Int {
    switch self {
    case .high: -1
    case .normal: 0
    case .low: 1
    }
  }
}

extension Submission {
  /// Reads addresses and attachments into values. All faulty addresses of the body are reported together.
  fileprivate init(
    _ body: SubmitRequest, files: IncomingContent,
    _ uploads: [UploadID: (upload: UploadRecord, segment: SegmentRecord)], workspace: WorkspaceID,
    account: AccountID, key: IdempotencyKey?
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
    if body.raw != nil {
      for (key, isGiven) in [
        ("text", body.text != nil), ("html", body.html != nil), ("attachments", !body.attachments.isEmpty),
      ] where isGiven {
        reader.fault(key, "cannot be given together with raw, which has its own")
      }
    }
    reader.checkTemplate(of: body)
    for (index, field) in body.attachments.enumerated() {
      switch (field.content, field.upload) {
      case (nil, nil):
        reader.fault("attachments[\(index)].content", "is required, unless upload names a file")
      case (.some, .some):
        reader.fault("attachments[\(index)].upload", "cannot be given together with content")
      case (.some, nil), (nil, .some): break
      }
    }
    try reader.finish()
    raw = try body.raw.flatMap { (content) throws(Problem) in try files.message(content) }
    subject = body.subject
    text = body.text
    html = body.html
    previewText = body.previewText
    template = body.template
    values = TemplateValues(body)
    headers = body.headers.map { ($0.name, $0.value) }
    storedContent = files.stored
    for (index, field) in body.attachments.enumerated() {
      let upload = field.upload.flatMap { uploads[$0] }
      // Numbers that no streamed content has.
      let number = -1 - index
      if let upload { storedContent[number] = upload.segment }
      attachments.append(
        Attachment(
          name: field.filename ?? upload?.upload.filename,
          contentType: field.contentType ?? upload?.upload.contentType ?? "application/octet-stream",
          contentID: field.cid, isInline: field.isInline,
          body: upload == nil ? field.content.map { files.body($0) } ?? .bytes([]) : .encoded(number)))
    }
    idempotency = key
    sendAt = body.sendAt
    priority = (body.priority ?? .normal).rank
    refusalLimit = body.deliveryAttempts
    keepsCopy = body.copy ?? true
  }
}

extension AddressReader {
  fileprivate mutating func checkTemplate(of body: SubmitRequest) {
    if body.template != nil {
      for (key, isGiven) in [
        ("text", body.text != nil), ("html", body.html != nil), ("raw", body.raw != nil),
      ] where isGiven {
        fault(key, "cannot be given together with template, which has the texts")
      }
      if body.render == .off {
        fault("render", "cannot be false together with template, whose texts are always rendered")
      }
    } else if body.previewText != nil, body.html == nil {
      fault("previewText", "is put into the HTML, and there is none")
    }
    if body.raw != nil, case .on = body.render {
      fault("render", "cannot be given together with raw, which is not a template")
    }
  }
}

extension TemplateValues {
  /// `nil` when the texts of the request stay as they are.
  fileprivate init?(_ body: SubmitRequest) {
    self.init()
    switch body.render {
    case nil: if body.template == nil { return nil }
    case .off: return nil
    case .on(let render): params = render.params.object ?? [:]
    }
    locale = body.locale
    timeZone = body.tz
  }
}
