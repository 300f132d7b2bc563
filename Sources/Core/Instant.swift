/// A moment of wall-clock time, in microseconds since 1970-01-01T00:00:00Z.
package struct Instant: Hashable, Comparable, Sendable {
  package var microseconds: Int64

  package init(microseconds: Int64) {
    self.microseconds = microseconds
  }

  package static func < (lhs: Instant, rhs: Instant) -> Bool { lhs.microseconds < rhs.microseconds }

  package static func + (instant: Instant, duration: Duration) -> Instant {
    Instant(microseconds: instant.microseconds + duration.microseconds)
  }

  package static func - (instant: Instant, duration: Duration) -> Instant {
    Instant(microseconds: instant.microseconds - duration.microseconds)
  }

  package static func - (end: Instant, start: Instant) -> Duration {
    .microseconds(end.microseconds - start.microseconds)
  }
}

extension Duration {
  /// Whole microseconds, the rest cut off.
  package var microseconds: Int64 {
    components.seconds * 1_000_000 + components.attoseconds / 1_000_000_000_000
  }
}

/// The wall clock and the pause, as one thing that a test moves by hand.
package protocol Time: Sendable {
  var now: Instant { get }
  /// Throws `CancellationError` when the task is cancelled.
  func sleep(for duration: Duration) async throws
}

extension Instant: CustomStringConvertible {
  /// `2026-11-20T22:41:26.123Z` (RFC 3339, milliseconds, UTC).
  package var description: String {
    let date = civil
    let (hour, minute, second) = timeOfDay
    let milliseconds = Int(Self.floorMod(microseconds, 1_000_000) / 1000)
    return Self.digits(date.year, 4) + "-" + Self.digits(date.month, 2) + "-" + Self.digits(date.day, 2) + "T"
      + Self.digits(hour, 2) + ":" + Self.digits(minute, 2) + ":" + Self.digits(second, 2) + "."
      + Self.digits(milliseconds, 3) + "Z"
  }

  /// `Fri, 20 Nov 2026 22:41:26 +0000` (RFC 5322 section 3.3).
  package var rfc5322: String {
    let date = civil
    let (hour, minute, second) = timeOfDay
    let weekday = Int(Self.floorMod(days + 4, 7))
    return Self.weekdays[weekday] + ", " + Self.digits(date.day, 2) + " " + Self.months[date.month - 1] + " "
      + Self.digits(date.year, 4) + " " + Self.digits(hour, 2) + ":" + Self.digits(minute, 2) + ":"
      + Self.digits(second, 2) + " +0000"
  }

  private var seconds: Int64 { Self.floorDiv(microseconds, 1_000_000) }
  private var days: Int64 { Self.floorDiv(seconds, 86_400) }

  private var timeOfDay: (hour: Int, minute: Int, second: Int) {
    let rest = Int(Self.floorMod(seconds, 86_400))
    return (rest / 3600, rest / 60 % 60, rest % 60)
  }

  /// The proleptic Gregorian date, by eras of 400 years that start on 1 March.
  private var civil: (year: Int, month: Int, day: Int) {
    let shifted = days + 719_468
    let era = Self.floorDiv(shifted, 146_097)
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let monthFromMarch = (5 * dayOfYear + 2) / 153
    let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
    let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    return (Int(year), Int(month), Int(dayOfYear - (153 * monthFromMarch + 2) / 5 + 1))
  }

  private static let weekdays = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
  private static let months = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
  ]

  private static func digits(_ number: Int, _ width: Int) -> String {
    let text = String(number)
    return String(repeating: "0", count: max(0, width - text.count)) + text
  }

  private static func floorDiv(_ a: Int64, _ b: Int64) -> Int64 { (a - floorMod(a, b)) / b }
  private static func floorMod(_ a: Int64, _ b: Int64) -> Int64 { (a % b + b) % b }
}
