package import NIOHTTP1

extension HTTPHeaders {
  /// How long the server asks us to wait (RFC 9110 section 10.2.3): whole seconds, or a date, which is read
  /// against the reply's own `Date` so that a wrong clock here changes nothing. `nil` when there is none to use.
  package var retryAfter: Duration? {
    guard let value = first(name: "Retry-After") else { return nil }
    if let seconds = Int64(value), seconds >= 0 { return .seconds(Self.wait(seconds)) }
    guard let then = HTTPDate.seconds(value), let now = first(name: "Date").flatMap(HTTPDate.seconds) else {
      return nil
    }
    return .seconds(Self.wait(then - now))
  }

  /// At most a day: Microsoft's sliding windows are no longer, and a larger number is a mistake.
  private static func wait(_ seconds: Int64) -> Int64 { Swift.min(Swift.max(seconds, 0), 86_400) }
}

/// `Sun, 06 Nov 1994 08:49:37 GMT`, the one form that servers may send (RFC 9110 section 5.6.7).
package enum HTTPDate {
  /// Seconds since 1970.
  package static func seconds(_ text: String) -> Int64? {
    let fields = text.split(separator: " ")
    guard fields.count == 6, fields[5] == "GMT", let day = Int64(fields[1]), let year = Int64(fields[3]),
      let month = months.firstIndex(where: { $0 == fields[2] }), (1...31).contains(day),
      (1970...9999).contains(year)
    else { return nil }
    let clock = fields[4].split(separator: ":").compactMap { Int64($0) }
    guard clock.count == 3, (0...23).contains(clock[0]), (0...59).contains(clock[1]),
      (0...60).contains(clock[2])
    else { return nil }
    let days = days(year: year, month: Int64(month) + 1, day: day)
    return days * 86_400 + clock[0] * 3600 + clock[1] * 60 + clock[2]
  }

  private static let months = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
  ]

  /// Days since 1970-01-01, counted in years that begin on 1 March so that a leap day comes last.
  private static func days(year: Int64, month: Int64, day: Int64) -> Int64 {
    let y = month > 2 ? year : year - 1
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    return y * 365 + y / 4 - y / 100 + y / 400 + dayOfYear - 719_468
  }
}
