/// Reads base64 line by line, four characters at a time where it can.
///
/// The input may come in pieces: each but the last ends with a line, or within one that is longer than `longestFooter`.
struct Base64Decoder: Sendable {
  /// A longer line is taken for content, so that nobody has to keep it: RFC 5322 section 2.1.1 knows none.
  static let longestFooter = Lines.maximum

  /// What had been read where a line starts.
  private struct Mark {
    var index = 0
    var count = 0
    var isWhole = true
    var isPadded = false
  }

  private var bits: UInt32 = 0
  /// How many of `bits` are not written yet.
  private var held: UInt32 = 0
  private var isPadded = false
  private var hasContent = false
  private var isLineChecked = false
  /// Whether there are blanks within the lines of the content itself.
  private var hasGaps = false
  /// Whether a footer came.
  private var hasEnded = false

  /// How much of `input` can be decoded before the rest is known.
  static func ready(_ input: [UInt8]) -> Int {
    let end = input.lastIndex { $0 == .cr || $0 == .lf }.map { $0 + 1 } ?? 0
    return input.count - end > longestFooter ? input.count : end
  }

  /// The number of octets; `values` are those of the characters, and over 63 for any other octet.
  mutating func decode(
    _ input: UnsafeBufferPointer<UInt8>, into output: UnsafeMutableBufferPointer<UInt8>, _ values: [UInt8]
  ) -> Int {
    guard !hasEnded else { return 0 }
    var (index, count) = (0, 0)
    var line = Mark(isWhole: held == 0, isPadded: isPadded)
    values.withUnsafeBufferPointer { values in
      while index < input.count {
        if held == 0, !isPadded { Self.decodeGroups(input, &index, into: output, &count, values) }
        guard index < input.count else { break }
        let byte = input[index]
        let value = values[Int(byte)]
        if byte == .cr || byte == .lf {
          line = Mark(index: index + 1, count: count, isWhole: held == 0, isPadded: isPadded)
          isLineChecked = false
        } else if value > 63 || isPadded && !isLineChecked {
          if !isLineChecked, startsFooter(line, input, values) {
            hasEnded = true
            count = line.count
            return
          }
          isLineChecked = true
        }
        if value < 64 {
          take(value, into: output, &count)
        } else if byte == UInt8(ascii: "=") {
          (bits, held, isPadded) = (0, 0, true)
        }
        index += 1
      }
    }
    // Only a long line goes on in the next piece.
    if line.index < input.count { isLineChecked = true }
    hasContent = hasContent || count > 0
    return count
  }

  private static func decodeGroups(
    _ input: UnsafeBufferPointer<UInt8>, _ inputIndex: inout Int,
    into output: UnsafeMutableBufferPointer<UInt8>, _ outputCount: inout Int,
    _ values: UnsafeBufferPointer<UInt8>
  ) {
    var (index, count) = (inputIndex, outputCount)
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
    (inputIndex, outputCount) = (index, count)
  }

  private mutating func take(
    _ value: UInt8, into output: UnsafeMutableBufferPointer<UInt8>, _ count: inout Int
  ) {
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
  private mutating func startsFooter(
    _ line: Mark, _ input: UnsafeBufferPointer<UInt8>, _ values: UnsafeBufferPointer<UInt8>
  ) -> Bool {
    var (characters, others, gaps) = (0, 0, 0)
    var afterBlank = false
    let limit = min(line.index + Self.longestFooter + 1, input.count)
    var index = line.index
    while index < limit, input[index] != .cr, input[index] != .lf {
      let byte = input[index]
      if !byte.isBlank, afterBlank, characters + others > 0 { gaps += 1 }
      if values[Int(byte)] < 64 || byte == UInt8(ascii: "=") && characters > 0 {
        characters += 1
      } else if !byte.isBlank {
        others += 1
      }
      afterBlank = byte.isBlank
      index += 1
    }
    let isLong = index - line.index > Self.longestFooter
    guard hasContent || line.count > 0, line.isWhole, !isLong else {
      hasGaps = hasGaps || gaps > 0
      return false
    }
    if gaps > 0 && !hasGaps || characters == 0 && others > 0 { return true }
    return line.isPadded && (others > 0 || !characters.isMultiple(of: 4))
  }
}
