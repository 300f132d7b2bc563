package import Core

extension MIMEMessage {
  /// `bytes` with one Bcc field at the end of its header, folded, and not one other octet changed. Graph
  /// reads the hidden recipients from there, as it has no envelope, and takes the field out again.
  ///
  /// Throws if the header passes a limit of Exchange, and so does `removingBcc`.
  package static func addingBcc(_ addresses: [EmailAddress], to bytes: [UInt8]) throws(Problem) -> [UInt8] {
    guard !addresses.isEmpty else { return bytes }
    var field = HeaderWriter()
    try field.addresses("Bcc", addresses.map { NamedAddress(address: $0) })
    let header = try header(of: bytes)
    let end = header.fieldsEnd
    var result: [UInt8] = []
    result.reserveCapacity(bytes.count + field.bytes.count + 2)
    result += bytes[..<end]
    if let last = result.last, last != .lf, last != .cr { result += .crlf }
    result += field.bytes
    // A message that is all body gets a header, and what separates the two.
    if header.fields.isEmpty, header.end == 0 { result += .crlf }
    return result + bytes[end...]
  }

  /// `bytes` without its Bcc and Resent-Bcc fields, and not one other octet changed.
  package static func removingBcc(from bytes: [UInt8]) throws(Problem) -> [UInt8] {
    let hidden = try header(of: bytes).fields.filter {
      $0.isNamed("Bcc") || $0.isNamed("Resent-Bcc")
    }
    var result: [UInt8] = []
    result.reserveCapacity(bytes.count)
    var start = 0
    for field in hidden {
      result += bytes[start..<field.raw.startIndex]
      start = field.raw.endIndex
    }
    return result + bytes[start...]
  }

  private static func header(of bytes: [UInt8]) throws(Problem) -> HeaderBlock {
    let header = HeaderBlock(parsing: bytes, in: 0..<bytes.count)
    if let excess = header.excess { throw excess }
    return header
  }
}
