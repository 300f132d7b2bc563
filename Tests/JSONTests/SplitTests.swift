import JSON
import Testing

/// Nothing about the outcome may depend on how the bytes are cut.
@Suite struct SplitTests {
  private static let patterns = [JSONStreamPattern("raw"), JSONStreamPattern("attachments[].content")]

  @Test(arguments: [
    " {\"a\" : [1, -2.5e+10, true, false, null], \"b\\u00e9\": \"\\ud83d\\ude00\\\"\\n é中😀\"}\r\n",
    "{\"raw\":\"QUJD\\/é\\u20acREVG\\ud83d\\ude00\",\"attachments\":[{\"content\":\"\"},{\"content\":\"\\n\"}]}",
    "[\"\\uD800\\uD800\"]", "[\"\\uD800x\"]", "[\"\\ud83d\\u12x4\"]", "[\"\\x\"]", "[1.5e]", "[-]", "[nulL]",
    "{\"key\":1,\n\"k\\u0065y\":2}", "[\"a\nb\"]", "[1]\n\n]", "[\"😀", "[\"\\ud83d\\ude0", "{\"a\":12",
    "-12.50",
    "[[[[[1,{\"a\":[", "\"\u{10FFFF}\u{7FF}\u{800}\"", "[\"long enough for a whole word\u{1}\"]",
  ])
  func `a text cut anywhere gives the same value or the same error`(text: String) {
    expectNoDifference(Array(text.utf8))
  }

  @Test(
    arguments: [
      [0x22, 0xE2, 0x82, 0x22], [0x22, 0xC3, 0x28, 0x22], [0x22, 0xF0, 0x9F, 0x98, 0x5C, 0x6E, 0x22],
      [0x22, 0x61, 0xED, 0xA0, 0x80, 0x22], [0x22, 0xF4, 0x90, 0x80, 0x80, 0x22], [0x22, 0xC0, 0x80, 0x22],
      [0x22, 0xE2, 0x82, 0x0A], [0x22, 0xF0, 0x80, 0x80, 0x80, 0x22], [0xEF, 0xBB, 0xBF, 0x31],
      [0x22, 0xC3, 0xA9, 0xC3, 0xA9, 0xFF, 0x22], [0x22, 0xE2, 0x82],
    ] as [[UInt8]])
  func `malformed UTF-8 cut anywhere gives the same error`(bytes: [UInt8]) {
    expectNoDifference(bytes)
  }

  /// Cut once at every place, and at every place at once.
  private func expectNoDifference(_ bytes: [UInt8]) {
    for limits in Self.limits {
      let whole = read(bytes, limits: limits, streaming: Self.patterns)
      for cut in 0...bytes.count {
        #expect(read(bytes, cuts: [cut], limits: limits, streaming: Self.patterns) == whole, "cut at \(cut)")
      }
      let singles = read(
        bytes, cuts: Array(1..<max(1, bytes.count)), limits: limits, streaming: Self.patterns)
      #expect(singles == whole)
    }
  }

  /// Tight ones change which of two faults comes first.
  private static let limits: [JSONLimits] = [
    .standard, JSONLimits(keyBytes: 3), JSONLimits(stringBytes: 4), JSONLimits(numberBytes: 3),
    JSONLimits(bytes: 17), JSONLimits(depth: 2, elements: 3),
  ]

  @Test(arguments: 0..<60 as Range<UInt64>)
  func `random texts, sound and damaged, do not depend on the cuts`(seed: UInt64) {
    var generator = Generator(seed: seed)
    let value: JSONValue = [
      "raw": .string(generator.string()), "value": generator.value(),
      "attachments": .array((0..<2).map { _ in ["content": .string(generator.string())] }),
    ]
    let sound = Array(generator.text(of: value).utf8)
    for round in 0..<12 {
      var bytes = sound
      for _ in 0..<(round == 0 ? 0 : Int.random(in: 1...3, using: &generator)) { generator.mutate(&bytes) }
      let limits = generator.chance(50) ? .standard : generator.pick(Self.limits)
      let whole = read(bytes, limits: limits, streaming: Self.patterns)
      if round == 0, limits == .standard { #expect(whole.value != nil, "\(whole)") }
      for _ in 0..<4 {
        let cuts = generator.cuts(bytes.count)
        #expect(read(bytes, cuts: cuts, limits: limits, streaming: Self.patterns) == whole, "cuts \(cuts)")
      }
      let singles = read(bytes, cuts: Array(0..<bytes.count), limits: limits, streaming: Self.patterns)
      #expect(singles == whole)
    }
  }

  /// Long runs pass the reader in other ways than short ones, and many escapes are handed on in parts.
  @Test(arguments: [100, 4095, 4097, 16_384])
  func `long strings do not depend on the cuts`(length: Int) throws {
    let run = String(repeating: "x", count: length - 2) + "é"
    let escapes =
      String(repeating: "\\n", count: length / 2) + String(repeating: "\\u20AC/\\\"", count: length / 8)
    let faults = ["", "\\x", "\u{1}"]
    for content in [run, run + "\\n" + run, "é" + escapes + run + "\\n"] {
      for fault in faults {
        let bytes = Array("{\"raw\":\"\(content)\",\"kept\":\"\(content)\(fault)\"}".utf8)
        for limits in [.standard, JSONLimits(stringBytes: length)] {
          let whole = read(bytes, limits: limits, streaming: Self.patterns)
          #expect(whole.streamed.count == 1)
          if fault.isEmpty, limits == .standard {
            let kept = try #require(whole.value?["kept"]?.string)
            #expect(Array(kept.utf8) == whole.streamed[0].bytes)
          }
          for cuts in [
            [8, 4104], [16_384], Array(stride(from: 7, to: bytes.count, by: 4096)),
          ] {
            let cuts = cuts.filter { $0 < bytes.count }
            #expect(read(bytes, cuts: cuts, limits: limits, streaming: Self.patterns) == whole)
          }
        }
      }
    }
  }

  @Test(arguments: [4095, 4096, 5000, 20_000])
  func `an overlong key is refused as a whole run and in parts`(length: Int) {
    let key = String(repeating: "k", count: length)
    let error = JSONError(reason: .keyTooLong(limit: 1024), line: 1, column: 2, path: "")
    for content in [key, "\\n" + key, key + "\\n", key + "\n", key + "\\x"] {
      let bytes = Array("{\"\(content)\":1}".utf8)
      #expect(read(bytes).error == error)
      #expect(read(bytes, cuts: Array(stride(from: 1, to: bytes.count, by: 100))).error == error)
    }
  }

  @Test func `a copy of a document goes its own way`() throws {
    var first = JSONDocument()
    try first.feed("{\"a\":[1,".utf8)
    var second = first
    try first.feed("2]}".utf8)
    try second.feed("3],\"b\":4}".utf8)
    #expect(try first.finish() == ["a": [1, 2]])
    #expect(try second.finish() == ["a": [1, 3], "b": 4])
  }
}
