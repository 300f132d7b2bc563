import Foundation
import JSON

/// Any octets: the same outcome whether they arrive whole or cut, streamed or not. What is accepted, Foundation
/// accepts with the same value, and it reads back from our own text.
@_cdecl("LLVMFuzzerTestOneInput")
public func readJSON(_ data: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  let bytes = Array(UnsafeBufferPointer(start: data, count: count))
  let whole = read(bytes, step: max(1, count))
  precondition(read(bytes, step: 1) == whole, "the outcome depends on how the bytes arrive")
  precondition(read(bytes, step: 1 + Int(bytes.last ?? 0) % 16) == whole, "the outcome depends on the cuts")
  let patterns = ["", "a", "raw", "[]", "a[]", "[].a"].map { JSONStreamPattern($0) }
  for step in [max(1, count), 3] {
    precondition(read(bytes, step: step, streaming: patterns) == whole, "streaming changes the outcome")
  }
  guard case .success(let value) = whole else { return 0 }
  for text in [value.serialized(), value.serialized(pretty: true)] {
    precondition(read(text, step: text.count) == .success(value), "our own text reads back as another value")
  }
  guard isFair(value) else { return 0 }
  guard let other = try? JSONSerialization.jsonObject(with: Data(bytes), options: .fragmentsAllowed) else {
    preconditionFailure("Foundation does not accept it")
  }
  precondition(agrees(value, other), "Foundation reads another value")
  return 0
}

private func read(
  _ bytes: [UInt8], step: Int, streaming patterns: [JSONStreamPattern] = []
) -> Result<JSONValue, JSONError> {
  var document = JSONDocument(streaming: patterns)
  var streamed: [[UInt8]] = []
  do throws(JSONError) {
    for start in stride(from: 0, to: bytes.count, by: step) {
      let end = min(start + step, bytes.count)
      try document.feed(bytes[start..<end])
      for piece in document.takeStreamed() {
        if piece.ordinal == streamed.count { streamed.append([]) }
        precondition(piece.bytes.count <= end - start + 3, "a piece is longer than the feed")
        precondition(String(validating: piece.bytes, as: UTF8.self) != nil, "a piece is not UTF-8")
        streamed[piece.ordinal] += piece.bytes
      }
    }
    return .success(restored(try document.finish(), streamed))
  } catch {
    return .failure(error)
  }
}

/// With streamed strings in their places.
private func restored(_ value: JSONValue, _ streamed: [[UInt8]]) -> JSONValue {
  switch value {
  case .streamed(let ordinal): .string(String(decoding: streamed[ordinal], as: UTF8.self))
  case .array(let elements): .array(elements.map { restored($0, streamed) })
  case .object(let object):
    .object(JSONObject(object.members.map { (key: $0.key, value: restored($0.value, streamed)) }))
  default: value
  }
}

/// Foundation drops U+FEFF in some places of a string and refuses numbers that no Double can hold.
private func isFair(_ value: JSONValue) -> Bool {
  switch value {
  case .null, .bool, .streamed: true
  case .number(let number): number.double.map { $0 == 0 || $0.isNormal } ?? false
  case .string(let text): !text.unicodeScalars.contains("\u{FEFF}")
  case .array(let elements): elements.allSatisfy(isFair)
  case .object(let object):
    object.members.allSatisfy { !$0.key.unicodeScalars.contains("\u{FEFF}") && isFair($0.value) }
  }
}

private func agrees(_ value: JSONValue, _ other: Any) -> Bool {
  switch value {
  case .null: return other is NSNull
  case .bool(let value): return other as? Bool == value
  case .number(let number):
    // Foundation's rounding is off in the last places if there is an exponent.
    guard let value = number.double, let other = (other as? NSNumber)?.doubleValue else { return false }
    return abs(other - value) <= abs(value) * 1e-12
  case .string(let text): return (other as? String)?.utf8.elementsEqual(text.utf8) ?? false
  case .array(let elements):
    guard let other = other as? [Any], other.count == elements.count else { return false }
    return zip(elements, other).allSatisfy { agrees($0, $1) }
  case .object(let object):
    guard let other = other as? [String: Any], other.count == object.count else { return false }
    return object.members.allSatisfy { member in
      other[member.key].map { agrees(member.value, $0) } ?? false
    }
  case .streamed: return false
  }
}
