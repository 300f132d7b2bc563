/// Reads base64 line by line, four characters at a time where it can.
struct Base64Decoder {
  /// What had been read where a line starts.
  private struct Mark {
    var index = 0
    var count = 0
    var isWhole = true
    var isPadded = false
  }

  private let input: UnsafeBufferPointer<UInt8>
  private var index = 0
  private var count = 0
  private var bits: UInt32 = 0
  /// How many of `bits` are not written yet.
  private var held: UInt32 = 0
  private var isPadded = false
  private var line = Mark()
  private var isLineChecked = false
  /// Whether there are blanks within the lines of the content itself.
  private var hasGaps = false

  init(_ input: UnsafeBufferPointer<UInt8>) {
    self.input = input
  }

  /// The number of octets; `values` are those of the characters, and over 63 for any other octet.
  mutating func decode(into output: UnsafeMutableBufferPointer<UInt8>, _ values: [UInt8]) -> Int {
    values.withUnsafeBufferPointer { values in
      while index < input.count {
        if held == 0, !isPadded { decodeGroups(into: output, values) }
        guard index < input.count else { break }
        let byte = input[index]
        let value = values[Int(byte)]
        if byte == .cr || byte == .lf {
          line = Mark(index: index + 1, count: count, isWhole: held == 0, isPadded: isPadded)
          isLineChecked = false
        } else if value > 63 || isPadded && !isLineChecked {
          guard isLineChecked || !startsFooter(values) else { return line.count }
          isLineChecked = true
        }
        if value < 64 {
          take(value, into: output)
        } else if byte == UInt8(ascii: "=") {
          (bits, held, isPadded) = (0, 0, true)
        }
        index += 1
      }
      return count
    }
  }

  private mutating func decodeGroups(
    into output: UnsafeMutableBufferPointer<UInt8>, _ values: UnsafeBufferPointer<UInt8>
  ) {
    var (index, count) = (index, count)
    while index + 4 <= input.count {
      let (a, b) = (values[Int(input[index])], values[Int(input[index + 1])])
      let (c, d) = (values[Int(input[index + 2])], values[Int(input[index + 3])])
      guard a | b | c | d < 64 else { break }
      output[count] = a << 2 | b >> 4
      output[count + 1] = b << 4 | c >> 2
      output[count + 2] = c << 6 | d
      index += 4
      count += 3
    }
    (self.index, self.count) = (index, count)
  }

  private mutating func take(_ value: UInt8, into output: UnsafeMutableBufferPointer<UInt8>) {
    isPadded = false
    bits = bits << 6 | UInt32(value)
    held += 6
    guard held >= 8 else { return }
    held -= 8
    output[count] = UInt8(truncatingIfNeeded: bits >> held)
    count += 1
  }

  /// Whether the line is not base64 but what a mailing list adds: after padding, anything but whole groups; after
  /// other whole groups, words with blanks between them, or a rule of characters outside the alphabet.
  private mutating func startsFooter(_ values: UnsafeBufferPointer<UInt8>) -> Bool {
    var (characters, others, gaps) = (0, 0, 0)
    var afterBlank = false
    for byte in input[line.index...] {
      if byte == .cr || byte == .lf { break }
      if !byte.isBlank, afterBlank, characters + others > 0 { gaps += 1 }
      if values[Int(byte)] < 64 || byte == UInt8(ascii: "=") && characters > 0 {
        characters += 1
      } else if !byte.isBlank {
        others += 1
      }
      afterBlank = byte.isBlank
    }
    guard line.count > 0, line.isWhole else {
      hasGaps = hasGaps || gaps > 0
      return false
    }
    if gaps > 0 && !hasGaps || characters == 0 && others > 0 { return true }
    return line.isPadded && (others > 0 || !characters.isMultiple(of: 4))
  }
}
