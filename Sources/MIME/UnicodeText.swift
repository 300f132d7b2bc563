/// Text in one of the encodings of Unicode.
enum UnicodeText {
  /// What is not UTF-8 is repaired. Much faster from a buffer than from a slice.
  static func utf8(_ bytes: ArraySlice<UInt8>) -> String {
    bytes.withUnsafeBufferPointer { String(decoding: $0, as: UTF8.self) }
  }

  /// The text whose UTF-8 `write` writes, up to `capacity` octets; it returns how many, or `nil` for no text.
  /// They are not checked again.
  static func utf8(capacity: Int, _ write: (UnsafeMutableRawPointer) -> Int?) -> String? {
    withUnsafeTemporaryAllocation(byteCount: capacity, alignment: 1) { buffer in
      guard let start = buffer.baseAddress, let count = write(start) else { return nil }
      let octets = UnsafeBufferPointer(start: start.assumingMemoryBound(to: UInt8.self), count: count)
      return String(copying: UTF8Span(unchecked: octets.span))
    }
  }

  private static func isASCII(_ bytes: ArraySlice<UInt8>) -> Bool {
    bytes.withUnsafeBytes { buffer in
      var index = 0
      while index + 8 <= buffer.count {
        guard buffer.loadUnaligned(fromByteOffset: index, as: UInt64.self).isASCII else { return false }
        index += 8
      }
      return buffer[index...].allSatisfy { $0 < 0x80 }
    }
  }

  /// UTF-8 if it is that for the most part, else windows-1252, which the rest mostly is.
  static func guess(_ bytes: ArraySlice<UInt8>) -> String {
    if isASCII(bytes) { return utf8(bytes) }
    if let text = bytes.withUnsafeBufferPointer({ String(validating: $0, as: UTF8.self) }) { return text }
    let repaired = utf8(bytes)
    var (faults, characters) = (0, 0)
    for scalar in repaired.unicodeScalars where !scalar.isASCII {
      if scalar == "\u{FFFD}" { faults += 1 } else { characters += 1 }
    }
    return characters >= faults ? repaired : latin1(bytes)
  }

  /// Whether or not the system has converters.
  private static func latin1(_ bytes: ArraySlice<UInt8>) -> String {
    guard case .singleByte(let name, let keepsControls) = Charset.latin1, Converter(name) != nil else {
      return String(String.UnicodeScalarView(bytes.map { Unicode.Scalar($0) }))
    }
    return SingleByteText.decode(bytes, name, keepsControls: keepsControls)
  }

  static func utf16(_ bytes: ArraySlice<UInt8>, isBigEndian: Bool?) -> String {
    let (bytes, isBigEndian) = order(of: bytes, isBigEndian, littleMark: [0xFF, 0xFE])
    let units = units(bytes, of: 2, isBigEndian: isBigEndian).map { UInt16(truncatingIfNeeded: $0) }
    return String(decoding: units, as: UTF16.self) + (bytes.count.isMultiple(of: 2) ? "" : "\u{FFFD}")
  }

  static func utf32(_ bytes: ArraySlice<UInt8>, isBigEndian: Bool?) -> String {
    let (bytes, isBigEndian) = order(of: bytes, isBigEndian, littleMark: [0xFF, 0xFE, 0, 0])
    let scalars = units(bytes, of: 4, isBigEndian: isBigEndian).map { Unicode.Scalar($0) ?? "\u{FFFD}" }
    return String(String.UnicodeScalarView(scalars))
      + (bytes.count.isMultiple(of: 4) ? "" : "\u{FFFD}")
  }

  /// A mark is not part of the text. Without one, and without a label that tells, RFC 2781 section 4.3 says
  /// big-endian; Windows writes little-endian all the same, which shows where the zeros are.
  private static func order(
    of bytes: ArraySlice<UInt8>, _ labelled: Bool?, littleMark: [UInt8]
  ) -> (bytes: ArraySlice<UInt8>, isBigEndian: Bool) {
    let width = littleMark.count
    if labelled != true, bytes.starts(with: littleMark) { return (bytes.dropFirst(width), false) }
    if labelled != false, bytes.starts(with: littleMark.reversed()) { return (bytes.dropFirst(width), true) }
    if let labelled { return (bytes, labelled) }
    var (first, last) = (0, 0)
    for (place, byte) in bytes.prefix(1024).enumerated() where byte == 0 {
      if place % width == 0 { first += 1 }
      if place % width == width - 1 { last += 1 }
    }
    return (bytes, first >= last)
  }

  private static func units(_ bytes: ArraySlice<UInt8>, of width: Int, isBigEndian: Bool) -> [UInt32] {
    stride(from: bytes.startIndex, through: bytes.endIndex - width, by: width).map { start in
      (0..<width).reduce(0) { unit, place in
        unit << 8 | UInt32(bytes[isBigEndian ? start + place : start + width - 1 - place])
      }
    }
  }
}
