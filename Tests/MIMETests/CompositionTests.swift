import Core
import MIME
import Testing

@Suite struct CompositionTests {
  @Test func `a plain letter is the shortest there is`() throws {
    var letter = try Composition(
      from: NamedAddress(name: "Ann Lee", address: EmailAddress("ann@contoso.example")),
      messageID: MessageID("<q_1@contoso.example>"), date: Instant(microseconds: 1_795_214_486_123_456))
    letter.to = [NamedAddress(address: try EmailAddress("bob@fabrikam.example"))]
    letter.subject = "Hello"
    letter.text = "First line\nSecond line"
    letter.headers = [("X-Heliograph-Id", "q_1")]
    #expect(
      String(decoding: try letter.compose(), as: UTF8.self) == """
        From: Ann Lee <ann@contoso.example>\r
        To: bob@fabrikam.example\r
        Subject: Hello\r
        Date: Fri, 20 Nov 2026 22:41:26 +0000\r
        Message-ID: <q_1@contoso.example>\r
        X-Heliograph-Id: q_1\r
        MIME-Version: 1.0\r
        Content-Type: text/plain; charset=utf-8\r
        Content-Transfer-Encoding: 7bit\r
        \r
        First line\r
        Second line\r

        """)
  }

  @Test func `what is composed reads back`() throws {
    var letter = try Composition(
      from: NamedAddress(name: "Jörg \"J\" Müller", address: EmailAddress("joerg@contoso.example")),
      messageID: MessageID(identifier: "q_1", domain: "contoso.example"),
      date: Instant(microseconds: 1_795_214_486_000_000))
    letter.to = [NamedAddress(name: "Lee, Ann", address: try EmailAddress("ann@contoso.example"))]
    letter.cc = [NamedAddress(address: try EmailAddress("bob@fabrikam.example"))]
    letter.subject = "Grüße aus Zürich — 你好"
    letter.text = "Grüße\n"
    letter.html = "<p>Grüße <img src=\"cid:logo\"></p>"
    letter.attachments = [
      Attachment(
        name: "logo.png", contentType: "image/png", contentID: "logo", isInline: true, content: [1, 2, 3]),
      Attachment(name: "Übersicht 2026.pdf", contentType: "application/pdf", content: Array(0...255)),
    ]
    let message = try MIMEMessage(parsing: letter.compose())
    #expect(message.addresses("from") == [letter.from])
    #expect(message.addresses("To") == letter.to)
    #expect(message.headerRecipients == (letter.to + letter.cc).map(\.address))
    #expect(message.subject == letter.subject)
    #expect(message.messageID == "<q_1@contoso.example>")
    #expect(message.date == letter.date)
    #expect(message.text == "Grüße\r\n")
    #expect(message.html == letter.html)
    #expect(message.attachments == letter.attachments)
    #expect(message.root.contentType.name == "multipart/mixed")
  }
}
