/// Writes JSON text: keys and values in the order of the calls, with the commas and colons between them. Balancing
/// the calls, and giving every member a key, is up to the caller.
///
/// In strings only `"`, `\` and the controls below U+0020 are escaped (RFC 8259 section 7).
package struct JSONWriter: Sendable {
  /// What has been written so far. It may be taken out and emptied between any two calls.
  package var bytes: [UInt8] = []

  private let isPretty: Bool
  private var depth = 0
  /// Whether a value precedes in the same container.
  private var needsComma = false
  private var followsKey = false

  /// `pretty` puts every member and element on a line of its own, with two spaces a level.
  package init(pretty: Bool = false) {
    isPretty = pretty
  }

  package mutating func beginObject() { begin(UInt8(ascii: "{")) }
  package mutating func endObject() { end(UInt8(ascii: "}")) }
  package mutating func beginArray() { begin(UInt8(ascii: "[")) }
  package mutating func endArray() { end(UInt8(ascii: "]")) }

  package mutating func key(_ key: String) {
    separate()
    quote(key)
    bytes.append(UInt8(ascii: ":"))
    if isPretty { bytes.append(UInt8(ascii: " ")) }
    needsComma = false
    followsKey = true
  }

  package mutating func string(_ value: String) {
    separate()
    quote(value)
  }

  package mutating func int(_ value: Int) { raw(String(value).utf8) }
  package mutating func int64(_ value: Int64) { raw(String(value).utf8) }
  package mutating func number(_ value: JSONNumber) { raw(value.text.utf8) }

  /// `null` for infinities and NaN, as `JSON.stringify` writes them.
  package mutating func double(_ value: Double) {
    if let number = JSONNumber(value) { self.number(number) } else { null() }
  }

  package mutating func bool(_ value: Bool) { raw((value ? "true" : "false").utf8) }
  package mutating func null() { raw("null".utf8) }

  /// A value that is JSON text already, as it is.
  package mutating func raw(_ text: some Sequence<UInt8>) {
    separate()
    bytes.append(contentsOf: text)
  }

  /// A streamed string is written as `null`: its content is elsewhere. `sortedKeys` sorts the members of every
  /// object by key.
  package mutating func value(_ value: JSONValue, sortedKeys: Bool = false) {
    switch value {
    case .null, .streamed: null()
    case .bool(let value): bool(value)
    case .number(let number): self.number(number)
    case .string(let text): string(text)
    case .array(let elements):
      beginArray()
      for element in elements { self.value(element, sortedKeys: sortedKeys) }
      endArray()
    case .object(let object):
      beginObject()
      for member in sortedKeys ? object.members.sorted(by: { $0.key < $1.key }) : object.members {
        key(member.key)
        self.value(member.value, sortedKeys: sortedKeys)
      }
      endObject()
    }
  }

  private mutating func begin(_ bracket: UInt8) {
    separate()
    bytes.append(bracket)
    depth += 1
    needsComma = false
  }

  private mutating func end(_ bracket: UInt8) {
    depth -= 1
    if isPretty, needsComma { breakLine() }
    bytes.append(bracket)
    needsComma = true
  }

  /// What separates the previous token from a value or key.
  private mutating func separate() {
    if needsComma { bytes.append(UInt8(ascii: ",")) }
    if isPretty, depth > 0, !followsKey { breakLine() }
    needsComma = true
    followsKey = false
  }

  private mutating func breakLine() {
    bytes.append(UInt8(ascii: "\n"))
    bytes.append(contentsOf: repeatElement(UInt8(ascii: " "), count: 2 * depth))
  }

  private mutating func quote(_ text: String) {
    bytes.append(UInt8(ascii: "\""))
    var text = text
    text.withUTF8 { escape(UnsafeRawBufferPointer($0)) }
    bytes.append(UInt8(ascii: "\""))
  }

  private mutating func escape(_ text: UnsafeRawBufferPointer) {
    var start = 0
    while true {
      let end = ByteScan.plainRun(text, from: start).end
      bytes.append(contentsOf: text[start..<end])
      guard end < text.count else { return }
      escape(text[end])
      start = end + 1
    }
  }

  private mutating func escape(_ byte: UInt8) {
    bytes.append(UInt8(ascii: "\\"))
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes.append(byte)
    case 0x08: bytes.append(UInt8(ascii: "b"))
    case 0x09: bytes.append(UInt8(ascii: "t"))
    case 0x0A: bytes.append(UInt8(ascii: "n"))
    case 0x0C: bytes.append(UInt8(ascii: "f"))
    case 0x0D: bytes.append(UInt8(ascii: "r"))
    default:
      let low = byte & 15
      bytes.append(contentsOf: "u00".utf8)
      bytes.append(UInt8(ascii: "0") + byte >> 4)
      bytes.append(low < 10 ? UInt8(ascii: "0") + low : UInt8(ascii: "a") + low - 10)
    }
  }
}

extension JSONValue {
  /// `pretty` puts every member and element on a line of its own; `sortedKeys` sorts the members of every
  /// object by key.
  package func serialized(pretty: Bool = false, sortedKeys: Bool = false) -> [UInt8] {
    var writer = JSONWriter(pretty: pretty)
    writer.value(self, sortedKeys: sortedKeys)
    return writer.bytes
  }

  /// As JSON text, without white space.
  package var text: String { String(decoding: serialized(), as: UTF8.self) }
}
