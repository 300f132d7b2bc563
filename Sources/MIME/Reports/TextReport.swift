/// What the text of a mail system says of each recipient.
struct TextReport {
  private(set) var recipients: [MailReport.Recipient] = []
  private(set) var reportingMTA: String?
  private var index: [String: Int] = [:]
  private var lines: [[String]] = []

  init(_ text: ReportText, action: MailReport.Recipient.Action, failed: [String] = []) {
    var current: Int?
    for line in text.lines {
      if let (address, rest) = Self.recipient(line) {
        current = add(address, action)
        if let current, !rest.isEmpty { lines[current].append(rest) }
      } else if let current, !line.withoutBlanks.isEmpty, lines[current].count < Self.maximumLines {
        lines[current].append(line)
      }
      if reportingMTA == nil {
        reportingMTA = Self.word(after: ["generating server: ", "mail system at host "], in: line)
      }
    }
    if recipients.isEmpty { for address in failed { _ = add(address, action) } }
    for place in recipients.indices { explain(place, text.lines) }
  }

  /// Of what is said of one recipient.
  private static let maximumLines = 30

  private mutating func add(_ address: String, _ action: MailReport.Recipient.Action) -> Int? {
    if let known = index[address.lowercased()] { return known }
    guard recipients.count < MailReport.maximumRecipients else { return nil }
    index[address.lowercased()] = recipients.count
    recipients.append(MailReport.Recipient(address: address, action: action))
    lines.append([])
    return recipients.count - 1
  }

  /// The reply is among the recipient's own lines, or in another line that names the address, or in any line if there
  /// is only one recipient.
  private mutating func explain(_ place: Int, _ all: [String]) {
    let own = lines[place]
    var said = own.joined(separator: " ")
    var match = ReplyScanner(said).find()
    // Each search reads all lines.
    if match == nil, recipients.count <= Self.mostSearched {
      let address = recipients[place].address.lowercased()
      for line in all where recipients.count == 1 || line.lowercased().contains(address) {
        guard let found = ReplyScanner(line).find() else { continue }
        (said, match) = (line, found)
        break
      }
    }
    if said.withoutBlanks.isEmpty, recipients.count == 1 { said = all.joined(separator: " ") }
    let scanner = ReplyScanner(said)
    let text = match.map(scanner.text(from:)) ?? said
    recipients[place].diagnostic = MailReport.Diagnostic(
      source: match?.code == nil ? "text" : "smtp", text: text)
    recipients[place].status = match?.status
    recipients[place].remoteMTA =
      (recipients.count == 1 ? own + all : own).lazy.prefix(Self.mostSearchedLines)
      .compactMap { Self.word(after: Self.hosts, in: $0) }.first
    recipients[place].cause = BounceCause(status: match?.status, code: match?.code, text: said)
  }

  private static let mostSearched = 20
  private static let mostSearchedLines = 100

  private static let hosts = [
    "giving up on ", "while talking to ", "remote host ", "remote server at ", "host ",
  ]

  /// A host name.
  private static func word(after starts: [String], in line: String) -> String? {
    for start in starts {
      guard let range = line.range(ofASCII: start) else { continue }
      let word = line[range.upperBound...].prefix { !$0.isWhitespace && $0 != "[" && $0 != "(" && $0 != "," }
      let name = String(word.reversed().drop { $0 == "." || $0 == ":" || $0 == "'" }.reversed())
      if name.contains("."),
        name.utf8.allSatisfy({ AddressScanner.isPlainDomainText($0) || $0 == UInt8(ascii: ".") })
      {
        return name
      }
    }
    return nil
  }

  /// The address that a line is about, and what it says of it.
  private static func recipient(_ line: String) -> (address: String, rest: String)? {
    guard line.utf8.contains(UInt8(ascii: "@")) else { return nil }
    var text = line.withoutBlanks[...]
    for start in starts where text.lowercased().hasPrefix(start) {
      text = text.dropFirst(start.count).drop(while: \.isWhitespace)
      break
    }
    let isBracketed = text.hasPrefix("<")
    if isBracketed { text = text.dropFirst() }
    let address = text.prefix { isBracketed ? $0 != ">" : !$0.isWhitespace && !"<>:;,()\"".contains($0) }
    let rest = text.dropFirst(address.count + (isBracketed ? 1 : 0)).drop(while: \.isWhitespace)
    guard address.utf8.count <= EmailAddress.maximumLength, let valid = try? EmailAddress(String(address)),
      valid.domain.contains("."), rest.isEmpty || introduces(rest)
    else { return nil }
    let said = rest.hasPrefix("<mailto:") ? rest.drop { $0 != ">" }.dropFirst() : rest.drop { $0 == ":" }
    return (valid.text, String(said).withoutBlanks)
  }

  private static func introduces(_ rest: Substring) -> Bool {
    rest.hasPrefix(":") || rest.hasPrefix("<mailto:") || rest.hasPrefix("(") || rest.hasPrefix("...")
      || rest.lowercased().contains("error_code")
  }

  /// What a line may have before the address, in lower case.
  private static let starts = [
    "recipient:", "could not be delivered to:", "rcpt to:", "[status: error, address:", "【宛先】:", "【宛先】",
    "宛先:",
    "あて先:", "to:<",
  ]
}

extension String {
  /// Where the words, in lower case ASCII, are for the first time.
  fileprivate func range(ofASCII words: String) -> Range<Index>? {
    let (text, wanted) = (utf8, Array(words.utf8))
    var start = text.startIndex
    while start < text.endIndex {
      var (place, count) = (start, 0)
      while place < text.endIndex, count < wanted.count, text[place].lowercased == wanted[count] {
        place = text.index(after: place)
        count += 1
      }
      if count == wanted.count { return start..<place }
      start = text.index(after: start)
    }
    return nil
  }
}
