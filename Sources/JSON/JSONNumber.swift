/// A number as it is written, so that no digit is lost before it is converted to an integer or a `Double`.
///
/// Two are equal if they are written alike: `1` and `1.0` differ.
package struct JSONNumber: Sendable, Hashable {
  /// By the grammar of RFC 8259 section 6.
  package let text: String

  /// For a text that is known to follow the grammar.
  init(trusted text: String) {
    self.text = text
  }

  /// `nil` if `text` does not follow the grammar of RFC 8259 section 6.
  package init?(_ text: String) {
    var phase = NumberPhase.start
    for byte in text.utf8 {
      guard let next = phase.after(byte) else { return nil }
      phase = next
    }
    guard phase.isComplete else { return nil }
    self.text = text
  }

  package init(_ value: some FixedWidthInteger) {
    text = String(value)
  }

  /// The shortest text that reads back as `value`; `nil` for infinities and NaN, which JSON cannot write.
  package init?(_ value: Double) {
    guard value.isFinite else { return nil }
    text = value.description
  }

  /// The exact value if it is whole and fits, as with `1.0`, `1e2` and `-0`; `nil` for `1.5` and `1e19`.
  package var int64: Int64? {
    if let value = Int64(text) { return value }
    var digits: [UInt8] = []
    var exponent = 0
    var rest = text.utf8[...]
    let isNegative = rest.first == UInt8(ascii: "-")
    if isNegative { rest.removeFirst() }
    var isFraction = false
    while let byte = rest.popFirst() {
      if byte == UInt8(ascii: ".") {
        isFraction = true
      } else if byte | 0x20 == UInt8(ascii: "e") {
        exponent += Self.exponent(rest)
        break
      } else {
        digits.append(byte - UInt8(ascii: "0"))
        if isFraction { exponent -= 1 }
      }
    }
    return Self.int64(digits, exponent, isNegative)
  }

  /// `digits` times ten to the power of `exponent`.
  private static func int64(_ digits: [UInt8], _ exponent: Int, _ isNegative: Bool) -> Int64? {
    var exponent = exponent
    var digits = digits.drop { $0 == 0 }
    while digits.last == 0 {
      digits.removeLast()
      exponent += 1
    }
    if digits.isEmpty { return 0 }
    // 2^63 has 19 digits.
    guard exponent >= 0, digits.count + exponent <= 19 else { return nil }
    // 19 digits fit into 64 bits without a sign.
    var magnitude: UInt64 = 0
    for digit in digits { magnitude = magnitude * 10 + UInt64(digit) }
    for _ in 0..<exponent { magnitude *= 10 }
    if isNegative { return magnitude <= UInt64(1) << 63 ? Int64(truncatingIfNeeded: 0 &- magnitude) : nil }
    return Int64(exactly: magnitude)
  }

  /// One beyond a million counts as a million: enough for a mantissa of less than a million digits.
  private static func exponent(_ text: Substring.UTF8View) -> Int {
    var value = 0
    for byte in text where byte != UInt8(ascii: "+") && byte != UInt8(ascii: "-") {
      value = min(value * 10 + Int(byte - UInt8(ascii: "0")), 1_000_000)
    }
    return text.first == UInt8(ascii: "-") ? -value : value
  }

  /// The nearest value; `nil` if it is too large for a `Double`.
  package var double: Double? {
    guard let value = Double(text), value.isFinite else { return nil }
    return value
  }
}

/// Where a reader is in a number, named after what it read last (RFC 8259 section 6).
enum NumberPhase: UInt8, Sendable {
  case start, minus, zero, integer, point, fraction, exponent, exponentSign, exponentDigits

  /// Whether the number may end here.
  var isComplete: Bool {
    switch self {
    case .zero, .integer, .fraction, .exponentDigits: true
    case .start, .minus, .point, .exponent, .exponentSign: false
    }
  }

  /// `nil` if `byte` does not continue the number.
  @inline(__always)
  func after(_ byte: UInt8) -> NumberPhase? {
    let isDigit = byte &- UInt8(ascii: "0") < 10
    switch self {
    case .start, .minus:
      if byte == UInt8(ascii: "0") { return .zero }
      if isDigit { return .integer }
      return self == .start && byte == UInt8(ascii: "-") ? .minus : nil
    case .zero, .integer:
      if isDigit { return self == .integer ? .integer : nil }
      if byte == UInt8(ascii: ".") { return .point }
      return byte | 0x20 == UInt8(ascii: "e") ? .exponent : nil
    case .point: return isDigit ? .fraction : nil
    case .fraction:
      if isDigit { return .fraction }
      return byte | 0x20 == UInt8(ascii: "e") ? .exponent : nil
    case .exponent:
      if isDigit { return .exponentDigits }
      return byte == UInt8(ascii: "+") || byte == UInt8(ascii: "-") ? .exponentSign : nil
    case .exponentSign, .exponentDigits: return isDigit ? .exponentDigits : nil
    }
  }
}
