/// Reads what a message reports while it arrives. Reports say what they have to say in front; the message that some
/// return whole comes last, and only its header matters.
package struct MailReportReader: Sendable {
  /// The header, the text and what 1,000 recipients need in a report are in it.
  package static let maximumHead = 1 << 20

  private var head: [UInt8] = []

  package init() {}

  /// Whether the next octets can change anything: a caller that downloads may stop.
  package var needsMore: Bool { head.count < Self.maximumHead }

  package mutating func feed(_ bytes: ArraySlice<UInt8>) {
    head += bytes.prefix(Self.maximumHead - head.count)
  }

  package consuming func finish() -> MailReport { MailReport(reading: head) }
}

extension MailReport {
  /// Reads a whole message, or its start. Whatever it is, there is a report of some kind.
  package init(reading bytes: [UInt8]) {
    let head =
      bytes.count > MailReportReader.maximumHead ? Array(bytes.prefix(MailReportReader.maximumHead)) : bytes
    self = ReportMessage(head).report()
  }
}

/// A message that may be a report.
private struct ReportMessage {
  /// Parts of a report: three, and what a gateway added.
  private static let maximumParts = 100

  private let message: MIMEMessage
  private let leaves: [BodyPart]
  private let sender: ReportSender

  init(_ bytes: [UInt8]) {
    message = MIMEMessage(parsing: bytes)
    leaves = Array(message.root.leaves.prefix(Self.maximumParts))
    sender = ReportSender(message)
  }

  /// By the first row that matches.
  func report() -> MailReport {
    // The text is not decoded for messages that cannot be reports.
    let text = sender.isMailSystem ? ReportText(readableText) : nil
    for row in ReportRule.rows where sender.satisfies(row.condition) && matches(row.sign, text) {
      switch row.sign {
      case .part(let type): if let report = report(row, type) { return report }
      case .line, .words, .present,
        .field where row.kind == .bounce:
        return report(row, text ?? ReportText(""))
      default: return finish(MailReport(row.kind, rule: row.id))
      }
    }
    return MailReport(.ordinary, rule: "none")
  }

  private func matches(_ sign: ReportRule.Sign, _ text: ReportText?) -> Bool {
    switch sign {
    case .part(let type): isReport(type) && leaves.contains { $0.contentType.name == type }
    case .line(let words): text?.hasLine(startingWith: words) ?? false
    case .words(let words): text?.phrases.contain(words) ?? false
    case .field(let name): value(name).map { !["", "no", "false", "0"].contains($0) } ?? false
    case .present(let name): message.field(name) != nil
    case .value(let name, let words): value(name)?.contains(words) ?? false
    case .subject(let words): sender.subject.start(with: words)
    }
  }

  private func value(_ name: String) -> String? { message.field(name)?.short.withoutBlanks.lowercased() }

  /// A person who forwards a report sends its parts in a multipart/mixed.
  private func isReport(_ type: String) -> Bool {
    if type == "message/rfc822" { return value("From")?.contains("staff@hotmail.com") ?? false }
    return message.root.contentType.name == "multipart/report" || sender.isMailSystem
  }

  /// Of a mail system: the plain text, else the HTML.
  private var readableText: String {
    let text = leaves.first { $0.isBody && $0.bodyType == "text/plain" }?.text ?? ""
    guard text.allSatisfy(\.isWhitespace) else { return text }
    return leaves.first { $0.isBody && $0.bodyType == "text/html" }.map { HTMLText.plain($0.text) } ?? ""
  }
}

// By a part
extension ReportMessage {
  private func report(_ row: ReportRule, _ type: String) -> MailReport? {
    guard let part = leaves.first(where: { $0.contentType.name == type }) else { return nil }
    var report = MailReport(row.kind, rule: row.id)
    switch row.kind {
    case .bounce: read(part, into: &report)
    case .complaint where type == "message/rfc822":
      report.complaint = Complaint(source: "jmrp", feedbackType: "abuse")
    case .complaint: report.complaint = Complaint(report: part.content)
    default:
      let group = StatusFields(part.content).groups.first ?? []
      report.receipt = MailReport.Receipt(group)
      group["original-message-id"].map { report.original.refer(to: $0) }
      if let address = (group.typed("original-recipient") ?? group.typed("final-recipient"))?.value {
        report.recipients = [Recipient(address: address, action: .delivered)]
      }
    }
    report = finish(report)
    report.complaint?.complete(with: report.original)
    if type == "message/rfc822" {
      guard report.original.fields.contains(where: { $0.name.lowercased() == "x-hmxmroriginalrecipient" })
      else { return nil }
    }
    return report
  }

  private typealias Complaint = MailReport.Complaint
  private typealias Recipient = MailReport.Recipient

  private func read(_ part: BodyPart, into report: inout MailReport) {
    let status = DeliveryStatus(part.content)
    report.kind = status.kind
    report.recipients = status.recipients
    report.reportingMTA = status.reportingMTA
    report.queueID = status.queueID
    report.original.envelopeID = status.message["original-envelope-id"]
    status.message["x-original-message-id"].map { report.original.refer(to: $0) }
  }

  /// Adds what the message says of the one that it is about.
  private func finish(_ report: MailReport, returned text: [UInt8] = []) -> MailReport {
    var report = report
    report.original.read(reportHeader: message)
    if let part = leaves.first(where: { Self.returnedTypes.contains($0.contentType.name) }) {
      report.original.read(returnedHeader: part.content)
    } else if !text.isEmpty {
      report.original.read(returnedHeader: text)
    }
    return report
  }

  /// RFC 6522 section 4 and RFC 6533 section 6; the last one is Zoho's.
  private static let returnedTypes: Set = [
    "message/rfc822", "text/rfc822-headers", "message/global", "message/global-headers",
    "message/rfc822-headers",
    "text/rfc822",
  ]
}

// By its text
extension ReportMessage {
  private func report(_ row: ReportRule, _ text: ReportText) -> MailReport {
    var report = MailReport(row.kind, rule: row.id)
    let failed = message.fields.filter { $0.isNamed("X-Failed-Recipients") }.flatMap(
      OriginalMessage.addresses)
    let action = row.kind == .delay ? Recipient.Action.delayed : .failed
    let own = OriginalMessage.addresses(message.field("To"))
    var found = TextReport(text, action, failed: failed, except: own)
    if found.recipients.isEmpty { found = TextReport(text, action, failed: failed) }
    report.recipients = found.recipients
    report.reportingMTA = found.reportingMTA
    report = finish(report, returned: text.returned)
    guard report.recipients.isEmpty, report.original.to.count == 1 else { return report }
    // The text names nobody, and the message had one recipient.
    report.recipients = TextReport(text, action, failed: report.original.to).recipients
    return report
  }
}
