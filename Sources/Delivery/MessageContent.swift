import Core
import MIME
import Store

/// The bytes of a message that is to be accepted, in order: its own, and content that is stored already.
struct MessageContent: Sendable {
  enum Piece: Sendable {
    case own([UInt8])
    case stored(SegmentRecord)
  }

  var pieces: [Piece]

  /// Its beginning, with all of the header; empty when it begins with content that is stored already.
  var head: [UInt8] {
    guard case .own(let bytes)? = pieces.first else { return [] }
    return bytes
  }

  var size: Int {
    pieces.reduce(0) { total, piece in
      switch piece {
      case .own(let bytes): total + bytes.count
      case .stored(let segment): total + segment.size
      }
    }
  }

  /// Bytes that are not stored yet.
  var ownSize: Int {
    pieces.reduce(0) { total, piece in
      if case .own(let bytes) = piece { total + bytes.count } else { total }
    }
  }

  /// What is stored already.
  var stored: [SegmentRecord] {
    pieces.compactMap { if case .stored(let segment) = $0 { segment } else { nil } }
  }

  /// Its own bytes as they go into chunks: each piece begins a new one.
  var ownChunks: [ArraySlice<UInt8>] {
    pieces.flatMap { piece -> [ArraySlice<UInt8>] in
      guard case .own(let bytes) = piece else { return [] }
      return Self.split(bytes)
    }
  }

  /// Where the content of this message is, in order; empty when its own chunks are all there is.
  func runs(of message: QueueID) -> [SegmentRun] {
    if pieces.count == 1, case .own = pieces[0] { return [] }
    var next = 0
    return pieces.map { piece in
      switch piece {
      case .own(let bytes):
        defer { next += Self.split(bytes).count }
        return SegmentRun(SegmentID(of: message), firstChunk: next, chunks: Self.split(bytes).count)
      case .stored(let segment): return SegmentRun(segment.id, chunks: segment.chunks)
      }
    }
  }

  /// A message of no bytes has a chunk too.
  private static func split(_ bytes: [UInt8]) -> [ArraySlice<UInt8>] {
    stride(from: 0, to: max(1, bytes.count), by: ChunkKey.size).map {
      bytes[$0..<min($0 + ChunkKey.size, bytes.count)]
    }
  }
}

extension MessageContent {
  init(_ header: [UInt8], _ body: RawMessage.Body) {
    switch body {
    case .bytes(let bytes): self.init(pieces: [.own(header + bytes)])
    case .stored(let segment): self.init(pieces: [.own(header), .stored(segment)])
    }
  }

  /// - Throws: `store.failed` when stored content is missing.
  init(_ pieces: [Composition.Piece], stored: [Int: SegmentRecord]) throws(Problem) {
    self.init(pieces: [])
    for piece in pieces {
      switch piece {
      case .bytes(let bytes): self.pieces.append(.own(bytes))
      case .encoded(let number):
        guard let segment = stored[number] else { throw .contentLost }
        self.pieces.append(.stored(segment))
      }
    }
  }
}
