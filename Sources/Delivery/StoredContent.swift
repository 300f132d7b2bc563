import Core
import MIME
import Store

/// The content of a message on disk, which is read a chunk at a time.
struct StoredContent: Sendable {
  let size: Int
  private let store: Store
  private let chunks: [(key: ChunkKey, range: Range<Int>)]

  /// - Throws: `store.failed` when some of it is missing.
  init(of message: OutgoingMessageRecord, in store: Store) async throws {
    self.init(
      of: try await store.read { (tx: borrowing Transaction) in try tx.contentExtents(of: message) },
      in: store)
    guard size == message.size else { throw Problem.contentLost }
  }

  init(of extents: [(key: ChunkKey, size: Int)], in store: Store) {
    var start = 0
    chunks = extents.map { extent in
      defer { start += extent.size }
      return (extent.key, start..<start + extent.size)
    }
    size = start
    self.store = store
  }

  func bytes(in range: Range<Int>) async throws -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(range.count)
    var position = range.lowerBound
    while position < range.upperBound {
      let piece = try await piece(from: position, upTo: range.upperBound)
      bytes += piece
      position += piece.count
    }
    return bytes
  }

  /// Some bytes from that offset on: what is left of its chunk. Never empty.
  func piece(from start: Int, upTo end: Int) async throws -> ArraySlice<UInt8> {
    guard let chunk = chunk(at: start) else { throw Problem.contentLost }
    let data = try await store.read { (tx: borrowing Transaction) in try tx.chunk(chunk.key) }
    guard let data, data.count == chunk.range.count else { throw Problem.contentLost }
    return data[start - chunk.range.lowerBound..<min(end, chunk.range.upperBound) - chunk.range.lowerBound]
  }

  /// By bisection: a large message has hundreds.
  private func chunk(at offset: Int) -> (key: ChunkKey, range: Range<Int>)? {
    var (low, high) = (0, chunks.count)
    while low < high {
      let middle = (low + high) / 2
      if chunks[middle].range.upperBound <= offset { low = middle + 1 } else { high = middle }
    }
    return low < chunks.count ? chunks[low] : nil
  }
}

/// Reads a file of a message on disk from its beginning on, decoded.
struct FileReader: Sendable {
  /// Which one.
  let file: Int
  /// How many decoded bytes have been read.
  private(set) var position = 0
  private let content: StoredContent
  private let range: Range<Int>
  private var next: Int
  private var decoder: FileDecoder
  private var isOver = false
  private var buffer: [UInt8] = []

  init(_ file: DetachedFile, number: Int, in content: StoredContent) {
    self.file = number
    self.content = content
    range = file.content
    next = file.content.lowerBound
    decoder = FileDecoder(file.encoding)
  }

  /// Up to that many bytes; fewer only at the end.
  mutating func read(_ count: Int) async throws -> [UInt8] {
    try await fill(count)
    let bytes = Array(buffer.prefix(count))
    buffer.removeFirst(bytes.count)
    position += bytes.count
    return bytes
  }

  mutating func skip(to offset: Int) async throws {
    while position < offset {
      let count = try await read(min(offset - position, ChunkKey.size)).count
      guard count > 0 else { throw Problem.contentLost }
    }
  }

  private mutating func fill(_ count: Int) async throws {
    while buffer.count < count, !isOver {
      guard next < range.upperBound else {
        buffer += decoder.finish()
        isOver = true
        return
      }
      let piece = try await content.piece(from: next, upTo: range.upperBound)
      next += piece.count
      buffer += decoder.feed(piece)
    }
  }
}
