package import Core

extension MIMEMessage {
  /// `bytes` with one Bcc field at the end of its header, folded, and not one other octet changed. Graph
  /// reads the hidden recipients from there, as it has no envelope, and takes the field out again.
  package static func addingBcc(_ addresses: [EmailAddress], to bytes: [UInt8]) throws(Problem) -> [UInt8] {
    guard !addresses.isEmpty else { return bytes }
    var field = HeaderWriter()
    try field.addresses("Bcc", addresses.map { NamedAddress(address: $0) })
    let header = try HeaderBlock(parsing: bytes, in: 0..<bytes.count)
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
    let hidden = try HeaderBlock(parsing: bytes, in: 0..<bytes.count).fields.filter {
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
}
