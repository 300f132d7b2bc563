package import Core

/// Percent-encoding (RFC 3986 section 2.1) and `application/x-www-form-urlencoded` (WHATWG URL section 5),
/// read strictly. `percentEncoded` of Core writes it.
enum PercentEncoding {
  /// Why a text is refused, as the rest of a sentence that begins with what it is.
  struct Fault: Error, Sendable, Hashable {
    let message: String
  }

  /// - Parameter plusIsSpace: As forms have it.
  static func decode(_ text: some StringProtocol, plusIsSpace: Bool) throws(Fault) -> String {
    var decoded: [UInt8] = []
    var bytes = text.utf8.makeIterator()
    var position = 0
    while let byte = bytes.next() {
      position += 1
      switch byte {
      case UInt8(ascii: "%"):
        guard let high = bytes.next().flatMap(hexValue), let low = bytes.next().flatMap(hexValue) else {
          throw Fault(message: "has a “%” at character \(position) without two hexadecimal digits")
        }
        decoded.append(high << 4 | low)
        position += 2
      case UInt8(ascii: "+") where plusIsSpace: decoded.append(UInt8(ascii: " "))
      default: decoded.append(byte)
      }
    }
    guard let text = String(validating: decoded, as: UTF8.self) else {
      throw Fault(message: "is not UTF-8 after percent-decoding")
    }
    return text
  }

  private static func hexValue(_ byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
    default: nil
    }
  }
}

/// One part of a path: a name of the sender's between two slashes.
package enum PathPart {
  /// In UTF-8; nothing that is stored here has a longer name.
  static let limit = 256

  /// - Parameters:
  ///   - raw: As received in the request line.
  ///   - name: What the part is called in the template.
  ///   - limit: How many bytes it may have.
  /// - Throws: `request.malformed` unless it is percent-encoded UTF-8; `request.invalidField` when it is
  ///   empty, longer than `limit` or not a name.
  package static func decode(
    _ raw: some StringProtocol, name: String, limit: Int = PathPart.limit
  ) throws(Problem) -> String {
    let text: String
    do {
      text = try PercentEncoding.decode(raw, plusIsSpace: false)
    } catch {
      throw Problem(
        .requestMalformed, "The {\(name)} in the path \(error.message): \(Quoted.text(raw)).",
        remedy: "Percent-encode it as UTF-8 (RFC 3986).")
    }
    guard let fault = TextRule(length: 1...limit, hasLines: false, format: .name).fault(in: text) else {
      return text
    }
    throw Problem(
      .requestInvalidField, "The {\(name)} in the path \(fault).", remedy: "Correct the path.",
      fields: [FieldFault(message: fault, key: name)])
  }

  /// Two names would be taken for steps in a path (RFC 3986 section 5.2.4) if they stood there as they are.
  package static func encode(_ text: String) -> String {
    switch text {
    case ".": "%2E"
    case "..": "%2E%2E"
    default: percentEncoded(text)
    }
  }
}
