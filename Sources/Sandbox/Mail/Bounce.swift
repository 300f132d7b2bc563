import Core

/// A report that a message did not arrive, as Exchange puts it into the sender's Inbox (RFC 3462, RFC 3464).
struct Bounce: Sendable {
  private let original: Message
  private let failed: [Correspondent]
  private let sender: Correspondent
  private let now: Instant

  init(of original: Message, for failed: [Correspondent], to sender: Correspondent, at now: Instant) {
    self.original = original
    self.failed = failed
    self.sender = sender
    self.now = now
  }

  func mime(messageID: String) -> [UInt8] {
    let boundary = "=_sandbox_\(now.microseconds)"
    let human = failed.map { "Your message to \($0.address) couldn't be delivered.\r\n" }.joined()
    let text = """
      From: Microsoft Outlook <\(Self.postmaster)>
      To: <\(sender.address)>
      Subject: Undeliverable: \(Self.asciiLine(original.subject))
      Date: \(now.rfc5322)
      Message-ID: \(messageID)
      In-Reply-To: \(original.internetMessageID)
      References: \(original.internetMessageID)
      Auto-Submitted: auto-replied
      X-MS-Exchange-Message-Is-Ndr:
      MIME-Version: 1.0
      Content-Type: multipart/report; report-type=delivery-status; boundary="\(boundary)"

      --\(boundary)
      Content-Type: text/plain; charset=us-ascii

      \(human)
      The address is one of the sandbox's own: messages to it always come back.

      --\(boundary)
      Content-Type: message/delivery-status

      Reporting-MTA: dns;sandbox.prod.outlook.test
      Arrival-Date: \(now.rfc5322)

      \(failed.map(status).joined(separator: "\n"))
      --\(boundary)
      Content-Type: message/rfc822


      """
    return Array(Self.crlf(text).utf8) + original.withoutBcc.source.bytes
      + Array("\r\n--\(boundary)--\r\n".utf8)
  }

  private func status(_ recipient: Correspondent) -> String {
    """
    Original-Recipient: rfc822;\(recipient.address)
    Final-Recipient: rfc822;\(recipient.address)
    Action: failed
    Status: 5.1.10
    Diagnostic-Code: smtp;550 5.1.10 RESOLVER.ADR.RecipientNotFound;
      Recipient \(recipient.address) not found by SMTP address lookup

    """
  }

  private static let postmaster =
    "MicrosoftExchange329e71ec88ae4615bbc36ab6ce41109e@sandbox.prod.outlook.test"

  private static func asciiLine(_ text: String) -> String {
    String(text.unicodeScalars.map { $0.isASCII && $0.value >= 0x20 ? Character($0) : "?" })
  }

  /// The literals above end lines with LF, some that are put into them with CRLF.
  private static func crlf(_ text: String) -> String {
    text.replacing("\r\n", with: "\n").replacing("\n", with: "\r\n")
  }
}
