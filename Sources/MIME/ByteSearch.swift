import Foundation

extension ArraySlice<UInt8> {
  /// The first place of `byte`.
  func index(of byte: UInt8) -> Int? {
    withUnsafeBytes { buffer in
      guard let start = buffer.baseAddress, let place = memchr(start, Int32(byte), buffer.count) else {
        return nil
      }
      return startIndex + (UnsafeRawPointer(place) - start)
    }
  }
}

extension [UInt8] {
  /// The first place of `byte` in `range`.
  func index(of byte: UInt8, in range: Range<Int>) -> Int? {
    guard !range.isEmpty else { return nil }
    return withUnsafeBytes { buffer in
      guard let start = buffer.baseAddress,
        let place = memchr(start + range.lowerBound, Int32(byte), range.count)
      else { return nil }
      return UnsafeRawPointer(place) - start
    }
  }

  /// Whether a line starts at `index` of a text that starts at `start`.
  func startsLine(at index: Int, from start: Int) -> Bool {
    index == start || self[index - 1] == .lf || self[index - 1] == .cr
  }

  /// Where the line end at or after `index` begins.
  func lineEnd(from index: Int, limit: Int) -> Int {
    withUnsafeBytes { $0.lineEnd(from: index, limit: limit) }
  }

  /// After the line end at `index`: an LF with the CRs before it, else one CR.
  func afterLineEnd(at index: Int, limit: Int) -> Int {
    var next = index
    while next < limit, self[next] == .cr, next - index < LineEnds.mostReturns { next += 1 }
    if next < limit, self[next] == .lf { return next + 1 }
    return Swift.min(index + 1, limit)
  }

  /// `index`, which starts a line, without the line end in front of it.
  func beforeLineEnd(at index: Int) -> Int {
    guard index > 0 else { return index }
    if self[index - 1] == .cr { return index - 1 }
    guard self[index - 1] == .lf else { return index }
    return index > 1 && self[index - 2] == .cr ? index - 2 : index - 1
  }
}

extension UnsafeRawBufferPointer {
  /// Where the line end at or after `index` begins.
  func lineEnd(from index: Int, limit: Int) -> Int {
    var end = index
    while end + 8 <= limit {
      let word = loadUnaligned(fromByteOffset: end, as: UInt64.self)
      if word.contains(.cr) || word.contains(.lf) { break }
      end += 8
    }
    while end < limit, self[end] != .cr, self[end] != .lf { end += 1 }
    return end
  }
}

extension UInt64 {
  private static let ones: UInt64 = 0x0101_0101_0101_0101

  /// Whether one of its eight octets is `byte`.
  func contains(_ byte: UInt8) -> Bool {
    let zeros = self ^ (Self.ones &* UInt64(byte))
    return (zeros &- Self.ones) & ~zeros & (Self.ones << 7) != 0
  }

  /// Whether all its octets are ASCII.
  var isASCII: Bool { self & (Self.ones << 7) == 0 }
}
