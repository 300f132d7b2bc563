import Core
import MIME
import Testing

@Suite struct CompositionTests {
  @Test func `a plain composition is the shortest there is`() throws {
    var composition = try Composition(
      from: NamedAddress(name: "Ann Lee", address: EmailAddress("ann@contoso.example")),
      messageID: MessageID("<q_1@contoso.example>"), date: Instant(microseconds: 1_795_214_486_123_456))
    composition.to = [NamedAddress(address: try EmailAddress("bob@fabrikam.example"))]
    composition.subject = "Hello"
    composition.text = "First line\nSecond line"
    composition.headers = [("X-Heliograph-Id", "q_1")]
    #expect(
      String(decoding: try composition.compose(), as: UTF8.self) == """
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
    var composition = try Composition(
      from: NamedAddress(name: "Jörg \"J\" Müller", address: EmailAddress("joerg@contoso.example")),
      messageID: MessageID(identifier: "q_1", domain: "contoso.example"),
      date: Instant(microseconds: 1_795_214_486_000_000))
    composition.to = [NamedAddress(name: "Lee, Ann", address: try EmailAddress("ann@contoso.example"))]
    composition.cc = [NamedAddress(address: try EmailAddress("bob@fabrikam.example"))]
    composition.subject = "Grüße aus Zürich — 你好"
    composition.text = "Grüße\n"
    composition.html = "<p>Grüße <img src=\"cid:logo\"></p>"
    composition.attachments = [
      Attachment(
        name: "logo.png", contentType: "image/png", contentID: "logo", isInline: true, content: [1, 2, 3]),
      Attachment(name: "Übersicht 2026.pdf", contentType: "application/pdf", content: Array(0...255)),
    ]
    let message = try MIMEMessage(parsing: composition.compose())
    #expect(message.addresses("from") == [composition.from])
    #expect(message.addresses("To") == composition.to)
    #expect(message.headerRecipients == (composition.to + composition.cc).map(\.address))
    #expect(message.subject == composition.subject)
    #expect(message.messageID == "<q_1@contoso.example>")
    #expect(message.date == composition.date)
    #expect(message.text == "Grüße\r\n")
    #expect(message.html == composition.html)
    #expect(message.attachments == composition.attachments)
    #expect(message.root.contentType.name == "multipart/mixed")
  }

  private func composition() throws -> Composition {
    try Composition(
      from: NamedAddress(address: EmailAddress("ann@contoso.example")),
      messageID: MessageID("<q_1@contoso.example>"),
      date: Instant(microseconds: 0))
  }

  private func field(_ name: String, _ composition: Composition) throws -> String? {
    try MIMEMessage(parsing: composition.compose()).field(name).map {
      String(decoding: $0.raw, as: UTF8.self)
    }
  }

  @Test(arguments: [
    ("Short", "Subject: Short\r\n"),
    ("", "Subject:\r\n"),
    ("Grüße an alle im Haus", "Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe_an_alle_im_Haus?=\r\n"),
    ("你好", "Subject: =?utf-8?b?5L2g5aW9?=\r\n"),
    ("=?utf-8?q?literal?=", "Subject: =?utf-8?b?PT91dGYtOD9xP2xpdGVyYWw/PQ==?=\r\n"),
    (" edges ", "Subject: =?utf-8?q?_edges_?=\r\n"),
    (
      "A subject that is longer than a line may be and is therefore folded at a blank, two  blanks kept",
      "Subject: A subject that is longer than a line may be and is therefore folded\r\n"
        + " at a blank, two  blanks kept\r\n"
    ),
  ])
  func `a subject is written plainly where it can be`(subject: String, expected: String) throws {
    var composition = try composition()
    composition.subject = subject
    #expect(try field("Subject", composition) == expected)
  }

  @Test(arguments: [
    ("Ann Lee", "From: Ann Lee <ann@contoso.example>\r\n"),
    ("Lee, Ann", "From: \"Lee, Ann\" <ann@contoso.example>\r\n"),
    ("Ann \"A\"", "From: \"Ann \\\"A\\\"\" <ann@contoso.example>\r\n"),
    ("Jörg Meier-Schulze, Jr", "From: =?utf-8?q?J=C3=B6rg_Meier-Schulze=2C_Jr?= <ann@contoso.example>\r\n"),
    ("a@b", "From: \"a@b\" <ann@contoso.example>\r\n"),
  ])
  func `a name is quoted or encoded where it must be`(name: String, expected: String) throws {
    var composition = try composition()
    composition.from = NamedAddress(name: name, address: composition.from.address)
    #expect(try field("From", composition) == expected)
  }

  @Test(arguments: [
    ("report.pdf", "Content-Disposition: attachment; filename=report.pdf\r\n"),
    ("my report.pdf", "Content-Disposition: attachment; filename=\"my report.pdf\"\r\n"),
    ("a\"b\\c", "Content-Disposition: attachment; filename=\"a\\\"b\\\\c\"\r\n"),
    ("Übersicht.pdf", "Content-Disposition: attachment; filename*=utf-8''%C3%9Cbersicht.pdf\r\n"),
    (
      String(repeating: "ü", count: 12),
      "Content-Disposition: attachment;\r\n"
        + " filename*0*=utf-8''%C3%BC%C3%BC%C3%BC%C3%BC%C3%BC%C3%BC%C3%BC%C3%BC;\r\n"
        + " filename*1*=%C3%BC%C3%BC%C3%BC%C3%BC\r\n"
    ),
  ])
  func `a file name is a plain parameter where it can be`(name: String, expected: String) throws {
    var composition = try composition()
    composition.attachments = [Attachment(name: name, content: [])]
    let parts = try MIMEMessage(parsing: composition.compose()).root.parts
    let raw = parts.last?.fields.first { $0.isNamed("Content-Disposition") }?.raw
    #expect(raw.map { String(decoding: $0, as: UTF8.self) } == expected)
  }

  @Test(arguments: [
    ("plain\nlines", "7bit"), ("", "7bit"), (String(repeating: "x", count: 78), "7bit"),
    (String(repeating: "x", count: 79), "quoted-printable"), ("mostly ASCII, grüezi", "quoted-printable"),
    ("你好", "base64"), ("a\0b and more", "quoted-printable"), ("--=_q1contosoexample_0", "quoted-printable"),
  ])
  func `text travels in the lightest encoding that fits`(text: String, encoding: String) throws {
    var composition = try composition()
    composition.text = text
    #expect(
      try field("Content-Transfer-Encoding", composition) == "Content-Transfer-Encoding: \(encoding)\r\n")
  }

  @Test func `an enclosed message stays one only if it can travel as it is`() throws {
    var composition = try composition()
    composition.text = "See below"
    composition.attachments = [
      Attachment(name: "plain.eml", contentType: "message/rfc822", content: Array("Subject: x\n\nBody".utf8)),
      Attachment(
        name: "long.eml", contentType: "message/rfc822", content: Array(repeating: 0x61, count: 999)),
      Attachment(
        name: "own.eml", contentType: "message/rfc822", content: Array("--=_q1contosoexample_0".utf8)),
    ]
    let message = try MIMEMessage(parsing: composition.compose())
    #expect(
      message.attachments.map(\.contentType) == [
        "message/rfc822", "application/octet-stream", "application/octet-stream",
      ])
    #expect(
      message.attachments.dropFirst().map(\.content) == composition.attachments.dropFirst().map(\.content))
    #expect(message.attachments.first?.content == Array("Subject: x\r\n\r\nBody".utf8))
  }

  @Test func `the tree has no level that holds but one part`() throws {
    func shape(_ part: BodyPart) -> String {
      part.parts.isEmpty
        ? part.contentType.subtype
        : part.contentType.subtype + "(" + part.parts.map(shape).joined(separator: " ") + ")"
    }
    func shape(text: Bool, html: Bool, inline: Bool, file: Bool) throws -> String {
      var composition = try composition()
      if text { composition.text = "text" }
      if html { composition.html = "html" }
      if inline {
        composition.attachments.append(Attachment(name: nil, contentID: "a", isInline: true, content: []))
      }
      if file { composition.attachments.append(Attachment(name: nil, contentType: "a/file", content: [])) }
      return shape(try MIMEMessage(parsing: composition.compose()).root)
    }
    #expect(try shape(text: false, html: false, inline: false, file: false) == "plain")
    #expect(try shape(text: false, html: true, inline: false, file: false) == "html")
    #expect(try shape(text: true, html: true, inline: false, file: false) == "alternative(plain html)")
    #expect(try shape(text: false, html: true, inline: true, file: false) == "related(html octet-stream)")
    #expect(try shape(text: true, html: false, inline: true, file: false) == "mixed(plain octet-stream)")
    #expect(try shape(text: false, html: false, inline: false, file: true) == "mixed(plain file)")
    #expect(
      try shape(text: true, html: true, inline: true, file: true)
        == "mixed(alternative(plain related(html octet-stream)) file)")
  }

  @Test func `an invitation is an alternative of the text, and other calendars are files`() throws {
    var composition = try composition()
    (composition.text, composition.html) = ("Lunch", "<p>Lunch")
    let calendar = Array("BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nSUMMARY:Frühstück\r\nEND:VCALENDAR\r\n".utf8)
    composition.attachments = [
      Attachment(name: "invite.ics", contentType: "text/calendar; method=REQUEST", content: calendar),
      Attachment(name: "holidays.ics", contentType: "text/calendar", content: calendar),
    ]
    let root = try MIMEMessage(parsing: composition.compose()).root
    #expect(root.contentType.name == "multipart/mixed")
    #expect(root.parts.map(\.contentType.name) == ["multipart/alternative", "text/calendar"])
    let alternatives = root.parts[0].parts
    #expect(alternatives.map(\.contentType.name) == ["text/plain", "text/html", "text/calendar"])
    let invitation = try #require(alternatives.last)
    #expect(invitation.contentType["method"] == "REQUEST" && invitation.contentType["charset"] == "utf-8")
    #expect(invitation.content == calendar)
    #expect(!invitation.fields.contains { $0.isNamed("Content-Disposition") })
    #expect(root.parts[1].fileName == "holidays.ics")
  }

  @Test func `extra fields keep what their author encoded and folded`() throws {
    var composition = try composition()
    let references = (0..<6).map { "<message-\($0)@a-long-host-name.example.com>" }.joined(separator: " ")
    composition.headers = [
      ("References", references), ("X-Encoded", "=?utf-8?q?=C3=BC?="),
      ("List-Id", "Grüße an alle <list.example.com>"),
      ("X-Empty", ""),
    ]
    let message = try MIMEMessage(parsing: composition.compose())
    #expect(message.field("References")?.value == references)
    #expect(message.field("X-Encoded")?.value == "=?utf-8?q?=C3=BC?=")
    #expect(message.field("List-Id")?.value == "=?utf-8?b?R3LDvMOfZQ==?= an alle <list.example.com>")
    #expect(message.field("X-Empty")?.value == "")
  }

  @Test(arguments: [
    ("Bcc", "a@b", "hidden"), ("resent-bcc", "a@b", "hidden"), ("From", "a@b", "own properties"),
    ("MESSAGE-ID", "<a@b>", "own properties"), ("Content-Type", "text/html", "own properties"),
    ("Received", "x", "mail server"), ("", "x", "not a field name"), ("X Y", "x", "not a field name"),
    ("X:Y", "x", "not a field name"), ("Xü", "x", "not a field name"),
    (String(repeating: "x", count: 77), "x", "not a field name"),
    ("X-A", "a\r\nBcc: x@y", "line end or a NUL at character 2"), ("X-A", "a\nb", "character 2"),
    ("X-A", "\rb", "character 1"),
    ("X-A", "a\0b", "character 2"), ("X-A\r\nBcc", "x", "not a field name"),
    ("X-A", String(repeating: "x", count: 901), "900 characters without a space"),
  ])
  func `an extra field that would lie or break the header is refused`(
    name: String, value: String, reason: String
  ) throws {
    var composition = try composition()
    composition.headers = [(name, value)]
    try expectRefusal(of: composition, .messageInvalidHeader, reason)
  }

  @Test func `nothing with a line end enters a header`() throws {
    let evil = "x\r\nBcc: victim@example.com"
    let changes: [(reason: String, change: (inout Composition) throws -> Void)] = [
      ("\"Subject\"", { $0.subject = evil }),
      ("\"From\"", { $0.from = NamedAddress(name: evil, address: $0.from.address) }),
      ("\"To\"", { $0.to = [NamedAddress(name: evil, address: $0.from.address)] }),
      ("\"Content-Disposition\"", { $0.attachments = [Attachment(name: evil, content: [])] }),
      ("\"Content-ID\"", { $0.attachments = [Attachment(name: nil, contentID: evil, content: [])] }),
      (
        "\"Content-Type\"",
        { $0.attachments = [Attachment(name: nil, contentType: "text/plain; x=\"\(evil)\"", content: [])] }
      ),
    ]
    for (reason, change) in changes {
      var composition = try composition()
      try change(&composition)
      try expectRefusal(of: composition, .messageInvalidHeader, reason)
    }
  }

  @Test(arguments: [
    "", "pdf", "a/b/c", "a b/c", "multipart/mixed", "/", "text/plain; ü=x", "text/plain; a\"b=x",
  ])
  func `an attachment needs a media type`(type: String) throws {
    var composition = try composition()
    composition.attachments = [Attachment(name: "x", contentType: type, content: [])]
    try expectRefusal(of: composition, .messageInvalidHeader, "Content-Type")
  }

  @Test(arguments: [
    "", "<>", "a@b", "<a>", "<@b>", "<a@>", "<a@b@c>", "<a b@c>", "<a@b>\r\n", "<a\r\nb@c>", "<ü@b>",
    "<a@b> ",
    "<\(String(repeating: "a", count: 250))@b>",
  ])
  func `a Message-ID must be one`(text: String) throws {
    let problem = try #require(throws: Problem.self) { try MessageID(text) }
    #expect(problem.code == .messageInvalidHeader)
  }

  private func expectRefusal(of composition: Composition, _ code: ProblemCode, _ reason: String) throws {
    let problem = try #require(throws: Problem.self) { try composition.compose() }
    #expect(problem.code == code)
    #expect(problem.summary.contains(reason), "\(problem.summary)")
    #expect(problem.remedy != nil)
  }
}
