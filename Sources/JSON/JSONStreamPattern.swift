/// Which strings are handed out in pieces while they are read, instead of being kept.
package struct JSONStreamPattern: Sendable, Hashable {
  enum Step: Sendable, Hashable {
    case member(String)
    case element
  }

  let steps: [Step]

  /// Keys joined by dots, and `[]` for every element of a list: `raw`, `attachments[].content`. A key with a
  /// dot or a bracket cannot be named. Patterns are literals of the program: a malformed one fails a precondition.
  package init(_ path: String) {
    var steps: [Step] = []
    for (index, part) in path.split(separator: ".", omittingEmptySubsequences: false).enumerated() {
      let key = part.prefix { $0 != "[" }
      var brackets = part.dropFirst(key.count)
      // Only the root has no key: "[].content", or "" for the text itself.
      precondition(!key.isEmpty || index == 0, "A key is missing in the pattern \(path).")
      precondition(!key.contains("]"), "A bracket stands alone in the pattern \(path).")
      if !key.isEmpty { steps.append(.member(String(key))) }
      while !brackets.isEmpty {
        precondition(brackets.hasPrefix("[]"), "A bracket stands alone in the pattern \(path).")
        brackets.removeFirst(2)
        steps.append(.element)
      }
    }
    precondition(!path.hasPrefix("."), "A key is missing in the pattern \(path).")
    self.steps = steps
  }
}

/// A part of a streamed string.
package struct JSONStreamedPiece: Sendable, Hashable {
  /// Which streamed string of the text it is, from 0; the tree has `JSONValue.streamed` with the same number.
  package var ordinal: Int
  /// Its path: `attachments[3].content`.
  package var path: String
  /// Unescaped UTF-8, never cut within a character. Empty only in the last piece.
  package var bytes: [UInt8]
  package var isLast: Bool

  package init(ordinal: Int, path: String, bytes: [UInt8], isLast: Bool) {
    self.ordinal = ordinal
    self.path = path
    self.bytes = bytes
    self.isLast = isLast
  }
}
