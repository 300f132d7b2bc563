import JSON
import Testing

@Suite struct NumberTests {
  @Test(
    arguments: [
      ("0", 0), ("-0", 0), ("0.0", 0), ("-0.000e5", 0), ("0e999999999999", 0), ("1", 1), ("-17", -17),
      ("1.0", 1),
      ("1e2", 100), ("1E+2", 100), ("1.5e1", 15), ("150e-1", 15), ("1500.00e-2", 15), ("-2.50e1", -25),
      ("100000000000000000000e-20", 1), ("0.000000000000000000001e21", 1),
      ("1e18", 1_000_000_000_000_000_000),
      ("9223372036854775807", .max), ("-9223372036854775808", .min), ("9223372036854775807.000", .max),
      ("9.223372036854775807e18", .max), ("-92233720368547758080e-1", .min),
      // A Double could not tell them apart.
      ("9007199254740993", 9_007_199_254_740_993), ("9007199254740993.0", 9_007_199_254_740_993),
    ] as [(String, Int64)])
  func `a whole number that fits is an integer, however it is written`(text: String, value: Int64) {
    #expect(JSONNumber(text)?.int64 == value)
  }

  @Test(arguments: [
    "0.5", "-1.5", "1e-1", "15e-1", "1.0000000000000000000001", "9223372036854775808", "-9223372036854775809",
    "9223372036854775807.5", "1e19", "-1e19", "10000000000000000000", "99999999999999999999",
    "1e999999999999",
    "1e-999999999999", "18446744073709551616", "18446744073709551617",
  ])
  func `any other number is no integer`(text: String) throws {
    let number = try #require(JSONNumber(text))
    #expect(number.int64 == nil)
  }

  @Test(
    arguments: [
      ("0", 0), ("-1.5", -1.5), ("1e2", 100), ("0.1", 0.1), ("5e-324", .leastNonzeroMagnitude), ("1e-999", 0),
      ("1.7976931348623157e308", .greatestFiniteMagnitude),
      ("123456789012345678901234567890", 1.2345678901234568e29),
    ] as [(String, Double)])
  func `a number is also the nearest Double`(text: String, value: Double) {
    #expect(JSONNumber(text)?.double == value)
  }

  @Test func `a number beyond the largest Double has none`() {
    #expect(JSONNumber("1e309")?.double == nil)
    #expect(JSONNumber("-1e400")?.double == nil)
  }

  @Test func `a minus zero stays one`() {
    #expect(JSONNumber("-0")?.double?.sign == .minus)
  }

  @Test(arguments: ["", " 1", "1 ", "1\n", "+1", "0x1", "inf", "nan", "1,0", "\u{661}", "1\0", "-"])
  func `what is not a number makes none`(text: String) {
    #expect(JSONNumber(text) == nil)
  }

  @Test func `numbers are made of integers and of finite Doubles`() {
    #expect(JSONNumber(Int.min).text == "-9223372036854775808")
    #expect(JSONNumber(UInt64.max).text == "18446744073709551615")
    for value in [0.1, 1e100, -.leastNonzeroMagnitude, 1e16, 123456789.125] {
      let number = JSONNumber(value)
      #expect(number?.double == value)
      #expect(number.flatMap { JSONNumber($0.text) } == number)
    }
    #expect(JSONNumber(Double.infinity) == nil)
    #expect(JSONNumber(Double.nan) == nil)
    #expect(JSONValue(Double.nan) == .null)
  }
}

@Suite struct ObjectTests {
  @Test(arguments: [0, 1, 16, 17, 100])
  func `members keep their order and are found by key`(count: Int) {
    var object = JSONObject()
    for index in 0..<count { object["k\(index)"] = JSONValue(index) }
    #expect(object.keys == (0..<count).map { "k\($0)" })
    #expect(object.count == count)
    #expect(object.isEmpty == (count == 0))
    #expect((0..<count).allSatisfy { object["k\($0)"]?.int64 == Int64($0) })
    #expect(object["k\(count)"] == nil)
    #expect(object == JSONObject(object.members))
    #expect(JSONValue.object(object) == (try? JSONValue(parsing: JSONValue.object(object).serialized())))
  }

  @Test(arguments: [3, 18, 40])
  func `a member is replaced in its place and removed`(count: Int) {
    var object = JSONObject((0..<count).map { (key: "k\($0)", value: JSONValue($0)) })
    object["k1"] = "new"
    #expect(object.members[1].value == "new")
    object["k0"] = nil
    object["none"] = nil
    #expect(object.keys == (1..<count).map { "k\($0)" })
    #expect(object["k0"] == nil)
    #expect(object["k1"] == "new")
    #expect(object["k\(count - 1)"]?.int64 == Int64(count - 1))
    object["k0"] = true
    #expect(object.keys.last == "k0")
  }

  @Test func `of a key that comes twice the last value counts`() {
    let object: JSONObject = ["a": 1, "b": 2, "a": 3]
    #expect(JSONValue.object(object).text == "{\"a\":3,\"b\":2}")
  }

  @Test func `the order of members tells two objects apart`() {
    let one: JSONValue = ["a": 1, "b": 2]
    let other: JSONValue = ["b": 2, "a": 1]
    #expect(one != other)
    #expect(one.text != other.text)
    #expect(one.serialized(sortedKeys: true) == other.serialized(sortedKeys: true))
    #expect(Set([one, other, one]).count == 2)
  }
}

@Suite struct ValueTests {
  @Test func `a value is asked for what it may be`() {
    let value: JSONValue = [
      "null": .null, "bool": true, "int": 7, "double": 1.5, "string": "s", "array": [1], "object": ["a": 1],
    ]
    #expect(value["null"]?.isNull == true)
    #expect(value["bool"]?.bool == true)
    #expect(value["int"]?.int64 == 7)
    #expect(value["double"]?.double == 1.5)
    #expect(value["double"]?.int64 == nil)
    #expect(value["double"]?.number?.text == "1.5")
    #expect(value["string"]?.string == "s")
    #expect(value["array"]?.array == [1])
    #expect(value["object"]?.object?.keys == ["a"])
    #expect(value["object"]?["a"] == 1)
    #expect(value["none"] == nil)
    #expect(value["string"]?["a"] == nil)
    #expect(value["string"]?.int64 == nil && value["int"]?.string == nil && value["int"]?.bool == nil)
    #expect(value["bool"]?.array == nil && value["array"]?.object == nil && value["bool"]?.isNull == false)
  }

  @Test(
    arguments: [
      (.null, "null"), (true, "a boolean"), (1, "a number"), ("", "a string"), (.streamed(0), "a string"),
      ([], "an array"), ([:], "an object"),
    ] as [(JSONValue, String)])
  func `a value names its kind`(value: JSONValue, name: String) {
    #expect(value.kind.description == name)
  }
}

@Suite struct PathTests {
  @Test(arguments: [
    ("", "a", "a"), ("to[3]", "address", "to[3].address"), ("a", "b-c_1", "a.b-c_1"), ("a", "", "a[\"\"]"),
    ("", "a.b", "[\"a.b\"]"), ("x", "a[0]", "x[\"a[0]\"]"), ("", "say \"hi\\\"", "[\"say \\\"hi\\\\\\\"\"]"),
    ("", "größe", "[\"größe\"]"), ("", "a\n\0", "[\"a\\u{A}\\u{0}\"]"), ("", "\u{202E}x", "[\"\\u{202E}x\"]"),
    ("", "\u{2028}\u{E000}", "[\"\\u{2028}\\u{E000}\"]"),
    ("", String(repeating: "a", count: 64), String(repeating: "a", count: 64)),
    ("", String(repeating: "a", count: 65), "[\"\(String(repeating: "a", count: 64))…\"]"),
  ])
  func `a key in a path is safe to show`(path: String, key: String, expected: String) {
    #expect(JSONPath.member(key, of: path) == expected)
  }

  @Test func `an element is named by its index`() {
    #expect(JSONPath.element(3, of: "to") == "to[3]")
    #expect(JSONPath.element(0, of: "") == "[0]")
  }
}
