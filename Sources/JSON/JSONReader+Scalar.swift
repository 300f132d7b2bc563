/// The three literal names of RFC 8259 section 3.
enum Literal: Sendable {
  case `true`, `false`, null

  var count: Int { self == .false ? 5 : 4 }

  /// Its characters, the first in the lowest byte.
  private var characters: UInt64 {
    switch self {
    case .true: 0x65_75_72_74
    case .false: 0x65_73_6C_61_66
    case .null: 0x6C_6C_75_6E
    }
  }

  func character(_ index: Int) -> UInt8 { UInt8(truncatingIfNeeded: characters >> UInt64(8 * index)) }

  var token: JSONToken {
    switch self {
    case .true: .bool(true)
    case .false: .bool(false)
    case .null: .null
    }
  }
}

extension JSONReader {
  mutating func beginLiteral(_ byte: UInt8) {
    state = .literal
    literalCount = 0
    switch byte {
    case UInt8(ascii: "t"): literal = .true
    case UInt8(ascii: "f"): literal = .false
    default: literal = .null
    }
  }

  mutating func readLiteral<Sink: JSONSink & ~Copyable>(
    _ bytes: UnsafeRawBufferPointer, from start: Int, _ sink: inout Sink
  ) throws(JSONError) -> Int {
    var index = start
    while index < bytes.count {
      guard bytes[index] == literal.character(literalCount) else {
        throw unexpected(bytes[index], at: consumed + index, sink)
      }
      index += 1
      literalCount += 1
      if literalCount == literal.count {
        try hand(literal.token, to: &sink)
        endValue()
        break
      }
    }
    return index
  }

  mutating func readNumber<Sink: JSONSink & ~Copyable>(
    _ bytes: UnsafeRawBufferPointer, from start: Int, _ sink: inout Sink
  ) throws(JSONError) -> Int {
    var index = start
    var phase = number
    while index < bytes.count, let next = phase.after(bytes[index]) {
      phase = next
      index += 1
    }
    number = phase
    guard scratch.count + index - start <= limits.numberBytes else {
      throw fail(.numberTooLong(limit: limits.numberBytes), at: tokenStart, sink)
    }
    let part = UnsafeRawBufferPointer(rebasing: bytes[start..<index])
    if index == bytes.count {
      // The next feed may go on with it.
      scratch.append(part)
    } else {
      guard phase.isComplete else { throw unexpected(bytes[index], at: consumed + index, sink) }
      try endNumber(part, &sink)
    }
    return index
  }

  /// Hands on the number, of which `rest` follows what is in `scratch`; does nothing if it is not complete.
  mutating func endNumber<Sink: JSONSink & ~Copyable>(
    _ rest: UnsafeRawBufferPointer, _ sink: inout Sink
  ) throws(JSONError) {
    guard number.isComplete else { return }
    if scratch.isEmpty {
      try hand(.number(rest), to: &sink)
    } else {
      scratch.append(rest)
      let text = scratch
      scratch = Scratch()
      try text.withBytes { (text) throws(JSONError) in try hand(.number(text), to: &sink) }
    }
    endValue()
  }
}
