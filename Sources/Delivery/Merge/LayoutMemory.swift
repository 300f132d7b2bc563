import Core
import MIME
import Store

/// What the messages of one request have in common, found out once: a thousand messages that share an attachment are
/// taken apart without reading it a thousand times.
struct LayoutMemory: Sendable {
  /// Whether the account's grant allows to take messages apart, or to delete their copies; `nil` until that is known.
  var canReconcile: Bool?
  /// Of files whose whole content is one segment: octets, decoded.
  private var fileSizes: [SegmentID: Int] = [:]

  /// What stands for the content of a segment: a line of base64, as the segment consists of such lines. None of them can
  /// be a boundary of the message (RFC 2046 section 5.1.1), which begins with `--`.
  private static let standIn = Array("AAAA\r\n".utf8)

  /// The layout of a message whose stored content consists of files that are known; `nil` for any other.
  func layout(of content: MessageContent) -> MessageLayout? {
    var scanner = PartScanner()
    var shifts: [(start: Int, segment: SegmentRecord)] = []
    var position = 0
    for piece in content.pieces {
      switch piece {
      case .own(let bytes):
        scanner.feed(bytes[...])
        position += bytes.count
      case .stored(let segment):
        guard fileSizes[segment.id] != nil, segment.size >= Self.standIn.count else { return nil }
        scanner.feed(Self.standIn[...])
        shifts.append((position, segment))
        position += Self.standIn.count
      }
    }
    guard !shifts.isEmpty else { return nil }
    func place(_ position: Int) -> Int {
      shifts.reduce(position) { place, shift in
        position > shift.start ? place + shift.segment.size - Self.standIn.count : place
      }
    }
    func place(_ range: Range<Int>) -> Range<Int> { place(range.lowerBound)..<place(range.upperBound) }
    var layout = scanner.finish()
    layout.size = place(layout.size)
    for index in layout.files.indices {
      let range = layout.files[index].content
      if let shift = shifts.first(where: { range.contains($0.start) }) {
        guard range.lowerBound == shift.start, let size = fileSizes[shift.segment.id] else { return nil }
        layout.files[index].size = size
      }
      layout.files[index].content = place(range)
    }
    for index in layout.cuts.indices { layout.cuts[index].range = place(layout.cuts[index].range) }
    return layout
  }

  /// Takes over what a message that was read has shown.
  mutating func learn(from layout: MessageLayout, of content: MessageContent) {
    var position = 0
    for piece in content.pieces {
      switch piece {
      case .own(let bytes): position += bytes.count
      case .stored(let segment):
        let range = position..<position + segment.size
        let file = layout.files.first { $0.content.lowerBound == range.lowerBound }
        if let file, file.encoding == .base64, range.upperBound >= file.content.upperBound,
          range.upperBound - file.content.upperBound <= 2
        {
          fileSizes[segment.id] = file.size
        }
        position = range.upperBound
      }
    }
  }
}
