/// Decodes the content of a file that arrives in pieces, with the result that decoding it as a whole has. It
/// keeps no more than a line.
package struct FileDecoder: Sendable {
  private let encoding: TransferEncoding
  private var base64 = Base64Decoder()
  /// What cannot be decoded before its line is known.
  private var rest: [UInt8] = []

  package init(_ encoding: TransferEncoding) {
    self.encoding = encoding
  }

  package mutating func feed(_ bytes: ArraySlice<UInt8>) -> [UInt8] { decode(bytes, isLast: false) }

  package mutating func finish() -> [UInt8] { decode([], isLast: true) }

  private mutating func decode(_ bytes: ArraySlice<UInt8>, isLast: Bool) -> [UInt8] {
    if encoding == .identity { return Array(bytes) }
    rest += bytes
    if encoding == .quotedPrintable {
      let (content, used) = QuotedPrintable.decode(rest[...], isLast: isLast)
      rest.removeFirst(used)
      return content
    }
    let ready = isLast ? rest.count : Base64Decoder.ready(rest)
    defer { rest.removeFirst(ready) }
    return Base64.decode(rest[..<ready], with: &base64)
  }
}
