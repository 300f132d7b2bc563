import Testing

@testable import MIME

/// What must not be taken for a report.
@Suite struct OrdinaryMessageTests {
  /// By what it is. `BOUNCE` and `QUOTED` stand for the text of a bounce.
  private static let messages: [(what: String, text: String)] = [
    (
      "a person quotes a bounce",
      "From: Alice <alice@a.example>\nSubject: What is this?\n\nI got this:\n\nBOUNCE"
    ),
    (
      "a person answers a bounce",
      """
      From: Alice <alice@a.example>
      To: mailer-daemon@a.example
      Subject: Re: Undelivered Mail Returned to Sender
      In-Reply-To: <a@b>

      BOUNCE
      """
    ),
    (
      "a postmaster answers about a bounce",
      """
      From: Postmaster <postmaster@a.example>
      Subject: Re: Undelivered Mail Returned to Sender

      See below

      BOUNCE
      """
    ),
    (
      "a postmaster writes about something else",
      """
      From: postmaster@a.example
      Subject: Maintenance on Friday

      Mail to you could not be delivered. 550 5.1.1 User unknown
      """
    ),
    (
      "a mail system quotes a bounce",
      "From: mailer-daemon@a.example\nSubject: Weekly statistics\n\nQUOTED"
    ),
    (
      "a newsletter about bounces",
      """
      From: News <news@a.example>
      Return-Path: <>
      List-Unsubscribe: <https://a.example>
      Subject: Undeliverable: why mail bounces

      Delivery has failed to these recipients or groups:
      550 5.1.1 user unknown
      """
    ),
    (
      "a list passes a bounce on",
      """
      From: mailer-daemon@a.example
      List-Id: <l.a.example>
      Subject: Undelivered Mail Returned to Sender

      BOUNCE
      """
    ),
    (
      "a bounce is forwarded as an attachment",
      """
      From: Alice <alice@a.example>
      Subject: Fwd: Undeliverable
      Content-Type: multipart/mixed; boundary=m

      --m

      See
      --m
      Content-Type: message/rfc822

      From: mailer-daemon@a.example
      Content-Type: multipart/report; boundary=r

      --r
      Content-Type: message/delivery-status

      Final-Recipient: rfc822; b@c.example
      Action: failed
      --r--
      --m--
      """
    ),
    (
      "the parts of a bounce are forwarded",
      """
      From: Alice <alice@a.example>
      Subject: Fwd: Undeliverable
      Content-Type: multipart/mixed; boundary=m

      --m

      See
      --m
      Content-Type: message/delivery-status

      Final-Recipient: rfc822; b@c.example
      Action: failed
      Status: 5.1.1
      --m--
      """
    ),
    (
      "a feedback report is forwarded",
      """
      From: Alice <alice@a.example>
      Subject: Fwd: complaint
      Content-Type: multipart/mixed; boundary=m

      --m
      Content-Type: message/feedback-report

      Feedback-Type: abuse
      --m--
      """
    ),
    (
      "a ticket system writes for a person",
      """
      From: Support <support@a.example>
      In-Reply-To: <a@b>
      Auto-Submitted: auto-generated
      X-Auto-Response-Suppress: All
      Precedence: bulk
      Subject: Re: My order

      Hello
      """
    ),
    (
      "a rule of a mailbox redirects a message",
      """
      From: Alice <alice@a.example>
      In-Reply-To: <a@b>
      Auto-Submitted: auto-generated
      X-Auto-Response-Suppress: All
      X-MS-Exchange-Generated-Message-Source: Mailbox Rules Agent
      X-MS-Exchange-Inbox-Rules-Loop: bob@a.example
      Subject: Re: My order

      Hello
      """
    ),
    (
      "a notification",
      "From: Shop <no-reply@a.example>\nAuto-Submitted: auto-generated\nSubject: Your order\n\nThank you"
    ),
    (
      "a person is away", "From: Alice <alice@a.example>\nSubject: Out of office: next week\n\nI will be away"
    ),
    (
      "a person answers an automatic reply",
      "From: Alice <alice@a.example>\nIn-Reply-To: <a@b>\nSubject: Re: Automatic reply: Spring offers\n\nEnjoy"
    ),
    (
      "fields that say no",
      "From: Alice <alice@a.example>\nAuto-Submitted: no\nX-Autoreply: no\nSubject: Hi\n\nHi"
    ),
    (
      "an encrypted report is for those who have the key",
      """
      From: mailer-daemon@a.example
      Subject: Undeliverable
      Content-Type: multipart/encrypted; boundary=m

      --m

      x
      --m--
      """
    ),
    (
      "a TLS report",
      """
      From: tls@a.example
      Subject: Report
      Content-Type: multipart/report; report-type=tlsrpt; boundary=m

      --m

      x
      --m--
      """
    ),
    ("nothing", ""), ("a body alone", "\n550 5.1.1 user unknown, could not be delivered"),
  ]

  private static let bounce = """
    This is the mail system at host mail.contoso.example.

    <bob@fabrikam.example>: host mx.fabrikam.example[192.0.2.7] said: 550 5.1.1
        <bob@fabrikam.example>: Recipient address rejected: User unknown
    """

  @Test func `an ordinary message is no report`() {
    let quoted = "> " + Self.bounce.replacing("\n", with: "\n> ")
    for (what, text) in Self.messages {
      let found = report(text.replacing("BOUNCE", with: Self.bounce).replacing("QUOTED", with: quoted))
      #expect(found.kind == .ordinary, "\(what): \(found.rule)")
      #expect(found.recipients.isEmpty)
    }
  }

  @Test(arguments: [
    """
    From: Bob <bob@a.example>
    Return-Path: <>
    Auto-Submitted: auto-replied
    Subject: Undeliverable: I have left

    Your message could not be delivered: 550 5.1.1 user unknown
    """,
    """
    From: Bob <bob@a.example>
    Return-Path: <>
    X-Autoreply: yes
    Subject: away

    Mail to me gets 550 5.2.2 mailbox full
    """,
    """
    From: Bob <bob@a.example>
    Auto-Submitted: auto-replied
    Subject: Re: Delivery failure

    Delivery has failed to these recipients or groups
    """,
  ])
  func `an automatic reply that speaks of failures is an automatic reply`(message: String) {
    #expect(report(message).kind == .autoReply)
  }
}
