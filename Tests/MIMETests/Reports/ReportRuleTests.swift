import Testing

@testable import MIME

extension ReportRule: CustomTestStringConvertible {
  public var testDescription: String { id }
}

extension BounceCause.Row: CustomTestStringConvertible {
  public var testDescription: String { id }
}

@Suite struct ReportRuleTests {
  @Test func `no two rows have one name`() {
    #expect(Set(ReportRule.rows.map(\.id)).count == ReportRule.rows.count)
    #expect(Set(BounceCause.rows.map(\.id)).count == BounceCause.rows.count)
  }

  /// A message with the sign of the row and nothing else that a row knows.
  private func message(_ row: ReportRule, from sender: String) -> String {
    let text = "Good day\n\n"
    return switch row.sign {
    case .part(let type):
      "From: \(type == "message/rfc822" ? "staff@hotmail.com" : sender)\nContent-Type: multipart/report; boundary=b\n\n--b\n"
        + "Content-Type: \(type)\n\n"
        + (type == "message/rfc822"
          ? "X-HmXmrOriginalRecipient: bob@a.example\nMessage-ID: <a@b>\n"
          : "Final-Recipient: rfc822; bob@a.example\n")
        + "\n--b--\n"
    case .line(let words), .words(let words): sender + "\n\n" + text + " -- \(words) bob@a.example>\n"
    case .field(let name): sender + "\n\(name): bob@a.example\n\n" + text
    case .present(let name): sender + "\n\(name):\n\n" + text
    case .value(let name, let value): sender + "\n\(name): \(value)\n\n" + text
    case .subject(let words):
      sender.split(separator: "\n").filter { !$0.hasPrefix("Subject:") }.joined(separator: "\n")
        + "\nSubject: \(words) x\n\n" + text
    }
  }

  /// Whether the row needs no more than its sign.
  private func isFree(_ row: ReportRule) -> Bool {
    switch row.sign {
    case .field("X-Failed-Recipients"), .present: true
    default: row.condition == .none
    }
  }

  @Test(arguments: ReportRule.rows)
  func `a message with the sign of a row is what the row says, and another one is not`(row: ReportRule) {
    let daemon =
      row.kind == .autoReply
      ? "From: Bob <bob@a.example>\nIn-Reply-To: <a@b>"
      : "From: <MAILER-DAEMON@a.example>\nSubject: Undelivered Mail Returned to Sender"
    let found = report(message(row, from: daemon))
    #expect(found.rule == row.id)
    #expect(found.kind == row.kind)
    guard !isFree(row) else { return }
    let person = report(message(row, from: "From: Bob <bob@a.example>\nSubject: Hello"))
    #expect(person.kind == .ordinary, "\(person.rule)")
  }

  @Test(arguments: BounceCause.rows)
  func `each row of the causes is reached`(row: BounceCause.Row) {
    let causes =
      switch row.sign {
      case .words(let words):
        [BounceCause(status: nil, code: 550, text: "550 " + words.joined(separator: " x "))]
      case .code(let code): [BounceCause(status: nil, code: code, text: "\(code) x")]
      case .status(let subject, let details):
        details.map { BounceCause(status: EnhancedStatus(5, subject, $0), code: nil, text: "x") }
      }
    let reached = causes.filter { $0.rule == row.id }
    #expect(reached.first?.category == row.category)
    #expect(
      reached.allSatisfy { $0.isHard == row.category.concernsAddress || row.category.action != .remove })
  }

  /// Replies as servers give them.
  @Test(arguments: [
    (
      "550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup",
      "user_unknown remove hard"
    ),
    ("550 5.4.1 Recipient address rejected: Access denied. AS(201806281)", "user_unknown remove hard"),
    ("550 5.4.1 Relay Access Denied", "relay_denied fix_configuration soft"),
    ("550 5.4.310 DNS domain fabrikam.example does not exist", "domain_not_found remove hard"),
    ("450 4.4.312 DNS query failed", "server_error retry soft"),
    ("550 5.4.316 Message expired, connection refused(Socket error code 10061)", "expired retry soft"),
    ("550 5.4.14 Hop count exceeded - possible mail loop ATTR34", "routing_error review soft"),
    ("550 5.1.8 Access denied, bad outbound sender AS(42004)", "policy_blocked fix_configuration soft"),
    (
      "550 5.1.90 Your message can't be sent because you've reached your daily limit",
      "rate_limited retry soft"
    ),
    (
      "550 5.2.2 STOREDRV.Deliver; mailbox full. The following storage limits have been exceeded",
      "mailbox_full retry soft"
    ),
    (
      "550 5.7.509 Access denied, sending domain contoso.example does not pass DMARC verification",
      "auth_failure fix_configuration soft"
    ),
    ("550 5.7.606 Access denied, banned sending IP [192.0.2.1]", "ip_blacklisted retry_different_ip soft"),
    (
      "550 5.7.501 Service unavailable. Spam abuse detected from IP range.",
      "spam_blocked remove_content soft"
    ),
    ("550 5.7.705 Access denied, tenant has exceeded threshold", "rate_limited retry soft"),
    ("550 5.7.64 TenantAttribution; Relay Access Denied", "relay_denied fix_configuration soft"),
    (
      "550 5.7.1 Unfortunately, messages from [192.0.2.1] weren't sent. part of their network is on our block list (S3140).",
      "ip_blacklisted retry_different_ip soft"
    ),
    (
      "550 5.7.520 Access denied, Your organization does not allow external forwarding.",
      "policy_blocked review soft"
    ),
    (
      "550-5.7.26 This mail has been blocked because the sender is unauthenticated. SPF check failed",
      "auth_failure fix_configuration soft"
    ),
    (
      "421-4.7.28 Gmail has detected an unusual rate of mail originating from your IP",
      "rate_limited retry soft"
    ),
    ("552-5.2.2 The email account that you tried to reach is over quota", "mailbox_full retry soft"),
    ("550 5.2.1 The email account that you tried to reach is disabled", "mailbox_disabled remove hard"),
    ("450 4.2.0 <bob@fabrikam.example>: Recipient address rejected: Greylisted", "greylisting retry soft"),
    ("451 4.7.1 Please try again later", "server_error retry soft"),
    ("452 4.1.1 <bob@fabrikam.example>... User unknown", "user_unknown retry soft"),
    (
      "550 5.1.1 <bob@fabrikam.example>: Recipient address rejected: User unknown in virtual mailbox table",
      "user_unknown remove hard"
    ),
    ("554 5.7.1 Service unavailable; blocked using dbl.spamhaus.org", "domain_blacklisted review soft"),
    ("552 5.3.4 Message size exceeds fixed limit", "message_too_large remove_content soft"),
    ("554 5.6.0 Message contains invalid header", "content_rejected remove_content soft"),
    ("550 5.1.3 Invalid address", "invalid_address remove hard"),
    ("556 5.1.10 Recipient domain has a null MX", "domain_not_found remove hard"),
    ("554 5.4.6 Too many hops", "routing_error review soft"),
    ("550 5.7.1 Message rejected: virus found", "virus_detected remove_content soft"),
    ("550 5.5.2 Syntax error", "protocol_error review soft"),
    ("550 mail from your country is not accepted", "geo_blocked review soft"),
    ("552 too much mail data", "mailbox_full retry soft"), ("550 No", "unknown review soft"),
    ("554 5.0.0 No", "unknown review soft"),
  ])
  func `a reply has a category, an action, and says whether the address is dead`(
    reply: String, expected: String
  ) {
    let found = ReplyScanner(reply).find()
    let cause = BounceCause(status: found?.status, code: found?.code, text: reply)
    #expect(
      "\(cause.category.rawValue) \(cause.action.rawValue) \(cause.isHard ? "hard" : "soft")" == expected)
  }

  @Test(arguments: [
    ("550 5.1.1 x", "550 5.1.1"), ("550-5.1.1 x", "550 5.1.1"), ("smtp; 550 x", "550 -"),
    ("(#5.1.1)", "- 5.1.1"),
    ("sorry, no mailbox (#5.1.1) 550 x", "550 5.1.1"), ("host [192.0.2.7] said: 554 x", "554 -"),
    ("10.5.1.1", "- -"),
    ("5.1.1.7", "- -"), ("port 25 after 450 seconds", "450 -"), ("5500 users", "- -"), ("250 x", "- -"),
    ("560 x", "- -"),
    ("'550 5.1.10 R'", "550 5.1.10"), ("553 5.1.8", "553 5.1.8"), ("550", "550 -"), ("", "- -"),
    ("3.1.1", "- -"),
    ("ERROR_CODE :550, ERROR_CODE :5.1.1 x", "550 5.1.1"), ("550 5.1.1234", "550 -"),
    ("host a-550.example", "- -"),
  ])
  func `a reply is found in a text`(text: String, expected: String) {
    let found = ReplyScanner(text).find()
    #expect("\(found?.code?.description ?? "-") \(found?.status?.description ?? "-")" == expected)
  }

  @Test func `the words for JSON are the vocabulary's`() {
    #expect(
      BounceCategory.allCases.map(\.rawValue).prefix(16) == [
        "user_unknown", "invalid_address", "mailbox_disabled", "mailbox_full", "greylisting", "rate_limited",
        "server_error", "ip_blacklisted", "domain_blacklisted", "auth_failure", "relay_denied",
        "spam_blocked",
        "policy_blocked", "virus_detected", "geo_blocked", "unknown",
      ])
    #expect(
      RecommendedAction.allCases.map(\.rawValue) == [
        "remove", "retry", "review", "fix_configuration", "retry_different_ip", "remove_content",
      ])
  }
}
