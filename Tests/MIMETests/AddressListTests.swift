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
    let message = try MIMEMessage(parsing: Array("To: \(value)\r\n\r\n".utf8))
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
    let message = try MIMEMessage(parsing: Array("Cc: \(value)\r\n\r\n".utf8))
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
    let message = try MIMEMessage(parsing: Array(header.utf8))
    #expect(message.headerRecipients.map(\.text) == ["a@b", "C@d", "c@D", "e@f"])
  }
}
