import Core
import JSON
import Testing

@testable import API

@Suite struct Base64Tests {
  @Test(arguments: [
    ("", ""), ("aGk=", "hi"), ("aGk", "hi"), ("aGkh", "hi!"), ("YQ==", "a"), ("YQ", "a"),
    (" a\tG\r\nk = ", "hi"),
    ("-_-_", "\u{FB}\u{FF}\u{BF}"), ("+/+/", "\u{FB}\u{FF}\u{BF}"), ("-w", "\u{FB}"), ("-w==", "\u{FB}"),
    ("+w==", "\u{FB}"), ("data", "\u{75}\u{AB}\u{5A}"),
  ])
  func `both alphabets are read`(text: String, latin: String) throws {
    #expect(try Base64.decode(text) == latin.unicodeScalars.map { UInt8($0.value) })
  }

  @Test(arguments: [
    ("data:text/plain;base64,aGk=", "without “data:”"), ("DATA:;base64,aGk=", "without “data:”"),
    ("aG#k", "“#” at character 3"), ("%%%", "“%” at character 1"), ("aG:k", "“:” at character 3"),
    ("+-aa", "mixes the alphabets of base64 and base64url: “-” at character 2"),
    ("aa_aaa/a", "mixes the alphabets of base64 and base64url: “/” at character 7"),
    ("a", "one character is left over"), ("aaaaa", "one character is left over"),
    ("+w", "ends with 0 “=” instead of 2"), ("aGk==", "“=” is at character 5"),
    ("YQ=", "ends with 1 “=” instead of 2"),
    ("=", "“=” is at character 1"), ("aaaa=", "“=” is at character 5"),
    ("a===", "“=” is at character 2"),
    ("YQ==YQ==", "“Y” at character 5 follows the padding"), ("aGl=", "bits beyond the last byte"),
    ("YR", "bits beyond the last byte"), ("aG\u{0}k", "U+0000 at character 3"),
    ("aGké", "a character beyond ASCII at character 4"),
  ])
  func `all else is refused by name and place`(text: String, words: String) throws {
    let fault = try #require(throws: Base64Fault.self) { try Base64.decode(text) }
    #expect(fault.message.contains(words), "\(fault.message)")
    let problem = try #require(throws: Problem.self) {
      try SubmitRequest.read(try JSONText.attachment(text))
    }
    #expect(problem.fields == [FieldFault(message: fault.message, key: "attachments[0].content")])
  }

  @Test func `what was encoded decodes to the same in any pieces and either alphabet`() throws {
    var samples = Samples(seed: 3)
    for length in 0..<70 {
      let bytes = (0..<length).map { _ in UInt8.random(in: 0...255, using: &samples) }
      let standard = Base64.json(bytes).dropFirst().dropLast()
      let url = standard.map {
        $0 == UInt8(ascii: "+") ? UInt8(ascii: "-") : $0 == UInt8(ascii: "/") ? UInt8(ascii: "_") : $0
      }
      for text in [Array(standard), url, url.filter { $0 != UInt8(ascii: "=") }] {
        for cut in 1...5 {
          var decoder = Base64StreamDecoder()
          var decoded: [UInt8] = []
          for start in stride(from: 0, to: text.count, by: cut) {
            try decoder.feed(text[start..<min(start + cut, text.count)], into: &decoded)
          }
          try decoder.finish(into: &decoded)
          #expect(decoded == bytes)
        }
      }
    }
  }
}

enum JSONText {
  /// A body with one attachment.
  static func attachment(_ content: String) throws -> [UInt8] {
    JSONValue.object(["attachments": [["content": .string(content)]]]).serialized()
  }
}
