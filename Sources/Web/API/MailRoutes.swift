import API
import Access
import Backends
import Core
import HTTPTypes
import Hummingbird
import NIOCore
import Store

/// What is in the mailboxes of accounts. Nothing is kept here: each request asks the mailbox.
struct MailRoutes: Sendable {
  let backends: Backends

  func add(to router: APIRouter) {
    router.on(Operations.mailboxes) { call in
      var list = MailboxList()
      let counting = call.query.counters
      list.mailboxes = try await reader(call.path, call).folders(counting: counting).map {
        MailboxReply($0, counting: counting)
      }
      return list
    }
    router.on(Operations.messages) { call in
      let page = try await reader(call.path, call).messages(
        in: FolderName(text: call.query.path), try MessagePageRequest(call.query))
      return MessageList(page, call.query)
    }
    router.on(Operations.message) { call in try await show(call) }
    router.on(Operations.text) { call in
      let text = try await reader(call.path.account, call).text(
        of: StoredMessageID(call.path.item), call.query.textType.forms)
      return MessageTextReply(text, maxBytes: call.query.maxBytes)
    }
    router.handle(Operations.storedSource) { call, _ in
      let source = try await reader(call.path.account, call).source(of: StoredMessageID(call.path.item))
      return Response(content: source, type: "message/rfc822", filename: "message.eml")
    }
    router.handle(Operations.attachment) { call, _ in
      guard let id = StoredAttachmentID(call.path.item) else { throw Problem.noAttachment(call.path.item) }
      let (attachment, content) = try await reader(call.path.account, call).attachment(id)
      return Response(
        content: content, type: attachment.contentType,
        filename: attachment.filename.flatMap { $0.isEmpty ? nil : $0 } ?? "attachment")
    }
    router.on(Operations.updateMessage) { call in
      let change = try FlagChange(call.body)
      let message = try await reader(call.path.account, call).update(StoredMessageID(call.path.item), change)
      return MessageUpdated(call.body, message)
    }
    router.on(Operations.moveMessage) { call in
      let id = try await reader(call.path.account, call).move(
        StoredMessageID(call.path.item), to: FolderName(text: call.body.path))
      var reply = MessageMoved()
      (reply.path, reply.id) = (call.body.path, id.rawValue)
      return reply
    }
    router.on(Operations.deleteMessage) { call in
      let deletion = try await reader(call.path.account, call).delete(
        StoredMessageID(call.path.item), permanently: call.query.force)
      return MessageDeleted(deletion)
    }
  }

  private func reader<Path, Query, Body>(
    _ account: AccountID, _ call: Call<Path, Query, Body>
  ) async throws -> any Reader {
    try await backends.reader(for: account, in: call.workspace)
  }

  private func show(_ call: Call<MailPath, MessageQuery, Nothing>) async throws -> MessageReply {
    let reader = try await reader(call.path.account, call)
    let id = StoredMessageID(call.path.item)
    var message = try await reader.message(id)
    if call.query.markAsSeen, !message.flags.contains(.seen) {
      var change = FlagChange()
      change.add = [.seen]
      message.flags = try await reader.update(id, change).flags
    }
    var reply = MessageReply(message)
    if call.query.webSafeHtml {
      let (text, isWhole) = try await SafeText(reader, message).text(maxBytes: call.query.maxBytes)
      reply.text = MessageTextReply(text, maxBytes: call.query.maxBytes)
      reply.text?.webSafe = true
      if !isWhole { reply.text?.hasMore = true }
    } else if let type = call.query.textType {
      reply.text = MessageTextReply(
        try await reader.text(of: id, type.forms), maxBytes: call.query.maxBytes)
    }
    reply.text?.id = id.rawValue
    return reply
  }
}

// What callers write.
extension FolderName {
  fileprivate init(text: String) {
    self = SpecialUse(name: text).map { .special($0) } ?? .path(FolderPath(text))
  }
}

extension MessagePageRequest {
  fileprivate init(_ query: MessagesQuery) throws(Problem) {
    self.init(page: query.page, size: query.pageSize)
    guard let text = query.cursor else { return }
    guard let cursor = MessageCursor(text: text) else { throw Problem.cursorInvalid }
    self.cursor = cursor
  }
}

extension TextTypeWord {
  fileprivate var forms: Set<TextForm> {
    switch self {
    case .html: [.html]
    case .plain: [.plain]
    case .both: [.plain, .html]
    }
  }
}

extension FlagChange {
  fileprivate init(_ body: MessageUpdate) throws(Problem) {
    self.init()
    add = try Self.flags(body.flags?.add)
    remove = try Self.flags(body.flags?.delete)
    if let names = body.flags?.set { set = try Self.flags(names) }
    addLabels = body.labels?.add ?? []
    removeLabels = body.labels?.delete ?? []
  }

  private static func flags(_ names: [String]?) throws(Problem) -> Set<MessageFlag> {
    var flags: Set<MessageFlag> = []
    for name in names ?? [] {
      guard let flag = MessageFlag(name: name) else { throw .unknownFlag(name) }
      flags.insert(flag)
    }
    return flags
  }
}

extension Problem {
  fileprivate static func noAttachment(_ id: String) -> Problem {
    Problem(
      .mailAttachmentNotFound, "“\(oneLine(id, limit: 200))” is not the id of an attachment.",
      remedy: "Get the message, and use the `id` of one of its attachments.")
  }

  fileprivate static func unknownFlag(_ name: String) -> Problem {
    Problem(
      .mailFlagNotSupported, "“\(oneLine(name, limit: 128))” is not a flag of messages at Microsoft.",
      remedy: #"Use \Seen or \Flagged, or a label."#)
  }
}

// What they get.
extension Response {
  /// Bytes from a mailbox, sent while they arrive.
  ///
  /// Whatever the type, a browser saves them: what others have sent is not run here.
  fileprivate init(content: StoredContent, type: String, filename: String) {
    var headers: HTTPFields = [
      .contentType: Self.mediaType(type), .cacheControl: "no-store",
      .contentDisposition: "attachment; filename*=UTF-8''" + PathPart.encode(filename),
    ]
    headers[.contentSecurityPolicy] = "sandbox"
    self.init(
      status: .ok, headers: headers,
      body: ResponseBody(contentLength: content.size) { writer in
        for try await piece in content { try await writer.write(ByteBuffer(bytes: piece)) }
        try await writer.finish(nil)
      })
  }

  /// A media type that is safe in a header field.
  private static func mediaType(_ text: String) -> String {
    let isPlain = text.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7F }
    return isPlain && text.contains("/") && text.utf8.count <= 256 ? text : "application/octet-stream"
  }
}
