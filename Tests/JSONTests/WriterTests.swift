import JSON
import Testing

@Suite struct WriterTests {
  @Test(
    arguments: [
      (.null, "null"), (true, "true"), (false, "false"), (-7, "-7"), (1.5, "1.5"), ("a/b", "\"a/b\""),
      ([], "[]"),
      ([:], "{}"), ([1, [2, []], [:]], "[1,[2,[]],{}]"),
      (["b": 1, "a": [true, .null]], "{\"b\":1,\"a\":[true,null]}"),
      ("\"\\", "\"\\\"\\\\\""), ("\u{8}\t\n\u{C}\r", "\"\\b\\t\\n\\f\\r\""),
      ("\0\u{1}\u{1F}", "\"\\u0000\\u0001\\u001f\""),
      ("\u{7F}é\u{2028}\u{2029}\u{FEFF}😀", "\"\u{7F}é\u{2028}\u{2029}\u{FEFF}😀\""),
      (["a\n": 1], "{\"a\\n\":1}"),
      ("1234567\n12345678\"123456789", "\"1234567\\n12345678\\\"123456789\""), (.streamed(3), "null"),
    ] as [(JSONValue, String)])
  func `a value is written in its shortest form`(value: JSONValue, text: String) {
    #expect(value.text == text)
    #expect(value.serialized() == Array(text.utf8))
  }

  @Test func `every control is escaped, and nothing else but quotes and backslashes`() throws {
    for value in (0..<0x800 as Range<UInt32>) {
      let scalar = try #require(Unicode.Scalar(value))
      let text = JSONValue.string(String(scalar)).text
      let isEscaped = value < 0x20 || scalar == "\"" || scalar == "\\"
      #expect((text != "\"\(scalar)\"") == isEscaped, "U+\(String(value, radix: 16))")
      #expect(try JSONValue(parsing: text).string?.unicodeScalars.map(\.value) == [value])
    }
  }

  @Test func `calls set commas and colons themselves`() {
    var writer = JSONWriter()
    writer.beginObject()
    writer.key("a")
    writer.int(1)
    writer.key("b")
    writer.beginArray()
    writer.int64(.min)
    writer.double(0.1)
    writer.double(.nan)
    writer.bool(false)
    writer.null()
    writer.string("s")
    writer.beginObject()
    writer.endObject()
    writer.raw("{\"raw\":[1]}".utf8)
    writer.value(["x": [1]])
    writer.number(JSONNumber(12))
    writer.endArray()
    writer.key("c")
    writer.beginArray()
    writer.endArray()
    writer.endObject()
    let text =
      "{\"a\":1,\"b\":[-9223372036854775808,0.1,null,false,null,\"s\",{},{\"raw\":[1]},{\"x\":[1]},12],\"c\":[]}"
    #expect(String(decoding: writer.bytes, as: UTF8.self) == text)
  }

  @Test func `what is written may be taken out in between`() {
    var writer = JSONWriter()
    var text: [UInt8] = []
    writer.beginArray()
    for index in 0..<3 {
      writer.int(index)
      text += writer.bytes
      writer.bytes = []
    }
    writer.endArray()
    #expect(String(decoding: text + writer.bytes, as: UTF8.self) == "[0,1,2]")
  }

  @Test func `a pretty text has a line for each member and element`() {
    let value: JSONValue = ["b": [1, [], ["x": .null]], "a": [:], "c": "d"]
    let text = """
      {
        "b": [
          1,
          [],
          {
            "x": null
          }
        ],
        "a": {},
        "c": "d"
      }
      """
    #expect(String(decoding: value.serialized(pretty: true), as: UTF8.self) == text)
    let sorted = String(decoding: value.serialized(pretty: true, sortedKeys: true), as: UTF8.self)
    #expect(sorted.hasPrefix("{\n  \"a\": {},\n  \"b\": ["))
    #expect(JSONValue("x").serialized(pretty: true) == Array("\"x\"".utf8))
  }

  @Test(arguments: 0..<200 as Range<UInt64>)
  func `whatever is written reads back`(seed: UInt64) throws {
    var generator = Generator(seed: seed)
    let value = generator.value()
    #expect(try JSONValue(parsing: value.serialized()) == value)
    #expect(try JSONValue(parsing: value.serialized(pretty: true)) == value)
    #expect(try JSONValue(parsing: generator.text(of: value)) == value)
    let sorted = try JSONValue(parsing: value.serialized(sortedKeys: true))
    #expect(sorted.serialized(sortedKeys: true) == value.serialized(sortedKeys: true))
  }
}
