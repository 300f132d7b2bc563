import Foundation
import JSON
import Testing

@Suite struct RefusalTests {
  private static let ended = "the text ends before its value is complete"

  @Test(arguments: [
    ("", "line 1, column 1: the text is empty"),
    (" \n ", "line 2, column 2: the text is empty"),
    // Cut short.
    ("[", "line 1, column 2, at [0]: \(ended)"), ("[1", "line 1, column 3: \(ended)"),
    ("[1,", "line 1, column 4, at [1]: \(ended)"), ("[[]", "line 1, column 4: \(ended)"),
    ("{", "line 1, column 2: \(ended)"), ("{\"a", "line 1, column 4: \(ended)"),
    ("{\"a\"", "line 1, column 5, at a: \(ended)"), ("{\"a\":", "line 1, column 6, at a: \(ended)"),
    ("{\"a\":1", "line 1, column 7: \(ended)"), ("{\"a\":1 ", "line 1, column 8: \(ended)"),
    ("\"", "line 1, column 2: \(ended)"), ("\"a\\", "line 1, column 4: \(ended)"),
    ("\"\\u12", "line 1, column 6: \(ended)"), ("\"\\ud83d", "line 1, column 8: \(ended)"),
    ("\"\\ud83d\\u", "line 1, column 10: \(ended)"), ("-", "line 1, column 2: \(ended)"),
    ("1.", "line 1, column 3: \(ended)"), ("1e", "line 1, column 3: \(ended)"),
    ("1e+", "line 1, column 4: \(ended)"), ("tru", "line 1, column 4: \(ended)"),
    // What stands in the wrong place.
    ("]", "line 1, column 1: expected a value but found \"]\""),
    (",", "line 1, column 1: expected a value but found \",\""),
    ("[1}", "line 1, column 3: expected \",\" or \"]\" but found \"}\""),
    ("{\"a\":1]", "line 1, column 7: expected \",\" or \"}\" but found \"]\""),
    ("[1,]", "line 1, column 4, at [1]: expected a value but found \"]\""),
    ("[,1]", "line 1, column 2, at [0]: expected a value or \"]\" but found \",\""),
    ("[1,,2]", "line 1, column 4, at [1]: expected a value but found \",\""),
    ("[1 2]", "line 1, column 4: expected \",\" or \"]\" but found \"2\""),
    ("[1:2]", "line 1, column 3: expected \",\" or \"]\" but found \":\""),
    ("[\"a\"\"b\"]", "line 1, column 5: expected \",\" or \"]\" but found a double quote"),
    ("{\"a\":1,}", "line 1, column 8: expected a key in double quotes but found \"}\""),
    ("{,}", "line 1, column 2: expected a key in double quotes or \"}\" but found \",\""),
    ("{1:2}", "line 1, column 2: expected a key in double quotes or \"}\" but found \"1\""),
    ("{a:1}", "line 1, column 2: expected a key in double quotes or \"}\" but found \"a\""),
    ("{'a':1}", "line 1, column 2: expected a key in double quotes or \"}\" but found \"'\""),
    ("{\"a\" 1}", "line 1, column 6, at a: expected \":\" but found \"1\""),
    ("{\"a\",\"b\"}", "line 1, column 5, at a: expected \":\" but found \",\""),
    ("{\"a\"}", "line 1, column 5, at a: expected \":\" but found \"}\""),
    ("{\"a\":}", "line 1, column 6, at a: expected a value but found \"}\""),
    ("{\"a\"::1}", "line 1, column 6, at a: expected a value but found \":\""),
    ("{\"a\":1 \"b\":2}", "line 1, column 8: expected \",\" or \"}\" but found a double quote"),
    ("{[]:1}", "line 1, column 2: expected a key in double quotes or \"}\" but found \"[\""),
    ("{null:1}", "line 1, column 2: expected a key in double quotes or \"}\" but found \"n\""),
    // What follows the value.
    ("1 2", "line 1, column 3: expected the end of the text but found \"2\""),
    ("{}{}", "line 1, column 3: expected the end of the text but found \"{\""),
    ("[]]", "line 1, column 3: expected the end of the text but found \"]\""),
    ("null\n\n,", "line 3, column 1: expected the end of the text but found \",\""),
    ("\"a\"b", "line 1, column 4: expected the end of the text but found \"b\""),
    ("1\0", "line 1, column 2: expected the end of the text but found U+0000"),
    // What other languages allow.
    ("[1] // one", "line 1, column 5: expected the end of the text but found \"/\""),
    ("/* one */ 1", "line 1, column 1: expected a value but found \"/\""),
    ("# one\n1", "line 1, column 1: expected a value but found \"#\""),
    ("'a'", "line 1, column 1: expected a value but found \"'\""),
    ("NaN", "line 1, column 1: expected a value but found \"N\""),
    ("Infinity", "line 1, column 1: expected a value but found \"I\""),
    ("True", "line 1, column 1: expected a value but found \"T\""),
    ("undefined", "line 1, column 1: expected a value but found \"u\""),
    ("[\u{A0}1]", "line 1, column 2, at [0]: expected a value or \"]\" but found the byte 0xC2"),
    ("[\u{C}1]", "line 1, column 2, at [0]: expected a value or \"]\" but found U+000C"),
    ("[\u{B}1]", "line 1, column 2, at [0]: expected a value or \"]\" but found U+000B"),
    // Literals.
    ("tru]", "line 1, column 4: expected true, false or null but found \"]\""),
    ("[nul]", "line 1, column 5, at [0]: expected true, false or null but found \"]\""),
    ("falsE", "line 1, column 5: expected true, false or null but found \"E\""),
    ("nullnull", "line 1, column 5: expected the end of the text but found \"n\""),
    ("[truee]", "line 1, column 6: expected \",\" or \"]\" but found \"e\""),
  ])
  func `a text against the grammar is refused with its place`(text: String, description: String) {
    #expect(read(text).error?.description == description)
  }

  @Test(arguments: [
    ("01", 2), ("-01", 3), ("00", 2), ("-", 2), ("--1", 2), ("+1", 1), (".5", 1), ("-.5", 2), ("1.", 3),
    ("1.e5", 3), ("1.5.5", 4), ("1e", 3), ("1e+", 4), ("1e+-5", 4), ("1ee5", 3), ("1e5.5", 4), ("1e5e5", 4),
    ("0x10", 2), ("1_000", 2), ("1,5", 2), ("1d", 2), ("0e", 3), ("-a", 2), ("1E 5", 3), ("٣", 1), ("1٣", 2),
    ("-Infinity", 2), ("1/2", 2), ("0b1", 2), ("- 1", 2),
  ])
  func `a malformed number is refused at the byte that spoils it`(text: String, column: Int) {
    #expect(read(text).error?.column == column)
    #expect(read("[\(text) ]").error?.column == column + 1 || text == "1,5")
    #expect(JSONNumber(text) == nil)
  }

  @Test(
    arguments: [
      ("\"a\nb\"", 3, .controlCharacter(0x0A)), ("\"\0\"", 2, .controlCharacter(0)),
      ("\"tab\there\"", 5, .controlCharacter(9)), ("\"123456789\u{1F}\"", 11, .controlCharacter(0x1F)),
      ("\"\\x41\"", 2, .invalidEscape(0x78)), ("\"a\\'\"", 3, .invalidEscape(0x27)),
      ("\"\\\n\"", 2, .invalidEscape(0x0A)), ("\"\\U0041\"", 2, .invalidEscape(0x55)),
      ("\"\\é\"", 2, .invalidEscape(0xC3)), ("\"\\0\"", 2, .invalidEscape(0x30)),
      ("\"\\u00g0\"", 6, .invalidHexDigit(0x67)), ("\"\\u\"", 4, .invalidHexDigit(0x22)),
      ("\"\\u12\"", 6, .invalidHexDigit(0x22)), ("\"\\u+123\"", 4, .invalidHexDigit(0x2B)),
      ("\"\\u 123\"", 4, .invalidHexDigit(0x20)), ("\"\\u００41\"", 4, .invalidHexDigit(0xEF)),
      ("\"\\uD800\\u12x\"", 12, .invalidHexDigit(0x78)),
      ("\"\\uD800\"", 2, .loneSurrogate(0xD800)), ("\"ab\\uDBFFcd\"", 4, .loneSurrogate(0xDBFF)),
      ("\"\\uDC00\"", 2, .loneSurrogate(0xDC00)), ("\"\\uDC00\\uDC00\"", 2, .loneSurrogate(0xDC00)),
      ("\"\\uDFFF\\uD800\"", 2, .loneSurrogate(0xDFFF)),
      ("\"\\uD800\\uD800\\uDC00\"", 2, .loneSurrogate(0xD800)),
      ("\"\\uD800\\u0041\"", 2, .loneSurrogate(0xD800)),
      ("\"\\uD800\\n\"", 2, .loneSurrogate(0xD800)), ("\"\\uD800\\\\uDC00\"", 2, .loneSurrogate(0xD800)),
      ("\"\\uD800\n\"", 2, .loneSurrogate(0xD800)), ("\"\\uD83D😀\"", 2, .loneSurrogate(0xD83D)),
      ("\"\\uD83D\\uDE00\\uDE00\"", 14, .loneSurrogate(0xDE00)),
    ] as [(String, Int, JSONError.Reason)])
  func `a malformed string is refused at the byte that spoils it`(
    text: String, column: Int, reason: JSONError.Reason
  ) {
    #expect(read(text).error == JSONError(reason: reason, line: 1, column: column, path: ""))
    let key = read("{\"a\":{\(text):1}}")
    #expect(key.error == JSONError(reason: reason, line: 1, column: column + 6, path: "a"))
  }

  @Test(
    arguments: [
      // Bytes that begin nothing.
      [0x80], [0xBF], [0xC0, 0x80], [0xC1, 0xBF], [0xF5, 0x80, 0x80, 0x80], [0xF8, 0x88, 0x80, 0x80, 0x80],
      [0xFC, 0x84, 0x80, 0x80, 0x80, 0x80], [0xFE], [0xFF],
      // Overlong forms.
      [0xE0, 0x80, 0x80], [0xE0, 0x9F, 0xBF], [0xF0, 0x80, 0x80, 0x80], [0xF0, 0x8F, 0xBF, 0xBF],
      // Surrogates and beyond the last character.
      [0xED, 0xA0, 0x80], [0xED, 0xBF, 0xBF], [0xF4, 0x90, 0x80, 0x80], [0xF7, 0xBF, 0xBF, 0xBF],
      // Cut short by the closing quote or by a character.
      [0xC2], [0xE2, 0x82], [0xE2], [0xF0, 0x9F, 0x98], [0xF0], [0xC3, 0x41], [0xE2, 0x82, 0x41],
      [0xF0, 0x9F, 0x41], [0xC3, 0xC3, 0xA9], [0xE2, 0xE2, 0x82, 0xAC],
    ] as [[UInt8]])
  func `bytes that are not UTF-8 are refused at the first of the sequence`(bytes: [UInt8]) {
    for before in ["", "a", "1234567", "12345678", "éé", "\\n"] {
      for after in ["", "tail tail tail", "\\n", "é"] {
        let text = Array("[\"\(before)".utf8) + bytes + Array("\(after)\"]".utf8)
        let expected = JSONError(
          reason: .invalidUTF8(bytes[0]), line: 1, column: 3 + before.utf8.count, path: "[0]")
        #expect(read(text).error == expected, "\(text)")
      }
    }
  }

  @Test(
    arguments: [
      [0xEF, 0xBB, 0xBF, 0x31], [0xFE, 0xFF, 0x00, 0x31], [0xFF, 0xFE, 0x31, 0x00], [0xEF],
    ] as [[UInt8]])
  func `a byte order mark is refused`(bytes: [UInt8]) {
    #expect(read(bytes).error == JSONError(reason: .byteOrderMark, line: 1, column: 1, path: ""))
  }

  @Test(arguments: [
    ("{\"a\":1,\"a\":2}", 8, "a", ""), ("{\"a\":1,\"b\":2,\"a\":1}", 14, "a", ""),
    ("{\"ab\":1,\"a\\u0062\":2}", 9, "ab", ""), ("{\"\\u0061b\":1,\"ab\":2}", 14, "ab", ""),
    ("{\"/\":1,\"\\/\":2}", 8, "/", ""), ("{\"\":1,\"\":2}", 7, "", ""),
    ("{\"😀\":1,\"\\ud83d\\ude00\":2}", 11, "😀", ""), ("{\"\\n\":1,\"\\u000A\":2}", 9, "\n", ""),
    // Canonically equivalent: nobody above could tell them apart.
    ("{\"é\":1,\"e\\u0301\":2}", 9, "e\u{301}", ""),
    ("{\"\\u00e9\":1,\"e\\u0301\":2}", 13, "e\u{301}", ""), ("{\"\u{212A}\":1,\"K\":2}", 10, "K", ""),
    ("{\"x\":[{\"a\":{},\"b\":[],\"a\":0}]}", 22, "a", "x[0]"),
    ("{\"a\":{\"a\":1},\"a\":2}", 14, "a", ""),
  ])
  func `a doubled key is refused however it is written`(text: String, column: Int, key: String, path: String)
  {
    #expect(read(text).error == JSONError(reason: .duplicateKey(key), line: 1, column: column, path: path))
  }

  @Test func `keys that are not ASCII are kept apart like any others`() {
    let names = ["é", "e", "ë", "K", "k", "\u{212B}x", "Ax", "é\u{301}", "中", "文", "", "😀"]
    let text = "{" + names.map { "\"\($0)\":1" }.joined(separator: ",")
    #expect(read(text + "}").value?.object?.keys == names)
    for (name, other) in zip(names, names.map { $0.decomposedStringWithCanonicalMapping }) {
      #expect(read("\(text),\"\(name)\":1}").error?.reason == .duplicateKey(name))
      #expect(read("\(text),\"\(other)\":1}").error?.reason == .duplicateKey(other))
    }
  }

  @Test(arguments: [1, 2, 15, 16, 17, 18, 40, 1000])
  func `a doubled key is found among few and many`(count: Int) {
    let members = (0..<count).map { "\"k\($0)\":\($0)" }.joined(separator: ",")
    #expect(read("{\(members)}").value?.object?.count == count)
    for index in Set([0, count / 2, count - 1]) {
      let text = "{\(members),\"\\u006b\(index)\":0}"
      let expected = JSONError(
        reason: .duplicateKey("k\(index)"), line: 1, column: members.utf8.count + 3, path: "")
      #expect(read(text).error == expected)
    }
  }

  @Test(arguments: [
    ("[\n  1,\n  x]", "line 3, column 3, at [1]: expected a value but found \"x\""),
    (
      "{\"to\":[{},{},{},{\"address\":tru}]}",
      "line 1, column 31, at to[3].address: expected true, false or null but found \"}\""
    ),
    ("\r\n\r[\r\n1 1", "line 3, column 3: expected \",\" or \"]\" but found \"1\""),
    ("{\"é\":x}", "line 1, column 7, at [\"é\"]: expected a value but found \"x\""),
    ("[[[1,2],[3,[4,x", "line 1, column 15, at [0][1][1][1]: expected a value but found \"x\""),
    (
      "{\"a\":[1,2],\"b\":{\"c\":[{\"d\":1},{\"e\":x",
      "line 1, column 35, at b.c[1].e: expected a value but found \"x\""
    ),
    ("[{\"a\":1},{\"b\":[]},x", "line 1, column 19, at [2]: expected a value but found \"x\""),
    ("{\"a b\":{\"\":x", "line 1, column 12, at [\"a b\"][\"\"]: expected a value but found \"x\""),
  ])
  func `an error names line, column and path`(text: String, description: String) {
    #expect(read(text).error?.description == description)
  }

  @Test func `a reader that has failed stays failed`() throws {
    var document = JSONDocument()
    let first = #expect(throws: JSONError.self) { try document.feed("[1,]".utf8) }
    let second = #expect(throws: JSONError.self) { try document.feed("[1]".utf8) }
    let last = #expect(throws: JSONError.self) { _ = try document.finish() }
    #expect(first != nil && first == second && first == last)
  }

  @Test func `after the end only white space may follow`() throws {
    var document = JSONDocument()
    try document.feed("12".utf8)
    #expect(try document.finish() == 12)
    try document.feed(" \n".utf8)
    #expect(try document.finish() == 12)
    #expect(throws: JSONError.self) { try document.feed("3".utf8) }
  }
}
