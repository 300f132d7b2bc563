import Core
import Foundation

extension Fields {
  /// Four digits of a year, as RFC 3339 has them.
  private static var dates: Range<Date> {
    Date(timeIntervalSince1970: 0)..<Date(timeIntervalSince1970: 253_402_300_800)
  }

  /// A day (`2027-05-20`, from its first moment in UTC) or a moment (`2027-05-20T14:00:00Z`, RFC 3339).
  func date(_ name: String) -> Instant? {
    guard let text = text(name, limit: 64) else { return nil }
    let styles: [Date.ISO8601FormatStyle] = [
      .iso8601.year().month().day(), Date.ISO8601FormatStyle(),
      Date.ISO8601FormatStyle(includingFractionalSeconds: true),
    ]
    // The day's style would also take the beginning of a longer text, and the 30th of February for a day in March.
    let isDay = text.utf8.count == 10
    for style in isDay ? styles.prefix(1) : styles.dropFirst() {
      guard let date = try? Date(text, strategy: style), Self.dates.contains(date) else { continue }
      let instant = Instant(microseconds: Int64((date.timeIntervalSince1970 * 1000).rounded()) * 1000)
      if !isDay || instant.description.hasPrefix(text) { return instant }
    }
    fault(name, "is no date such as 2027-05-20 or 2027-05-20T14:00:00Z")
    return nil
  }
}
