import Core
import MIME
import Testing

@Suite struct AddressListTests {
  @Test(arguments: [
    ("a@b", "a@b"),
    ("Ann Lee <ann@b>, bob@c", "Ann Lee <ann@b> | bob@c"),
    ("\"Lee, Ann\" <ann@b>,bob@c", "Lee, Ann <ann@b> | bob@c"),
    ("\"Ann \\\"A\\\" Lee\" <ann@b>", "Ann \"A\" Lee <ann@b>"),
    ("John Q. Public <jqp@b>", "John Q. Public <jqp@b>"),
    ("bob@c (Bob (the) Builder)", "Bob (the) Builder <bob@c>"),
    ("Friends: a@b, Ann <c@d>;, e@f", "a@b | Ann <c@d> | e@f"),
    ("undisclosed-recipients:;", ""),
    ("a@b; c@d", "a@b | c@d"),
    ("<@x.y:u@d>", "u@d"),
    ("a @ b . c", "a@b.c"),
    ("\"two words\"@b", "\"two words\"@b"),
    ("=?utf-8?Q?J=C3=B6rg?= =?utf-8?Q?_M=C3=BCller?= <j@b>", "Jörg Müller <j@b>"),
    ("=?iso-8859-1?Q?M=FCller,_Hans?= <h@b>", "Müller, Hans <h@b>"),
    ("\"=?utf-8?b?SsO2cmc=?=\" <j@b>", "Jörg <j@b>"),
    ("jörg@bücher.example", "jörg@bücher.example"),
    ("<a@[192.0.2.1]>", "a@[192.0.2.1]"),
    ("a@b <A@B>", "a@b <A@B>"),
    // An address within an encoded word is not hidden by decoding it.
    ("=?utf-8?q?e@evil,?= <a@b>", "=?utf-8?q?e@evil | ?= <a@b>"),
    (",, a@b,,", "a@b"),
    ("", ""),
  ])
  func `addresses are read in every form that RFC 5322 knows`(value: String, expected: String) throws {
    let message = MIMEMessage(parsing: Array("To: \(value)\r\n\r\n".utf8))
    #expect(message.addresses("To").map(\.description).joined(separator: " | ") == expected)
    #expect(message.malformedRecipients == [])
  }

  @Test(arguments: [
    ("John Doe", ""), ("john doe@b", ""), ("a@b c@d", ""), ("a@b <c@d>", "c@d"), ("<a@b> <c@d>", "a@b"),
    ("<a@b> c@d", "a@b"), ("a@b (, c@d", "a@b"), ("\"a@b, c@d", ""), ("<a@b", "a@b"), ("<a@b:c@d>", ""),
    ("<@x,e@y:u@d>", "u@d"), ("<a@b<c@d>>", ""), ("a@b@c", ""), ("evil@x: a@b;", ""), ("a@b:25", ""),
    ("a\u{A0}@b", ""), ("(, c@d", ""), ("a@b>", ""), ("a@b.", ""),
  ])
  func `what another reader may read otherwise is reported as malformed`(
    value: String, expected: String
  ) throws {
    let message = MIMEMessage(parsing: Array("Cc: \(value)\r\n\r\n".utf8))
    #expect(message.headerRecipients.map(\.text).joined(separator: " | ") == expected)
    #expect(message.malformedRecipients != [])
  }

  @Test func `recipients come from To, Cc and Bcc, each once`() throws {
    let header = """
      From: x@y
      TO: a@b, C@d
      Cc : c@D,
      \te@f
      Bcc: a@b
      Resent-To: r@s

      To: body@x
      """
    let message = MIMEMessage(parsing: Array(header.utf8))
    #expect(message.headerRecipients.map(\.text) == ["a@b", "C@d", "c@D", "e@f"])
  }

  @Test(arguments: [
    ("MAILER-DAEMON", "|MAILER-DAEMON"),
    ("Mail Delivery Subsystem <MAILER-DAEMON>", "Mail Delivery Subsystem|MAILER-DAEMON"),
    ("root (Cron Daemon)", "Cron Daemon|root"), ("\"Cron Daemon\" <root>", "Cron Daemon|root"),
    ("postmaster, a@b, root", "|postmaster |a@b |root"), ("Ops: root, <daemon>;", "|root |daemon"),
    ("=?utf-8?q?J=C3=B6rg?= <jorg>", "Jörg|jorg"), ("a..b@example.com", "|a..b@example.com"),
    ("Ann <ann.@example.com>", "Ann|ann.@example.com"), ("<.a@b>", "|.a@b"), ("a@", "|a@"), ("@b", "|@b"),
    ("a@b@c", "|a@b@c"), ("Ann <ann at example.com>", "Ann|ann at example.com"), ("host!user", "|host!user"),
    ("\"Ann Lee\"", "|Ann Lee"), ("a@b.", "|a@b."), ("a\0b", "|ab"),
    ("\u{201C}Ann\u{201D} <ann@b>", "\u{201C}Ann\u{201D}|ann@b"), ("Ann <>", ""), ("<>", ""), (";", ""),
  ])
  func `what is no address is shown as it is written, and is nobody's`(value: String, expected: String) throws
  {
    let message = MIMEMessage(parsing: Array("From: \(value)\r\nTo: \(value)\r\n\r\n".utf8))
    let shown = message.addresses("From").map { "\($0.name ?? "")|\($0.address.text)" }
    #expect(shown.joined(separator: " ") == expected)
    let invalid = message.addresses("To").filter { !$0.address.isValid }
    #expect(message.headerRecipients.allSatisfy { address in !invalid.contains { $0.address == address } })
    #expect(message.malformedRecipients.count >= invalid.count)
    for address in invalid {
      var composition = Composition(
        from: try NamedAddress(address: EmailAddress("a@b")), messageID: try MessageID("<a@b>"),
        date: Instant(microseconds: 0))
      composition.to = [address]
      #expect(throws: Problem.self) { try composition.compose() }
    }
  }

  @Test(arguments: ["=?utf-8?q?a=40b?=", "a\0@b", "x <=?utf-8?q?a=40b?=>", "\"a@b\"", "\"a@b", "x <\"a@b\">"])
  func `what looks like an address only when it is decoded is nobody's`(value: String) {
    let message = MIMEMessage(parsing: Array("To: \(value)\r\n\r\n".utf8))
    #expect(message.addresses("To").map(\.address.text) == ["a@b"])
    #expect(message.headerRecipients == [])
    #expect(message.malformedRecipients.count == 1)
    #expect(message.doubtfulRecipients.count == 1)
  }

  @Test func `what the addresses do not show is told`() {
    let message = MIMEMessage(parsing: Array("To: root, a@b <c@d>, Ann <>, x@y\r\n\r\n".utf8))
    #expect(message.addresses("To").map(\.address.text) == ["root", "c@d", "x@y"])
    #expect(message.malformedRecipients == ["root", "a@b<c@d>", "Ann<>"])
    #expect(message.doubtfulRecipients == ["a@b<c@d>", "Ann<>"])
  }
}
