import Core
import MIME
import Testing

@Suite struct EmailAddressTests {
  @Test(arguments: [
    "a@b", "first.last+tag@example.com", "!#$%&'*+-/=?^_`{|}~@example.com", "user@[192.0.2.1]",
    "user@[IPv6:2001:db8::1]", "\"two words\"@example.com", "\"a@b\"@example.com", "\"\\\"\"@example.com",
    "jörg@bücher.example", "用户@例子.公司", "scan@printer_2.local",
  ])
  func `what RFC 5321 and RFC 6531 allow is kept as written`(text: String) throws {
    #expect(try EmailAddress(text).text == text)
  }

  @Test(arguments: [
    ("", "empty"), ("a", "no @"), ("@b", "before the @"), ("a@", "after the @"), ("\"\"@b", "before the @"),
    ("a@b@c", "\"@\" is not allowed at character 4"), (".a@b", "\".\" is not allowed at character 1"),
    ("a..b@c", "\".\" is not allowed at character 3"), ("a.@b", "ends with a dot"),
    ("a@b.", "ends with a dot"),
    ("a@b..c", "character 5"), ("a@-b", "hyphen"), ("a@b-.c", "hyphen"), ("a b@c", "\" \" is not allowed at"),
    ("a@b c", "character 4"), ("<a@b>", "\"<\" is not allowed at character 1"), ("\"a@b", "not closed"),
    ("\"a\"b@c", "\"b\" is not allowed at character 4"), ("a@[1.2.3.4", "not closed"), ("a@[]", "not closed"),
    ("a@b\r\nBcc: x@y", "\"\\r\" is not allowed at character 4"), ("a\n@b", "\"\\n\""),
    ("a\0@b", "\"\\u{0}\""),
    ("\"a\r\n\"@b", "\"\\r\""), ("a\u{202E}@b", "\"\\u{202e}\""), ("a\u{A0}b@c", "\"\\u{a0}\""),
    ("a@b\u{3000}c", "\"\\u{3000}\""), ("a,b@c", "\",\""), ("a@b_c@", "character 6"),
    (String(repeating: "a", count: 65) + "@b", "longer than 64"),
    ("a@" + String(repeating: "b.", count: 127) + "cc", "longer than 255"),
    ("a@" + String(repeating: "b", count: 64) + ".c", "longer than 63"),
    (String(repeating: "a", count: 64) + "@" + String(repeating: "b.", count: 94) + "cc", "longer than 254"),
    ("\"\(String(repeating: "a", count: 1_000_000))", "not closed"),
  ])
  func `anything else is refused with the reason`(text: String, reason: String) throws {
    let problem = try #require(throws: Problem.self) { try EmailAddress(text) }
    #expect(problem.code == .messageInvalidAddress)
    #expect(problem.summary.contains(reason), "\(problem.summary)")
    #expect(problem.summary.utf8.count < 300)
    #expect(problem.retry == .futile)
    #expect(!problem.summary.unicodeScalars.contains { $0.value < 0x20 || $0 == "\u{202E}" })
  }

  @Test func `254 octets are not too long`() throws {
    let text = String(repeating: "a", count: 64) + "@" + String(repeating: "b.", count: 94) + "c"
    #expect(text.utf8.count == 254)
    #expect(try EmailAddress(text).text == text)
  }

  @Test func `domains compare without case, local parts with it, keys without any`() throws {
    let written = try EmailAddress("Ann.Lee@Example.COM")
    #expect(try written == EmailAddress("Ann.Lee@example.com"))
    #expect(try written.hashValue == EmailAddress("Ann.Lee@example.com").hashValue)
    #expect(try written != EmailAddress("ann.lee@example.com"))
    #expect(try written.key == EmailAddress("ann.lee@example.com").key)
    #expect(written.domain == "Example.COM")
  }

  @Test func `needless quotes are dropped, so that two spellings of one address are equal`() throws {
    #expect(try EmailAddress("\"a.b\"@c") == EmailAddress("a.b@c"))
    #expect(try EmailAddress("\"\\a b\"@c").text == "\"a b\"@c")
    #expect(try EmailAddress("\"a\\\\b\"@c").text == "\"a\\\\b\"@c")
  }
}
