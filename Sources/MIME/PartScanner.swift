/// Reads the structure of a message while its octets go by, and says which parts can leave it: what
/// `MIMEMessage.attachments` gives. These stay: invitations, which are alternatives of the text; what is
/// signed or encrypted; uuencoded files; multiparts that `BodyParser` does not take apart; and whatever
/// passes one of its limits.
///
/// Lines end in CRLF or LF. Of the message it keeps a header, a line, and what it says about the files.
package struct PartScanner: Sendable {
  private var walk = PartWalk()
  private var layout = MessageLayout(size: 0)
  /// The line so far.
  private var line: [UInt8] = []
  /// Whether it is the rest of a longer one.
  private var isContinued = false

  package init() {}

  /// The next octets.
  package mutating func feed(_ bytes: ArraySlice<UInt8>) {
    var rest = bytes
    while !rest.isEmpty {
      let window = rest.prefix(PartWalk.Line.maximum - line.count)
      let end = window.index(of: .lf).map { $0 + 1 } ?? window.endIndex
      let isWhole = end > window.startIndex && window[end - 1] == .lf
      rest = rest[end...]
      if isWhole, line.isEmpty {
        take(window[..<end], isEnd: true)
      } else {
        line += window[..<end]
        guard isWhole || line.count == PartWalk.Line.maximum else { continue }
        let piece = line
        // The CR may be of the line end.
        line = isWhole || piece.last != .cr ? [] : [.cr]
        take(piece.dropLast(line.count), isEnd: isWhole)
      }
    }
  }

  /// The layout of the whole message.
  package consuming func finish() -> MessageLayout {
    end()
    return layout
  }

  private mutating func end() {
    let rest = line
    if !rest.isEmpty { take(rest[...], isEnd: true) }
    walk.finish(&layout)
  }

  private mutating func take(_ bytes: ArraySlice<UInt8>, isEnd: Bool) {
    let piece = PartWalk.Line(bytes: bytes, start: layout.size, isStart: !isContinued, isEnd: isEnd)
    isContinued = !isEnd
    layout.size += bytes.count
    walk.take(piece, &layout)
  }
}
