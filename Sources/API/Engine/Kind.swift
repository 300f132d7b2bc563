import JSON

/// How one kind of value is read, written, masked and documented.
package struct Kind<Value: Sendable>: Sendable {
  let schema: Schema
  /// `nil` when the value is faulty, which `Reading` then keeps. Only a kind made by `nullable` gets a `null`.
  let read: @Sendable (JSONValue, inout Reading) -> Value?
  let write: @Sendable (Value, inout Writing) -> Void
  /// The value as text in a query or a form; `nil` for kinds that are not allowed there.
  let text: (@Sendable (Value) -> String)?
  /// Whether the value means the same as leaving it out, as an empty list does; `nil` if none does.
  let isEmpty: (@Sendable (Value) -> Bool)?

  init(
    _ schema: Schema, text: (@Sendable (Value) -> String)? = nil, isEmpty: (@Sendable (Value) -> Bool)? = nil,
    write: @escaping @Sendable (Value, inout Writing) -> Void,
    read: @escaping @Sendable (JSONValue, inout Reading) -> Value?
  ) {
    self.schema = schema
    self.read = read
    self.write = write
    self.text = text
    self.isEmpty = isEmpty
  }
}

extension Kind where Value == Bool {
  /// `true` or `false`; in a query or a form also `1`, `0`, and nothing at all for `true`.
  package static var flag: Kind {
    Kind(.flag, text: { $0 ? "true" : "false" }, write: { $1.json.bool($0) }) { value, reading in
      if case .bool(let flag) = value { return flag }
      guard reading.mode.isForm, case .string(let text) = value else {
        reading.wrongKind(value, expected: "true or false")
        return nil
      }
      switch text {
      case "true", "1", "": return true
      case "false", "0": return false
      default:
        reading.fault("must be true or false, not \(Quoted.text(text))")
        return nil
      }
    }
  }
}

extension Kind where Value: FixedWidthInteger {
  /// A whole number in `range`. `5.0` is one, as JSON does not tell the two apart.
  package static func integer(_ range: ClosedRange<Value>) -> Kind {
    Kind(
      .integer(Int64(range.lowerBound)...Int64(range.upperBound)), text: { String($0) },
      write: { $1.json.int64(Int64($0)) }
    ) { value, reading in
      let given: String
      let number: Int64?
      if case .number(let written) = value {
        (given, number) = (written.text, written.int64)
      } else if reading.mode.isForm, case .string(let text) = value {
        (given, number) = (Quoted.text(text), text.utf8.first == UInt8(ascii: "+") ? nil : Int64(text))
      } else {
        reading.wrongKind(value, expected: "a whole number")
        return nil
      }
      guard let number, let result = Value(exactly: number), reading.mode.isLenient || range.contains(result)
      else {
        reading.fault("must be \(Self.words(range)), not \(given)")
        return nil
      }
      return result
    }
  }

  private static func words(_ range: ClosedRange<Value>) -> String {
    range.upperBound == .max
      ? "a whole number of at least \(range.lowerBound)"
      : "a whole number from \(range.lowerBound) to \(range.upperBound)"
  }
}

/// A word of the contract: one of a few texts, each spelled out.
package protocol WireWord: RawRepresentable<String>, CaseIterable, Sendable, Equatable {}

extension Kind where Value: WireWord {
  /// One of the words of `Value`.
  ///
  /// - Parameter unsupported: Words of the vocabulary that this version does not support.
  package static func word(unsupported: String...) -> Kind {
    let words = Value.allCases.map(\.rawValue)
    return Kind(.words(words), text: { $0.rawValue }, write: { $1.json.string($0.rawValue) }) {
      value, reading in
      guard case .string(let text) = value else {
        reading.wrongKind(value, expected: "a string")
        return nil
      }
      if let word = Value(rawValue: text) { return word }
      if unsupported.contains(text) {
        reading.fault("\(text) is not supported by this version", .unsupported)
      } else {
        reading.fault("must be \(Quoted.list(words)), not \(Quoted.text(text))")
      }
      return nil
    }
  }
}

/// A word in a reply, which a newer gateway may have more of than this version knows.
package struct Word<Known: WireWord>: Sendable, Hashable, CustomStringConvertible {
  package let text: String

  package init(_ known: Known) {
    text = known.rawValue
  }

  fileprivate init(text: String) {
    self.text = text
  }

  /// `nil` for a word that this version does not know.
  package var known: Known? { Known(rawValue: text) }
  package var description: String { text }
}

extension Kind {
  /// One of the words of `Known`; in a reply that a command reads, any.
  package static func word<Known>() -> Kind
  where Value == Word<Known> {
    let strict = Kind<Known>.word()
    return Kind(strict.schema, text: { $0.text }, write: { $1.json.string($0.text) }) { value, reading in
      if reading.mode.isLenient, case .string(let text) = value { return Word(text: text) }
      return strict.read(value, &reading).map { Word($0) }
    }
  }
}
