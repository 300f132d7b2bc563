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

  /// Whatever is not a valid escape is taken literally; blanks at the end of a line are dropped, as a relay added
  /// them.
  static func decode(_ content: ArraySlice<UInt8>) -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(content.count)
    var index = content.startIndex
    while index < content.endIndex {
      let byte = content[index]
      if byte == UInt8(ascii: "=") {
        if index + 2 < content.endIndex, let high = content[index + 1].hexValue,
          let low = content[index + 2].hexValue
        {
          result.append(high << 4 | low)
          index += 3
        } else if let next = softBreak(in: content, at: index + 1) {
          index = next
        } else {
          result.append(byte)
          index += 1
        }
      } else if byte.isBlank {
        let end = content[index...].firstIndex { !$0.isBlank } ?? content.endIndex
        let endsLine = end == content.endIndex || content[end] == .cr || content[end] == .lf
        if !endsLine { result.append(contentsOf: content[index..<end]) }
        index = end
      } else {
        result.append(byte)
        index += 1
      }
    }
    return result
  }

  /// The index after the line end that only blanks separate from `index`.
  private static func softBreak(in content: ArraySlice<UInt8>, at index: Int) -> Int? {
    guard var next = content[index...].firstIndex(where: { !$0.isBlank }) else { return content.endIndex }
    if content[next] == .cr { next += 1 }
    guard next < content.endIndex else { return next }
    return content[next] == .lf ? next + 1 : nil
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
