import API
import Core
import Delivery
import JSON
import MIME
import Store

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

/// The body of a submission as values: a message, or one for each of many recipients.
enum SubmittedBody {
  case message(Submission)
  case merge(Merge)

  /// Reads addresses and attachments into values. All faulty addresses of the body are reported together.
  init(
    _ body: SubmitRequest, files: IncomingContent, _ uploads: Submission.Uploads, workspace: WorkspaceID,
    account: AccountID, key: IdempotencyKey?, list: MailingList?
  ) throws {
    var reader = AddressReader()
    let entries = reader.read(body.mailMerge)
    reader.checkMerge(of: body)
    var submission = try Submission(body, files: files, uploads, account: account, &reader)
    submission.workspace = workspace
    submission.idempotency = key
    submission.list = list
    self = entries.map { .merge(Merge(submission, entries: $0)) } ?? .message(submission)
  }
}

extension Submission {
  typealias Uploads = [UploadID: (upload: UploadRecord, segment: SegmentRecord)]

  /// - Parameter reader: Has what was read of the body before, and its faults; they are thrown.
  fileprivate init(
    _ body: SubmitRequest, files: IncomingContent, _ uploads: Uploads, account: AccountID,
    _ reader: inout AddressReader
  ) throws {
    self.init(account: account)
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
    sendAt = body.sendAt
    priority = (body.priority ?? .normal).rank
    refusalLimit = body.deliveryAttempts
    keepsCopy = body.copy ?? true
  }
}

extension AddressReader {
  fileprivate mutating func read(_ fields: [MergeField]?) -> [Merge.Entry]? {
    guard let fields else { return nil }
    var entries: [Merge.Entry] = []
    entries.reserveCapacity(fields.count)
    for (index, field) in fields.enumerated() {
      let place = "mailMerge[\(index)]"
      let chosen = field.messageId.flatMap { messageID($0, place + ".messageId") }
      guard let to = read(field.to, place + ".to") else { continue }
      entries.append(
        Merge.Entry(to: to, messageID: chosen, params: field.params.object ?? [:], sendAt: field.sendAt))
    }
    return entries
  }

  fileprivate mutating func checkMerge(of body: SubmitRequest) {
    guard body.mailMerge != nil else { return }
    for (key, isGiven) in [
      ("to", !body.to.isEmpty), ("cc", !body.cc.isEmpty), ("bcc", !body.bcc.isEmpty),
      ("messageId", body.messageId != nil), ("envelope", body.envelope != nil), ("raw", body.raw != nil),
    ] where isGiven {
      fault(key, "cannot be given together with mailMerge, whose entries are messages of their own")
    }
  }

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
    case nil: if body.template == nil, body.mailMerge == nil { return nil }
    case .off: return nil
    case .on(let render): params = render.params.object ?? [:]
    }
    locale = body.locale
    timeZone = body.tz
  }
}
