import Synchronization

/// Text in a charset that adds the characters of a national standard to ASCII, each as two octets from 0xA1
/// to 0xFE (ISO 2022, a set of 94 by 94). Whatever else the charset has is left to its converter.
enum DoubleByteText {
  private static let octets: ClosedRange<UInt8> = 0xA1...0xFE
  /// The converters that read each pair whatever is around it.
  private static let names: Set = ["EUC-JP", "CP949", "GB18030"]
  /// Making one costs as much as reading a long text.
  private static let tables = Mutex<[String: [UTF8Entry]?]>([:])

  /// `nil` if the converter, or another one for what it does not know, must read the text.
  static func decode(_ bytes: ArraySlice<UInt8>, _ name: String, otherwise other: String?) -> String? {
    guard names.contains(name), let table = table(name, otherwise: other) else { return nil }
    return table.withUnsafeBufferPointer { table in
      bytes.withUnsafeBytes { input in
        // Two octets become three; the last entry is written with four.
        UnicodeText.utf8(capacity: 2 * input.count + 4) { write(input, table, to: $0) }
      }
    }
  }

  private static func write(
    _ input: UnsafeRawBufferPointer, _ table: UnsafeBufferPointer<UTF8Entry>,
    to output: UnsafeMutableRawPointer
  ) -> Int? {
    var (index, place) = (0, 0)
    while index < input.count {
      let byte = input[index]
      if byte < 0x80 {
        output.storeBytes(of: byte, toByteOffset: place, as: UInt8.self)
        (index, place) = (index + 1, place + 1)
        continue
      }
      guard index + 1 < input.count, octets.contains(byte), octets.contains(input[index + 1]) else {
        return nil
      }
      let entry = table[
        Int(byte - octets.lowerBound) * octets.count + Int(input[index + 1] - octets.lowerBound)]
      guard !entry.isNone else { return nil }
      place += entry.write(to: output + place)
      index += 2
    }
    return place
  }

  /// `nil` if there is no such converter.
  private static func table(_ name: String, otherwise other: String?) -> [UTF8Entry]? {
    if let table = tables.withLock({ $0[name] }) { return table }
    let table = makeTable(name, otherwise: other)
    tables.withLock { $0[name] = .some(table) }
    return table
  }

  private static func makeTable(_ name: String, otherwise other: String?) -> [UTF8Entry]? {
    // A line for each pair, because what a converter does not know becomes one character or two; and an empty line,
    // because it may take the line end, too, for a part of the character.
    let pairs = octets.flatMap { first in octets.flatMap { [first, $0, .lf, .lf] } }
    guard let text = Converter.decode(pairs[...], name, otherwise: other) else { return nil }
    let table = text.unicodeScalars.split(separator: "\n").map { line in
      line.count == 1 && line.first != "\u{FFFD}" ? UTF8Entry(line[line.startIndex]) : .none
    }
    return table.count == octets.count * octets.count ? table : nil
  }
}
