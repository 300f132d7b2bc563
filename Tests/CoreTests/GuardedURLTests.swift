import Foundation
import Testing

@testable import Core

@Suite struct GuardedURLTests {
  @Test(arguments: [
    ("https://crm.example", "https://crm.example/", "crm.example"),
    ("HTTP://CRM.Example:0080/A?b=%2F", "http://crm.example:80/A?b=%2F", "crm.example"),
    ("https://crm.example?q", "https://crm.example/?q", "crm.example"),
    ("http://[2001:DB8::1]:8443/x", "http://[2001:db8::1]:8443/x", "2001:db8::1"),
    ("http://a_b.internal./", "http://a_b.internal./", "a_b.internal."),
  ])
  func `a URL is brought into one form`(given: String, text: String, host: String) throws {
    let url = try GuardedURL(given)
    #expect(url.text == text && url.host == host)
  }

  @Test(arguments: [
    ("", "must be a URL"), ("crm.example/hook", "must be a URL"), ("ftp://crm.example/", "must be a URL"),
    ("https:/crm.example/", "must be a URL"), ("https://crm.example/#x", "fragment"),
    ("https://u:p@crm.example/", "user name or password"),
    ("https://u@crm.example/", "user name or password"),
    ("https://crm.example/ä", "percent-encoded"), ("https://crm.example/%zz", "percent-encoded"),
    ("https://crm.example/%2", "percent-encoded"), (#"https://crm.example\x"#, "percent-encoded"),
    ("https://crm.example/<x>", "percent-encoded"), ("https://crm.example:99999/", "a port up to 65535"),
    ("https://crm.example:0/", "a port"), ("https://crm.example:/", "a port"),
    ("https://crm.example:+1/", "a port"),
    ("https://", "a host"), ("https:///x", "a host"), ("https://crm..example/", "a host"),
    ("https://crm.exa%6Dple/", "a host"), ("https://[fe80::1%25eth0]/", "a host"), ("https://[x]/", "a host"),
    ("https://[::1/", "a host"), ("https://[127.0.0.1]/", "a host"),
  ])
  func `what cannot be requested is refused in words`(given: String, words: String) {
    let fault = #expect(throws: GuardedURLFault.self) { try GuardedURL(given) }
    #expect(fault?.message.contains(words) == true, "\(fault?.message ?? "")")
  }

  @Test func `the host that is checked is the one that a URL library connects to`() throws {
    var generator = SeededGenerator(seed: 7)
    let pieces = [
      "https://", "http://", "HTTPS://", "crm.example", "127.0.0.1", "[::1]", "[::ffff:7f00:1]", "0x7f.1",
      "@", ":",
      "80", "/", "?", "#", "%2f", "%", "\\", "[", "]", ".", "..", "-", "_", "é", "。", " ", "\t", "\0", "a",
      "1", "//",
      "xn--a", ";", "&", "=", "*", "'", "user:pw@", "65536",
    ]
    var accepted = 0
    for _ in 0..<5000 {
      let start = Bool.random(using: &generator) ? "https://crm.example" : "http://"
      let count = Int.random(in: 0...5, using: &generator)
      let text = start + (0..<count).map { _ in pieces.randomElement(using: &generator) ?? "" }.joined()
      guard let url = try? GuardedURL(text) else { continue }
      accepted += 1
      let library = try #require(URL(string: url.text), "\(text)")
      let host = library.host().map { $0.hasPrefix("[") ? String($0.dropFirst().dropLast()) : $0 }
      #expect(host == url.host && library.user() == nil && library.fragment() == nil, "\(text)")
      #expect(try GuardedURL(url.text) == url, "\(text)")
    }
    #expect(accepted > 500)
  }
}

@Suite struct CustomHeaderTests {
  @Test(
    arguments: [
      ("Authorization", nil), ("X-Team", nil), ("x!", nil),
      ("webhook-id", "Heliograph sets itself"), ("Webhook-Signature", "Heliograph sets itself"),
      ("X-EE-Wh-Signature", "Heliograph sets itself"), ("Host", "Heliograph sets itself"),
      ("Transfer-Encoding", "Heliograph sets itself"), ("Proxy-Authorization", "Heliograph sets itself"),
      ("User-Agent", "Heliograph sets itself"), ("Content-Encoding", "Heliograph sets itself"),
      ("a b", "not the name of a header field"), ("a:", "not the name of a header field"),
      ("", "not the name of a header field"), ("ä", "not the name of a header field"),
    ] as [(String, String?)])
  func `names that would mislead are refused`(name: String, words: String?) {
    let fault = CustomHeader.fault(inName: name)
    #expect(words.map { fault?.contains($0) == true } ?? (fault == nil), "\(fault ?? "")")
  }

  @Test(arguments: [
    ("", true), ("Bearer x", true), (" x", false), ("x ", false), ("a\r\nEvil: 1", false), ("é", false),
  ])
  func `a value is ASCII on one line`(value: String, isGood: Bool) {
    #expect((CustomHeader.fault(inValue: value) == nil) == isGood)
  }
}
