/// One row on its way through the grammar, which may pause wherever the text that has arrived ends.
struct CSVScanner: Sendable {
  enum Step: Sendable {
    /// The row continues in what has not arrived yet.
    case more
    case ended([String], next: Int)
    /// A row with a fault whose end is known.
    case failed(CSVFault, next: Int)
    /// A row whose end cannot be determined.
    case abandoned(CSVFault)
  }

  private enum State {
    case fieldStart
    case plain
    case quoted
    /// After a quotation mark in a quoted field: the end of the field, or half of a doubled one.
    case quotedMark
    /// After the field's closing mark.
    case closed
  }

  let separator: CSVSeparator
  /// Line ends inside quoted fields.
  private(set) var breaks = 0
  /// Where the row's second line begins, if it has one.
  private(set) var secondLine: Int?
  private var start: Int
  private var position: Int
  private var state = State.fieldStart
  private var fields: [[UInt8]] = []
  private var field: [UInt8] = []
  /// A limit that was passed; the row's end is still looked for.
  private var fault: CSVFault?

  private let limits: CSVLimits

  init(separator: CSVSeparator, from start: Int, limits: CSVLimits) {
    self.separator = separator
    self.limits = limits
    self.start = start
    position = start
  }

  /// The text has lost so many bytes at its front.
  mutating func rebase(by count: Int) {
    start -= count
    position -= count
    secondLine = secondLine.map { $0 - count }
  }

  mutating func scan(_ text: [UInt8], isLast: Bool) -> Step {
    while position < text.count {
      guard position - start < limits.row else { return .abandoned(.rowTooLong) }
      let byte = text[position]
      position += 1
      if Self.isLineEnd(byte), state != .quoted { return end() }
      guard take(byte) else { return .abandoned(.quoting) }
      if state == .quoted, Self.isLineEnd(byte) { noteBreak(text) }
    }
    guard isLast else { return .more }
    return state == .quoted ? .abandoned(.quoting) : end()
  }

  /// Returns whether the byte is allowed there.
  private mutating func take(_ byte: UInt8) -> Bool {
    if case .byte(byte) = separator, state != .quoted {
      endField()
      return true
    }
    let isMark = byte == Self.quotationMark && separator != .dashes
    switch state {
    case .fieldStart:
      if Self.isSpace(byte) { return true }
      state = isMark ? .quoted : .plain
      if !isMark { append(byte) }
    case .plain:
      guard !isMark else { return false }
      append(byte)
    case .quoted:
      if isMark { state = .quotedMark } else { append(byte) }
    case .quotedMark:
      guard isMark || Self.isSpace(byte) else { return false }
      state = isMark ? .quoted : .closed
      if isMark { append(byte) }
    case .closed: return Self.isSpace(byte)
    }
    return true
  }

  private mutating func append(_ byte: UInt8) {
    // The fields of a row with dashes are measured when they are known.
    if field.count < limits.field || separator == .dashes {
      field.append(byte)
    } else {
      fault = .fieldTooLong
    }
  }

  private mutating func endField() {
    if state == .plain { field.trimEnd() }
    if fields.count < limits.columns { fields.append(field) } else { fault = .tooManyColumns }
    field.removeAll(keepingCapacity: true)
    state = .fieldStart
  }

  private mutating func noteBreak(_ text: [UInt8]) {
    // The two of CR LF are one; a carriage return at the end of what has arrived is settled by what follows.
    let isSecond =
      text[position - 1] == Self.lineFeed && position - start > 1
      && text[position - 2] == Self.carriageReturn
    if isSecond {
      if breaks == 1 { secondLine = position }
    } else {
      breaks += 1
      if secondLine == nil { secondLine = position }
    }
  }

  private mutating func end() -> Step {
    if separator == .dashes { splitAtDashes() } else { endField() }
    if let fault { return .failed(fault, next: position) }
    var texts: [String] = []
    for field in fields {
      guard let text = String(validating: field, as: UTF8.self) else {
        return .failed(.encoding, next: position)
      }
      texts.append(text)
    }
    return .ended(texts, next: position)
  }

  private mutating func splitAtDashes() {
    for part in field.split(around: CSVSeparator.fourDashes) {
      field = Array(part.drop(while: Self.isSpace))
      if field.count > limits.field { fault = .fieldTooLong }
      state = .plain
      endField()
    }
  }

  static let lineFeed = UInt8(ascii: "\n")
  static let carriageReturn = UInt8(ascii: "\r")
  private static let quotationMark = UInt8(ascii: "\"")

  static func isLineEnd(_ byte: UInt8) -> Bool { byte == lineFeed || byte == carriageReturn }
  static func isSpace(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }
}

extension [UInt8] {
  fileprivate mutating func trimEnd() {
    while let last, CSVScanner.isSpace(last) { removeLast() }
  }
}
