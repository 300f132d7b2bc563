/// A file as uuencode(1) writes it, which is older than MIME: POSIX, uuencode, "Historical encoding".
struct UUEncoding {
  private(set) var content: [UInt8] = []

  /// From the line `begin` to the line `end`, or as far as there is a file; `nil` where none begins.
  init?(parsing body: ArraySlice<UInt8>) {
    guard var rest = Self.afterBegin(body) else { return nil }
    while let line = Self.nextLine(&rest) {
      // The number of octets, then groups of four characters. Blanks at the end, which stand for zeros, get
      // lost on the way.
      guard let first = line.first, let count = Self.value(first), count > 0 else { break }
      decode(line.dropFirst(), count: count)
    }
  }

  /// The name in the line `begin`.
  static func name(_ body: ArraySlice<UInt8>) -> String? {
    var rest = body
    while let line = nextLine(&rest) {
      guard isBegin(line) else { continue }
      let words = line.split(separator: .space, maxSplits: 2)
      return words.count == 3 ? EncodedWord.decode(words[2]) : nil
    }
    return nil
  }

  private mutating func decode(_ line: ArraySlice<UInt8>, count: Int) {
    let start = content.count
    var index = line.startIndex
    while content.count - start < count {
      var bits: UInt32 = 0
      for place in 0..<4 {
        let value = index + place < line.endIndex ? Self.value(line[index + place]) ?? 0 : 0
        bits = bits << 6 | UInt32(value)
      }
      for shift in [16, 8, 0] where content.count - start < count {
        content.append(UInt8(truncatingIfNeeded: bits >> UInt32(shift)))
      }
      index += 4
    }
  }

  /// A blank and a grave accent are both zero.
  private static func value(_ byte: UInt8) -> Int? {
    (0x20...0x60).contains(byte) ? Int(byte - 0x20) & 63 : nil
  }

  private static func afterBegin(_ body: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
    var rest = body
    while let line = nextLine(&rest) {
      if isBegin(line) { return rest }
    }
    return nil
  }

  /// `begin`, the mode in octal digits, and the name.
  private static func isBegin(_ line: ArraySlice<UInt8>) -> Bool {
    guard line.starts(with: "begin ".utf8) else { return false }
    let mode = line.dropFirst(6).prefix { (0x30...0x37).contains($0) }
    return (3...4).contains(mode.count) && line[mode.endIndex...].first == .space
  }

  private static func nextLine(_ rest: inout ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
    guard !rest.isEmpty else { return nil }
    let line = rest.prefix { $0 != .cr && $0 != .lf }
    rest = rest[line.endIndex...]
    rest = rest.dropFirst(rest.starts(with: [UInt8].crlf) ? 2 : 1)
    return line
  }
}
