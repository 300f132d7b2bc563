package import JSON

extension Kind where Value: Contract {
  /// An object with a table of its own.
  package static var object: Kind {
    Kind(.object(Value.fields.schema), write: { $0.write(to: &$1) }) { value, reading in
      guard case .object(let object) = value else {
        reading.wrongKind(value, expected: "an object")
        return nil
      }
      return Value.fields.read(object, &reading)
    }
  }
}

/// An object with a table of its own, or `false` in its place.
package enum Choice<Chosen: Contract>: Sendable, Equatable {
  case off
  case on(Chosen)
}

extension Kind {
  /// An object, or `false` for what is not wanted.
  package static func objectOrFalse<Chosen: Contract>() -> Kind where Value == Choice<Chosen> {
    let object = Kind<Chosen>.object
    return Kind(
      .objectOrFalse(Chosen.fields.schema),
      write: { choice, writing in
        switch choice {
        case .off: writing.json.bool(false)
        case .on(let chosen): object.write(chosen, &writing)
        }
      }
    ) { value, reading in
      switch value {
      case .bool(false): return .off
      case .object: return object.read(value, &reading).map { .on($0) }
      case .null, .bool, .number, .string, .array, .streamed:
        reading.wrongKind(value, expected: "an object or false")
        return nil
      }
    }
  }
}

extension Kind {
  /// A list of at most `count.upperBound` elements.
  package static func list<Element>(
    _ element: Kind<Element>, count: ClosedRange<Int>
  ) -> Kind where Value == [Element] {
    list(element, count, takesOne: false)
  }

  /// A list, or one element without the brackets. It is always written as a list.
  package static func oneOrMany<Element>(
    _ element: Kind<Element>, count: ClosedRange<Int>
  ) -> Kind where Value == [Element] {
    list(element, count, takesOne: true)
  }

  private static func list<Element>(
    _ element: Kind<Element>, _ count: ClosedRange<Int>, takesOne: Bool
  ) -> Kind where Value == [Element] {
    let expected = "a list of \(element.schema.plural)" + (takesOne ? ", or one of them" : "")
    return Kind(
      .list(element.schema, count: count, takesOne: takesOne), isEmpty: { $0.isEmpty },
      write: { elements, writing in
        writing.json.beginArray()
        for value in elements { element.write(value, &writing) }
        writing.json.endArray()
      }
    ) { value, reading in
      guard case .array(let given) = value else {
        if takesOne, case .object = value { return element.read(value, &reading).map { [$0] } }
        reading.wrongKind(value, expected: expected)
        return nil
      }
      // Of a list that is too long, as many elements are read as allowed, so that their faults are reported too.
      let isAccepted = reading.accepts(given.count, of: count, "elements")
      let elements = isAccepted ? given[...] : given.prefix(count.upperBound)
      var result: [Element] = []
      result.reserveCapacity(elements.count)
      for (place, value) in zip(0..., elements) {
        let mark = reading.mark
        if case .null = value {
          reading.wrongKind(value, expected: element.schema.singular)
        } else if let value = element.read(value, &reading) {
          result.append(value)
        }
        reading.leave(.element(place), since: mark)
      }
      return result
    }
  }
}

extension Kind {
  /// A value, or `null`: for a field where that differs from leaving it out, such as one of a change, where `null`
  /// takes the value away.
  package static func nullable<Wrapped>(_ kind: Kind<Wrapped>) -> Kind where Value == Wrapped? {
    Kind(
      .nullable(kind.schema),
      write: { value, writing in
        if let value { kind.write(value, &writing) } else { writing.json.null() }
      }
    ) { value, reading in
      if case .null = value { return .some(nil) }
      return kind.read(value, &reading).map { .some($0) }
    }
  }
}

extension Reading {
  /// Adds a fault when there are too few or too many.
  mutating func accepts(_ count: Int, of range: ClosedRange<Int>, _ noun: String) -> Bool {
    if mode.isLenient || range.contains(count) { return true }
    fault(
      count < range.lowerBound
        ? "must have at least \(range.lowerBound) \(noun)"
        : "has \(count) \(noun), more than the limit of \(range.upperBound)")
    return false
  }
}

extension Kind where Value == JSONValue {
  /// An object that is passed on as it is.
  package static var anyObject: Kind<JSONValue> {
    Kind(.anyObject, write: { $1.json.value($0) }) { value, reading in
      guard case .object = value else {
        reading.wrongKind(value, expected: "an object")
        return nil
      }
      return value
    }
  }
}
