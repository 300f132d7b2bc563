/// What the value of an attribute may be.
enum AttributeValue {
  case text
  /// One of these, in any case.
  case words(Set<String>)
  /// Without a value.
  case flag
  case integer(ClosedRange<Int>)
  /// Pixels or a percentage, up to five digits: `600`, `600px`, `100%`.
  case length
  /// A name, or a hash and 3 or 6 hexadecimal digits; the hash may be missing.
  case color
  case fontNames
  /// 1 to 7, or relative: `+1`.
  case fontSize
  /// RFC 5646, by its form.
  case language
  /// Digits and what stands between them in a date and time.
  case moment
  case style
  case link
  case image

  /// A longer one is no font name, date or colour.
  private static let longestWord = 256

  /// The value as it is written, or `nil` for one that is left out. Not for links and images, which `Address` reads.
  func written(_ value: String) -> String? {
    let word = String(lowercasing: value.utf8.trimmingHTMLSpace)
    switch self {
    case .text: return value
    case .words(let words): return words.contains(word) ? word : nil
    case .flag: return ""
    case .style: return Style.written(value)
    case .link, .image: return nil
    case _ where word.isEmpty || word.utf8.count > Self.longestWord: return nil
    case .integer(let range):
      let isNumber = word.utf8.allSatisfy { $0.isDigit || $0 == "-" }
      return (isNumber ? Int(word) : nil).flatMap { range.contains($0) ? String($0) : nil }
    case .length: return Self.length(word)
    case .color: return Self.color(word)
    case .fontNames: return word.utf8.allSatisfy(Self.isInFontNames) ? word : nil
    case .fontSize:
      let digits = word.utf8.drop { $0 == "+" || $0 == "-" }
      return word.utf8.count - digits.count < 2 && digits.count == 1 && digits.allSatisfy(\.isDigit)
        ? word : nil
    case .language: return word.utf8.allSatisfy { $0.isLetter || $0.isDigit || $0 == "-" } ? word : nil
    case .moment: return word.utf8.allSatisfy { $0.isDigit || ":-+.tz ".utf8.contains($0) } ? word : nil
    }
  }

  private static func length(_ word: String) -> String? {
    let digits = word.utf8.prefix { $0.isDigit }
    guard (1...5).contains(digits.count), let number = Int(word.prefix(digits.count)) else { return nil }
    switch word.utf8.dropFirst(digits.count).trimmingHTMLSpace {
    case let unit where unit.elementsEqual("%".utf8): return "\(number)%"
    // What comes after the number is not looked at: `600px`, `600.5`.
    case let unit where unit.first.map { $0.isLetter || $0 == "." } ?? true: return String(number)
    default: return nil
    }
  }

  private static func color(_ word: String) -> String? {
    if StyleTable.colorNames.contains(word) { return word }
    let digits = word.utf8.drop { $0 == "#" }
    guard digits.count == 3 || digits.count == 6, digits.allSatisfy(\.isHexDigit) else { return nil }
    return "#" + String(decoding: digits, as: UTF8.self)
  }

  private static func isInFontNames(_ byte: UInt8) -> Bool {
    byte.isLetter || byte.isDigit || byte >= 0x80 || " ,-_.'\"".utf8.contains(byte)
  }
}

extension Collection<UInt8> {
  var trimmingHTMLSpace: SubSequence {
    var end = startIndex
    for index in indices where !self[index].isHTMLSpace { end = self.index(after: index) }
    return self[..<end].drop { $0.isHTMLSpace }
  }
}
