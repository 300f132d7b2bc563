import Core

extension Instant {
  /// An `Edm.DateTimeOffset` or an `Edm.Date`, which counts as its midnight in UTC (OData 4.01 ABNF
  /// `dateTimeOffsetValue`).
  init?(dateTimeOffset text: String) {
    var rest = Substring(text)
    func number(_ width: Int) -> Int64? {
      let digits = rest.prefix(width)
      guard digits.count == width, digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
      rest = rest.dropFirst(width)
      return Int64(digits)
    }
    func skip(_ character: Character) -> Bool {
      guard rest.first?.uppercased() == String(character) else { return false }
      rest = rest.dropFirst()
      return true
    }
    guard let year = number(4), skip("-"), let month = number(2), (1...12).contains(month), skip("-"),
      let day = number(2), (1...31).contains(day)
    else { return nil }
    var seconds = Self.days(year, month, day) * 86_400
    var fraction: Int64 = 0
    if !rest.isEmpty {
      guard skip("T"), let hour = number(2), hour < 24, skip(":"), let minute = number(2), minute < 60
      else { return nil }
      seconds += hour * 3600 + minute * 60
      if skip(":") {
        guard let second = number(2), second < 61 else { return nil }
        seconds += second
        if skip(".") {
          let digits = rest.prefix { $0.isASCII && $0.isNumber }
          rest = rest.dropFirst(digits.count)
          fraction = Int64(String((digits + "000000").prefix(6))) ?? 0
        }
      }
      if !skip("Z") {
        let sign: Int64 = rest.first == "-" ? 1 : -1
        guard skip("+") || skip("-"), let hours = number(2), skip(":"), let minutes = number(2)
        else { return nil }
        seconds += sign * (hours * 3600 + minutes * 60)
      }
    }
    guard rest.isEmpty else { return nil }
    self.init(microseconds: seconds * 1_000_000 + fraction)
  }

  /// `2026-11-20T22:41:26Z`: Graph shows dates of mail without fractions.
  var dateTimeOffset: String { description.prefix(19) + "Z" }

  /// Since 1970-01-01, by eras of 400 years that start on 1 March.
  private static func days(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
    let shifted = month <= 2 ? year - 1 : year
    let era = (shifted >= 0 ? shifted : shifted - 399) / 400
    let yearOfEra = shifted - era * 400
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
  }
}
