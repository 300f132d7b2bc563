import Core
import MIME
import Testing

@Suite struct HeaderTests {
  @Test(arguments: [
    ("plain", "plain"),
    ("=?utf-8?q?Gr=C3=BC=C3=9Fe?=", "Grüße"),
    ("=?UTF-8?B?R3LDvMOfZQ==?= out", "Grüße out"),
    ("a =?utf-8?q?b?= c", "a b c"),
    ("=?utf-8?q?a_b?= =?utf-8?q?c?=", "a bc"),
    ("=?utf-8?q?a?=\r\n =?utf-8?q?b?=", "ab"),
    ("=?utf-8?b?w7w=?==?iso-8859-1?q?=FC?=", "üü"),
    // A character split between two words.
    ("=?utf-8?b?w7zD?= =?utf-8?b?vA==?=", "üü"),
    ("=?utf-8*de?q?=C3=BC?=", "ü"),
    ("=?windows-1252?q?=80_=93x=94?=", "€ “x”"),
    ("=?iso-8859-15?q?=A4?=", "€"),
    ("=?us-ascii?q?x=FC?=", "xü"),
    ("=?koi8-r?b?8NLJ18XU?=", "Привет"),
    ("=?shift_jis?b?k/qWew==?=", "日本"),
    ("=?gb2312?b?xOO6ww==?=", "你好"),
    ("=?big5?b?p0Gmbg==?=", "你好"),
    ("=?euc-kr?b?x9GxuQ==?=", "한국"),
    ("=?iso-2022-jp?b?GyRCRnxLXBsoQg==?=", "日本"),
    ("=?x-unknown?q?abc?=", "abc"),
    ("=?utf-8?q?=C3?=", "Ã"),
    ("=?utf-8?x?abc?=", "=?utf-8?x?abc?="),
    ("=?utf-8?q?abc", "=?utf-8?q?abc"),
    ("=? =?= =??q?x?=", "=? =?= =??q?x?="),
    ("Gr\u{FC}\u{DF}e", "Grüße"),
    ("  blanks  within\t kept  ", "blanks  within\t kept"),
  ])
  func `encoded words are decoded`(value: String, expected: String) throws {
    #expect(try MIMEMessage(parsing: Array("Subject: \(value)\r\n\r\n".utf8)).subject == expected)
  }

  @Test func `octets that are not UTF-8 are read as windows-1252`() throws {
    let message = try MIMEMessage(parsing: Array("Subject: caf".utf8) + [0xE9, 0x0D, 0x0A, 0x0D, 0x0A])
    #expect(message.subject == "café")
  }

  @Test(arguments: [
    "A: 1\r\nB: 2\r\n\r\nx", "A: 1\nB: 2\n\nx", "A: 1\rB: 2\r\rx", "A: 1\r\r\nB: 2\r\r\n\r\nx",
    "From ann Mon Jan 1\nA: 1\nB: 2\n\nx", "A: 1\r\nstray\r\nB: 2\r\n\r\nx", "A :1\r\nB\t: 2\r\n\r\nx",
    "A:\r\n 1\r\nB: 2 \r\n\r\nx",
  ])
  func `fields are found whatever ends their lines`(text: String) throws {
    let message = try MIMEMessage(parsing: Array(text.utf8))
    #expect(message.fields.map { "\($0.name)=\($0.value)" } == ["A=1", "B=2"])
    #expect(message.text == "x")
  }

  @Test(arguments: [("", ""), ("\r\nx", "x"), ("x\r\ny", "x\r\ny"), ("A: 1", ""), ("A: 1\r\n\r\n", "")])
  func `what is missing is empty`(text: String, body: String) throws {
    #expect(try MIMEMessage(parsing: Array(text.utf8)).text == body)
  }

  @Test func `a field keeps its raw form`() throws {
    let message = try MIMEMessage(parsing: Array("To: a@b\r\nSubject: one\r\n two\r\n\r\n".utf8))
    #expect(message.field("subject")?.value == "one two")
    #expect(
      message.field("SUBJECT").map { String(decoding: $0.raw, as: UTF8.self) } == "Subject: one\r\n two\r\n")
    #expect(message.field("Sub") == nil)
  }

  @Test(arguments: [
    ("Fri, 20 Nov 2026 22:41:26 +0000", "2026-11-20T22:41:26.000Z"),
    ("20 Nov 2026 22:41 +0130", "2026-11-20T21:11:00.000Z"),
    ("Fri, 20 Nov 26 22:41:26 EST", "2026-11-21T03:41:26.000Z"),
    ("Fri, 20 November 2026 22:41:26 -0800 (PST)", "2026-11-21T06:41:26.000Z"),
    ("Fri,20 Nov 2026 22:41:26 GMT", "2026-11-20T22:41:26.000Z"),
    ("Thu, 29 Feb 2024 00:00:00 +0000", "2024-02-29T00:00:00.000Z"),
    ("Thu, 1 Jan 1970 00:00:00 Z", "1970-01-01T00:00:00.000Z"),
    ("Wed, 31 Dec 1969 23:59:59 +0000", "1969-12-31T23:59:59.000Z"),
    ("1 Jan 98 00:00:00 +0000", "1998-01-01T00:00:00.000Z"),
  ])
  func `dates are read`(text: String, expected: String) throws {
    #expect(try MIMEMessage(parsing: Array("Date: \(text)\r\n\r\n".utf8)).date?.description == expected)
  }

  @Test(arguments: [
    "", "yesterday", "Fri, 30 Feb 2026 00:00:00 +0000", "32 Jan 2026 00:00:00 +0000",
    "1 Jan 2026 24:00:00 +0000",
    "1 Foo 2026 00:00:00 +0000", "1 Jan 2026", "-1 Jan 2026 00:00:00", "99999999999999999999 Jan 2026 00:00",
  ])
  func `what is no date is none`(text: String) throws {
    #expect(try MIMEMessage(parsing: Array("Date: \(text)\r\n\r\n".utf8)).date == nil)
  }
}
