/// Makes a tree of tokens. Values of open containers lie on two stacks, so that each container is allocated once,
/// at its end and in its size.
struct TreeBuilder: JSONSink, Sendable {
  private struct Frame: Sendable {
    enum Kind: Sendable { case root, object, array }

    var kind: Kind
    /// Its first member or element on the stack.
    var start: Int
    /// A bit for each of `patterns` that can still match.
    var patterns: UInt64 = 0
    /// As in `JSONObject`.
    var places: [String: Int]?
  }

  private let stringLimit: Int
  private let patterns: [JSONStreamPattern]
  /// The innermost open container, and those around it.
  private var top = Frame(kind: .root, start: 0)
  private var outer: [Frame] = []
  /// The value of the last one is not known yet while it is being read.
  private var members = SlotStack<(key: String, value: JSONValue)>(blank: ("", .null))
  private var elements = SlotStack<JSONValue>(blank: .null)
  private(set) var root: JSONValue?

  /// Of the key or kept string that is being read, if it comes in several fragments.
  private var text: [UInt8] = []
  private var isStreaming = false
  private var streamedCount = 0
  private var pieces: [JSONStreamedPiece] = []
  /// Pieces before it belong to earlier feeds.
  private var firstPiece = 0

  init(stringLimit: Int, streaming: [JSONStreamPattern]) {
    self.stringLimit = stringLimit
    precondition(streaming.count < 64, "There are too many patterns.")
    patterns = streaming
    top.patterns = 1 << UInt64(streaming.count) - 1
    outer.reserveCapacity(8)
  }

  mutating func receive(_ token: JSONToken) throws(JSONError.Reason) {
    switch token {
    case .beginObject: begin(.object, at: members.count)
    case .beginArray: begin(.array, at: elements.count)
    case .endObject:
      let object = JSONObject(trusted: members.take(from: top.start), places: top.places)
      top = outer.removeLast()
      place(.object(object))
    case .endArray:
      let content = elements.take(from: top.start)
      top = outer.removeLast()
      place(.array(content))
    case .key(let fragment):
      if let key = try string(fragment) { try add(key) }
    case .string(let fragment):
      if fragment.isFirst { isStreaming = top.patterns != 0 && isStreamed }
      if isStreaming {
        stream(fragment)
      } else if let value = try string(fragment) {
        place(.string(value))
      }
    case .number(let bytes): place(.number(JSONNumber(trusted: String(decoding: bytes, as: UTF8.self))))
    case .bool(let value): place(.bool(value))
    case .null: place(.null)
    }
  }

  private mutating func begin(_ kind: Frame.Kind, at start: Int) {
    let patterns = top.patterns == 0 ? 0 : patternsOfValue
    outer.append(top)
    top = Frame(kind: kind, start: start, patterns: patterns)
  }

  private mutating func place(_ value: consuming JSONValue) {
    switch top.kind {
    case .object: members[members.count - 1].value = value
    case .array: elements.append(value)
    case .root: root = value
    }
  }

  private mutating func add(_ key: consuming String) throws(JSONError.Reason) {
    let count = members.count - top.start
    if count < JSONObject.linearLimit {
      for index in top.start..<members.count where members[index].key == key { throw .duplicateKey(key) }
    } else {
      if count == JSONObject.linearLimit {
        top.places = Dictionary(
          uniqueKeysWithValues: (0..<count).map { (members[top.start + $0].key, $0) })
      }
      guard top.places?.updateValue(count, forKey: key) == nil else { throw .duplicateKey(key) }
    }
    members.append((key, .null))
  }

  /// The whole text after its last fragment, `nil` before.
  private mutating func string(_ fragment: JSONFragment) throws(JSONError.Reason) -> String? {
    guard text.count + fragment.bytes.count <= stringLimit else { throw .stringTooLong(limit: stringLimit) }
    if fragment.isFirst, fragment.isLast { return String(decoding: fragment.bytes, as: UTF8.self) }
    text.append(contentsOf: fragment.bytes)
    guard fragment.isLast else { return nil }
    defer { text = [] }
    return String(decoding: text, as: UTF8.self)
  }

  func path(isInValue: Bool) -> String {
    var path = ""
    let frames = outer + [top]
    for (depth, frame) in frames.enumerated() {
      if depth == frames.count - 1, !isInValue { break }
      // Where a frame begins, the value of the one around it is being read.
      let next = frames[(depth + 1)...].first { $0.kind == frame.kind }?.start
      switch frame.kind {
      case .root: break
      case .object: path = JSONPath.member(members[(next ?? members.count) - 1].key, of: path)
      case .array: path = JSONPath.element((next ?? elements.count) - frame.start, of: path)
      }
    }
    return path
  }
}

// MARK: Streaming

extension TreeBuilder {
  /// Pieces do not grow over the end of a feed.
  mutating func beginFeed() { firstPiece = pieces.count }

  mutating func takePieces() -> [JSONStreamedPiece] {
    defer { pieces = [] }
    firstPiece = 0
    return pieces
  }

  private mutating func stream(_ fragment: JSONFragment) {
    if fragment.isFirst { streamedCount += 1 }
    let ordinal = streamedCount - 1
    if pieces.count > firstPiece, pieces[pieces.count - 1].ordinal == ordinal {
      pieces[pieces.count - 1].bytes.append(contentsOf: fragment.bytes)
      pieces[pieces.count - 1].isLast = fragment.isLast
    } else {
      pieces.append(
        JSONStreamedPiece(
          ordinal: ordinal, path: path(isInValue: true), bytes: Array(fragment.bytes),
          isLast: fragment.isLast))
    }
    if fragment.isLast { place(.streamed(ordinal)) }
  }

  /// Whether the value that begins is one to stream, if it is a string.
  private var isStreamed: Bool {
    let candidates = patternsOfValue
    return patterns.indices.contains {
      candidates & 1 << UInt64($0) != 0 && patterns[$0].steps.count == outer.count
    }
  }

  /// Those of `top` that lead to the value that begins.
  private var patternsOfValue: UInt64 {
    if top.kind == .root { return top.patterns }
    var result: UInt64 = 0
    for index in patterns.indices where top.patterns & 1 << UInt64(index) != 0 {
      guard outer.count <= patterns[index].steps.count else { continue }
      switch (patterns[index].steps[outer.count - 1], top.kind) {
      case (.member(let key), .object) where key == members[members.count - 1].key: break
      case (.element, .array): break
      default: continue
      }
      result |= 1 << UInt64(index)
    }
    return result
  }
}
