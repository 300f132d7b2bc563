import Core
import Testing

@testable import MIME

@Suite struct MailReportTests {
  /// Of each fixture: kind and rule; then for each recipient its address, action, status and category.
  private static let verdicts: [String: String] = [
    "exchange-online": "bounce rfc3464; bob@fabrikam.example failed 5.1.10 user_unknown",
    "exchange-remote": "bounce rfc3464; bob@fabrikam.example failed 5.7.133 policy_blocked",
    "exchange-text": "bounce exchange.text; bob@fabrikam.example failed 5.1.10 user_unknown",
    "exchange-html": "bounce exchange.ndr; bob@fabrikam.example failed 5.1.10 user_unknown",
    "exchange-delay": "delay rfc3464; bob@fabrikam.example delayed 4.4.316 expired",
    "success": "delivered rfc3464; bob@fabrikam.example delivered 2.0.0 unknown",
    "postfix":
      "bounce rfc3464; bob@fabrikam.example failed 5.7.1 ip_blacklisted; carol@fabrikam.example delayed 4.2.2 mailbox_full",
    "postfix-text":
      "bounce postfix; bob@fabrikam.example failed 5.1.1 user_unknown; carol@fabrikam.example failed 4.2.2 mailbox_full",
    "gmail": "bounce rfc3464; bob@fabrikam.example failed 5.1.1 user_unknown",
    "gmail-old": "bounce gmail; bob@fabrikam.example failed 5.2.2 mailbox_full",
    "exim":
      "bounce exim; bob@fabrikam.example failed 5.1.1 user_unknown; carol@nowhere.example failed - domain_not_found",
    "exim-delay": "delay exim.delay; bob@fabrikam.example delayed - server_error",
    "qmail":
      "bounce qmail; bob@fabrikam.example failed 5.1.1 user_unknown; carol@nowhere.example failed 5.1.2 domain_not_found",
    "sendmail": "bounce sendmail; bob@fabrikam.example failed 5.3.0 mailbox_disabled",
    "sendmail-delay": "delay sendmail.delay; bob@fabrikam.example delayed - server_error",
    "courier": "bounce rfc3464; bob@fabrikam.example failed 5.7.1 spam_blocked",
    "courier-text": "bounce courier; bob@fabrikam.example failed - domain_not_found",
    "zoho": "bounce zoho; bob@fabrikam.example failed 5.1.1 user_unknown",
    "workmail": "bounce rfc3464; bob@fabrikam.example failed 5.1.1 user_unknown",
    "workmail-text": "bounce workmail; bob@fabrikam.example failed 5.4.1 user_unknown",
    "ses": "bounce ses; bob@fabrikam.example failed 5.7.26 auth_failure",
    "james": "bounce james; bob@fabrikam.example failed - user_unknown",
    "au": "bounce au; bob@au.example failed - mailbox_full",
    "ezweb": "bounce ezweb.account; bob@ezweb.example failed - mailbox_disabled",
    "ezweb-remote": "bounce ezweb.rejected; bob@fabrikam.example failed - user_unknown",
    "docomo": "bounce docomo; bob@docomo.example failed - user_unknown",
    "softbank": "bounce japanese.delivered; bob@softbank.example failed - user_unknown",
    "person": "bounce words.could-not; bob@fabrikam.example failed - unknown",
    "international": "bounce rfc6533; büro@fabrikam.example failed 5.1.1 user_unknown",
    "arf": "complaint rfc5965", "arf-sparse": "complaint rfc5965", "jmrp": "complaint jmrp",
    "receipt": "read_receipt rfc8098; bob@fabrikam.example delivered - unknown",
    "receipt-deleted": "read_receipt rfc8098; bob@fabrikam.example delivered - unknown",
    "out-of-office": "auto_reply subject “automatic reply:”", "vacation": "auto_reply rfc3834",
  ]

  private static func verdict(_ report: MailReport) -> String {
    let recipients = report.recipients.map { recipient in
      "\(recipient.address) \(recipient.action) \(recipient.status?.description ?? "-") \(recipient.cause.category.rawValue)"
    }
    return (["\(report.kind.rawValue) \(report.rule)"] + recipients).joined(separator: "; ")
  }

  @Test func `the formats of the mail systems are read`() throws {
    let fixtures = try ReportFixture.all
    #expect(Set(fixtures.map(\.name)) == Set(Self.verdicts.keys))
    for fixture in fixtures {
      let verdict = Self.verdict(MailReport(reading: try fixture.bytes))
      #expect(verdict == Self.verdicts[fixture.name], "\(fixture.name)")
    }
  }

  @Test(arguments: try ReportFixture.all)
  func `a message in pieces says the same`(fixture: ReportFixture) throws {
    let bytes = try fixture.bytes
    for size in [1, 7, 1000] {
      var (reader, rest) = (MailReportReader(), bytes[...])
      while !rest.isEmpty {
        reader.feed(rest.prefix(size))
        rest = rest.dropFirst(size)
      }
      #expect(reader.needsMore)
      #expect(reader.finish() == MailReport(reading: bytes))
    }
  }

  private func read(_ name: String) throws -> MailReport {
    MailReport(reading: try ReportFixture(name: name).bytes)
  }

  /// What ties a report to the message that was sent.
  @Test(arguments: [
    "exchange-online", "exchange-remote", "exchange-text", "exchange-html", "exchange-delay", "success",
    "postfix", "exim",
    "workmail",
    "arf",
  ])
  func `the returned header tells which message it was`(name: String) throws {
    let original = try read(name).original
    #expect(original.messageID == "<0193f0a2@contoso.example>")
    #expect(original.heliographID == "01JD4Z8Q6H9V")
    #expect(original.subject == "Spring offers")
    #expect(original.from == "alice@contoso.example")
  }

  @Test(arguments: [
    "gmail", "gmail-old", "qmail", "sendmail", "zoho", "receipt", "receipt-deleted", "jmrp",
    "arf-sparse",
    "out-of-office",
  ])
  func `without our field there is the Message-ID`(name: String) throws {
    let original = try read(name).original
    #expect(original.messageID == "<0193f0a2@contoso.example>")
    #expect(original.heliographID == nil)
  }

  @Test func `Exchange's numbers and what a server put in place of the Message-ID are kept`() throws {
    let exchange = try read("exchange-online")
    #expect(exchange.original.networkMessageIDs == ["3b2a9f60-0a1b-4c2d-8e3f-00112233aabb"])
    #expect(exchange.original.references == [])
    #expect(exchange.reportingMTA == "AM0PR00MB0001.eurprd00.prod.outlook.example")
    #expect(exchange.original.to == ["bob@fabrikam.example"])
    #expect(exchange.original.fields.map(\.name).prefix(3) == ["From", "To", "Subject"])
    let replaced = report(
      "From: mailer-daemon@a.example\nIn-Reply-To: <ours@contoso.example>\nReferences: <first@a.example> <ours@contoso.example>\n"
        + "Content-Type: multipart/report; boundary=b\n\n--b\nContent-Type: message/delivery-status\n\n"
        + "Reporting-MTA: dns; a\n\nFinal-Recipient: rfc822; b@c.example\nAction: failed\nStatus: 5.1.1\n\n"
        + "--b\nContent-Type: message/rfc822\n\nMessage-ID: <010201@ses.example>\n\n--b--\n")
    #expect(replaced.original.messageID == "<010201@ses.example>")
    #expect(replaced.original.references == ["<ours@contoso.example>", "<first@a.example>"])
  }

  @Test func `the fields of a report are read`() throws {
    let postfix = try read("postfix")
    #expect(postfix.queueID == "4BzQ1k0Lz9z")
    #expect(postfix.original.envelopeID == "campaign-7")
    let refused = try #require(postfix.recipients.first)
    #expect(refused.original == "bob@fabrikam.example")
    #expect(refused.remoteMTA == "mx.fabrikam.example")
    #expect(
      refused.diagnostic
        == MailReport.Diagnostic(
          source: "smtp", code: 550,
          text: "550 5.7.1 Service unavailable; client host [192.0.2.1] blocked using zen.spamhaus.org"))
    #expect(refused.cause.blocklist == BounceCause.Blocklist(name: "zen.spamhaus.org", type: .ip))
    #expect(refused.cause.action == .retryDifferentIP && !refused.cause.isHard)
    let delayed = try #require(try read("exchange-delay").recipients.first)
    #expect(delayed.willRetryUntil == Instant(microseconds: 1_796_116_506_000_000))
    #expect(delayed.diagnostic?.code == 450)
    #expect(try read("exchange-remote").recipients.first?.original == "BOB@fabrikam.example")
    #expect(try read("exchange-remote").recipients.first?.remoteMTA == "mx1.fabrikam.example")
    let qmail = try read("qmail").recipients.map(\.remoteMTA)
    #expect(qmail == ["192.0.2.7", nil])
    #expect(try read("exim").recipients.first?.remoteMTA == "mx.fabrikam.example")
    #expect(try read("sendmail").recipients.first?.remoteMTA == "mx.fabrikam.example")
    #expect(try read("exchange-text").reportingMTA == "AM0PR00MB0001.eurprd00.prod.outlook.example")
  }

  @Test func `complaints and receipts are read`() throws {
    let complaint = try #require(try read("arf").complaint)
    #expect(complaint.feedbackType == "abuse" && complaint.isAgainstSender && complaint.source == "arf")
    #expect(complaint.originalMailFrom == "alice@contoso.example")
    #expect(complaint.originalRcptTo == ["bob@mailbox.example"])
    #expect(complaint.sourceIP == "192.0.2.1" && complaint.reportingMTA == "mx.mailbox.example")
    #expect(complaint.userAgent == "ExampleFBL/1.0" && complaint.version == "1")
    #expect(complaint.arrivalDate == Instant(microseconds: 1_796_030_100_000_000))
    for name in ["jmrp", "arf-sparse"] {
      #expect(try read(name).complaint?.originalRcptTo == ["bob@outlook.example"])
      #expect(try read(name).complaint?.originalMailFrom == "alice@contoso.example")
    }
    #expect(try read("arf-sparse").complaint?.sourceIP == "192.0.2.1")
    var rescued = complaint
    rescued.feedbackType = "not-spam"
    #expect(!rescued.isAgainstSender)
    #expect(
      try read("receipt").receipt
        == MailReport.Receipt(
          disposition: "displayed", isAutomatic: false, reportingUA: "mail.fabrikam.example; Example"))
    #expect(
      try read("receipt-deleted").receipt
        == MailReport.Receipt(disposition: "deleted", isAutomatic: true, reportingUA: nil))
  }
}
