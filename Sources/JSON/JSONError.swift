/// Why a text is refused, and where.
package struct JSONError: Error, Sendable, Hashable, CustomStringConvertible {
  package let reason: Reason
  /// From 1. Only U+000A ends a line.
  package let line: Int
  /// From 1, in bytes.
  package let column: Int
  /// Of the value that is being read, as in `to[3].address`; of its container between two values; empty at the
  /// root. See `JSONPath`.
  package let path: String

  package init(reason: Reason, line: Int, column: Int, path: String) {
    self.reason = reason
    self.line = line
    self.column = column
    self.path = path
  }

  /// "line 1, column 20, at to[3].address: a control character U+000A is not escaped in a string"
  package var description: String {
    "line \(line), column \(column)\(path.isEmpty ? "" : ", at \(path)"): \(reason)"
  }
}

extension JSONError {
  /// Its description is one sentence without a full stop.
  package enum Reason: Error, Sendable, Hashable {
    case empty
    case unexpectedEnd
    case unexpected(UInt8, expected: Expectation)
    case byteOrderMark
    case controlCharacter(UInt8)
    /// The first byte of the sequence that is not valid.
    case invalidUTF8(UInt8)
    case invalidEscape(UInt8)
    case invalidHexDigit(UInt8)
    case loneSurrogate(UInt16)
    case duplicateKey(String)
    case tooDeep(limit: Int)
    case tooManyElements(limit: Int)
    case keyTooLong(limit: Int)
    case stringTooLong(limit: Int)
    case numberTooLong(limit: Int)
    case textTooLong(limit: Int)
  }

  /// What could have stood in the place of an unexpected byte.
  package enum Expectation: String, Sendable, Hashable {
    case value = "a value"
    case valueOrEnd = "a value or \"]\""
    case key = "a key in double quotes"
    case keyOrEnd = "a key in double quotes or \"}\""
    case colon = "\":\""
    case commaOrBracket = "\",\" or \"]\""
    case commaOrBrace = "\",\" or \"}\""
    case end = "the end of the text"
    case digit = "a digit"
    case literal = "true, false or null"
  }
}

extension JSONError.Reason: CustomStringConvertible {
  package var description: String {
    switch self {
    case .empty: "the text is empty"
    case .unexpectedEnd: "the text ends before its value is complete"
    case .unexpected(let byte, let expected): "expected \(expected.rawValue) but found \(Self.name(byte))"
    case .byteOrderMark: "the text must be UTF-8 without a byte order mark"
    case .controlCharacter(let byte): "a control character \(Self.name(byte)) is not escaped in a string"
    case .invalidUTF8(let byte): "the sequence that begins with \(Self.name(byte)) is not valid UTF-8"
    case .invalidEscape(let byte): "a backslash must not be followed by \(Self.name(byte))"
    case .invalidHexDigit(let byte): "expected a hexadecimal digit but found \(Self.name(byte))"
    case .loneSurrogate(let unit):
      "\\u\(Self.hex(unit, 4)) is half of a surrogate pair without the other half"
    case .duplicateKey(let key): "the key \(JSONPath.quoted(key)) occurs twice in one object"
    case .tooDeep(let limit): "the value is nested more than \(limit) levels deep"
    case .tooManyElements(let limit): "the text has more than \(limit) keys and list elements"
    case .keyTooLong(let limit): "a key is longer than \(limit) bytes"
    case .stringTooLong(let limit): "a string is longer than \(limit) bytes"
    case .numberTooLong(let limit): "a number is longer than \(limit) bytes"
    case .textTooLong(let limit): "the text is longer than \(limit) bytes"
    }
  }

  private static func name(_ byte: UInt8) -> String {
    switch byte {
    case UInt8(ascii: "\""): "a double quote"
    case 0x21...0x7E: "\"\(Unicode.Scalar(byte))\""
    case 0x80...: "the byte 0x\(hex(UInt16(byte), 2))"
    default: "U+\(hex(UInt16(byte), 4))"
    }
  }

  private static func hex(_ value: UInt16, _ width: Int) -> String {
    let digits = String(value, radix: 16, uppercase: true)
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
  }
}
