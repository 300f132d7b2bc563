import Testing

@testable import Core
@testable import Microsoft

@Suite struct URLTextTests {
  @Test(arguments: [
    ("alice+x@contoso.test", "alice%2Bx%40contoso.test"),
    ("AAMk/AD+Q==", "AAMk%2FAD%2BQ%3D%3D"),
    ("../../me", "..%2F..%2Fme"),
    ("a b&c=d?e#f%41", "a%20b%26c%3Dd%3Fe%23f%2541"),
    ("jürgen@contoso.test", "j%C3%BCrgen%40contoso.test"),
    ("A-z0.9_~", "A-z0.9_~"),
    ("\r\n", "%0D%0A"),
  ])
  func `text becomes one segment of a URL`(text: String, encoded: String) {
    #expect(percentEncoded(text) == encoded)
  }

  @Test func `a form keeps the order of its fields`() {
    #expect(formEncoded([("b", "1 2"), ("a", "é&"), ("c", "")]) == "b=1%202&a=%C3%A9%26&c=")
  }

  @Test(arguments: [("o'hara", "'o''hara'"), ("''", "''''''"), ("", "''"), ("<a@b>", "'<a@b>'")])
  func `a string in a filter cannot end it`(text: String, quoted: String) {
    #expect(odataQuoted(text) == quoted)
  }
}
