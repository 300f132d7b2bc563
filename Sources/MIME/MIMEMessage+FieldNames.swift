extension MIMEMessage {
  /// The names of the header's fields as they are spelt, in order. The body is not read.
  package static func fieldNames(of bytes: [UInt8]) -> [String] {
    HeaderBlock(parsing: bytes, in: 0..<bytes.count).fields.map(\.name)
  }
}
