/// Text that is never printed: a token, a client secret, a key. Logging, interpolating or reflecting it
/// shows asterisks; only `reveal()` returns it, so that every such place can be found by name.
package struct Secret: Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  private let text: String

  package init(_ text: String) {
    self.text = text
  }

  package func reveal() -> String { text }

  package var isEmpty: Bool { text.isEmpty }

  package var description: String { "******" }
  package var debugDescription: String { description }
  package var customMirror: Mirror { Mirror(self, children: []) }
}

extension Secret: Equatable {
  /// Takes the same time wherever the first difference is.
  package static func == (lhs: Secret, rhs: Secret) -> Bool {
    let left = Array(lhs.text.utf8)
    let right = Array(rhs.text.utf8)
    guard left.count == right.count else { return false }
    return zip(left, right).reduce(into: UInt8(0)) { $0 |= $1.0 ^ $1.1 } == 0
  }
}
