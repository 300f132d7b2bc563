import Backends
import Core
import MIME
import Store

/// A submission as bytes, and what is stored beside them.
struct ComposedMessage: Sendable {
  var content: MessageContent
  var from: EmailAddress
  /// With its angle brackets.
  var messageID: String
  var subject: String?
  var recipients: [(address: EmailAddress, role: RecipientRole)]
  /// Of the header fields, those that are ours alone apart.
  var fieldNames: [String]
}

extension Submission {
  /// - Parameter own: The account's name and address, for a message without an author.
  func composed(own: NamedAddress, id: QueueID, now: Instant) throws -> ComposedMessage {
    if let raw { return try edited(raw, own: own, id: id, now: now) }
    let from = from ?? own
    try check(from)
    let composition = try composition(from: from, id: id, now: now)
    return ComposedMessage(
      content: try MessageContent(try composition.pieces(), stored: storedContent), from: from.address,
      messageID: composition.messageID.text, subject: subject, recipients: try recipients(),
      fieldNames: composition.headers.map(\.name))
  }

  /// A message that another program wrote: its header is kept, except for what the submission has in its place, what
  /// only the envelope may know, and what is ours.
  private func edited(_ raw: RawMessage, own: NamedAddress, id: QueueID, now: Instant) throws
    -> ComposedMessage
  {
    var header = raw.header
    var submission = self
    let malformed = header.malformedRecipients
    guard malformed.isEmpty else { throw Problem.malformedRecipients(malformed) }
    if to.isEmpty { submission.to = header.addresses("To") } else { try header.set("To", addresses: to) }
    if cc.isEmpty { submission.cc = header.addresses("Cc") } else { try header.set("Cc", addresses: cc) }
    if bcc.isEmpty { submission.bcc = header.addresses("Bcc") }
    if let from { try header.set("From", addresses: [from]) }
    if !replyTo.isEmpty { try header.set("Reply-To", addresses: replyTo) }
    if let subject { try header.set("Subject", text: subject) }
    for (name, value) in headers {
      try checkName(name)
      header.remove(name)
      try header.append(name, value)
    }
    let author = try header.author ?? own
    if header.field("From") == nil { try header.set("From", addresses: [author]) }
    try check(author)
    header.remove("Bcc", "Resent-Bcc", "Return-Path", CorrelationIDs.headerName)
    if header.date == nil { header.set(date: now) }
    let messageID = messageID ?? header.messageID.flatMap { try? MessageID($0) }
    if let messageID, messageID.isReserved { throw Problem.reservedMessageID(messageID.text) }
    let chosen = try messageID ?? MessageID(of: id, from: author.address)
    if header.messageID != chosen.text { header.set(messageID: chosen) }
    for (name, value) in try submission.listFields(messageID: chosen, beside: header.fields.map(\.name)) {
      try header.append(name, value)
    }
    try header.append(CorrelationIDs.headerName, id.rawValue)
    return ComposedMessage(
      content: MessageContent(header.bytes, raw.body), from: author.address, messageID: chosen.text,
      subject: header.subject, recipients: try submission.recipients(), fieldNames: header.fields.map(\.name))
  }

  /// Graph sends as the From address alone.
  private func check(_ from: NamedAddress) throws(Problem) {
    if let given = envelopeFrom, given.key != from.address.key {
      throw .envelopeFromDiffers(given.text, from: from.address.text)
    }
  }

  private func checkName(_ name: String) throws(Problem) {
    if name.lowercased() == CorrelationIDs.headerName.lowercased() { throw .reservedHeader(name) }
  }

  private func composition(from: NamedAddress, id: QueueID, now: Instant) throws -> Composition {
    for (name, _) in headers { try checkName(name) }
    if let chosen = self.messageID, chosen.isReserved { throw Problem.reservedMessageID(chosen.text) }
    var composition = Composition(
      from: from, messageID: try messageID ?? MessageID(of: id, from: from.address), date: now)
    composition.sender = sender
    composition.replyTo = replyTo
    composition.to = to
    composition.cc = cc
    composition.subject = subject
    composition.text = text
    composition.html = html.map { html in previewText.map { Preheader.insert($0, into: html) } ?? html }
    let listFields = try listFields(messageID: composition.messageID, beside: headers.map(\.name))
    composition.headers = headers + listFields + [(CorrelationIDs.headerName, id.rawValue)]
    composition.attachments = attachments
    return composition
  }
}

extension MessageID {
  /// A domain that a Message-ID cannot hold, an international one, is replaced by a reserved one.
  init(of id: QueueID, from: EmailAddress) throws(Problem) {
    if let own = try? MessageID(identifier: id.rawValue, domain: from.domain) {
      self = own
    } else {
      try self.init(identifier: id.rawValue, domain: "heliograph.invalid")
    }
  }

  /// Whether it has the form of ours, by which messages are found again.
  fileprivate var isReserved: Bool { text.hasPrefix("<" + QueueKind.prefix + "_") }
}

extension RawHeader {
  /// The one in From; `nil` when the field is missing.
  ///
  /// - Throws: `message.invalidHeader` when there are more fields or addresses than one, or no valid one: programs differ
  ///   in which of them they show.
  fileprivate var author: NamedAddress? {
    get throws(Problem) {
      let count = fields.count { $0.isNamed("From") }
      guard count > 0 else { return nil }
      let authors = addresses("From")
      guard count == 1, authors.count == 1, authors[0].address.isValid else {
        throw .ambiguousFrom(fields.filter { $0.isNamed("From") }.map(\.value))
      }
      return authors[0]
    }
  }
}
