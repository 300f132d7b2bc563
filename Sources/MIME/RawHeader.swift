package import Core

/// The header of a message that another program wrote. Editing it leaves every octet of the other fields as
/// it is.
package struct RawHeader: HeaderFields {
  /// The fields, then the empty line; what stands between the fields without being one is here too.
  package private(set) var bytes: [UInt8]
  private var block: HeaderBlock

  /// Reads the header alone; the empty line is added if it is missing. Whether a limit of Exchange is passed,
  /// has been checked by `RawMessageReader`.
  package init(_ bytes: [UInt8]) {
    self.bytes = bytes
    let end = bytes.beforeLineEnd(at: bytes.count)
    if end == bytes.count, end > 0 { self.bytes += .crlf }
    // A line end after another one, or alone.
    if end == bytes.count || end > 0 && bytes[end - 1] != .lf && bytes[end - 1] != .cr { self.bytes += .crlf }
    block = HeaderBlock(parsing: self.bytes, in: 0..<self.bytes.count)
  }

  package var fields: [HeaderField] { block.fields }
}

// Editing
extension RawHeader {
  /// Removes every field of those names.
  package mutating func remove(_ names: String...) { replace(block.removing(names, from: bytes)) }

  /// Sets the field to those addresses, or removes it if there are none. As every `set`, it writes the field
  /// in place of the first one of that name and removes the others, or else adds it after the last field.
  package mutating func set(_ name: String, addresses: [NamedAddress]) throws(Problem) {
    var writer = HeaderWriter()
    try writer.addresses(name, addresses)
    set(name, writer.bytes)
  }

  /// Sets an unstructured field, which reads back as `text`.
  package mutating func set(_ name: String, text: String) throws(Problem) {
    var writer = HeaderWriter()
    try writer.text(name, text)
    set(name, writer.bytes)
  }

  package mutating func set(messageID: MessageID) {
    var writer = HeaderWriter()
    writer.structured("Message-ID", [messageID.text])
    set("Message-ID", writer.bytes)
  }

  package mutating func set(date: Instant) {
    var writer = HeaderWriter()
    writer.structured("Date", [date.rfc5322])
    set("Date", writer.bytes)
  }

  /// Adds a field after the last one, under the rules for the extra fields of a `Composition`.
  package mutating func append(_ name: String, _ value: String) throws(Problem) {
    var writer = HeaderWriter()
    try writer.extra(name, value)
    replace(block.adding(writer.bytes, to: bytes))
  }

  private mutating func set(_ name: String, _ field: [UInt8]) {
    let isThere = self.field(name) != nil
    replace(isThere ? block.removing([name], from: bytes, for: field) : block.adding(field, to: bytes))
  }

  private mutating func replace(_ bytes: [UInt8]) {
    self.bytes = bytes
    block = HeaderBlock(parsing: bytes, in: 0..<bytes.count)
  }
}
