/// What a reader remembers of a key or string between two bytes.
struct StringState: Sendable {
  enum Phase: Sendable {
    /// Before a character.
    case plain
    /// In a character that the end of a feed has cut; its first bytes are `held`.
    case sequence
    /// After a backslash.
    case escape
    /// In the four digits after `\u`.
    case digits
    /// After a high surrogate, before the backslash or the `u` of the low one.
    case lowBackslash, lowEscape
  }

  var isKey = false
  /// Whether all bytes so far are ASCII, unescaped.
  var isASCII = true
  /// Whether no fragment has been handed on yet.
  var isFirst = true
  /// The unescaped bytes of a key that have been handed on.
  var count = 0
  var phase = Phase.plain
  /// The offset of the backslash, or of the first byte that is held.
  var start = 0
  /// The bytes of a cut character, the first in the lowest.
  var held: UInt32 = 0
  var heldCount = 0
  /// The value of the digits so far, and how many they are.
  var unit: UInt16 = 0
  var digitCount = 0
  /// The high surrogate that waits for its low one.
  var high: UInt16?
}

extension JSONReader {
  /// Unescaped bytes are handed on when there are so many: few enough to stay in the processor's cache.
  private static var scratchSize: Int { 16 * 1024 }
  /// A run of this length or more is handed on from the feed itself, without a copy.
  private static var longRun: Int { 4 * 1024 }

  mutating func beginString(isKey: Bool) {
    state = .string
    string = StringState()
    string.isKey = isKey
  }

  /// Reads up to the closing quote or the end of `bytes`, and returns where it stopped.
  mutating func readString<Sink: JSONSink & ~Copyable>(
    _ bytes: UnsafeRawBufferPointer, from start: Int, _ sink: inout Sink
  ) throws(JSONError) -> Int {
    var index = start
    while index < bytes.count {
      guard string.phase == .plain else {
        try readCutByte(bytes[index], at: consumed + index, &sink)
        index += 1
        continue
      }
      let run = ByteScan.plainRun(bytes, from: index)
      let isClosed = run.end < bytes.count && bytes[run.end] == UInt8(ascii: "\"")
      let valid = run.isASCII ? run.end : try validate(bytes, index..<run.end, &sink)
      let part = UnsafeRawBufferPointer(rebasing: bytes[index..<valid])
      index = run.end
      if isClosed {
        try endString(part, &sink)
        return index + 1
      }
      try take(part, &sink)
      guard index < bytes.count else { break }
      guard bytes[index] == UInt8(ascii: "\\") else {
        throw try failString(.controlCharacter(bytes[index]), at: consumed + index, &sink)
      }
      index = readEscapes(bytes, from: index)
      if scratch.count >= Self.scratchSize { try flush(isLast: false, &sink) }
    }
    try flush(isLast: false, &sink)
    return index
  }

  /// The end of the valid characters in `range`. If the feed ends within a character, its bytes are held.
  private mutating func validate<Sink: JSONSink & ~Copyable>(
    _ bytes: UnsafeRawBufferPointer, _ range: Range<Int>, _ sink: inout Sink
  ) throws(JSONError) -> Int {
    string.isASCII = false
    let valid = ByteScan.validUTF8(bytes, in: range)
    guard valid.end < range.upperBound else { return valid.end }
    guard valid.isCut, range.upperBound == bytes.count else {
      try take(UnsafeRawBufferPointer(rebasing: bytes[range.lowerBound..<valid.end]), &sink)
      throw try failString(.invalidUTF8(bytes[valid.end]), at: consumed + valid.end, &sink)
    }
    string.phase = .sequence
    string.start = consumed + valid.end
    string.held = 0
    string.heldCount = 0
    for byte in bytes[valid.end..<range.upperBound] { string.hold(byte) }
    return valid.end
  }

  /// Reads valid escapes that lie in the feed as a whole, one after the other; any other is left to
  /// `readCutByte`.
  private mutating func readEscapes(_ bytes: UnsafeRawBufferPointer, from start: Int) -> Int {
    var index = start
    repeat {
      if index + 1 < bytes.count, let character = Self.character(ofEscape: bytes[index + 1]) {
        scratch.append(character)
        index += 2
      } else if let character = ByteScan.escapedScalar(bytes, at: index) {
        append(character.scalar)
        index = character.end
      } else {
        string.phase = .escape
        string.start = consumed + index
        return index + 1
      }
    } while index < bytes.count && bytes[index] == UInt8(ascii: "\\") && scratch.count < Self.scratchSize
    return index
  }

  /// One byte of an escape, or of a character that the end of a feed has cut.
  private mutating func readCutByte<Sink: JSONSink & ~Copyable>(
    _ byte: UInt8, at offset: Int, _ sink: inout Sink
  ) throws(JSONError) {
    switch string.phase {
    case .plain: break
    case .sequence:
      string.hold(byte)
      let isWhole = withUnsafeBytes(of: string.held.littleEndian) { held -> Bool? in
        let valid = ByteScan.validUTF8(held, in: 0..<string.heldCount)
        return valid.end == string.heldCount ? true : valid.isCut ? false : nil
      }
      guard let isWhole else {
        throw try failString(
          .invalidUTF8(UInt8(truncatingIfNeeded: string.held)), at: string.start, &sink)
      }
      if isWhole {
        withUnsafeBytes(of: string.held.littleEndian) {
          scratch.append(UnsafeRawBufferPointer(rebasing: $0.prefix(string.heldCount)))
        }
        string.phase = .plain
      }
    case .escape:
      if let character = Self.character(ofEscape: byte) {
        scratch.append(character)
        string.phase = .plain
      } else if byte == UInt8(ascii: "u") {
        string.beginDigits()
      } else {
        throw try failString(.invalidEscape(byte), at: string.start, &sink)
      }
    case .digits: try readDigit(byte, at: offset, &sink)
    case .lowBackslash, .lowEscape:
      let expected = string.phase == .lowBackslash ? UInt8(ascii: "\\") : UInt8(ascii: "u")
      guard byte == expected else { throw try failString(string.lone, at: string.start, &sink) }
      if string.phase == .lowEscape { string.beginDigits() } else { string.phase = .lowEscape }
    }
  }

  private mutating func readDigit<Sink: JSONSink & ~Copyable>(
    _ byte: UInt8, at offset: Int, _ sink: inout Sink
  ) throws(JSONError) {
    guard let digit = ByteScan.hexValue(byte) else {
      throw try failString(.invalidHexDigit(byte), at: offset, &sink)
    }
    string.unit = string.unit << 4 | UInt16(digit)
    string.digitCount += 1
    guard string.digitCount == 4 else { return }
    let isLow = 0xDC00...0xDFFF ~= string.unit
    if let high = string.high {
      guard isLow else { throw try failString(string.lone, at: string.start, &sink) }
      append(ByteScan.scalar(high: UInt32(high), low: UInt32(string.unit)))
      string.high = nil
      string.phase = .plain
    } else if 0xD800...0xDBFF ~= string.unit {
      string.high = string.unit
      string.phase = .lowBackslash
    } else {
      guard !isLow else { throw try failString(string.lone, at: string.start, &sink) }
      append(UInt32(string.unit))
      string.phase = .plain
    }
  }

  /// Appends a scalar, which is not a surrogate, in UTF-8 (RFC 3629 section 3).
  private mutating func append(_ scalar: UInt32) {
    if scalar >= 0x80 { string.isASCII = false }
    func tail(_ shift: UInt32) -> UInt8 { UInt8(truncatingIfNeeded: scalar >> shift & 0x3F | 0x80) }
    switch scalar {
    case ..<0x80: scratch.append(UInt8(truncatingIfNeeded: scalar))
    case ..<0x800:
      scratch.append(UInt8(truncatingIfNeeded: scalar >> 6 | 0xC0))
      scratch.append(tail(0))
    case ..<0x10000:
      scratch.append(UInt8(truncatingIfNeeded: scalar >> 12 | 0xE0))
      scratch.append(tail(6))
      scratch.append(tail(0))
    default:
      scratch.append(UInt8(truncatingIfNeeded: scalar >> 18 | 0xF0))
      scratch.append(tail(12))
      scratch.append(tail(6))
      scratch.append(tail(0))
    }
  }

  /// What a backslash and `byte` stand for; `nil` if that is no escape of two characters.
  private static func character(ofEscape byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): byte
    case UInt8(ascii: "b"): 0x08
    case UInt8(ascii: "f"): 0x0C
    case UInt8(ascii: "n"): 0x0A
    case UInt8(ascii: "r"): 0x0D
    case UInt8(ascii: "t"): 0x09
    default: nil
    }
  }
}

// MARK: Handing on

extension JSONReader {
  /// Hands `part` on, now or later.
  private mutating func take<Sink: JSONSink & ~Copyable>(
    _ part: UnsafeRawBufferPointer, _ sink: inout Sink
  ) throws(JSONError) {
    guard part.count >= Self.longRun else {
      scratch.append(part)
      return
    }
    try flush(isLast: false, &sink)
    try hand(part, isLast: false, &sink)
  }

  private mutating func endString<Sink: JSONSink & ~Copyable>(
    _ rest: UnsafeRawBufferPointer, _ sink: inout Sink
  ) throws(JSONError) {
    if scratch.isEmpty {
      try hand(rest, isLast: true, &sink)
    } else {
      try take(rest, &sink)
      try flush(isLast: true, &sink)
    }
    if string.isKey { state = .colon } else { endValue() }
  }

  private mutating func flush<Sink: JSONSink & ~Copyable>(
    isLast: Bool, _ sink: inout Sink
  ) throws(JSONError) {
    guard isLast || !scratch.isEmpty else { return }
    // Taken out, because what hands it on changes `self`.
    var text = Scratch()
    swap(&text, &scratch)
    try text.withBytes { (text) throws(JSONError) in try hand(text, isLast: isLast, &sink) }
    text.removeAll()
    scratch = text
  }

  @inline(__always)
  private mutating func hand<Sink: JSONSink & ~Copyable>(
    _ bytes: UnsafeRawBufferPointer, isLast: Bool, _ sink: inout Sink
  ) throws(JSONError) {
    let fragment = JSONFragment(
      bytes: bytes, isASCII: string.isASCII, isFirst: string.isFirst, isLast: isLast)
    string.isFirst = false
    if string.isKey {
      string.count += bytes.count
      guard string.count <= limits.keyBytes else {
        throw fail(.keyTooLong(limit: limits.keyBytes), at: tokenStart, sink)
      }
      try hand(.key(fragment), to: &sink)
    } else {
      try hand(.string(fragment), to: &sink)
    }
  }

  /// Hands on what precedes the fault first: if that is too long, it is the earlier fault.
  private mutating func failString<Sink: JSONSink & ~Copyable>(
    _ reason: JSONError.Reason, at offset: Int, _ sink: inout Sink
  ) throws(JSONError) -> JSONError {
    try flush(isLast: false, &sink)
    return fail(reason, at: offset, sink)
  }
}

extension StringState {
  fileprivate mutating func hold(_ byte: UInt8) {
    held |= UInt32(byte) << UInt32(8 * heldCount)
    heldCount += 1
  }

  fileprivate mutating func beginDigits() {
    phase = .digits
    unit = 0
    digitCount = 0
  }

  fileprivate var lone: JSONError.Reason { .loneSurrogate(high ?? unit) }
}
