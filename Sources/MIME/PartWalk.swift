/// The way through the parts of a message, line by line: `BodyParser`'s, without the octets that went by.
struct PartWalk: Sendable {
  /// A line with its line end, or a piece of one that is longer than the maximum.
  struct Line {
    /// The longest header fits into it.
    static let maximum = HeaderBlock.maximumSize

    var bytes: ArraySlice<UInt8>
    /// Its place in the message.
    var start: Int
    /// Whether a line starts with it.
    var isStart = true
    /// Whether a line ends with it.
    var isEnd = true

    var end: Int { start + bytes.count }
    var lineEnd: Int { bytes.last != .lf ? 0 : bytes.dropLast().last != .cr ? 1 : 2 }
    var content: ArraySlice<UInt8> { bytes.dropLast(lineEnd) }
  }

  private enum State {
    /// In the header of a part, or right after the delimiter before it.
    case header
    /// In a part that is not a multipart.
    case leaf
    /// In a multipart before its first delimiter.
    case preamble
    /// After the last delimiter of a multipart.
    case epilogue
  }

  /// A multipart whose end has not come.
  private struct Multipart {
    /// `--` and the boundary; `--` alone if nobody told the boundary.
    var delimiter: [UInt8]
    /// As its header tells it.
    let stated: [UInt8]
    var partType: ContentType
    var isSealed: Bool
    /// Without an empty line before it, another first part could be read as header.
    var hasEmptyLine: Bool
    /// Whether its boundary is a guess, made by its first part.
    var isGuessed = false
    /// The cut that takes its first part out, as an index of the layout's; none if that part stays.
    var firstCut: Int?
    var keepsPart = false

    var needsFirstPart: Bool { isGuessed || !hasEmptyLine }

    /// An empty text.
    var emptyPart: [UInt8] { delimiter + "\r\nContent-Type: text/plain\r\n\r\n\r\n".utf8 }
  }

  private var state = State.header
  /// The outermost first.
  private var open: [Multipart] = []
  private var count = 0
  /// Where the delimiter before the part is.
  private var partStart = 0
  /// Whether that delimiter alone ends a multipart that has the delimiter of one around it.
  private var isDelimiterNeeded = false
  private var header: [UInt8] = []
  private var headerStart = 0
  /// The leaf, if it can leave.
  private var leaf: LeafContent?
  /// The length of the last line end.
  private var lineEnd = 0

  /// In a preamble: a line that would be its multipart's delimiter, if the next one starts a part and the
  /// stated delimiter never comes.
  private var guess: (delimiter: [UInt8], line: Line)?
  /// The walk in which it is the delimiter; at most one. Until it is known which of the two is right, that
  /// one alone adds to the layout.
  private var other: [PartWalk] = []
  /// What the layout had before it.
  private var mark: (cuts: Int, files: Int, sealed: String?) = (0, 0, nil)

  mutating func take(_ line: Line, _ layout: inout MessageLayout) {
    if state == .preamble { follow(line, &layout) }
    if let (level, isLast) = delimiter(line) {
      if state == .header, !header.isEmpty {
        // A multipart that starts here may have the same delimiter.
        endHeader(&layout)
        return take(line, &layout)
      }
      if state == .preamble, level == open.count - 1 {
        discardOther(&layout)
      } else if state == .preamble, let other = other.first {
        self = other
        return
      }
      endLeaf(before: line.start, &layout)
      isDelimiterNeeded = open[(level + 1)...].contains { inner in
        open[...level].contains { $0.delimiter == inner.delimiter || $0.delimiter == inner.stated }
      }
      close(level + 1, &layout)
      start(after: line, level, isLast: isLast, &layout)
    } else if state == .header {
      addToHeader(line, &layout)
    } else if state == .leaf {
      leaf?.append(line.bytes)
    } else if state == .preamble, other.isEmpty, line.isStart, line.isEnd, line.lineEnd > 0 {
      guess = Delimiters.word(of: line.content).map { (Array($0), line) }
    }
    lineEnd = line.lineEnd
  }

  /// After the last line.
  mutating func finish(_ layout: inout MessageLayout) {
    while state == .header, !header.isEmpty { endHeader(&layout) }
    if state == .preamble, !other.isEmpty { return other[0].finish(&layout) }
    lineEnd = 0
    let isCut = leaf != nil
    endLeaf(before: layout.size, &layout)
    if isCut, let multipart = open.last {
      // The line end before the part is its delimiter's, so there must still be one.
      layout.cuts[layout.cuts.count - 1].substitute += multipart.delimiter + "--\r\n".utf8
    }
    close(0, &layout)
  }

  /// The innermost multipart comes first.
  private func delimiter(_ line: Line) -> (level: Int, isLast: Bool)? {
    guard line.isStart, line.isEnd, line.bytes.starts(with: "--".utf8) else { return nil }
    for level in open.indices.reversed() where open[level].delimiter.count > 2 {
      if let (isLast, _) = Delimiters.read(open[level].delimiter, line.bytes) { return (level, isLast) }
    }
    return nil
  }

  private mutating func start(
    after line: Line, _ level: Int, isLast: Bool, _ layout: inout MessageLayout
  ) {
    state = .header
    (partStart, headerStart) = (line.start, line.end)
    guard isLast || count >= BodyParser.maximumParts else { return }
    if !isLast { open[level].keepsPart = true }
    close(level, &layout)
    state = .epilogue
  }

  private mutating func close(_ level: Int, _ layout: inout MessageLayout) {
    for multipart in open[level...] {
      guard let cut = multipart.firstCut, !multipart.keepsPart || multipart.needsFirstPart else { continue }
      let part = multipart.emptyPart
      layout.cuts[cut].substitute.insert(contentsOf: multipart.hasEmptyLine ? part : .crlf + part, at: 0)
    }
    open.removeSubrange(level...)
  }
}

// A boundary that nobody told
extension PartWalk {
  private mutating func follow(_ line: Line, _ layout: inout MessageLayout) {
    if let guess, Delimiters.startsPart(line.content.prefix(Delimiters.longestName)) {
      mark = (layout.cuts.count, layout.files.count, layout.sealed)
      var walk = self
      walk.guess = nil
      walk.isDelimiterNeeded = false
      walk.open[open.count - 1].delimiter = guess.delimiter
      walk.open[open.count - 1].isGuessed = true
      walk.start(after: guess.line, open.count - 1, isLast: false, &layout)
      other = [walk]
    }
    guess = nil
    if !other.isEmpty { other[0].take(line, &layout) }
  }

  private mutating func discardOther(_ layout: inout MessageLayout) {
    guard !other.isEmpty else { return }
    other = []
    layout.cuts.removeSubrange(mark.cuts...)
    layout.files.removeSubrange(mark.files...)
    layout.sealed = mark.sealed
  }
}

// Parts
extension PartWalk {
  private mutating func addToHeader(_ line: Line, _ layout: inout MessageLayout) {
    header += line.bytes
    if line.isStart && line.content.isEmpty || header.count > HeaderBlock.maximumSize {
      endHeader(isEnd: line.isEnd, &layout)
    }
  }

  /// `isEnd` says whether its last line is whole.
  private mutating func endHeader(isEnd: Bool = true, _ layout: inout MessageLayout) {
    let bytes = header
    header = []
    let block = HeaderBlock(parsing: bytes, in: 0..<bytes.count)
    let part = BodyPart(
      fields: block.fields, source: bytes, bodyStart: block.end,
      otherwise: open.last?.partType ?? .plainText)
    let isSealed = open.last?.isSealed == true || part.isSealed
    if isSealed, layout.sealed == nil { layout.sealed = part.contentType.name }
    count += 1
    let isWhole = block.excess == nil
    if isWhole, part.contentType.type == "multipart", open.count < BodyParser.maximumDepth {
      state = .preamble
      keepPart()
      open.append(
        Multipart(
          delimiter: Array(part.delimiter), stated: Array(part.delimiter), partType: part.partType,
          isSealed: isSealed,
          hasEmptyLine: block.fieldsEnd < block.end))
    } else {
      state = .leaf
      if isWhole, !isSealed, let encoding = part.encoding, part.isDetachable {
        leaf = LeafContent(part, encoding, headerStart: headerStart)
      } else {
        keepPart()
      }
    }
    take(again: bytes[block.end...], at: headerStart + block.end, isEnd: isEnd, &layout)
  }

  private mutating func keepPart() {
    if !open.isEmpty { open[open.count - 1].keepsPart = true }
  }

  /// What was taken for header, and is body.
  private mutating func take(
    again bytes: ArraySlice<UInt8>, at start: Int, isEnd: Bool, _ layout: inout MessageLayout
  ) {
    var rest = bytes
    while !rest.isEmpty {
      let end = rest.index(of: .lf).map { $0 + 1 } ?? rest.endIndex
      let place = start + rest.startIndex - bytes.startIndex
      take(Line(bytes: rest[..<end], start: place, isEnd: isEnd || rest[end - 1] == .lf), &layout)
      rest = rest[end...]
    }
  }

  /// Takes the leaf out of the message, from its delimiter to the next one; the line end before that belongs
  /// to it.
  private mutating func endLeaf(before next: Int, _ layout: inout MessageLayout) {
    guard var leaf else { return }
    self.leaf = nil
    layout.files.append(leaf.finish(before: next, lineEnd: lineEnd))
    guard !open.isEmpty else {
      layout.cuts += leaf.headerCuts + [MessageLayout.Cut(range: leaf.start..<next)]
      layout.cuts.removeAll { $0.range.isEmpty && $0.substitute.isEmpty }
      return
    }
    if open[open.count - 1].firstCut == nil, !open[open.count - 1].keepsPart {
      open[open.count - 1].firstCut = layout.cuts.count
    }
    let part = isDelimiterNeeded ? open[open.count - 1].emptyPart : []
    layout.cuts.append(MessageLayout.Cut(range: partStart..<next, substitute: part))
  }
}
