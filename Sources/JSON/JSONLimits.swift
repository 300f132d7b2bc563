/// What a reader refuses although it is JSON, so that no text claims more memory or time than it should.
package struct JSONLimits: Sendable, Hashable {
  /// Containers within containers; never more than 64. Requests nest far less deeply, and code that walks a tree
  /// recursively stays far from the end of its stack.
  package var depth: Int
  /// Keys and list elements in total: each takes 40 bytes of memory for as little as two bytes of text. Room for a
  /// list of 60,000 recipients by address.
  package var elements: Int
  /// UTF-8 bytes of one key, unescaped. Keys may be header names and the caller's own field names. It also bounds
  /// the time that comparing two keys can take.
  package var keyBytes: Int
  /// UTF-8 bytes of one string that is kept in memory, unescaped. More than the text of any message needs;
  /// attachments and raw messages, which may be larger, are streamed and have no limit of their own.
  package var stringBytes: Int
  /// Bytes of one number. A 64-bit integer or a `Double` needs no more than 24.
  package var numberBytes: Int
  /// Bytes of the whole text; `nil` if the caller counts them already.
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
