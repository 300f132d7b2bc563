/// Makes a tree of tokens. The content of open containers lies on one stack, so that each container is allocated
/// once, when it is closed and its size is known.
struct TreeBuilder: JSONSink, Sendable {
  private struct Frame: Sendable {
    enum Kind: Sendable { case root, object, array }

    var kind: Kind
    /// Its first member or element in `members`.
    var start: Int
    /// A bit for each of `patterns` that can still match.
    var patterns: UInt64 = 0
    /// As in `JSONObject`. Also used from the first key that is not ASCII: to compare it with each of the others,
    /// both would be normalized every time.
    var places: [String: Int]?
  }

  private let limits: JSONLimits
  private let patterns: [JSONStreamPattern]
  /// The innermost open container, and those around it.
  private var top = Frame(kind: .root, start: 0)
  private var outer: [Frame] = []
  /// The last one has no value yet while that is being read.
  private var members = MemberStack()
  private(set) var root: JSONValue?

  /// The earlier fragments of the key or kept string that is being read.
  private var text: [UInt8] = []
  private var isStreaming = false
  private var streamedCount = 0
  private var pieces: [JSONStreamedPiece] = []
  /// Pieces before it belong to earlier feeds.
  private var firstPiece = 0

  init(limits: JSONLimits, streaming: [JSONStreamPattern]) {
    self.limits = limits
    precondition(streaming.count < 64, "There are too many patterns.")
    patterns = streaming
    top.patterns = 1 << UInt64(streaming.count) - 1
    outer.reserveCapacity(8)
  }

  mutating func receive(_ token: JSONToken) throws(JSONError.Reason) {
    switch token {
    case .beginObject: begin(.object)
    case .beginArray: begin(.array)
    case .endObject:
      let object = JSONObject(trusted: members.takeMembers(from: top.start), places: top.places)
      top = outer.removeLast()
      place(.object(object))
    case .endArray:
      let elements = members.takeElements(from: top.start)
      top = outer.removeLast()
      place(.array(elements))
    case .key(let fragment):
      if let key = joined(fragment) { try add(key, isASCII: fragment.isASCII) }
    case .string(let fragment):
      if fragment.isFirst { isStreaming = top.patterns != 0 && isStreamed }
      if isStreaming {
        stream(fragment)
      } else {
        guard text.count + fragment.bytes.count <= limits.stringBytes else {
          throw .stringTooLong(limit: limits.stringBytes)
        }
        if let value = joined(fragment) { place(.string(value)) }
      }
    case .number(let bytes): place(.number(JSONNumber(trusted: String(decoding: bytes, as: UTF8.self))))
    case .bool(let value): place(.bool(value))
    case .null: place(.null)
    }
  }

  private mutating func begin(_ kind: Frame.Kind) {
    let patterns = top.patterns == 0 ? 0 : patternsOfValue
    outer.append(top)
    top = Frame(kind: kind, start: members.count, patterns: patterns)
  }

  private mutating func place(_ value: consuming JSONValue) {
    switch top.kind {
    case .object: members[members.count - 1].value = value
    case .array: members.append("", value)
    case .root: root = value
    }
  }

  private mutating func add(_ key: consuming String, isASCII: Bool) throws(JSONError.Reason) {
    let count = members.count - top.start
    if top.places == nil, !isASCII || count == JSONObject.linearLimit {
      top.places = Dictionary(uniqueKeysWithValues: (0..<count).map { (members[top.start + $0].key, $0) })
    }
    if top.places == nil {
      // All are ASCII: of different length they cannot be canonically equivalent.
      let length = key.utf8.count
      for index in top.start..<members.count where members[index].key.utf8.count == length {
        guard members[index].key != key else { throw .duplicateKey(key) }
      }
    } else {
      guard top.places?.updateValue(count, forKey: key) == nil else { throw .duplicateKey(key) }
    }
    members.append(key, .null)
  }

  /// The whole text after its last fragment, `nil` before.
  private mutating func joined(_ fragment: JSONFragment) -> String? {
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
      let isInnermost = depth == frames.count - 1
      if isInnermost, !isInValue { break }
      // Where a frame begins, the value of the one around it is being read.
      let end = isInnermost ? members.count : frames[depth + 1].start
      switch frame.kind {
      case .root: break
      case .object: path = JSONPath.member(members[end - 1].key, of: path)
      case .array: path = JSONPath.element(end - frame.start, of: path)
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
