/// What a reader refuses although it is JSON, so that a small text cannot claim much memory or time.
package struct JSONLimits: Sendable, Hashable {
  /// Containers within containers, at most 64. Requests need five; what walks a tree recursively stays far from
  /// the end of its stack.
  package var depth: Int
  /// Keys and list elements in total. Each costs up to 40 bytes in memory for 2 in the text. The largest
  /// request is a list of 60,000.
  package var elements: Int
  /// UTF-8 bytes of one key, unescaped. Keys are also header names and the caller's own field names.
  package var keyBytes: Int
  /// UTF-8 bytes of one string that is kept, unescaped; a streamed string has no limit of its own. Room for the
  /// HTML of any message: Exchange takes none above 150 MB and Graph none above 4 MB in one request.
  package var stringBytes: Int
  /// Bytes of one number. The most that 64 bits in any form need is 25.
  package var numberBytes: Int
  /// Bytes of the whole text; `nil` where whoever feeds the reader already counts them.
  package var bytes: Int?

  package static let standard = JSONLimits()

  package init(
    depth: Int = 32, elements: Int = 100_000, keyBytes: Int = 1024, stringBytes: Int = 32 * 1024 * 1024,
    numberBytes: Int = 64, bytes: Int? = nil
  ) {
    self.depth = depth
    self.elements = elements
    self.keyBytes = keyBytes
    self.stringBytes = stringBytes
    self.numberBytes = numberBytes
    self.bytes = bytes
  }
}
