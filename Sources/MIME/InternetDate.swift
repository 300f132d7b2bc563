import Core

/// `date-time` of RFC 5322 section 3.3, with the obsolete forms of section 4.3, and what programs write that never
/// read it: the dates of RFC 850, of C's `asctime` and of ISO 8601, and slips in all of them.
enum InternetDate {
  static func parse(_ value: ArraySlice<UInt8>) -> Instant? {
    var date = Fields()
    for token in tokens(of: value) {
      // Whatever comes after a date is not part of it.
      guard date.take(token) || date.instant != nil else { return nil }
    }
    return date.instant
  }

  /// Words without comments; a comma or a blank ends one, and so do hyphens between a day, a month and a year.
  private static func tokens(of value: ArraySlice<UInt8>) -> [ArraySlice<UInt8>] {
    var tokens: [ArraySlice<UInt8>] = []
    let value = value.prefix(200)
    var start = value.startIndex
    var depth = 0
    for (index, byte) in zip(value.indices, value) {
      if byte == UInt8(ascii: "(") { depth += 1 }
      if depth > 0 || byte.isBlank || byte == UInt8(ascii: ",") || byte == UInt8(ascii: "\"") {
        if start < index { tokens += split(value[start..<index]) }
        start = index + 1
      }
      if byte == UInt8(ascii: ")") { depth = max(0, depth - 1) }
    }
    if start < value.endIndex { tokens += split(value[start...]) }
    return tokens
  }

  /// `2-Nov-2026`, `2026-11-02T10:00:00Z` and `10:00:00+0100` into what they consist of.
  private static func split(_ word: ArraySlice<UInt8>) -> [ArraySlice<UInt8>] {
    guard word.first?.isDigit == true else { return [word] }
    let pieces = word.split(separator: UInt8(ascii: "-"), maxSplits: 2, omittingEmptySubsequences: false)
    if pieces.count == 3, pieces[0].count == 4, let month = number(pieces[1]), (1...12).contains(month) {
      let rest = pieces[2].split(separator: UInt8(ascii: "T"), maxSplits: 1)
      return rest.prefix(1) + [months[month - 1][...], pieces[0]] + rest.dropFirst().flatMap(split)
    }
    if pieces.count == 3, Fields.month(pieces[1]) != nil { return pieces }
    guard word.contains(UInt8(ascii: ":")),
      let end = word.firstIndex(where: { !$0.isDigit && $0 != UInt8(ascii: ":") && $0 != UInt8(ascii: ".") })
    else { return [word] }
    return [word[..<end], word[end...]]
  }

  /// Digits alone, and not too many.
  fileprivate static func number(_ digits: ArraySlice<UInt8>) -> Int? {
    guard (1...9).contains(digits.count), digits.allSatisfy(\.isDigit) else { return nil }
    return digits.reduce(0) { $0 * 10 + Int($1 - 0x30) }
  }

  fileprivate static let months = [
    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
  ].map { Array($0.utf8) }
}

extension UInt8 {
  fileprivate var isDigit: Bool { (0x30...0x39).contains(self) }
  fileprivate var isSign: Bool { self == UInt8(ascii: "+") || self == UInt8(ascii: "-") }
}

/// What a date consists of, in whatever order it comes.
private struct Fields {
  private var day: Int?
  private var month: Int?
  private var year: Int?
  private var seconds: Int?
  private var offset: Int?
  private var isAfternoon: Bool?

  /// `false` for what has no place in a date.
  mutating func take(_ token: ArraySlice<UInt8>) -> Bool {
    if seconds == nil, token.contains(UInt8(ascii: ":")) || isDottedTime(token) { return takeTime(token) }
    if let sign = token.firstIndex(where: \.isSign) { return takeOffset(token[sign...]) }
    if token.first?.isDigit == true { return takeNumber(token) }
    guard month == nil, let month = Self.month(token) else { return takeName(token) }
    self.month = month
    return true
  }

  private func isDottedTime(_ token: ArraySlice<UInt8>) -> Bool {
    let pieces = token.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    return month != nil && pieces.count == 3 && pieces.allSatisfy { $0.count == 2 }
  }

  /// Sections 3.3 and 4.3; a fraction of a second is dropped.
  private mutating func takeTime(_ token: ArraySlice<UInt8>) -> Bool {
    let separator = token.contains(UInt8(ascii: ":")) ? UInt8(ascii: ":") : UInt8(ascii: ".")
    let pieces = token.split(separator: separator, omittingEmptySubsequences: false).map {
      InternetDate.number($0.prefix { $0 != UInt8(ascii: ".") }) ?? -1
    }
    guard pieces.count == 2 || pieces.count == 3 else { return false }
    let second = pieces.count == 3 ? pieces[2] : 0
    guard (0..<24).contains(pieces[0]), (0..<60).contains(pieces[1]), (0...60).contains(second) else {
      return false
    }
    seconds = pieces[0] * 3600 + pieces[1] * 60 + second
    return true
  }

  /// `+0100`, and `+01:00` and `+1`.
  private mutating func takeOffset(_ token: ArraySlice<UInt8>) -> Bool {
    let digits = token.dropFirst().filter { $0 != UInt8(ascii: ":") }
    guard seconds != nil, digits.count <= 4, let value = InternetDate.number(digits[...]) else {
      return false
    }
    let minutes = digits.count <= 2 ? value * 60 : value / 100 * 60 + value % 100
    offset = (token.first == UInt8(ascii: "-") ? -60 : 60) * minutes
    return true
  }

  /// A day comes before a year, except that four digits are never a day.
  private mutating func takeNumber(_ token: ArraySlice<UInt8>) -> Bool {
    let digits = token.prefix(while: \.isDigit)
    // `2nd`, `1st`.
    guard let value = InternetDate.number(digits), token.count - digits.count <= 2 else { return false }
    if day == nil, digits.count <= 2 {
      day = value
      return true
    }
    guard year == nil, let full = Self.year(value, digits: digits.count) else { return false }
    year = full
    return true
  }

  /// Section 4.3 says which century years of two and three digits belong to; five come from programs that
  /// wrote `19` before the years since 1900.
  private static func year(_ value: Int, digits: Int) -> Int? {
    switch digits {
    case 1, 2: value + (value < 50 ? 2000 : 1900)
    case 3: value + 1900
    case 4: value
    case 5 where value / 1000 == 19: value % 1000 + 1900
    default: nil
    }
  }

  static func month(_ name: ArraySlice<UInt8>) -> Int? {
    let start = name.prefix(3).map(\.lowercased)
    return InternetDate.months.firstIndex(of: start).map { $0 + 1 }
  }

  /// A zone or half of the day after the time; a day of the week before it.
  private mutating func takeName(_ token: ArraySlice<UInt8>) -> Bool {
    guard seconds != nil else {
      return token.allSatisfy {
        (0x61...0x7A).contains($0.lowercased) || $0 == UInt8(ascii: ".") || $0 >= 0x80
      }
    }
    let name = String(decoding: token, as: UTF8.self).uppercased()
    if name == "AM" || name == "PM" {
      isAfternoon = name == "PM"
      return true
    }
    // Zones that are not known say nothing (section 4.3), hence UTC; a number says more than a name.
    if offset == nil, let hours = Self.zones[name] { offset = hours * 3600 }
    return true
  }

  /// Those of section 4.3, and others that mean one thing.
  private static let zones = [
    "EST": -5, "EDT": -4, "CST": -6, "CDT": -5, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7,
    "AKST": -9, "AKDT": -8, "HST": -10, "WEST": 1, "CET": 1, "MET": 1, "MEZ": 1, "CEST": 2, "MEST": 2,
    "MESZ": 2, "EET": 2, "EEST": 3, "MSK": 3, "MSD": 4, "HKT": 8, "SGT": 8, "AWST": 8, "JST": 9, "KST": 9,
    "AEST": 10, "AEDT": 11, "NZST": 12, "NZDT": 13,
  ]

  var instant: Instant? {
    guard let day, let month, let year, var seconds, (1...31).contains(day),
      day <= Self.length(ofMonth: month, year: year)
    else { return nil }
    if let isAfternoon, (1...12).contains(seconds / 3600) {
      seconds = seconds % (12 * 3600) + (isAfternoon ? 12 * 3600 : 0)
    }
    let days = Self.days(year: year, month: month, day: day)
    return Instant(microseconds: Int64(days * 86_400 + seconds - (offset ?? 0)) * 1_000_000)
  }

  /// Since 1970-01-01, in the proleptic Gregorian calendar; years start on 1 March, so that leap days end
  /// them.
  private static func days(year: Int, month: Int, day: Int) -> Int {
    let shifted = month > 2 ? year : year - 1
    let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
    let era = (shifted >= 0 ? shifted : shifted - 399) / 400
    let yearOfEra = shifted - era * 400
    return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
  }

  private static func length(ofMonth month: Int, year: Int) -> Int {
    let start = days(year: year, month: month, day: 1)
    return (month == 12 ? days(year: year + 1, month: 1, day: 1) : days(year: year, month: month + 1, day: 1))
      - start
  }
}
