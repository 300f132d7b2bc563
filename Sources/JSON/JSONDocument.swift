/// Takes a text in any pieces and makes a tree of it. Strings that match a pattern are handed out while they
/// arrive, so that memory does not grow with them.
///
/// It refuses what `JSONReader` refuses, and keys that occur twice in one object. Canonically equivalent keys
/// count as one, because Swift's strings, and so all code above, cannot tell them apart.
package struct JSONDocument: Sendable {
  private var reader: JSONReader
  private var tree: TreeBuilder

  package init(limits: JSONLimits = .standard, streaming: [JSONStreamPattern] = []) {
    reader = JSONReader(limits: limits)
    tree = TreeBuilder(limits: limits, streaming: streaming)
  }

  /// Throws the same error again once it has failed.
  package mutating func feed(_ bytes: UnsafeRawBufferPointer) throws(JSONError) {
    tree.beginFeed()
    try reader.feed(bytes, to: &tree)
  }

  package mutating func feed(_ bytes: some Collection<UInt8>) throws(JSONError) {
    let result = bytes.withContiguousStorageIfAvailable { bytes in
      Result { () throws(JSONError) in try feed(UnsafeRawBufferPointer(bytes)) }
    }
    if let result { try result.get() } else { try feed(Array(bytes)) }
  }

  package mutating func feed(_ bytes: RawSpan) throws(JSONError) {
    try bytes.withUnsafeBytes { (bytes) throws(JSONError) in try feed(bytes) }
  }

  /// What has arrived of streamed strings since the last call, in order. All pieces from one feed together are at
  /// most three bytes longer than that feed.
  package mutating func takeStreamed() -> [JSONStreamedPiece] { tree.takePieces() }

  /// The text is complete. Throws if its value is not.
  package mutating func finish() throws(JSONError) -> JSONValue {
    try reader.finish(to: &tree)
    guard let root = tree.root else { preconditionFailure("A complete text has a value.") }
    return root
  }
}

extension JSONValue {
  package init(parsing bytes: some Collection<UInt8>, limits: JSONLimits = .standard) throws(JSONError) {
    var document = JSONDocument(limits: limits)
    try document.feed(bytes)
    self = try document.finish()
  }

  package init(parsing text: String, limits: JSONLimits = .standard) throws(JSONError) {
    try self.init(parsing: text.utf8, limits: limits)
  }
}
