/// Base64 as a body has it (RFC 2045 section 6.8), written as the content arrives: lines of 76 characters, and CRLF
/// after each.
package struct Base64Lines: Sendable {
  /// Octets of a whole line.
  private static let width = 57

  /// Octets that do not fill a line yet.
  package private(set) var rest: [UInt8]

  /// - Parameter rest: What another one has left.
  package init(rest: [UInt8] = []) {
    self.rest = rest
  }

  /// The lines that `bytes` complete.
  package mutating func encode(_ bytes: some Collection<UInt8>) -> [UInt8] {
    rest += bytes
    let whole = rest.count / Self.width * Self.width
    defer { rest.removeFirst(whole) }
    return Self.lines(rest[..<whole])
  }

  /// The last line, if there is one.
  package mutating func finish() -> [UInt8] {
    defer { rest = [] }
    return Self.lines(rest[...])
  }

  private static func lines(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(bytes.count / width * 78 + 78)
    Base64.encode(bytes, width: 76, into: &result)
    return result
  }

  /// What lines of base64 stand for.
  package static func decode(_ lines: [UInt8]) -> [UInt8] { Base64.decode(lines[...]) }
}
