import Core
package import Hummingbird

/// The fields of a query or of an `application/x-www-form-urlencoded` body, in their order, no name twice.
package struct FormFields: Sendable, Equatable {
  package var fields: [(name: String, value: String)]

  package init(_ fields: [(name: String, value: String)] = []) {
    self.fields = fields
  }

  /// Reads `+` as a space; a name without `=` has an empty value, and empty pairs are skipped (WHATWG URL Standard
  /// section 5.1). Unlike a browser it refuses what is not percent-encoded UTF-8.
  package init(urlEncoded text: some StringProtocol) throws(FormFault) {
    fields = []
    for pair in text.utf8.split(separator: UInt8(ascii: "&")) {
      let equals = pair.firstIndex(of: UInt8(ascii: "=")) ?? pair.endIndex
      try add(Self.decode(pair[..<equals]), Self.decode(pair[equals...].dropFirst()))
    }
  }

  package init(query request: Request) throws(FormFault) {
    try self.init(urlEncoded: request.uri.query ?? "")
  }

  package init(body request: Request) async throws {
    let bytes = try await request.body.collect(upTo: Self.maximumBody).readableBytesView
    guard let text = String(validating: bytes, as: UTF8.self) else { throw FormFault.malformed }
    try self.init(urlEncoded: text)
  }

  /// Bytes; far above any form that Entra is sent.
  private static let maximumBody = 1 << 20

  /// Throws if there is a field of this name.
  package mutating func add(_ name: String, _ value: String) throws(FormFault) {
    guard !fields.contains(where: { $0.name == name }) else { throw .duplicate(name) }
    guard fields.count < Self.maximumCount else { throw .malformed }
    fields.append((name, value))
  }

  /// So that looking for duplicates stays cheap. The longest of our own requests has a dozen.
  private static let maximumCount = 256

  /// `nil` when there is none of that name or it is empty.
  package subscript(_ name: String) -> String? {
    fields.first { $0.name == name }.flatMap { $0.value.isEmpty ? nil : $0.value }
  }

  package var urlEncoded: String { formEncoded(fields.map { ($0.name, $0.value) }) }

  package static func == (lhs: FormFields, rhs: FormFields) -> Bool { lhs.urlEncoded == rhs.urlEncoded }

  private static func decode(_ text: some Sequence<UInt8>) throws(FormFault) -> String {
    var bytes: [UInt8] = []
    var rest = text.makeIterator()
    while let byte = rest.next() {
      switch byte {
      case UInt8(ascii: "+"): bytes.append(UInt8(ascii: " "))
      case UInt8(ascii: "%"):
        guard let high = rest.next().flatMap(hexValue), let low = rest.next().flatMap(hexValue) else {
          throw .malformed
        }
        bytes.append(high << 4 | low)
      case 0..<0x20, 0x7F: throw .malformed
      default: bytes.append(byte)
      }
    }
    guard let text = String(validating: bytes, as: UTF8.self) else { throw .malformed }
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

/// Why a query or a form is refused. Entra and Graph have words of their own for it; where neither speaks, the
/// answer is 400.
package enum FormFault: Error, Hashable, HTTPResponseError {
  /// A percent sign without two hexadecimal digits, a raw control character, bytes that are not UTF-8, or more
  /// fields than any client sends.
  case malformed
  case duplicate(String)

  package var status: HTTPResponse.Status { .badRequest }

  package func response(from request: Request, context: some RequestContext) throws -> Response {
    let message =
      switch self {
      case .malformed: "The query or form is not valid application/x-www-form-urlencoded."
      case .duplicate(let name): "The parameter '\(oneLine(name, limit: 64))' is given twice."
      }
    return try HTTPError(.badRequest, message: message).response(from: request, context: context)
  }
}
