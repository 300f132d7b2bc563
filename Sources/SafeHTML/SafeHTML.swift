/// HTML of a stranger that may be shown within a page: only what is in the tables (`Tag`, `AttributeTable`,
/// `StyleTable`) comes out.
///
/// The source is read as a browser reads it, into a tree of its own, and the tree is written again; what a browser
/// makes of the result is that same tree. Any input gives a result, in time that is linear in its length.
package struct SafeHTML: Sendable, Equatable {
  package struct Options: Sendable {
    /// Whether images may be loaded from other machines, which tells their owners who read the message, and when.
    package var allowsRemoteContent: Bool
    /// The address of the part with a content id (without angle brackets) for `cid:`: a `data:` URL of a PNG, JPEG,
    /// GIF or WebP, an http or https URL, or a path that begins with one slash. Others are left out.
    package var image: @Sendable (_ contentID: String) -> String?
    package var limits: Limits

    package init(
      allowsRemoteContent: Bool = false, limits: Limits = Limits(),
      image: @escaping @Sendable (_ contentID: String) -> String? = { _ in nil }
    ) {
      self.allowsRemoteContent = allowsRemoteContent
      self.image = image
      self.limits = limits
    }
  }

  package struct Limits: Sendable {
    /// Of the source. Newsletters have some 100 KB; this leaves room for photos as `data:` URLs.
    package var bytes = 16 << 20
    /// Of the result, with all its end tags.
    package var resultBytes = 16 << 20
    /// Exported tables have some ten thousand cells; this leaves room for more, and bounds the memory of the tree.
    package var elements = 200_000

    package init() {}
  }

  package let html: String
  /// Images that were left without an address because it is remote.
  package let blockedImages: Int
  /// Elements that were left out because of what they are, each counted once with all that it holds: scripts, style
  /// sheets, frames, embedded objects, form fields.
  package let removedElements: Int
  /// A limit was reached; what is behind it is missing.
  package let isTruncated: Bool

  package init(_ source: String, options: Options = Options()) {
    self.init(source.utf8, options: options)
  }

  /// - Parameter source: UTF-8; what is not becomes U+FFFD.
  package init(_ source: some Collection<UInt8>, options: Options = Options()) {
    let limit = options.limits.bytes
    let text = String(decoding: source.prefix(limit), as: UTF8.self)
    var builder = TreeBuilder(
      Tokenizer(Array(text.utf8)), filter: AttributeFilter(options: options), limits: options.limits)
    builder.build()
    var serializer = Serializer(builder.tree, limit: options.limits.resultBytes)
    html = serializer.serialized()
    blockedImages = builder.blockedImages
    removedElements = builder.removedElements
    isTruncated = source.count > limit || builder.isTruncated || serializer.isTruncated
  }
}
