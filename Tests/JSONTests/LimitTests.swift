import JSON
import Testing

/// What is at a limit is read; one more is refused, at the byte or the token that is too much.
@Suite struct LimitTests {
  private func expect(
    _ limits: JSONLimits, reads text: String, refuses long: String, _ error: JSONError,
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    #expect(read(text, limits: limits).error == nil, sourceLocation: sourceLocation)
    #expect(read(long, limits: limits).error == error, sourceLocation: sourceLocation)
  }

  @Test(arguments: [1, 2, 31, 32, 63, 64])
  func `depth`(depth: Int) {
    let path = String(repeating: "[0]", count: depth)
    func nested(_ depth: Int) -> String {
      String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
    }
    expect(
      JSONLimits(depth: depth), reads: nested(depth), refuses: nested(depth + 1),
      JSONError(reason: .tooDeep(limit: depth), line: 1, column: depth + 1, path: path))
  }

  @Test func `depth counts objects and arrays alike, and is never more than 64`() {
    expect(
      JSONLimits(depth: 3), reads: "{\"a\":[{\"b\":1}]}", refuses: "{\"a\":[{\"b\":{}}]}",
      JSONError(reason: .tooDeep(limit: 3), line: 1, column: 12, path: "a[0].b"))
    expect(
      JSONLimits(depth: 2), reads: "[[],[],{},[]]", refuses: "[[],[[]]]",
      JSONError(reason: .tooDeep(limit: 2), line: 1, column: 6, path: "[1][0]"))
    let text = String(repeating: "[", count: 100_000)
    #expect(read(text).error?.reason == .tooDeep(limit: 32))
    #expect(read(text, limits: JSONLimits(depth: 1000)).error?.reason == .tooDeep(limit: 64))
    #expect(read("[]", limits: JSONLimits(depth: 0)).error?.reason == .tooDeep(limit: 0))
    #expect(read("1", limits: JSONLimits(depth: 0)).value == 1)
  }

  @Test func `keys and list elements together`() {
    expect(
      JSONLimits(elements: 3), reads: "[1,{\"a\":2}]", refuses: "[1,{\"a\":2},3]",
      JSONError(reason: .tooManyElements(limit: 3), line: 1, column: 12, path: "[2]"))
    expect(
      JSONLimits(elements: 2), reads: "{\"a\":1,\"b\":2}", refuses: "{\"a\":1,\"b\":2,\"c\":3}",
      JSONError(reason: .tooManyElements(limit: 2), line: 1, column: 14, path: ""))
    expect(
      JSONLimits(elements: 1), reads: "[\"a\"]", refuses: "[[\"a\"]]",
      JSONError(reason: .tooManyElements(limit: 1), line: 1, column: 3, path: "[0][0]"))
    expect(
      JSONLimits(elements: 0), reads: "[]", refuses: "[ {}]",
      JSONError(reason: .tooManyElements(limit: 0), line: 1, column: 3, path: "[0]"))
  }

  @Test(arguments: [("abcd", "abcde"), ("é\\n\\u0041", "é\\nab"), ("😀", "😀\\/"), ("\\u20aca", "a\\u20aca")])
  func `bytes of a key, unescaped`(key: String, long: String) {
    expect(
      JSONLimits(keyBytes: 4), reads: "[{\"\(key)\":\"a much longer value\"}]",
      refuses: "[{\"\(long)\":\"a much longer value\"}]",
      JSONError(reason: .keyTooLong(limit: 4), line: 1, column: 3, path: "[0]"))
  }

  @Test(arguments: [("abcd", "abcde"), ("é\\n\\u0041", "é\\nab"), ("😀", "😀\\/"), ("\\u20aca", "a\\u20aca")])
  func `bytes of a string, unescaped`(string: String, long: String) {
    expect(
      JSONLimits(stringBytes: 4), reads: "{\"key\":\"\(string)\"}", refuses: "{\"key\":\"\(long)\"}",
      JSONError(reason: .stringTooLong(limit: 4), line: 1, column: 8, path: "key"))
  }

  @Test func `keys have their own limit`() {
    #expect(read("{\"a long key\":\"b\"}", limits: JSONLimits(stringBytes: 1)).error == nil)
  }

  @Test(arguments: ["1234567", "-12.5e1", "0.00000"])
  func `bytes of a number`(number: String) {
    let more = "\(number)0"
    let limits = JSONLimits(numberBytes: 7)
    let reason = JSONError.Reason.numberTooLong(limit: 7)
    for (before, after) in [("", ""), ("", " "), ("[", "]"), ("[1, ", ", 1]")] {
      let path = before.isEmpty ? "" : before == "[" ? "[0]" : "[1]"
      expect(
        limits, reads: before + number + after, refuses: before + more + after,
        JSONError(reason: reason, line: 1, column: before.utf8.count + 1, path: path))
    }
  }

  @Test func `bytes of the whole text`() {
    expect(
      JSONLimits(bytes: 7), reads: "[1,2,3]", refuses: "[1,2,3] ",
      JSONError(reason: .textTooLong(limit: 7), line: 1, column: 8, path: ""))
    expect(
      JSONLimits(bytes: 7), reads: "\"12345\"", refuses: "[\"12\n456\"]",
      JSONError(reason: .controlCharacter(0x0A), line: 1, column: 5, path: "[0]"))
    expect(
      JSONLimits(bytes: 4), reads: "1234", refuses: "12345",
      JSONError(reason: .textTooLong(limit: 4), line: 1, column: 5, path: ""))
    #expect(read("", limits: JSONLimits(bytes: 0)).error?.reason == .empty)
    #expect(read("1", limits: JSONLimits(bytes: 0)).error?.reason == .textTooLong(limit: 0))
  }

  @Test func `the standard limits are those of the contract`() {
    let limits = JSONLimits.standard
    #expect(limits == JSONLimits())
    let element = "\"\(String(repeating: "k", count: 1024))\""
    #expect(read("{\(element):\(element)}").error == nil)
    #expect(read("{\(element.dropLast())k\":1}").error?.reason == .keyTooLong(limit: 1024))
    let list = "[" + String(repeating: "1,", count: 99_999) + "1"
    #expect(read("\(list)]").value?.array?.count == 100_000)
    #expect(read("\(list),1]").error?.reason == .tooManyElements(limit: 100_000))
  }

  @Test func `a list of 60,000 objects and an object of 60,000 keys are read whole`() throws {
    let rows = (0..<60_000).map { "{\"address\":\"person\($0)@example.com\"}" }.joined(separator: ",")
    let list = try #require(
      read("{\"to\":[\(rows)]}", limits: JSONLimits(elements: 120_001)).value?["to"]?.array)
    #expect(list.count == 60_000)
    #expect(list[59_999]["address"] == "person59999@example.com")
    #expect(list.enumerated().allSatisfy { $1["address"]?.string == "person\($0)@example.com" })

    let members = (0..<60_000).map { "\"key\($0)\":\($0)" }.joined(separator: ",")
    let object = try #require(read("{\(members)}").value?.object)
    #expect(object.count == 60_000)
    #expect((0..<60_000).allSatisfy { object["key\($0)"]?.int64 == Int64($0) })
    #expect(read("{\(members),\"key0\":0}").error?.reason == .duplicateKey("key0"))
  }
}
