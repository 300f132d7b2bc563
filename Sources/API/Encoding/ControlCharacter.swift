/// A control character in a text (Unicode's category Cc).
struct ControlCharacter: Sendable, CustomStringConvertible {
  let scalar: UInt32

  /// `the control character U+0009`.
  var description: String { "the control character \(Quoted.codePoint(scalar))" }

  /// - Parameter onlyNUL: Whether NUL is the only one that is looked for.
  static func first(in text: String, onlyNUL: Bool) -> ControlCharacter? {
    let utf8 = text.utf8
    return utf8.withContiguousStorageIfAvailable { bytes in
      onlyNUL ? nul(in: UnsafeRawBufferPointer(bytes)) : any(in: UnsafeRawBufferPointer(bytes))
    } ?? first(in: String(decoding: Array(utf8), as: UTF8.self), onlyNUL: onlyNUL)
  }

  private static let ones: UInt64 = 0x0101_0101_0101_0101
  private static let highs: UInt64 = 0x8080_8080_8080_8080

  /// Eight bytes at a time, because messages are long.
  private static func nul(in bytes: UnsafeRawBufferPointer) -> ControlCharacter? {
    var index = 0
    while index &+ 8 <= bytes.count {
      let word = bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self)
      if (word &- ones) & ~word & highs != 0 { return ControlCharacter(scalar: 0) }
      index &+= 8
    }
    while index < bytes.count {
      if bytes[index] == 0 { return ControlCharacter(scalar: 0) }
      index &+= 1
    }
    return nil
  }

  private static func any(in bytes: UnsafeRawBufferPointer) -> ControlCharacter? {
    var index = 0
    while index < bytes.count {
      if index &+ 8 <= bytes.count {
        let word = bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self)
        // Beyond ASCII, or below U+0020, or U+007F: one of the eight needs a look.
        let delete = word ^ (ones &* 0x7F)
        if (word | (word &- ones &* 0x20) | (delete &- ones)) & highs == 0 {
          index &+= 8
          continue
        }
      }
      let byte = bytes[index]
      if byte < 0x20 || byte == 0x7F { return ControlCharacter(scalar: UInt32(byte)) }
      // U+0080 to U+009F are C2 80 to C2 9F; a text is valid UTF-8, so that a byte follows.
      if byte == 0xC2, bytes[index + 1] < 0xA0 { return ControlCharacter(scalar: UInt32(bytes[index + 1])) }
      index &+= 1
    }
    return nil
  }
}
