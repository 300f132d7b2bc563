/// Reads one JSON text, exactly as RFC 8259 says, from bytes that arrive in any pieces, and hands its tokens to a
/// sink.
///
/// Neither the tokens nor the reason and place of an error depend on how the bytes are cut; only the number of
/// fragments does. Between two feeds it holds no more than a cut character, escape or number. It does not look for
/// doubled keys: that is up to the sink.
package struct JSONReader: Sendable {
  enum State: Sendable {
    case value, valueOrEnd, key, keyOrEnd, colon, commaOrEnd, end
    case string, number, literal
  }

  /// The open containers are the bits of one word.
  private static let maximumDepth = 64

  let limits: JSONLimits
  var state = State.value
  private var depth = 0
  /// One bit for each open container, the innermost lowest: whether it is an object.
  private var kinds: UInt64 = 0
  private var elements = 0
  private var failure: JSONError?

  /// The number of bytes in earlier feeds. Offsets count from the first byte of the text.
  private(set) var consumed = 0
  private var line = 1
  private var lineStart = 0
  /// The offset of the token that is being read.
  var tokenStart = 0

  var string = StringState()
  var number = NumberPhase.start
  var literal = Literal.null
  var literalCount = 0
  /// What is unescaped of a string but not handed on yet, or the part of a number that came with earlier feeds.
  var scratch = Scratch()

  package init(limits: JSONLimits = .standard) {
    var limits = limits
    limits.depth = min(limits.depth, Self.maximumDepth)
    self.limits = limits
  }

  /// Throws the same error again once it has failed.
  package mutating func feed<Sink: JSONSink & ~Copyable>(
    _ bytes: UnsafeRawBufferPointer, to sink: inout Sink
  ) throws(JSONError) {
    if let failure { throw failure }
    if let limit = limits.bytes, bytes.count > limit - consumed {
      try read(UnsafeRawBufferPointer(rebasing: bytes[..<(limit - consumed)]), &sink)
      throw fail(.textTooLong(limit: limit), at: consumed, sink)
    }
    try read(bytes, &sink)
  }

  /// The text is complete. Throws if its value is not.
  package mutating func finish<Sink: JSONSink & ~Copyable>(to sink: inout Sink) throws(JSONError) {
    if let failure { throw failure }
    if state == .number { try endNumber(UnsafeRawBufferPointer(start: nil, count: 0), &sink) }
    guard state != .end else { return }
    let isEmpty = state == .value && depth == 0
    throw fail(isEmpty ? .empty : .unexpectedEnd, at: consumed, sink)
  }

  private mutating func read<Sink: JSONSink & ~Copyable>(
    _ bytes: UnsafeRawBufferPointer, _ sink: inout Sink
  ) throws(JSONError) {
    var index = 0
    while index < bytes.count {
      switch state {
      case .string: index = try readString(bytes, from: index, &sink)
      case .number: index = try readNumber(bytes, from: index, &sink)
      case .literal: index = try readLiteral(bytes, from: index, &sink)
      default: index = try readStructure(bytes, from: index, &sink)
      }
    }
    consumed += bytes.count
  }

  /// Reads white space, brackets, commas and colons, up to the first byte of a string, number or literal.
  private mutating func readStructure<Sink: JSONSink & ~Copyable>(
    _ bytes: UnsafeRawBufferPointer, from start: Int, _ sink: inout Sink
  ) throws(JSONError) -> Int {
    var index = start
    while index < bytes.count {
      let byte = bytes[index]
      let offset = consumed + index
      switch byte {
      case 0x20, 0x09, 0x0D: break
      case 0x0A:
        line += 1
        lineStart = offset + 1
      case UInt8(ascii: ","):
        guard state == .commaOrEnd else { throw unexpected(byte, at: offset, sink) }
        state = isInObject ? .key : .value
      case UInt8(ascii: ":"):
        guard state == .colon else { throw unexpected(byte, at: offset, sink) }
        state = .value
      case UInt8(ascii: "{"), UInt8(ascii: "["):
        try beginContainer(byte, at: offset, &sink)
      case UInt8(ascii: "}"), UInt8(ascii: "]"):
        try endContainer(byte, at: offset, &sink)
      case UInt8(ascii: "\""):
        if state == .key || state == .keyOrEnd {
          try count(at: offset, sink)
          beginString(isKey: true)
        } else {
          try beginValue(byte, at: offset, sink)
          beginString(isKey: false)
        }
        return index + 1
      case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
        try beginValue(byte, at: offset, sink)
        state = .number
        number = .start
        return index
      case UInt8(ascii: "t"), UInt8(ascii: "f"), UInt8(ascii: "n"):
        try beginValue(byte, at: offset, sink)
        beginLiteral(byte)
        return index
      default: throw unexpected(byte, at: offset, sink)
      }
      index += 1
    }
    return index
  }
}

// MARK: Containers

extension JSONReader {
  private var isInObject: Bool { depth > 0 && kinds & 1 != 0 }

  private mutating func beginContainer<Sink: JSONSink & ~Copyable>(
    _ byte: UInt8, at offset: Int, _ sink: inout Sink
  ) throws(JSONError) {
    try beginValue(byte, at: offset, sink)
    guard depth < limits.depth else { throw fail(.tooDeep(limit: limits.depth), at: offset, sink) }
    let isObject = byte == UInt8(ascii: "{")
    try hand(isObject ? .beginObject : .beginArray, to: &sink)
    kinds = kinds << 1 | (isObject ? 1 : 0)
    depth += 1
    state = isObject ? .keyOrEnd : .valueOrEnd
  }

  private mutating func endContainer<Sink: JSONSink & ~Copyable>(
    _ byte: UInt8, at offset: Int, _ sink: inout Sink
  ) throws(JSONError) {
    let isObject = byte == UInt8(ascii: "}")
    let isAllowed = state == .commaOrEnd || state == (isObject ? .keyOrEnd : .valueOrEnd)
    guard isAllowed, isObject == isInObject else { throw unexpected(byte, at: offset, sink) }
    tokenStart = offset
    try hand(isObject ? .endObject : .endArray, to: &sink)
    kinds >>= 1
    depth -= 1
    endValue()
  }

  @inline(__always)
  private mutating func beginValue<Sink: JSONSink & ~Copyable>(
    _ byte: UInt8, at offset: Int, _ sink: borrowing Sink
  ) throws(JSONError) {
    guard state == .value || state == .valueOrEnd else { throw unexpected(byte, at: offset, sink) }
    tokenStart = offset
    if depth > 0, kinds & 1 == 0 { try count(at: offset, sink) }
  }

  mutating func endValue() {
    state = depth == 0 ? .end : .commaOrEnd
  }

  /// Counts a key or list element.
  @inline(__always)
  private mutating func count<Sink: JSONSink & ~Copyable>(
    at offset: Int, _ sink: borrowing Sink
  ) throws(JSONError) {
    tokenStart = offset
    elements += 1
    guard elements <= limits.elements else {
      throw fail(.tooManyElements(limit: limits.elements), at: offset, sink)
    }
  }

  @inline(__always)
  mutating func hand<Sink: JSONSink & ~Copyable>(
    _ token: JSONToken, to sink: inout Sink
  ) throws(JSONError) {
    do throws(JSONError.Reason) {
      try sink.receive(token)
    } catch {
      throw fail(error, at: tokenStart, sink)
    }
  }
}

// MARK: Failures

extension JSONReader {
  @inline(never)
  mutating func fail<Sink: JSONSink & ~Copyable>(
    _ reason: JSONError.Reason, at offset: Int, _ sink: borrowing Sink
  ) -> JSONError {
    let isInValue =
      switch state {
      case .value, .valueOrEnd, .colon, .number, .literal: true
      case .string: !string.isKey
      case .key, .keyOrEnd, .commaOrEnd, .end: false
      }
    let error = JSONError(
      reason: reason, line: line, column: offset - lineStart + 1, path: sink.path(isInValue: isInValue))
    failure = error
    return error
  }

  @inline(never)
  mutating func unexpected<Sink: JSONSink & ~Copyable>(
    _ byte: UInt8, at offset: Int, _ sink: borrowing Sink
  ) -> JSONError {
    // UTF-8's mark and UTF-16's two; nothing else in UTF-8 begins so.
    if offset == 0, byte == 0xEF || byte >= 0xFE { return fail(.byteOrderMark, at: offset, sink) }
    let expected: JSONError.Expectation =
      switch state {
      case .value, .string: .value
      case .valueOrEnd: .valueOrEnd
      case .key: .key
      case .keyOrEnd: .keyOrEnd
      case .colon: .colon
      case .commaOrEnd: isInObject ? .commaOrBrace : .commaOrBracket
      case .end: .end
      case .number: .digit
      case .literal: .literal
      }
    return fail(.unexpected(byte, expected: expected), at: offset, sink)
  }
}
