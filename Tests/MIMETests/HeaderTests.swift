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
    ("=?utf-8?q?=C3?=", "\u{FFFD}"),
    ("=?utf-8?x?abc?=", "=?utf-8?x?abc?="),
    ("=?utf-8?q?abc", "=?utf-8?q?abc"),
    ("=? =?= =??q?x?=", "=? =?= =??q?x?="),
    ("Gr\u{FC}\u{DF}e", "Grüße"),
    ("a\0b\0", "ab"), ("=?utf-8?q?a=0D=0Ab=0Ac=00d?=", "a b cd"), ("=?utf-8?q?=F0=9F=98?=!", "\u{FFFD}!"),
    ("=?iso-2022-jp?b?GyRCGyhC?= =?iso-2022-jp?b?GyRCJUYbKEI=?=", "テ"),
    ("  blanks  within\t kept  ", "blanks  within\t kept"),
  ])
  func `encoded words are decoded`(value: String, expected: String) throws {
    #expect(MIMEMessage(parsing: Array("Subject: \(value)\r\n\r\n".utf8)).subject == expected)
  }

  @Test func `octets that are not UTF-8 are read as windows-1252`() throws {
    let message = MIMEMessage(parsing: Array("Subject: caf".utf8) + [0xE9, 0x0D, 0x0A, 0x0D, 0x0A])
    #expect(message.subject == "café")
  }

  @Test(arguments: [
    "A: 1\r\nB: 2\r\n\r\nx", "A: 1\nB: 2\n\nx", "A: 1\rB: 2\r\rx", "A: 1\r\r\nB: 2\r\r\n\r\nx",
    "From ann Mon Jan 1\nA: 1\nB: 2\n\nx", "A :1\r\nB\t: 2\r\n\r\nx",
    "A:\r\n 1\r\nB: 2 \r\n\r\nx",
  ])
  func `fields are found whatever ends their lines`(text: String) throws {
    let message = MIMEMessage(parsing: Array(text.utf8))
    #expect(message.fields.map { "\($0.name)=\($0.value)" } == ["A=1", "B=2"])
    #expect(message.text == "x")
  }

  @Test(arguments: [
    // A line that is no field within the header.
    ("To: a@b\r\nstray\r\nSubject: x\r\n\r\ny", "To Subject", "y"),
    ("stray\nTo: a@b\n\ny", "To", "y"), ("To: a@b\nstray\nFoo: x\nstray\nbCC : c@d\n\ny", "To Foo bCC", "y"),
    ("To: a@b\nstray\nX-Mailer: c\n\ny", "To X-Mailer", "y"),
    // The empty line is missing.
    ("To: a@b\r\nHello\r\n\r\ny", "To", "Hello\r\n\r\ny"), ("To: a@b\nHello\nthere", "To", "Hello\nthere"),
    ("To: a@b\nHello\nError: disk full\n\ny", "To", "Hello\nError: disk full\n\ny"),
    ("To: a@b\nhttp://example.com\n\ny", "To", "http://example.com\n\ny"),
    ("To: a@b\n c\nHello\n fold\n\ny", "To", "Hello\n fold\n\ny"),
    ("Hello\nError: disk full\n\ny", "", "Hello\nError: disk full\n\ny"),
    ("To: a@b\rHello\r\ry", "To", "Hello\r\n\r\ny"),
    // What starts like a URL is a field all the same where it may name a recipient.
    ("Bcc://a@b\n\ny", "Bcc", "y"),
  ])
  func `the header ends where a reader would end it`(text: String, names: String, body: String) {
    let message = MIMEMessage(parsing: Array(text.utf8))
    #expect(message.fields.map(\.name).joined(separator: " ") == names)
    #expect(message.text == body)
  }

  @Test func `of too many fields those are kept that reading needs`() {
    let header =
      "X: y\n" + String(repeating: "X-Filler: z\nTo: a@b\n", count: 4500) + "Subject: s\nTo: c@d\nX: z\n"
    let message = MIMEMessage(parsing: Array((header + "\nhello").utf8))
    #expect(message.fields.count == 2001)
    #expect(message.subject == "s")
    #expect(message.text == "hello")
    #expect(throws: Problem.self) { try message.checkLimits() }
    #expect(throws: Problem.self) { try MIMEMessage.removingBcc(from: message.bytes) }
  }

  @Test(arguments: [("", ""), ("\r\nx", "x"), ("x\r\ny", "x\r\ny"), ("A: 1", ""), ("A: 1\r\n\r\n", "")])
  func `what is missing is empty`(text: String, body: String) throws {
    #expect(MIMEMessage(parsing: Array(text.utf8)).text == body)
  }

  @Test func `a field keeps its raw form`() throws {
    let message = MIMEMessage(parsing: Array("To: a@b\r\nSubject: one\r\n two\r\n\r\n".utf8))
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
    // asctime(3), date(1) and what is made from them.
    ("Mon Nov  2 10:00:00 2026", "2026-11-02T10:00:00.000Z"),
    ("Mon Nov  2 10:00:00 CET 2026", "2026-11-02T09:00:00.000Z"),
    ("Mon Nov 02 10:00:00 +0100 2026", "2026-11-02T09:00:00.000Z"),
    ("Mon 2 Nov 2026 10:00:00 +0100", "2026-11-02T09:00:00.000Z"),
    ("Mon, Nov 2, 2026 10:00:00 PM", "2026-11-02T22:00:00.000Z"),
    ("Mon, 2 Nov 2026 12:05:00 AM -0500", "2026-11-02T05:05:00.000Z"),
    // RFC 850 and others with hyphens.
    ("Monday, 02-Nov-26 10:00:00 GMT", "2026-11-02T10:00:00.000Z"),
    ("2-Nov-2026 10:00:00 +0000", "2026-11-02T10:00:00.000Z"),
    ("2026-11-02T10:00:00Z", "2026-11-02T10:00:00.000Z"),
    ("2026-11-02 10:00:00.123 +0100", "2026-11-02T09:00:00.000Z"),
    ("2026-11-02T10:00:00-05:00", "2026-11-02T15:00:00.000Z"),
    // Zones.
    ("Mon, 2 Nov 2026 10:00:00+0100", "2026-11-02T09:00:00.000Z"),
    ("Mon, 2 Nov 2026 10:00:00 GMT+0100", "2026-11-02T09:00:00.000Z"),
    ("Mon, 2 Nov 2026 10:00:00 +01:00", "2026-11-02T09:00:00.000Z"),
    ("Mon, 2 Nov 2026 10:00:00 UTC+1", "2026-11-02T09:00:00.000Z"),
    ("Mon, 2 Nov 2026 10:00:00 XYZ", "2026-11-02T10:00:00.000Z"),
    ("Mon, 2 Nov 2026 10:00:00 +0100 CEST", "2026-11-02T09:00:00.000Z"),
    ("Mon, 2 Nov 2026 10:00:00 \"GMT\"", "2026-11-02T10:00:00.000Z"),
    ("Mon, 2 Nov 2026 10.00.00 +0100", "2026-11-02T09:00:00.000Z"),
    // Programs that did not expect the year 2000.
    ("Mon, 2 Nov 126 10:00:00 +0000", "2026-11-02T10:00:00.000Z"),
    ("Mon, 2 Nov 19126 10:00:00 +0000", "2026-11-02T10:00:00.000Z"),
    ("Sat, 2nd May 2026 10:00 +0000; x", "2026-05-02T10:00:00.000Z"),
  ])
  func `dates are read`(text: String, expected: String) throws {
    #expect(MIMEMessage(parsing: Array("Date: \(text)\r\n\r\n".utf8)).date?.description == expected)
  }

  @Test(arguments: [
    "", "yesterday", "Fri, 30 Feb 2026 00:00:00 +0000", "32 Jan 2026 00:00:00 +0000",
    "1 Jan 2026 24:00:00 +0000",
    "1 Foo 2026 00:00:00 +0000", "1 Jan 2026", "2026-13-02 10:00:00", "10:00:00", "Mon Nov 10:00:00 2026",
    "1 Jan 2026 10:00:00:00", "1 Jan 2026 :", "- - -", "1-Jan", "+0100 1 Jan 2026",
    "-1 Jan 2026 00:00:00", "99999999999999999999 Jan 2026 00:00",
  ])
  func `what is no date is none`(text: String) throws {
    #expect(MIMEMessage(parsing: Array("Date: \(text)\r\n\r\n".utf8)).date == nil)
  }
}
