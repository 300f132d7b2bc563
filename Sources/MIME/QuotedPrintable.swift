/// RFC 2045 section 6.7.
enum QuotedPrintable {
  /// Without the CRLF, soft breaks included.
  private static let width = 76

  /// `content` has CRLF line ends; they stay line ends.
  static func encode(_ content: [UInt8], into bytes: inout [UInt8]) {
    var column = 0
    var index = 0
    while index < content.count {
      // Most of a text is written literally.
      let start = index
      while index < content.count, column < width - 1, standsForItself(content, index) {
        index += 1
        column += 1
      }
      bytes.append(contentsOf: content[start..<index])
      guard index < content.count else { return }
      let byte = content[index]
      if byte == .cr, index + 1 < content.count, content[index + 1] == .lf {
        bytes.appendLineEnd()
        column = 0
        index += 2
        continue
      }
      let atLineEnd = index + 1 == content.count || content[index + 1] == .cr
      let isLiteral = standsForItself(content, index)
      let cost = isLiteral ? 1 : 3
      // One column is kept for the soft break, except in front of a line end.
      if column + cost > (atLineEnd ? width : width - 1) {
        bytes.append(contentsOf: [UInt8(ascii: "="), .cr, .lf])
        column = 0
      }
      if isLiteral { bytes.append(byte) } else { bytes.append(escaping: byte, with: UInt8(ascii: "=")) }
      column += cost
      index += 1
    }
  }

  private static func standsForItself(_ content: [UInt8], _ index: Int) -> Bool {
    let byte = content[index]
    if byte.isBlank { return index + 1 < content.count && content[index + 1] != .cr }
    return (0x21...0x7E).contains(byte) && byte != UInt8(ascii: "=")
  }

  /// More blanks in a row than this are content, so that nobody has to keep them: no line has as many.
  private static let mostBlanks = Lines.maximum

  /// Whatever is not a valid escape is taken literally; blanks at the end of a line are dropped, as a relay
  /// added them.
  static func decode(_ content: ArraySlice<UInt8>) -> [UInt8] { decode(content, isLast: true).content }

  /// The same for content that comes in pieces: how much of this one is decoded, unless it is the last,
  /// depends on what follows it. The rest belongs before the next one.
  static func decode(_ content: ArraySlice<UInt8>, isLast: Bool) -> (content: [UInt8], used: Int) {
    var used = 0
    let decoded = content.withUnsafeBufferPointer { input in
      [UInt8](unsafeUninitializedCapacity: input.count) { output, count in
        (used, count) = decode(input, into: output, isLast: isLast)
      }
    }
    return (decoded, used)
  }

  private static func decode(
    _ input: UnsafeBufferPointer<UInt8>, into output: UnsafeMutableBufferPointer<UInt8>, isLast: Bool
  ) -> (used: Int, count: Int) {
    var index = 0
    var count = 0
    // What is certain to stay, with whatever follows it but blanks.
    var kept = 0
    while index < input.count {
      let byte = input[index]
      if standsForItself(byte) {
        copy(input, &index, to: output, &count)
        continue
      }
      if byte != UInt8(ascii: "=") {
        count = withoutBlanks(output, kept..<count)
        output[count] = byte
        (index, count) = (index + 1, count + 1)
      } else if index + 2 < input.count, let high = input[index + 1].hexValue,
        let low = input[index + 2].hexValue
      {
        output[count] = high << 4 | low
        (index, count) = (index + 3, count + 1)
      } else if !isLast, !isEscapeComplete(input, at: index + 1) {
        break
      } else if let next = softBreak(in: input, at: index + 1) {
        index = next
      } else {
        output[count] = byte
        (index, count) = (index + 1, count + 1)
      }
      kept = count
    }
    let end = withoutBlanks(output, kept..<count)
    return (isLast ? index : index - (count - end), end)
  }

  /// Copies what stands for itself.
  private static func copy(
    _ input: UnsafeBufferPointer<UInt8>, _ index: inout Int,
    to output: UnsafeMutableBufferPointer<UInt8>, _ count: inout Int
  ) {
    let (source, target) = (UnsafeRawBufferPointer(input), UnsafeMutableRawBufferPointer(output))
    var (from, to) = (index, count)
    while from + 8 <= source.count {
      let word = source.loadUnaligned(fromByteOffset: from, as: UInt64.self)
      if word.contains(UInt8(ascii: "=")) || word.contains(.cr) || word.contains(.lf) { break }
      target.storeBytes(of: word, toByteOffset: to, as: UInt64.self)
      (from, to) = (from + 8, to + 8)
    }
    while from < source.count, standsForItself(source[from]) {
      target[to] = source[from]
      (from, to) = (from + 1, to + 1)
    }
    (index, count) = (from, to)
  }

  /// Wherever it is.
  private static func standsForItself(_ byte: UInt8) -> Bool {
    byte != UInt8(ascii: "=") && byte != .cr && byte != .lf
  }

  /// Where `range` ends without the blanks at its end.
  private static func withoutBlanks(_ output: UnsafeMutableBufferPointer<UInt8>, _ range: Range<Int>) -> Int {
    let start = max(range.lowerBound, range.upperBound - mostBlanks)
    var end = range.upperBound
    while end > start, output[end - 1].isBlank { end -= 1 }
    return end
  }

  /// Whether what comes after `=` says what it means.
  private static func isEscapeComplete(_ content: UnsafeBufferPointer<UInt8>, at index: Int) -> Bool {
    let next = afterBlanks(in: content, at: index)
    return next - index > mostBlanks || next + 1 < content.count
  }

  /// The index after the line end that only blanks separate from `index`.
  private static func softBreak(in content: UnsafeBufferPointer<UInt8>, at index: Int) -> Int? {
    var next = afterBlanks(in: content, at: index)
    guard next - index <= mostBlanks else { return nil }
    guard next < content.count else { return next }
    guard content[next] == .cr else { return content[next] == .lf ? next + 1 : nil }
    next += 1
    return next < content.count && content[next] == .lf ? next + 1 : next
  }

  private static func afterBlanks(in content: UnsafeBufferPointer<UInt8>, at index: Int) -> Int {
    let limit = min(index + mostBlanks + 1, content.count)
    var next = index
    while next < limit, content[next].isBlank { next += 1 }
    return next
  }
}

extension [UInt8] {
  mutating func append(escaping byte: UInt8, with mark: UInt8) {
    append(mark)
    append(Self.hexDigit(byte >> 4))
    append(Self.hexDigit(byte & 15))
  }

  private static func hexDigit(_ value: UInt8) -> UInt8 { value < 10 ? 0x30 + value : 0x37 + value }
}
