import Core

extension MailReport.Complaint {
  /// A `message/feedback-report` (RFC 5965 section 3).
  init(report content: [UInt8]) {
    let group = StatusFields(content).groups.first ?? []
    self.init(source: "arf", feedbackType: (group["feedback-type"] ?? "other").lowercased())
    userAgent = group["user-agent"]
    version = group["version"]
    originalMailFrom = group["original-mail-from"].map(Self.bare)
    originalRcptTo = group.all("original-rcpt-to").prefix(MailReport.maximumRecipients).map(Self.bare)
    sourceIP = group["source-ip"]
    arrivalDate = (group["arrival-date"] ?? group["received-date"])
      .flatMap { InternetDate.parse(Array($0.utf8)[...]) }
    reportingMTA = group.typed("reporting-mta")?.value
  }

  /// Outlook.com's program leaves out what the returned header has.
  mutating func complete(with original: OriginalMessage) {
    func value(_ name: String) -> String? {
      original.fields.first { $0.name.lowercased() == name }?.value.withoutBlanks
    }
    if originalRcptTo.isEmpty {
      originalRcptTo = value("x-hmxmroriginalrecipient").map { [Self.bare($0)] } ?? original.to
    }
    if originalMailFrom == nil { originalMailFrom = value("return-path").map(Self.bare) ?? original.from }
    if sourceIP == nil {
      sourceIP = value("x-originating-ip").map { $0.filter { $0 != "[" && $0 != "]" } }
    }
  }

  private static func bare(_ text: String) -> String {
    let text = text.withoutBlanks
    return text.hasPrefix("<") && text.hasSuffix(">") ? String(text.dropFirst().dropLast()) : text
  }
}

extension MailReport.Receipt {
  /// The first group of a `message/disposition-notification` (RFC 8098 section 3.1).
  init(_ group: StatusFields.Group) {
    // `action-mode/sending-mode; type/modifier`
    let (modes, type) = group.typed("disposition") ?? ("", "")
    disposition = String((type.isEmpty ? modes : type).lowercased().prefix { $0.isLetter || $0 == "-" })
    isAutomatic = modes.contains("mdn-sent-automatically")
    reportingUA = group["reporting-ua"]
  }
}
