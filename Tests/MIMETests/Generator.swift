import Core
import MIME

/// SplitMix64: a test that fails does so again.
struct Generator: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) {
    state = seed
  }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
    return z ^ z >> 31
  }

  mutating func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &self) < percent }

  /// Words of one or several scripts, with what breaks naive writers.
  mutating func text(_ maximum: Int, besides: [String] = []) -> String {
    let alphabets: [[String]] = [
      ["a", "B", "z", "0", " ", " ", "-", "."],
      [
        "\"", "\\", "<", ">", "(", ")", ",", ";", ":", "@", "[", "]", "=?", "?=", "=", "_", "'", "%", "*",
        "\t", "  ",
      ],
      ["ü", "ß", "é", "Ł", "e\u{301}", "ß", " "], ["你", "好", "世", "界"], ["ا", "ل", "\u{200F}", " "],
      ["👩‍👩‍👧", "🇨🇭", "👍🏽"], ["\u{1}", "\u{7F}", "\u{85}", "\u{FFFD}", "\u{2028}"],
    ]
    let chosen = alphabets.shuffled(using: &self).prefix(Int.random(in: 1...3, using: &self)).flatMap { $0 }
    let pieces = chosen + besides
    return (0..<Int.random(in: 0...maximum, using: &self)).map { _ in pieces.randomElement(using: &self) ?? ""
    }
    .joined()
  }

  mutating func octets(_ maximum: Int) -> [UInt8] {
    (0..<Int.random(in: 0...maximum, using: &self)).map { _ in UInt8.random(in: 0...255, using: &self) }
  }

  mutating func mailboxes(_ maximum: Int) throws -> [NamedAddress] {
    try (0..<Int.random(in: 0...maximum, using: &self)).map { _ in try mailbox() }
  }

  mutating func mailbox() throws -> NamedAddress {
    let local = ["a", "first.last+tag", "\"two words\"", "o'brien", "x=y"].randomElement(using: &self) ?? ""
    let address = try EmailAddress(
      local + "@" + (chance(50) ? "example.com" : "a-rather-long-domain.example.org"))
    return NamedAddress(name: chance(70) ? text(60) : nil, address: address)
  }

  mutating func composition() throws -> Composition {
    var composition = Composition(
      from: try mailbox(), messageID: try MessageID(identifier: "q_\(next())", domain: "example.com"),
      date: Instant(microseconds: Int64.random(in: 0...4_000_000_000, using: &self) * 1_000_000))
    composition.replyTo = try mailboxes(2)
    composition.to = try mailboxes(5)
    composition.cc = try mailboxes(3)
    if chance(90) { composition.subject = text(150) }
    if chance(70) {
      composition.text = text(400, besides: ["\n", "\r\n", "\r", " \n", "\n.\n", "--=_", "\0"])
    }
    if chance(60) { composition.html = text(400, besides: ["\n", "<p>", "&nbsp;", "</p>\r\n"]) }
    composition.headers = (0..<Int.random(in: 0...3, using: &self)).map { ("X-Test-\($0)", text(120)) }
    for _ in 0..<Int.random(in: 0...3, using: &self) {
      composition.attachments.append(
        Attachment(
          name: chance(80) ? text(40) : nil,
          contentType: ["application/pdf", "image/png", "text/csv"].randomElement(using: &self) ?? "",
          contentID: chance(40) ? "part-\(next())@example.com" : nil, isInline: chance(30),
          content: octets(300)))
    }
    return composition
  }
}

extension String {
  /// With every line end as CRLF.
  var normalized: String {
    var result = String.UnicodeScalarView()
    var previous: Unicode.Scalar?
    for scalar in unicodeScalars {
      switch scalar {
      case "\n" where previous == "\r": break
      case "\n", "\r": result.append(contentsOf: "\r\n".unicodeScalars)
      default: result.append(scalar)
      }
      previous = scalar
    }
    return String(result)
  }
}
