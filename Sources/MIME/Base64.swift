/// RFC 2045 section 6.8.
enum Base64 {
  /// `width` characters to a line and CRLF after each; no line ends at all if it is `nil`.
  static func encode(_ content: some Collection<UInt8>, width: Int? = nil, into bytes: inout [UInt8]) {
    let alphabet = Self.alphabet
    var column = 0
    var bits: UInt32 = 0
    var held = 0
    func put(_ count: Int, _ bytes: inout [UInt8]) {
      for place in 0..<4 {
        let value = Int(bits >> UInt32(18 - 6 * place) & 63)
        bytes.append(place <= count ? alphabet[value] : UInt8(ascii: "="))
      }
      column += 4
      if let width, column >= width {
        bytes.appendLineEnd()
        column = 0
      }
    }
    for byte in content {
      bits |= UInt32(byte) << UInt32(16 - 8 * held)
      held += 1
      if held == 3 {
        put(3, &bytes)
        (bits, held) = (0, 0)
      }
    }
    if held > 0 { put(held, &bytes) }
    if width != nil, column > 0 { bytes.appendLineEnd() }
  }

  /// Skips whatever is not in the alphabet. Padding ends a group, so that joined texts decode too; a footer, such
  /// as a mailing list's, ends the content.
  static func decode(_ content: ArraySlice<UInt8>) -> [UInt8] {
    var decoder = Base64Decoder()
    return decode(content, with: &decoder)
  }

  /// A piece of it.
  static func decode(_ content: ArraySlice<UInt8>, with decoder: inout Base64Decoder) -> [UInt8] {
    content.withUnsafeBufferPointer { input in
      // Three octets are written for each four characters, and there may be more for what is held and for the rest.
      Array(unsafeUninitializedCapacity: (input.count / 4 + 2) * 3) { output, count in
        count = decoder.decode(input, into: output, values)
      }
    }
  }

  private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

  private static let values: [UInt8] = {
    var values = [UInt8](repeating: 0xFF, count: 256)
    for (value, character) in alphabet.enumerated() { values[Int(character)] = UInt8(value) }
    return values
  }()
}
