/// Finds an SMTP reply in a line or a text of a report: a code, an enhanced status, or both.
struct ReplyScanner {
  /// Where a reply was found.
  struct Match: Equatable {
    var start: Int
    var code: Int?
    var status: EnhancedStatus?
  }

  /// A diagnosis that is longer does not have its reply later.
  private static let longestText = 8 << 10

  private let bytes: [UInt8]

  init(_ text: some StringProtocol) {
    bytes = Array(text.utf8.prefix(Self.longestText))
  }

  init(_ bytes: some Collection<UInt8>) {
    self.bytes = Array(bytes.prefix(Self.longestText))
  }

  /// The first code with an enhanced status, else the first enhanced status, else the first code.
  func find() -> Match? {
    var status: Match?
    var code: Match?
    for index in bytes.indices where startsWord(index) {
      if let found = self.code(at: index) {
        if let next = self.status(at: afterSeparators(index + 3)) {
          return Match(start: index, code: found, status: next.status)
        }
        if code == nil, found >= 400 { code = Match(start: index, code: found) }
      } else if status == nil, let found = self.status(at: index)?.status {
        status = Match(start: index, status: found)
      }
    }
    guard var result = status ?? code else { return nil }
    result.code = result.code ?? code?.code
    return result
  }

  /// From the match to the end of the text.
  func text(from match: Match) -> String { Charset.unlabelled.decode(bytes[match.start...]) }

  /// The enhanced status at `index`, and its end.
  func status(at index: Int) -> (status: EnhancedStatus, end: Int)? {
    guard let kind = number(at: index, digits: 1), [2, 4, 5].contains(kind.value), isDot(kind.end),
      let subject = number(at: kind.end + 1, digits: 3), isDot(subject.end),
      let detail = number(at: subject.end + 1, digits: 3), !isDot(detail.end) || !isDigit(detail.end + 1)
    else { return nil }
    return (EnhancedStatus(kind.value, subject.value, detail.value), detail.end)
  }

  /// A code of RFC 5321 section 4.2 that nothing but a reply's next character follows.
  private func code(at index: Int) -> Int? {
    guard let number = number(at: index, digits: 3), number.end == index + 3,
      [2, 4, 5].contains(number.value / 100), number.value / 10 % 10 <= 5
    else { return nil }
    guard number.end < bytes.count else { return number.value }
    let next = bytes[number.end]
    let isFollowed = next.isBlank || next == .cr || next == .lf || "-:;,'\")_".utf8.contains(next)
    return isFollowed ? number.value : nil
  }

  private func startsWord(_ index: Int) -> Bool {
    guard isDigit(index) else { return false }
    return index == 0 || bytes[index - 1] <= 0x20 || ":;'\"(<#[-=,".utf8.contains(bytes[index - 1])
  }

  private func afterSeparators(_ index: Int) -> Int {
    var index = index
    while index < bytes.count, bytes[index].isBlank || "-#(:".utf8.contains(bytes[index]) { index += 1 }
    return index
  }

  private func number(at index: Int, digits: Int) -> (value: Int, end: Int)? {
    var (value, end) = (0, index)
    while isDigit(end) {
      guard end - index < digits else { return nil }
      value = value * 10 + Int(bytes[end] - 0x30)
      end += 1
    }
    return end == index ? nil : (value, end)
  }

  private func isDigit(_ index: Int) -> Bool { index < bytes.count && (0x30...0x39).contains(bytes[index]) }
  private func isDot(_ index: Int) -> Bool { index < bytes.count && bytes[index] == UInt8(ascii: ".") }
}

extension MailReport.Diagnostic {
  /// The reply within `text`, which is the whole diagnosis of a recipient; `nil` if there is no text.
  init?(source: String, text: String, from start: Int? = nil) {
    let line = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    guard !line.isEmpty else { return nil }
    self.init(
      source: source, code: ReplyScanner(line).find()?.code, text: String(line.prefix(Self.longestText)))
  }
}
