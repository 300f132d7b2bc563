/// Reads the content of a message as it arrives, and finds its end.
///
/// Only CRLF ends a line, and only CRLF.CRLF ends the content of DATA (RFC 5321 section 4.1.1.4): a server that also
/// took a bare LF would see two messages where another one sees one. Content with a bare CR, a bare LF or a NUL is
/// flawed, and no more of it is given out.
struct ContentReader: Sendable {
  enum End: Sendable {
    /// There is more to come.
    case none
    /// CRLF.CRLF.
    case proper
    /// A dot between line ends of which one is none: the client may take it for the end, and what follows may be meant
    /// as commands.
    case doubtful
  }

  private enum State {
    case text
    case lineStart
    /// After a dot that began a line.
    case dot
    case dotReturn
    case carriageReturn
    /// After what only looks like a line end.
    case doubtfulStart
    case doubtfulDot
  }

  /// Whether dots at the beginning of lines are doubled, and a single one ends the content; otherwise the content's
  /// length is known (RFC 3030).
  private let isStuffed: Bool
  private var state = State.lineStart
  private(set) var isFlawed = false

  init(isStuffed: Bool) {
    self.isStuffed = isStuffed
  }

  /// Reads on to the end of the content, or of `bytes`.
  ///
  /// - Returns: What belongs to the message, how many of `bytes` were read, and which end was there.
  mutating func read(_ bytes: ArraySlice<UInt8>) -> (content: [UInt8], count: Int, end: End) {
    var content: [UInt8] = []
    content.reserveCapacity(bytes.count)
    let (count, end) = bytes.withUnsafeBufferPointer { input -> (Int, End) in
      var index = 0
      while index < input.count {
        if state == .text {
          let start = index
          while index < input.count, input[index] > 0x0D || !Self.isSpecial(input[index]) { index += 1 }
          content.append(contentsOf: UnsafeBufferPointer(rebasing: input[start..<index]))
          guard index < input.count else { break }
        }
        let end = take(input[index], into: &content)
        index += 1
        if end != .none { return (index, end) }
      }
      return (index, .none)
    }
    return (isFlawed ? [] : content, count, end)
  }

  /// To be called at the end of content whose length was known.
  mutating func finish() {
    if state == .carriageReturn { isFlawed = true }
  }

  private static func isSpecial(_ byte: UInt8) -> Bool { byte == .cr || byte == .lf || byte == 0 }

  private mutating func take(_ byte: UInt8, into content: inout [UInt8]) -> End {
    if byte == 0 { isFlawed = true }
    switch state {
    case .text: text(byte, into: &content)
    case .lineStart:
      if byte == .dot, isStuffed { state = .dot } else { text(byte, into: &content) }
    case .dot:
      switch byte {
      case .cr: state = .dotReturn
      case .lf: return doubtfulEnd()
      default: text(byte, into: &content)
      }
    case .dotReturn: return byte == .lf ? .proper : doubtfulEnd()
    case .carriageReturn:
      guard byte == .lf else {
        isFlawed = true
        state = .doubtfulStart
        return take(byte, into: &content)
      }
      content.append(.cr)
      content.append(.lf)
      state = .lineStart
    case .doubtfulStart:
      if byte == .dot, isStuffed { state = .doubtfulDot } else { text(byte, into: &content) }
    case .doubtfulDot:
      if byte == .cr || byte == .lf { return doubtfulEnd() }
      text(byte, into: &content)
    }
    return .none
  }

  private mutating func text(_ byte: UInt8, into content: inout [UInt8]) {
    switch byte {
    case .cr: state = .carriageReturn
    case .lf:
      isFlawed = true
      state = .doubtfulStart
    default:
      content.append(byte)
      state = .text
    }
  }

  private mutating func doubtfulEnd() -> End {
    isFlawed = true
    return .doubtful
  }
}

extension UInt8 {
  static let cr: UInt8 = 0x0D
  static let lf: UInt8 = 0x0A
  static let dot = UInt8(ascii: ".")
}
