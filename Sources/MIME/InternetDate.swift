import Core

/// `date-time` of RFC 5322 section 3.3, with the obsolete forms of section 4.3.
enum InternetDate {
  static func parse(_ value: ArraySlice<UInt8>) -> Instant? {
    var tokens = tokens(of: value)
    if let first = tokens.first, first.last == ",", first.first?.isLetter == true { tokens.removeFirst() }
    guard tokens.count >= 4, let day = Int(tokens[0]), let month = month(tokens[1]),
      let year = year(tokens[2]),
      let seconds = timeOfDay(tokens[3]), (1...31).contains(day)
    else { return nil }
    let offset = tokens.count > 4 ? zone(tokens[4]) : 0
    let days = days(year: year, month: month, day: day)
    guard day <= length(ofMonth: month, year: year) else { return nil }
    return Instant(microseconds: Int64(days * 86_400 + seconds - offset) * 1_000_000)
  }

  /// Words without comments; a comma ends a word.
  private static func tokens(of value: ArraySlice<UInt8>) -> [String] {
    var tokens: [String] = []
    var word: [UInt8] = []
    var depth = 0
    func close() {
      if !word.isEmpty { tokens.append(String(decoding: word, as: UTF8.self)) }
      word = []
    }
    for byte in value.prefix(200) {
      if byte == UInt8(ascii: "(") { depth += 1 }
      if depth == 0, !byte.isBlank { word.append(byte) }
      if depth > 0 || byte.isBlank || byte == UInt8(ascii: ",") { close() }
      if byte == UInt8(ascii: ")") { depth = max(0, depth - 1) }
    }
    close()
    return tokens
  }

  private static func month(_ name: String) -> Int? {
    let months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
    return months.firstIndex(of: String(name.lowercased().prefix(3))).map { $0 + 1 }
  }

  /// Section 4.3 says which century years of two and three digits belong to.
  private static func year(_ digits: String) -> Int? {
    guard let year = Int(digits), (0...9999).contains(year) else { return nil }
    switch digits.utf8.count {
    case 2: return year + (year < 50 ? 2000 : 1900)
    case 3: return year + 1900
    case 4: return year
    default: return nil
    }
  }

  private static func timeOfDay(_ text: String) -> Int? {
    let pieces = text.split(separator: ":", omittingEmptySubsequences: false).map { Int($0) ?? -1 }
    guard pieces.count == 2 || pieces.count == 3 else { return nil }
    let second = pieces.count == 3 ? pieces[2] : 0
    guard (0..<24).contains(pieces[0]), (0..<60).contains(pieces[1]), (0...60).contains(second) else {
      return nil
    }
    return pieces[0] * 3600 + pieces[1] * 60 + second
  }

  /// Seconds east of UTC. Zones that are not known say nothing (section 4.3), hence 0.
  private static func zone(_ name: String) -> Int {
    let american = ["EST": -5, "EDT": -4, "CST": -6, "CDT": -5, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7]
    guard let sign = name.first, sign == "+" || sign == "-", name.utf8.count == 5,
      let digits = Int(name.dropFirst())
    else { return (american[name.uppercased()] ?? 0) * 3600 }
    return (sign == "-" ? -1 : 1) * (digits / 100 * 3600 + digits % 100 * 60)
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
