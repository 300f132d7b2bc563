/// Reads RFC 3339 strictly: no white space, nothing after it, no 30th of February, no 24 o'clock, and no leap
/// second, which our clocks never show.
package enum Timestamp {
  /// The years that four digits have and a clock can show.
  private static let years = 1970...9999

  /// `2027-05-20T14:00:00Z`, `2027-05-20t14:00:00.5+02:00`, or, where that is allowed, `2027-05-20` for its
  /// first moment in UTC. What is finer than a millisecond is cut off, because no reply shows it.
  ///
  /// `nil` for all else, and for what is before 1970 or after 9999 in UTC.
  package static func read(_ text: String, allowsDay: Bool) -> Instant? {
    var scanner = Scanner(bytes: Array(text.utf8.prefix(64)))
    guard let year = scanner.number(4), scanner.take("-"), let month = scanner.number(2), scanner.take("-"),
      let day = scanner.number(2), years.contains(year), (1...12).contains(month),
      (1...days(in: month, of: year)).contains(day)
    else { return nil }
    let midnight = Int64(daysSinceEpoch(year, month, day)) * 86_400
    if scanner.isAtEnd { return allowsDay ? Instant(microseconds: midnight * 1_000_000) : nil }
    guard scanner.take("T") || scanner.take("t"), let seconds = scanner.timeOfDay(),
      let milliseconds = scanner.fraction(), let offset = scanner.offset(), scanner.isAtEnd
    else { return nil }
    let moment = midnight + Int64(seconds) - Int64(offset)
    guard (0..<253_402_300_800).contains(moment) else { return nil }
    return Instant(microseconds: moment * 1_000_000 + Int64(milliseconds) * 1000)
  }

  private static func days(in month: Int, of year: Int) -> Int {
    switch month {
    case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }

  /// Of the proleptic Gregorian calendar, by years that begin in March.
  private static func daysSinceEpoch(_ year: Int, _ month: Int, _ day: Int) -> Int {
    let shifted = month > 2 ? year : year - 1
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    return shifted * 365 + shifted / 4 - shifted / 100 + shifted / 400 + dayOfYear - 719_468
  }

  private struct Scanner {
    let bytes: [UInt8]
    private var index = 0

    init(bytes: [UInt8]) {
      self.bytes = bytes
    }

    var isAtEnd: Bool { index == bytes.count }

    mutating func take(_ character: Unicode.Scalar) -> Bool {
      guard index < bytes.count, bytes[index] == UInt8(ascii: character) else { return false }
      index += 1
      return true
    }

    /// Of exactly so many digits.
    mutating func number(_ digits: Int) -> Int? {
      guard index + digits <= bytes.count else { return nil }
      var number = 0
      for byte in bytes[index..<index + digits] {
        guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
        number = number * 10 + Int(byte - UInt8(ascii: "0"))
      }
      index += digits
      return number
    }

    /// In seconds.
    mutating func timeOfDay() -> Int? {
      guard let hour = number(2), take(":"), let minute = number(2), take(":"), let second = number(2),
        hour < 24, minute < 60, second < 60
      else { return nil }
      return hour * 3600 + minute * 60 + second
    }

    /// In milliseconds; 0 when there is none.
    mutating func fraction() -> Int? {
      guard take(".") else { return 0 }
      var (milliseconds, scale, count) = (0, 100, 0)
      while let digit = number(1) {
        milliseconds += digit * scale
        scale /= 10
        count += 1
      }
      return count > 0 ? milliseconds : nil
    }

    /// East of UTC, in seconds.
    mutating func offset() -> Int? {
      if take("Z") || take("z") { return 0 }
      let isWest = take("-")
      guard isWest || take("+"), let hour = number(2), take(":"), let minute = number(2), hour < 24,
        minute < 60
      else { return nil }
      return (hour * 60 + minute) * (isWest ? -60 : 60)
    }
  }
}
