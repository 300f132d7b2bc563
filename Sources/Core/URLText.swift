/// Percent-encoding as RFC 3986 section 2.3 has it: everything but a-z, A-Z, digits and `-._~`, so that the
/// result is one path segment, or one name or value in a query or form, whatever the text was.
package func percentEncoded(_ text: some StringProtocol) -> String {
  var bytes: [UInt8] = []
  bytes.reserveCapacity(text.utf8.count)
  for byte in text.utf8 {
    switch byte {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
      UInt8(ascii: "~"):
      bytes.append(byte)
    default:
      bytes += [UInt8(ascii: "%"), hexDigit(byte >> 4), hexDigit(byte & 15)]
    }
  }
  return String(decoding: bytes, as: UTF8.self)
}

/// `name=value&name=value`, for a query and for `application/x-www-form-urlencoded` alike.
package func formEncoded(_ fields: [(String, String)]) -> String {
  fields.map { percentEncoded($0.0) + "=" + percentEncoded($0.1) }.joined(separator: "&")
}

private func hexDigit(_ nibble: UInt8) -> UInt8 {
  nibble < 10 ? UInt8(ascii: "0") + nibble : UInt8(ascii: "A") + nibble - 10
}
