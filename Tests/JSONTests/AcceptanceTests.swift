import JSON
import Testing

@Suite struct AcceptanceTests {
  @Test(
    arguments: [
      // Each kind of value at the root.
      ("null", .null), ("true", true), ("false", false), ("0", 0), ("-1", -1), ("\"\"", ""), ("[]", []),
      ("{}", [:]), ("\"a\"", "a"),
      // White space, all four kinds, everywhere it may stand.
      (" \t\r\n1 \t\r\n", 1), ("[ ]", []), ("{\n}", [:]), (" [ 1 , 2 ] ", [1, 2]),
      ("\n{ \"a\" :\t1 ,\r\n\"b\" : [ ] }\n", ["a": 1, "b": []]),
      // Nesting.
      ("[[],[[]],{}]", [[], [[]], [:]]), ("{\"a\":{\"b\":{\"c\":[null]}}}", ["a": ["b": ["c": [.null]]]]),
      ("[1,\"a\",true,false,null,{\"a\":1},[2]]", [1, "a", true, false, .null, ["a": 1], [2]]),
      // Keys may be anything that a string may be.
      ("{\"\":0}", ["": 0]), ("{\"a b\\n\\u0000\":0}", ["a b\n\0": 0]),
      ("{\"ключ\":{\"鍵\":1}}", ["ключ": ["鍵": 1]]),
      ("{\"a\":1,\"A\":2,\"a \":3}", ["a": 1, "A": 2, "a ": 3]), ("{\"b\":1,\"a\":2}", ["b": 1, "a": 2]),
      ("{\"a\":{\"a\":{\"a\":1}}}", ["a": ["a": ["a": 1]]]), ("[{\"a\":1},{\"a\":1}]", [["a": 1], ["a": 1]]),
    ] as [(String, JSONValue)])
  func `a text by the grammar is read as it is meant`(text: String, value: JSONValue) throws {
    #expect(try JSONValue(parsing: text) == value)
  }

  @Test(arguments: [
    ("\\\"", "\""), ("\\\\", "\\"), ("\\/", "/"), ("/", "/"), ("\\b", "\u{8}"), ("\\f", "\u{C}"),
    ("\\n", "\n"),
    ("\\r", "\r"), ("\\t", "\t"), ("\\u0041", "A"), ("\\u0000", "\0"), ("\\u001f", "\u{1F}"),
    ("\\u007F", "\u{7F}"), ("\\u0080", "\u{80}"), ("\\u07fF", "\u{7FF}"), ("\\u0800", "\u{800}"),
    ("\\uD7FF", "\u{D7FF}"), ("\\uE000", "\u{E000}"), ("\\uFFFE\\uFFFF", "\u{FFFE}\u{FFFF}"),
    ("\\uD800\\uDC00", "\u{10000}"), ("\\uDBFF\\uDFFF", "\u{10FFFF}"), ("\\ud83d\\ude00", "😀"),
    ("\\uD83D\\uDE00\\uD83D\\uDE00", "😀😀"), ("\\\\u0041", "\\u0041"), ("\\u005C\\u0022", "\\\""),
    ("\\\\\\\\n", "\\\\n"), ("\\u2028\\u2029", "\u{2028}\u{2029}"), ("\\uFEFF", "\u{FEFF}"),
    // Unescaped, of each length in UTF-8 and at the borders of each.
    ("\u{7F}", "\u{7F}"), ("\u{80}", "\u{80}"), ("\u{7FF}", "\u{7FF}"), ("\u{800}", "\u{800}"),
    ("\u{D7FF}\u{E000}", "\u{D7FF}\u{E000}"), ("\u{FFFF}", "\u{FFFF}"), ("\u{10000}", "\u{10000}"),
    ("\u{10FFFF}", "\u{10FFFF}"), ("\u{2028}", "\u{2028}"), ("\u{FEFF}", "\u{FEFF}"),
    ("e\u{301}", "e\u{301}"),
    // Runs that are shorter, as long as and longer than a word.
    ("1234567", "1234567"), ("12345678", "12345678"), ("123456789é\\n123456789", "123456789é\n123456789"),
    ("//*not a comment*//", "//*not a comment*//"), ("{\\\"a\\\":1}", "{\"a\":1}"),
  ])
  func `a string is unescaped`(content: String, expected: String) throws {
    let value = try JSONValue(parsing: "\"\(content)\"")
    // Swift's equality of strings would hide another spelling of the same character.
    #expect(value.string.map { Array($0.utf8) } == Array(expected.utf8))
    let key = try JSONValue(parsing: "{\"\(content)\":null}").object?.keys.first
    #expect(key.map { Array($0.utf8) } == Array(expected.utf8))
  }

  @Test(arguments: [
    "0", "-0", "1", "12", "-7", "0.0", "-0.5", "1.25", "10.010", "1e5", "1E5", "1e+5", "1e-5", "0e0", "0E+00",
    "1.5e007", "-12.5E-12", "123456789012345678901234567890", "1e400", "0.1000000000000000055511151231257827",
  ])
  func `a number is kept as it is written`(text: String) throws {
    #expect(try JSONValue(parsing: text).number?.text == text)
    #expect(try JSONValue(parsing: "[\(text),{\"a\":\(text)}]").array?[1]["a"]?.number?.text == text)
    #expect(JSONNumber(text)?.text == text)
  }

  @Test func `a string of every control is read from its escapes`() throws {
    let text = (0..<0x20).map { "\\u00" + ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    #expect(try JSONValue(parsing: "\"\(text)\"").string?.unicodeScalars.map(\.value) == Array(0..<0x20))
  }

  @Test func `every character is read, escaped or not`() throws {
    for start in stride(from: 0x20, to: 0x11_0000, by: 0x400) where start < 0x3_0000 || start > 0x10_F000 {
      let scalars = (start..<start + 0x400).compactMap(Unicode.Scalar.init)
      let text = String(String.UnicodeScalarView(scalars.filter { $0 != "\"" && $0 != "\\" }))
      #expect(try JSONValue(parsing: "\"\(text)\"") == .string(text))
      let escaped = text.utf16.map { "\\u" + String(0x10000 + Int($0), radix: 16).dropFirst() }.joined()
      #expect(try JSONValue(parsing: "\"\(escaped)\"").string?.utf8.elementsEqual(text.utf8) == true)
    }
  }

  @Test func `bytes are taken from any collection and from a span`() throws {
    let text = "{\"a\":[1,2]}"
    let expected: JSONValue = ["a": [1, 2]]
    #expect(try JSONValue(parsing: Array(text.utf8)) == expected)
    #expect(try JSONValue(parsing: Array("xx\(text)".utf8)[2...]) == expected)
    // No contiguous storage.
    #expect(try JSONValue(parsing: text.utf8.map { $0 ^ 1 }.lazy.map { $0 ^ 1 }) == expected)
    var document = JSONDocument()
    try document.feed(Array(text.utf8).span.bytes)
    #expect(try document.finish() == expected)
  }

  @Test func `a sink takes the tokens of a reader`() throws {
    struct Names: JSONSink {
      var names: [String] = []
      mutating func receive(_ token: JSONToken) throws(JSONError.Reason) {
        switch token {
        case .beginObject: names.append("{")
        case .endObject: names.append("}")
        case .beginArray: names.append("[")
        case .endArray: names.append("]")
        case .key(let part):
          guard part.isFirst, part.isLast else { throw .keyTooLong(limit: 0) }
          names.append("key " + String(decoding: part.bytes, as: UTF8.self))
        case .string(let part): names.append("string " + String(decoding: part.bytes, as: UTF8.self))
        case .number(let bytes): names.append("number " + String(decoding: bytes, as: UTF8.self))
        case .bool(let value): names.append("\(value)")
        case .null: names.append("null")
        }
      }
      func path(isInValue: Bool) -> String { isInValue ? "value" : "between" }
    }
    var reader = JSONReader()
    var sink = Names()
    try Array("{\"a\":[\"b\",1,true,null]}".utf8).withUnsafeBytes { try reader.feed($0, to: &sink) }
    try reader.finish(to: &sink)
    #expect(sink.names == ["{", "key a", "[", "string b", "number 1", "true", "null", "]", "}"])

    var failing = JSONReader()
    let error = #expect(throws: JSONError.self) {
      try Array("{\"a".utf8).withUnsafeBytes { try failing.feed($0, to: &sink) }
    }
    #expect(error == JSONError(reason: .keyTooLong(limit: 0), line: 1, column: 2, path: "between"))
  }
}
