package import Core
import JSON

extension Kind where Value == Instant {
  /// A day (`2027-05-20`, from its first moment in UTC) or a moment (`2027-05-20T14:00:00Z`, RFC 3339).
  package static var date: Kind<Instant> { instant(allowsDay: true) }

  /// A moment (RFC 3339), written in UTC and with milliseconds.
  package static var moment: Kind<Instant> { instant(allowsDay: false) }

  private static func instant(allowsDay: Bool) -> Kind {
    Kind(
      .date(allowsDay: allowsDay), text: { $0.description }, write: { $1.json.string($0.description) }
    ) { value, reading in
      guard case .string(let text) = value else {
        reading.wrongKind(value, expected: "a string")
        return nil
      }
      if let instant = Timestamp.read(text, allowsDay: allowsDay || reading.mode.isLenient) { return instant }
      let example = (allowsDay ? "2027-05-20 or " : "") + "2027-05-20T14:00:00Z"
      reading.fault("must be a date such as \(example), not \(Quoted.text(text))")
      return nil
    }
  }
}

extension Kind where Value == Instant? {
  /// A moment, or `false` where there is none.
  package static var momentOrFalse: Kind {
    let moment = Kind<Instant>.moment
    return Kind(
      .momentOrFalse,
      write: { instant, writing in
        if let instant { writing.json.string(instant.description) } else { writing.json.bool(false) }
      }
    ) { value, reading in
      if case .bool(false) = value { return .some(nil) }
      return moment.read(value, &reading).map { $0 }
    }
  }
}
