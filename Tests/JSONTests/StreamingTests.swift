import JSON
import Testing

@Suite struct StreamingTests {
  @Test(arguments: [
    ("raw", "{\"raw\":\"abc\",\"b\":{\"raw\":\"d\"}}", "{\"raw\":null,\"b\":{\"raw\":\"d\"}}", ["raw=abc"]),
    (
      "a.b", "{\"a\":{\"b\":\"x\",\"c\":\"y\"},\"b\":\"z\"}", "{\"a\":{\"b\":null,\"c\":\"y\"},\"b\":\"z\"}",
      ["a.b=x"]
    ),
    (
      "list[].content", "{\"list\":[{\"content\":\"1\"},{\"content\":\"2\",\"name\":\"n\"},\"content\"]}",
      "{\"list\":[{\"content\":null},{\"content\":null,\"name\":\"n\"},\"content\"]}",
      ["list[0].content=1", "list[1].content=2"]
    ),
    ("[]", "[\"a\",[\"b\"],{\"c\":\"d\"},\"\"]", "[null,[\"b\"],{\"c\":\"d\"},null]", ["[0]=a", "[3]="]),
    ("[][]", "[\"a\",[\"b\",1,\"c\"]]", "[\"a\",[null,1,null]]", ["[1][0]=b", "[1][2]=c"]),
    ("", "\"whole\"", "null", ["=whole"]), ("", "[\"a\"]", "[\"a\"]", []),
    // Only strings are streamed, and only at exactly that place.
    ("raw", "{\"raw\":[\"a\"]}", "{\"raw\":[\"a\"]}", []), ("raw", "{\"raw\":null}", "{\"raw\":null}", []),
    ("raw", "{\"Raw\":\"a\",\"raw2\":\"b\"}", "{\"Raw\":\"a\",\"raw2\":\"b\"}", []),
    ("a.b", "{\"a.b\":\"x\"}", "{\"a.b\":\"x\"}", []), ("a[]", "{\"a[]\":\"x\"}", "{\"a[]\":\"x\"}", []),
    ("a[]", "{\"a\":{\"0\":\"x\"}}", "{\"a\":{\"0\":\"x\"}}", []),
    ("a.b", "{\"a\":[\"x\"]}", "{\"a\":[\"x\"]}", []),
    ("a.b.c", "{\"a\":{\"b\":\"x\"}}", "{\"a\":{\"b\":\"x\"}}", []),
    // The key may be written with escapes.
    ("raw", "{\"r\\u0061w\":\"abc\"}", "{\"raw\":null}", ["raw=abc"]),
  ])
  func `a pattern names the strings that are streamed`(
    pattern: String, text: String, rest: String, streamed: [String]
  ) throws {
    let outcome = read(text, streaming: [JSONStreamPattern(pattern)])
    #expect(outcome.value?.text == rest)
    #expect(outcome.streamed.map { "\($0.path)=\(String(decoding: $0.bytes, as: UTF8.self))" } == streamed)
    #expect(outcome.streamed.allSatisfy { $0.isComplete })
  }

  @Test func `the tree keeps the ordinal of each streamed string`() throws {
    let patterns = [JSONStreamPattern("raw"), JSONStreamPattern("a[].b"), JSONStreamPattern("a[].c.d")]
    let text = "{\"a\":[{\"b\":\"0\"},{\"c\":{\"d\":\"1\"},\"b\":\"2\"}],\"raw\":\"3\",\"x\":\"kept\"}"
    let value = try #require(read(text, streaming: patterns).value)
    #expect(value["a"]?.array?[0]["b"] == .streamed(0))
    #expect(value["a"]?.array?[1]["c"]?["d"] == .streamed(1))
    #expect(value["a"]?.array?[1]["b"] == .streamed(2))
    #expect(value["raw"] == .streamed(3))
    #expect(value["raw"]?.string == nil)
    #expect(value["raw"]?.kind == .string)
    #expect(value["x"] == "kept")
  }

  @Test(arguments: [1, 2, 3, 7, 64, 4096, 100_000])
  func `pieces arrive as they are read and never exceed the feed`(size: Int) throws {
    var generator = Generator(seed: UInt64(size))
    let content = (0..<3000).map { _ in generator.string(8) }.joined()
    let value: JSONValue = ["before": 1, "raw": .string(content), "after": .string(content)]
    let bytes = Array(generator.text(of: value).utf8)
    var document = JSONDocument(streaming: [JSONStreamPattern("raw")])
    var outcome = Outcome()
    var seen = 0
    for start in stride(from: 0, to: bytes.count, by: size) {
      let end = min(start + size, bytes.count)
      try document.feed(bytes[start..<end])
      let pieces = document.takeStreamed()
      #expect(pieces.count <= 1)
      #expect(pieces.reduce(0) { $0 + $1.bytes.count } <= end - start + 3)
      #expect(pieces.allSatisfy { $0.isLast || !$0.bytes.isEmpty })
      // No piece is cut within a character.
      #expect(pieces.allSatisfy { String(validating: $0.bytes, as: UTF8.self) != nil })
      seen += pieces.count
      outcome.add(pieces)
    }
    #expect(try document.finish() == ["before": 1, "raw": .streamed(0), "after": .string(content)])
    #expect(outcome.streamed == [.init(path: "raw", bytes: Array(content.utf8), isComplete: true)])
    #expect(seen >= content.utf8.count / (size * 6))
  }

  @Test func `pieces that nobody takes wait in order, one for each feed`() throws {
    var document = JSONDocument(streaming: [JSONStreamPattern("[]")])
    for part in ["[\"a", "b\\", "nc", "\",\"\",", "\"d\"", "]"] { try document.feed(part.utf8) }
    let pieces = document.takeStreamed().map {
      "\($0.ordinal) \($0.path) \(String(decoding: $0.bytes, as: UTF8.self)) \($0.isLast)"
    }
    #expect(
      pieces == [
        "0 [0] a false", "0 [0] b false", "0 [0] \nc false", "0 [0]  true", "1 [1]  true", "2 [2] d true",
      ])
    #expect(document.takeStreamed().isEmpty)
    #expect(try document.finish() == [.streamed(0), .streamed(1), .streamed(2)])
  }

  @Test func `a streamed string has no limit of its own`() {
    let long = String(repeating: "x", count: 100)
    let text = "{\"raw\":\"\(long)\"}"
    let limits = JSONLimits(stringBytes: 99)
    #expect(read(text, limits: limits, streaming: [JSONStreamPattern("raw")]).value == ["raw": .streamed(0)])
    #expect(read(text, limits: limits).error?.reason == .stringTooLong(limit: 99))
  }
}
