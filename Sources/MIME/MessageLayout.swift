/// Which parts can leave a message, so that it can be created without its files, and the files be attached
/// one by one. Offsets count from the message's first octet.
package struct MessageLayout: Sendable, Hashable, Codable {
  package var size: Int
  /// What is taken out of the message with its files. Ascending and disjoint.
  package var cuts: [Cut] = []
  /// In the message's order.
  package var files: [DetachedFile] = []
  /// The media type of the outermost entity that is signed or encrypted (RFC 8551, RFC 3156), the first if
  /// there are several. Neither it nor anything in it is cut.
  package var sealed: String?

  package struct Cut: Sendable, Hashable, Codable {
    package var range: Range<Int>
    /// What stands in its place. Mostly nothing.
    package var substitute: [UInt8] = []

    package init(range: Range<Int>, substitute: [UInt8] = []) {
      self.range = range
      self.substitute = substitute
    }
  }

  package init(size: Int) {
    self.size = size
  }

  /// The size of what is left.
  package var remainingSize: Int {
    cuts.reduce(size) { $0 - $1.range.count + $1.substitute.count }
  }
}

/// A file within a message.
package struct DetachedFile: Sendable, Hashable, Codable {
  /// Where its encoded content is; `FileDecoder` decodes it.
  package var content: Range<Int>
  package var encoding: TransferEncoding
  /// Octets, decoded.
  package var size: Int
  package var name: String?
  /// `type/subtype`.
  package var contentType: String
  /// Without angle brackets.
  package var contentID: String?
  /// Meant to be shown within the text.
  package var isInline: Bool

  package init(
    content: Range<Int>, encoding: TransferEncoding, size: Int, name: String?, contentType: String,
    contentID: String? = nil, isInline: Bool = false
  ) {
    self.content = content
    self.encoding = encoding
    self.size = size
    self.name = name
    self.contentType = contentType
    self.contentID = contentID
    self.isInline = isInline
  }
}
