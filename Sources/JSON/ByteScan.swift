/// The loops that every byte of a text passes: over an unsafe buffer, without state of their own.
enum ByteScan {
  private static let ones: UInt64 = 0x0101_0101_0101_0101
  private static let highs: UInt64 = 0x8080_8080_8080_8080

  /// The bytes from `start` that need no decoding in a string: up to a quote, a backslash, a control below
  /// U+0020 or the end. `isASCII` is about those before `end`.
  @inline(__always)
  static func plainRun(
    _ bytes: UnsafeRawBufferPointer, from start: Int
  ) -> (end: Int, isASCII: Bool) {
    var index = start
    var seen: UInt64 = 0
    // Eight at a time. Each term has its lowest high bit at its first match; false ones can only follow.
    while index &+ 8 <= bytes.count {
      let word = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self))
      let quote = word ^ (ones &* 0x22)
      let backslash = word ^ (ones &* 0x5C)
      let stops =
        ((quote &- ones) & ~quote | (backslash &- ones) & ~backslash | (word &- ones &* 0x20) & ~word) & highs
      if stops != 0 {
        let bits = UInt64(stops.trailingZeroBitCount) &- 7
        seen |= word & ((1 << bits) &- 1)
        return (index &+ Int(bits >> 3), seen & highs == 0)
      }
      seen |= word
      index &+= 8
    }
    while index < bytes.count {
      let byte = bytes[index]
      if byte < 0x20 || byte == 0x22 || byte == 0x5C { break }
      seen |= UInt64(byte)
      index &+= 1
    }
    return (index, seen & highs == 0)
  }
}

// MARK: UTF-8

extension ByteScan {
  /// Where the last whole, valid character of `range` ends; `isCut` if all that follows is the beginning of one.
  /// By the table of well-formed byte sequences in RFC 3629 section 4.
  static func validUTF8(
    _ bytes: UnsafeRawBufferPointer, in range: Range<Int>
  ) -> (end: Int, isCut: Bool) {
    var index = range.lowerBound
    while index < range.upperBound {
      let length: Int
      var second: ClosedRange<UInt8> = 0x80...0xBF
      switch bytes[index] {
      case 0..<0x80:
        index &+= 1
        continue
      case 0xC2...0xDF:
        guard index &+ 1 < range.upperBound else { return (index, true) }
        guard isTail(bytes[index &+ 1]) else { return (index, false) }
        index &+= 2
        continue
      case 0xE0: (length, second) = (3, 0xA0...0xBF)
      case 0xED: (length, second) = (3, 0x80...0x9F)
      case 0xE1...0xEF: length = 3
      case 0xF0: (length, second) = (4, 0x90...0xBF)
      case 0xF1...0xF3: length = 4
      case 0xF4: (length, second) = (4, 0x80...0x8F)
      default: return (index, false)
      }
      for place in 1..<length {
        guard index &+ place < range.upperBound else { return (index, true) }
        let byte = bytes[index &+ place]
        guard place == 1 ? second ~= byte : isTail(byte) else { return (index, false) }
      }
      index &+= length
    }
    return (index, false)
  }

  @inline(__always)
  private static func isTail(_ byte: UInt8) -> Bool { byte & 0xC0 == 0x80 }
}

// MARK: Escapes

extension ByteScan {
  /// The character of the `\u` escape or pair of them at `start`, and where it ends; `nil` if it is cut or not
  /// valid.
  static func escapedScalar(
    _ bytes: UnsafeRawBufferPointer, at start: Int
  ) -> (scalar: UInt32, end: Int)? {
    guard let unit = escapedUnit(bytes, at: start) else { return nil }
    guard unit & 0xF800 == 0xD800 else { return (unit, start &+ 6) }
    guard unit < 0xDC00, let low = escapedUnit(bytes, at: start &+ 6), low & 0xFC00 == 0xDC00 else {
      return nil
    }
    return (scalar(high: unit, low: low), start &+ 12)
  }

  @inline(__always)
  private static func escapedUnit(_ bytes: UnsafeRawBufferPointer, at start: Int) -> UInt32? {
    guard start &+ 6 <= bytes.count, bytes[start] == UInt8(ascii: "\\"),
      bytes[start &+ 1] == UInt8(ascii: "u")
    else { return nil }
    var unit: UInt32 = 0
    for index in (start &+ 2)..<(start &+ 6) {
      guard let digit = hexValue(bytes[index]) else { return nil }
      unit = unit << 4 | UInt32(digit)
    }
    return unit
  }

  static func scalar(high: UInt32, low: UInt32) -> UInt32 {
    0x10000 + (high - 0xD800) << 10 + (low - 0xDC00)
  }

  static func hexValue(_ byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
    default: nil
    }
  }
}
