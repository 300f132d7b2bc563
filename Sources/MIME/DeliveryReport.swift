package import Core

/// A report that a message could not be delivered, as it is written (RFC 3464, RFC 6522).
package struct DeliveryReport: Sendable {
  package var from: NamedAddress
  package var to: NamedAddress
  package var messageID: MessageID
  package var date: Instant
  package var subject: String
  /// What a person reads.
  package var text: String
  /// Further fields of its own header.
  package var headers: [(name: String, value: String)] = []
  /// Who reports: a domain name.
  package var reporter: String
  /// Which the client gave with the message (RFC 3461 section 4.4).
  package var envelopeID: String?
  package var arrived: Instant
  package var recipients: [Recipient]
  /// Of the message, or all of it.
  package var original: Original

  package struct Recipient: Sendable {
    package var address: EmailAddress
    /// As the client named it, with its type: `rfc822;anna@example.com` (RFC 3461 section 4.2).
    package var original: String?
    /// RFC 3463.
    package var status: String
    /// As an SMTP server would have said it.
    package var diagnostic: String

    package init(address: EmailAddress, original: String?, status: String, diagnostic: String) {
      self.address = address
      self.original = original
      self.status = status
      self.diagnostic = diagnostic
    }
  }

  package enum Original: Sendable {
    case header([UInt8])
    /// Where it does not fit into lines of 7 bits, its header is in its place.
    case message([UInt8], header: [UInt8])
  }

  package init(
    from: NamedAddress, to: NamedAddress, messageID: MessageID, date: Instant, subject: String, text: String,
    reporter: String, arrived: Instant, recipients: [Recipient], original: Original
  ) {
    self.from = from
    self.to = to
    self.messageID = messageID
    self.date = date
    self.subject = subject
    self.text = text
    self.reporter = reporter
    self.arrived = arrived
    self.recipients = recipients
    self.original = original
  }

  /// Lines end in CRLF; nothing is 8-bit except an address that is itself international (RFC 6532).
  package func compose() throws(Problem) -> [UInt8] {
    var header = HeaderWriter()
    try header.addresses("From", [from])
    try header.addresses("To", [to])
    try header.text("Subject", subject)
    header.structured("Date", [date.rfc5322])
    header.structured("Message-ID", [messageID.text])
    for field in headers { try header.extra(field.name, field.value) }
    // RFC 3834 section 5: so that nothing answers it.
    header.structured("Auto-Submitted", ["auto-replied"])
    header.structured("MIME-Version", ["1.0"])
    let boundaries = Boundaries(messageID)
    let parts = [
      Entity.text(text, subtype: "plain", boundaries), try status(boundaries), returned(boundaries),
    ]
    var writer = PieceWriter()
    writer.bytes = header.bytes
    Entity.multipart(
      "report", parts, boundaries.name(0), parameters: [("report-type", "delivery-status")]
    ).write(into: &writer)
    writer.bytes.appendLineEnd()
    return writer.bytes
  }

  /// Groups of fields with an empty line after each (RFC 3464 section 2.1).
  private func status(_ boundaries: Boundaries) throws(Problem) -> Entity {
    var message = HeaderWriter()
    message.structured("Reporting-MTA", ["dns;", reporter])
    if let envelopeID { try message.extra("Original-Envelope-Id", envelopeID) }
    message.structured("Arrival-Date", [arrived.rfc5322])
    var bytes = message.bytes + [UInt8].crlf
    for recipient in recipients {
      var fields = HeaderWriter()
      if let original = recipient.original { try fields.extra("Original-Recipient", original) }
      try fields.extra("Final-Recipient", recipient.address.typed)
      fields.structured("Action", ["failed"])
      fields.structured("Status", [recipient.status])
      try fields.extra("Diagnostic-Code", "smtp; " + recipient.diagnostic)
      bytes += fields.bytes + [UInt8].crlf
    }
    // The fields have short lines of ASCII.
    return Entity.lines(bytes, type: "message/delivery-status", boundaries)
      ?? .text("", subtype: "plain", boundaries)
  }

  private func returned(_ boundaries: Boundaries) -> Entity {
    switch original {
    case .message(let bytes, let header):
      Entity.lines(bytes, type: "message/rfc822", boundaries)
        ?? .text(header, type: "text/rfc822-headers", boundaries)
    case .header(let bytes): .text(bytes, type: "text/rfc822-headers", boundaries)
    }
  }
}

extension EmailAddress {
  /// With its type; one outside ASCII in the form that a 7-bit body takes (RFC 6533 section 3).
  fileprivate var typed: String {
    guard !text.utf8.allSatisfy({ $0 < 0x80 }) else { return "rfc822; \(text)" }
    let escaped = text.unicodeScalars.map { scalar in
      scalar.isASCII && scalar != "\\" && scalar != "+" && scalar != "="
        ? String(scalar) : "\\x{\(String(scalar.value, radix: 16, uppercase: true))}"
    }
    return "utf-8; \(escaped.joined())"
  }
}
