import Foundation
import JSON
import Testing

/// Foundation's reader as a judge of ours.
@Suite struct AgreementTests {
  @Test(arguments: 0..<200 as Range<UInt64>)
  func `Foundation reads the same value from a random text`(seed: UInt64) throws {
    var generator = Generator(seed: seed)
    let text = generator.text(of: generator.value())
    let value = try JSONValue(parsing: text)
    for bytes in [Array(text.utf8), value.serialized(), value.serialized(pretty: true)] {
      #expect(try difference(value, bytes) == nil)
    }
  }

  @Test(arguments: 0..<200 as Range<UInt64>)
  func `Foundation accepts whatever we accept of damaged texts`(seed: UInt64) throws {
    var generator = Generator(seed: seed)
    let sound = Array(generator.text(of: generator.value(depth: 2)).utf8)
    for _ in 0..<30 {
      var bytes = sound
      for _ in 0..<Int.random(in: 1...2, using: &generator) { generator.mutate(&bytes) }
      guard let value = try? JSONValue(parsing: bytes), isFair(value) else { continue }
      #expect(try difference(value, bytes) == nil)
    }
  }

  /// It drops U+FEFF after an escape or at the start of a string, and refuses numbers beyond the largest Double.
  private func isFair(_ value: JSONValue) -> Bool {
    switch value {
    case .null, .bool, .streamed: true
    case .number(let number): number.double != nil
    case .string(let text): !text.unicodeScalars.contains("\u{FEFF}")
    case .array(let elements): elements.allSatisfy(isFair)
    case .object(let object):
      object.members.allSatisfy { !$0.key.unicodeScalars.contains("\u{FEFF}") && isFair($0.value) }
    }
  }

  private func difference(_ value: JSONValue, _ bytes: [UInt8]) throws -> String? {
    difference(value, try JSONSerialization.jsonObject(with: Data(bytes), options: .fragmentsAllowed), "")
  }

  /// Where the two part, and what stands there.
  private func difference(_ value: JSONValue, _ other: Any, _ path: String) -> String? {
    switch value {
    case .null where other is NSNull: return nil
    case .bool(let value) where other as? Bool == value: return nil
    case .number(let number):
      // Foundation's rounding is off in the last places if there is an exponent.
      guard let value = number.double, let other = (other as? NSNumber)?.doubleValue else { break }
      if abs(other - value) <= 4 * value.ulp { return nil }
    case .string(let text):
      if let other = other as? String, other.utf8.elementsEqual(text.utf8) { return nil }
    case .array(let elements):
      guard let other = other as? [Any], other.count == elements.count else { break }
      for (index, element) in elements.enumerated() {
        let path = JSONPath.element(index, of: path)
        if let difference = difference(element, other[index], path) { return difference }
      }
      return nil
    case .object(let object):
      guard let other = other as? [String: Any], other.count == object.count else { break }
      for member in object.members {
        let path = JSONPath.member(member.key, of: path)
        guard let other = other[member.key] else { return "\(path) is missing" }
        if let difference = difference(member.value, other, path) { return difference }
      }
      return nil
    default: break
    }
    return "\(path) is \(value.text) for us and \(other) for Foundation"
  }
}
