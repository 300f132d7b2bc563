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
    return try header(of: bytes).adding(field.bytes, to: bytes)
  }

  /// `bytes` without its Bcc and Resent-Bcc fields, and not one other octet changed.
  package static func removingBcc(from bytes: [UInt8]) throws(Problem) -> [UInt8] {
    try header(of: bytes).removing(["Bcc", "Resent-Bcc"], from: bytes)
  }

  private static func header(of bytes: [UInt8]) throws(Problem) -> HeaderBlock {
    let header = HeaderBlock(parsing: bytes, in: 0..<bytes.count)
    if let excess = header.excess { throw excess }
    return header
  }
}
