import Testing

@testable import Accounts
@testable import Tables

@Suite struct CSVReaderTests {
  @Test(
    arguments: [
      ("a,b\nc,d\n", [["a", "b"], ["c", "d"]]),
      ("a,b\r\nc,d\r\n", [["a", "b"], ["c", "d"]]),
      ("a,b\rc,d\r", [["a", "b"], ["c", "d"]]),
      ("a,b\nc,d", [["a", "b"], ["c", "d"]]),
      ("a;b\nc,;d", [["a", "b"], ["c,", "d"]]),
      ("a\tb\nc c\td", [["a", "b"], ["c c", "d"]]),
      ("a, b ,\t\"c\" ,d\n", [["a", "b", "c", "d"]]),
      ("\"a,\"\"x\"\"\",b\n", [["a,\"x\"", "b"]]),
      ("\"a\nb\r\nc\",d\ne,f\n", [["a\nb\r\nc", "d"], ["e", "f"]]),
      ("\n\r\n a,b\n\n,,\n \n\"\",\nc,d\n\n", [["a", "b"], ["c", "d"]]),
      ("a,\n,b\n", [["a", ""], ["", "b"]]),
      ("alone", [["alone"]]),
      ("\"x;y;z\",b\n1;2,3\n", [["x;y;z", "b"], ["1;2", "3"]]),
      ("a@b.example----p,;\"w----id----to\"ken\n", [["a@b.example", "p,;\"w", "id", "to\"ken"]]),
      ("a@b.example,x----y----z,t\n", [["a@b.example", "x----y----z", "t"]]),
      ("ä,\u{1F600}\n", [["ä", "\u{1F600}"]]),
      ("", []),
      ("\n\n", []),
    ] as [(String, [[String]])])
  func `a table is read whatever its separators, line ends and quotes`(text: String, rows: [[String]]) throws
  {
    for encoding in TextEncoding.allCases {
      for size in [1, 2, 3, 7, 4096] {
        let read = try CSVReader.rows(encoding.bytes(text), pieces: size).map { try $0.fields.get() }
        #expect(read == rows, "\(encoding), in pieces of \(size)")
      }
    }
  }

  @Test func `rows are named by the line they start on`() {
    let text = "a,b\r\n\r\n\"two\r\nlines\",c\r\n\"three\n\nlines\",d\rlast,e"
    for size in 1...9 {
      #expect(CSVReader.rows(Array(text.utf8), pieces: size).map(\.line) == [1, 3, 5, 8])
    }
  }

  @Test(
    arguments: [
      ("a,b\nx\"y,b\nc,d\n", [.row, .fault(2, .quoting), .row]),
      ("a,b\n\"x\"y,b\nc,d\n", [.row, .fault(2, .quoting), .row]),
      ("a,b\n\"never closed,b\nc,d\ne,f\n", [.row, .fault(2, .quoting), .row, .row]),
      ("a,b\n\"never closed,b\r\nc,d\r\ne,\"f\"", [.row, .fault(2, .quoting), .row, .row]),
      ("a,b\nc,\"never closed", [.row, .fault(2, .quoting)]),
      ("a,b\n\u{FFFF0}\"x\n\"y\n", [.row, .fault(2, .quoting), .fault(3, .quoting)]),
      ("a,b\n" + String(repeating: ",", count: 20) + "x\nc,d", [.row, .fault(2, .tooManyColumns), .row]),
      (
        "a,b\n" + String(repeating: "x", count: CSVReader.fieldLimit + 1) + ",b\nc,d",
        [.row, .fault(2, .fieldTooLong), .row]
      ),
      (
        "a,b\n" + String(repeating: "x", count: CSVReader.fieldLimit) + ",b\nc,d", [.row, .row, .row]
      ),
      (
        "a,b\n" + String(repeating: "x", count: CSVReader.rowLimit + 1) + ",b\nc,d",
        [.row, .fault(2, .rowTooLong), .row]
      ),
      (
        "a,b\n\"" + String(repeating: "x\n", count: CSVReader.rowLimit) + "c,d",
        [.row, .fault(2, .rowTooLong)] + Array(repeating: .row, count: CSVReader.rowLimit)
      ),
      (
        "a@b.example----" + String(repeating: "x", count: CSVReader.fieldLimit + 1) + "----c\nc----d",
        [.fault(1, .fieldTooLong), .row]
      ),
    ] as [(String, [Expected])])
  func `a row that is none does not spoil the next`(text: String, expected: [Expected]) {
    for size in [3, 4096] {
      let read = CSVReader.rows(Array(text.utf8), pieces: size).map(Expected.init)
      #expect(read == expected, "in pieces of \(size)")
    }
  }

  @Test func `what is not Unicode is told and not guessed`() {
    let latin1: [UInt8] = Array("a,b\nM".utf8) + [0xFC] + Array("ller,b\nc,d\n".utf8)
    #expect(CSVReader.rows(latin1).map(Expected.init) == [.row, .fault(2, .encoding), .row])
    var surrogate = TextEncoding.utf16LittleMarked.bytes("a,b\nx,y\nc,d\n")
    surrogate[2 + 4 * 2 + 1] = 0xD8
    #expect(CSVReader.rows(surrogate).map(Expected.init) == [.row, .fault(2, .encoding), .row])
    let odd = TextEncoding.utf16BigMarked.bytes("a,b\nc,d") + [0]
    #expect(CSVReader.rows(odd).map(Expected.init) == [.row, .fault(2, .encoding)])
  }

  @Test(arguments: 0..<100 as Range<UInt64>)
  func `whatever is written as RFC 4180 says reads back`(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let rows = CSVSample.rows(&random)
    let bytes = CSVSample.written(rows, &random)
    let read = CSVReader.rows(bytes, pieces: .random(in: 1...500, using: &random))
    #expect(try read.map { try $0.fields.get() } == rows)
  }

  @Test(arguments: 0..<60 as Range<UInt64>)
  func `of damaged tables the good rows are read, however they arrive`(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    var bytes = CSVSample.written(CSVSample.rows(&random), &random)
    for _ in 0..<8 {
      let damage: [UInt8] = [0x22, 0x2C, 0x0A, 0x0D, 0xFF, 0x00, 0xD8, 0x2D]
      bytes[.random(in: bytes.indices, using: &random)] = damage.randomElement(using: &random) ?? 0
    }
    let whole = CSVReader.rows(bytes, pieces: bytes.count)
    #expect(CSVReader.rows(bytes, pieces: .random(in: 1...60, using: &random)) == whole)
    #expect(whole.map(\.line) == whole.map(\.line).sorted())
  }
}

enum Expected: Sendable, Equatable {
  case row
  case fault(Int, CSVFault)

  init(_ row: CSVRow) {
    switch row.fields {
    case .success: self = .row
    case .failure(let fault): self = .fault(row.line, fault)
    }
  }
}

extension CSVReader {
  /// Of a text that arrives in pieces of so many bytes.
  static func rows(_ bytes: [UInt8], pieces size: Int = 4096) -> [CSVRow] {
    var reader = CSVReader()
    let pieces = stride(from: 0, to: bytes.count, by: max(size, 1)).map {
      Array(bytes[$0..<min($0 + max(size, 1), bytes.count)])
    }
    return pieces.flatMap { reader.read($0) } + reader.finish()
  }
}

enum TextEncoding: CaseIterable, Sendable {
  case utf8
  case utf8Marked
  case utf16LittleMarked
  case utf16BigMarked
  case utf16Little
  case utf16Big

  func bytes(_ text: String) -> [UInt8] {
    // Without a mark only an ASCII character at the front tells UTF-16.
    let isPlain = text.utf8.first.map { $0 < 0x80 } ?? false
    switch self {
    case .utf8: return Array(text.utf8)
    case .utf8Marked: return [0xEF, 0xBB, 0xBF] + Array(text.utf8)
    case .utf16Little where !isPlain: return TextEncoding.utf16LittleMarked.bytes(text)
    case .utf16Big where !isPlain: return TextEncoding.utf16BigMarked.bytes(text)
    case .utf16LittleMarked, .utf16Little:
      let mark: [UInt8] = self == .utf16Little ? [] : [0xFF, 0xFE]
      return mark + text.utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
    case .utf16BigMarked, .utf16Big:
      let mark: [UInt8] = self == .utf16Big ? [] : [0xFE, 0xFF]
      return mark + text.utf16.flatMap { [UInt8($0 >> 8), UInt8($0 & 0xFF)] }
    }
  }
}

/// SplitMix64: a test that fails does so again.
struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) {
    state = seed
  }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
    return z ^ z >> 31
  }
}

enum CSVSample {
  /// Each row says something, and the first one so that its separator is plain to see.
  static func rows(_ random: inout SeededGenerator) -> [[String]] {
    let columns = Int.random(in: 2...6, using: &random)
    let first = (0..<columns).map { "column\($0)" }
    return [first]
      + (0..<Int.random(in: 0...12, using: &random)).map { _ in
        ["x"] + (1..<columns).map { _ in text(&random) }
      }
  }

  static func written(_ rows: [[String]], _ random: inout SeededGenerator) -> [UInt8] {
    let separator = [",", ";", "\t"].randomElement(using: &random) ?? ","
    let end = ["\n", "\r\n", "\r"].randomElement(using: &random) ?? "\n"
    var text = ""
    for row in rows {
      text += row.map { quoted($0, Bool.random(using: &random)) }.joined(separator: separator) + end
      if Int.random(in: 0..<6, using: &random) == 0 { text += end }
    }
    return (TextEncoding.allCases.randomElement(using: &random) ?? .utf8).bytes(text)
  }

  private static func text(_ random: inout SeededGenerator) -> String {
    let parts = ["a", "ü", "\u{1F600}", "\"", ",", ";", "\t", "\n", "\r\n", " ", "----", "字"]
    return (0..<Int.random(in: 0...8, using: &random))
      .map { _ in parts.randomElement(using: &random) ?? "" }.joined()
  }

  private static func quoted(_ text: String, _ always: Bool) -> String {
    let special: Set<Character> = ["\"", ",", ";", "\t", "\n", "\r\n", "\r", " "]
    guard always || text.contains(where: special.contains) else { return text }
    return "\"" + text.replacing("\"", with: "\"\"") + "\""
  }
}
