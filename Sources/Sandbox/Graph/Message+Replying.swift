import Core
import Foundation
import JSON
import MIME

/// The parameters of `reply`, `createReply` and their like (Microsoft Learn, "message: createReply",
/// "message: createForward").
struct ReplyParameters: Sendable {
  private(set) var comment = ""
  private(set) var fields: MessageFields

  /// - Parameter json: `nil` for a request without a body, which only says what a draft is made from.
  init(_ json: JSONValue?, of kind: ReplyKind, action: String) throws(GraphError) {
    let known = ["comment", "message"] + (kind == .forward ? ["toRecipients"] : [])
    let given = try ActionParameters(json ?? [:], of: action, known: known)
    func value(_ name: String) -> JSONValue? { given[name].flatMap { $0.isNull ? nil : $0 } }
    fields = try MessageFields(value("message") ?? [:])
    if let text = value("comment") {
      guard fields.body == nil else { throw .contradiction("comment", "message.body") }
      comment = try text.text("comment")
    }
    guard kind == .forward else { return }
    if let list = value("toRecipients") {
      guard fields.to == nil else { throw .contradiction("toRecipients", "message.toRecipients") }
      fields.to = try MessageFields.correspondents(list, "toRecipients")
    }
    guard json == nil || fields.to?.isEmpty == false else { throw .noRecipients }
  }
}

extension Message {
  /// A reply to `original` or a forward of it. What the client gives takes the place of what would be filled in.
  static func replying(
    _ kind: ReplyKind, to original: MailItem, _ parameters: ReplyParameters, owner: MailboxOwner,
    zone: TimeZone, messageID: String, at now: Instant
  ) throws(GraphError) -> Message {
    var fields = parameters.fields
    let recipients = kind.recipients(of: original.message, for: owner)
    fields.to = fields.to ?? recipients.to
    fields.cc = fields.cc ?? recipients.cc
    fields.subject = fields.subject ?? kind.subject(of: original.message.subject)
    fields.body = fields.body ?? QuotedMessage(original, in: zone).body(below: parameters.comment)
    if kind == .forward {
      fields.attachments = original.message.attachments.map { .file($0) } + (fields.attachments ?? [])
    }
    return try composing(fields, owner: owner, messageID: messageID, at: now).naming(parent: original.message)
  }

  /// A reply that came as MIME: only its recipients are not its own choice, except of a forward.
  func replying(_ kind: ReplyKind, to original: Message, for owner: MailboxOwner) -> Message {
    var message = self
    if kind != .forward {
      let recipients = kind.recipients(of: original, for: owner)
      message.setRecipients(to: recipients.to, cc: recipients.cc)
    }
    return message.naming(parent: original)
  }

  /// With In-Reply-To and References, unless it says what it answers (RFC 5322 section 3.6.4).
  private func naming(parent: Message) -> Message {
    guard parents.isEmpty, !parent.internetMessageID.isEmpty else { return self }
    var message = self
    let fields = ["References", "In-Reply-To"].lazy.compactMap { name in
      parent.headers.first { $0.isNamed(name) }
    }
    let earlier = fields.first.map { $0.value + " " } ?? ""
    message.setField("References", earlier + parent.internetMessageID)
    message.setField("In-Reply-To", parent.internetMessageID)
    return message
  }

  /// Other content for a draft, as MIME. Ids of attachments are not used again.
  func replacingContent(of draft: Message) -> Message {
    var message = internetMessageID.isEmpty ? replacingMessageID(with: draft.internetMessageID) : self
    let first = draft.nextAttachmentNumber
    message.attachmentNumbers = Array(first..<first + attachments.count)
    message.nextAttachmentNumber = first + attachments.count
    return message
  }
}

extension GraphError {
  /// Documented is the status alone.
  fileprivate static func contradiction(_ first: String, _ second: String) -> GraphError {
    GraphError(400, "ErrorInvalidParameter", "Specify either '\(first)' or '\(second)', but not both.")
  }
}
