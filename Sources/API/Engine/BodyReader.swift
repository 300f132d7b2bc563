package import Core
import JSON

/// Reads a request's body while it arrives. Long values, such as an attachment's content, come out decoded in
/// between, so that memory does not grow with them.
///
/// Its user counts the bytes; their limit is not its matter.
package struct BodyReader<Body: Contract>: Sendable {
  private var document: JSONDocument
  private var reading = Reading(.request)
  private var ready: [StreamedContent] = []
  /// The streamed value in progress.
  private var decoder = Base64StreamDecoder()
  private var isRefused = false

  package init() {
    document = JSONDocument(limits: .requests, streaming: Body.fields.streams.patterns)
  }

  /// - Throws: `request.malformed`, after which the reader is of no more use.
  package mutating func feed(_ bytes: UnsafeRawBufferPointer) throws(Problem) {
    try read { (document) throws(JSONError) in try document.feed(bytes) }
  }

  /// - Throws: `request.malformed`, after which the reader is of no more use.
  package mutating func feed(_ bytes: some Collection<UInt8>) throws(Problem) {
    try read { (document) throws(JSONError) in try document.feed(bytes) }
  }

  /// - Throws: `request.malformed`, after which the reader is of no more use.
  package mutating func feed(_ bytes: RawSpan) throws(Problem) {
    do {
      try document.feed(bytes)
    } catch {
      throw .malformedBody(error)
    }
    takePieces()
  }

  private mutating func read(_ feed: (inout JSONDocument) throws(JSONError) -> Void) throws(Problem) {
    do {
      try feed(&document)
    } catch {
      throw .malformedBody(error)
    }
    takePieces()
  }

  /// What has been decoded since the last call, in the order of the text. What is refused comes out no more,
  /// and `finish` says why.
  package mutating func takeStreamed() -> [StreamedContent] {
    defer { ready.removeAll() }
    return ready
  }

  /// Whether `finish` is already certain to throw, so that nothing more needs to be kept.
  package var hasFaults: Bool { reading.mark > 0 }

  private mutating func takePieces() {
    // One that is beyond the limit of its list has its fault there.
    for piece in document.takeStreamed() where piece.ordinal < Body.fields.streams.count {
      var bytes: [UInt8] = []
      do {
        if !isRefused { try decoder.feed(piece.bytes, into: &bytes) }
        if !isRefused, piece.isLast { try decoder.finish(into: &bytes) }
      } catch {
        isRefused = true
        reading.fault(of: .path(piece.path), error.message)
      }
      if !isRefused, !bytes.isEmpty || piece.isLast {
        ready.append(
          StreamedContent(ordinal: piece.ordinal, path: piece.path, bytes: bytes, isLast: piece.isLast))
      }
      if piece.isLast {
        decoder = Base64StreamDecoder()
        isRefused = false
      }
    }
  }

  /// Ends the body. Nothing may be fed after it.
  ///
  /// - Throws: `request.malformed` when it is not JSON or not an object; else one problem with every fault.
  package mutating func finish() throws(Problem) -> Body {
    let tree: JSONValue
    do {
      tree = try document.finish()
    } catch {
      throw .malformedBody(error)
    }
    takePieces()
    return try Body.read(tree, &reading)
  }
}

/// A part of a long value.
package struct StreamedContent: Sendable, Hashable {
  /// Which value, from 0 in the order of their beginnings; its field reads as `Content.streamed` of the same
  /// number.
  package var ordinal: Int
  /// `attachments[3].content`.
  package var path: String
  /// Decoded.
  package var bytes: [UInt8]
  package var isLast: Bool
}

extension ObjectSchema {
  /// The values that stream: their patterns, and how many of each there may be.
  var streams: [(pattern: String, count: Int)] {
    fields.flatMap { field in
      field.schema.streams.map { (field.name + $0.pattern, $0.count) }
    }
  }
}

extension Schema {
  fileprivate var streams: [(pattern: String, count: Int)] {
    switch self {
    case .content: [("", 1)]
    case .object(let object): object.streams.map { ("." + $0.pattern, $0.count) }
    case .nullable(let schema): schema.streams
    case .list(let element, let count, _):
      element.streams.map { ("[]" + $0.pattern, $0.count * count.upperBound) }
    case .flag, .integer, .text, .words, .secret, .date, .momentOrFalse, .texts, .anyObject, .objectOrFalse:
      []
    }
  }
}
