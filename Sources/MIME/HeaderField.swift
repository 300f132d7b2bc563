/// One field of a header, as it is in the message.
package struct HeaderField: Sendable {
  /// As written; compare with `isNamed`.
  package let name: String
  private let source: [UInt8]
  private let range: Range<Int>
  private let valueStart: Int

  init(name: String, source: [UInt8], range: Range<Int>, valueStart: Int) {
    self.name = name
    self.source = source
    self.range = range
    self.valueStart = valueStart
  }

  /// Name, folds and the last line end included.
  package var raw: ArraySlice<UInt8> { source[range] }

  /// Unfolded, without blanks at its ends; encoded words stay encoded. Octets that are not UTF-8 are read as
  /// windows-1252.
  package var value: String { Charset.unlabelled.decode(valueBytes) }

  /// For unstructured fields: `value` with its encoded words decoded.
  package var text: String { EncodedWord.decode(valueBytes) }

  /// Field names do not depend on case (RFC 5322 section 1.2.2).
  package func isNamed(_ name: String) -> Bool {
    self.name.utf8.count == name.utf8.count
      && self.name.utf8.elementsEqual(name.utf8) { $0.lowercased == $1.lowercased }
  }

  /// Unfolding removes the line ends alone (RFC 5322 section 2.2.3).
  var valueBytes: ArraySlice<UInt8> {
    let value = Self.trimmed(source[valueStart..<range.upperBound])
    var end = source.lineEnd(from: value.startIndex, limit: value.endIndex)
    guard end < value.endIndex else { return value }
    var unfolded = Array(value[..<end])
    unfolded.reserveCapacity(value.count)
    while end < value.endIndex {
      let start = end + 1
      end = source.lineEnd(from: start, limit: value.endIndex)
      unfolded += value[start..<end]
    }
    return unfolded[...]
  }

  /// Without blanks and line ends at its ends.
  private static func trimmed(_ value: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    var (start, end) = (value.startIndex, value.endIndex)
    while start < end, value[start].isBlank || value[start] == .cr || value[start] == .lf { start += 1 }
    while start < end, value[end - 1].isBlank || value[end - 1] == .cr || value[end - 1] == .lf { end -= 1 }
    return value[start..<end]
  }
}

extension [HeaderField] {
  /// The first field of that name.
  func first(_ name: String) -> HeaderField? {
    // A field that is only looked at is not worth a copy.
    for index in indices where self[index].isNamed(name) { return self[index] }
    return nil
  }
}
