import Foundation
import MIME
import ProcessTesting
import Testing

@Suite struct PropertyTests {
  @Test(arguments: 0..<200 as Range<UInt64>)
  func `whatever is composed obeys the rules of the wire and reads back`(seed: UInt64) throws {
    var generator = Generator(seed: seed)
    let composition = try generator.composition()
    let bytes = try composition.compose()
    #expect(faults(bytes) == [])

    let message = MIMEMessage(parsing: bytes)
    #expect(message.addresses("From") == [composition.from])
    #expect(message.addresses("Reply-To") == composition.replyTo)
    #expect(message.addresses("To") == composition.to)
    #expect(message.addresses("Cc") == composition.cc)
    #expect(message.malformedRecipients == [])
    #expect(message.subject == composition.subject)
    #expect(message.date == composition.date)
    #expect(message.messageID == composition.messageID.text)
    #expect(message.html.map(withLineEnd) == composition.html?.normalized.withLineEnd)
    let expectedText = composition.text ?? (composition.html == nil ? "" : nil)
    #expect(message.text.map(withLineEnd) == expectedText?.normalized.withLineEnd)
    let inline = composition.html == nil ? [] : composition.attachments.filter(\.isInline)
    let files =
      composition.html == nil ? composition.attachments : composition.attachments.filter { !$0.isInline }
    #expect(message.attachments == inline + files)
  }

  /// A message ends with a line end even if its text does not.
  private func withLineEnd(_ text: String) -> String { text.withLineEnd }

  /// What breaks RFC 5322 section 2.1, or is 8-bit, or is longer than we promise.
  private func faults(_ bytes: [UInt8]) -> [String] {
    var faults: [String] = []
    var line = 0
    for (index, byte) in bytes.enumerated() {
      let next = index + 1 < bytes.count ? bytes[index + 1] : 0
      switch byte {
      case 0x0A:
        if index == 0 || bytes[index - 1] != 0x0D { faults.append("a bare LF at \(index)") }
        line = 0
      case 0x0D: if next != 0x0A { faults.append("a bare CR at \(index)") }
      default:
        line += 1
        if line == 79 { faults.append("a long line at \(index)") }
        if byte > 0x7E || byte < 0x20 && byte != 0x09 { faults.append("octet \(byte) at \(index)") }
      }
    }
    if line > 0 { faults.append("no line end at the end") }
    return faults
  }

  @Test(arguments: 0..<30 as Range<UInt64>)
  func `mutated messages are read or refused, never more`(seed: UInt64) throws {
    var generator = Generator(seed: seed)
    let original = try generator.composition().compose()
    for _ in 0..<50 {
      var bytes = original
      for _ in 0..<Int.random(in: 1...12, using: &generator) { mutate(&bytes, &generator) }
      touch(MIMEMessage(parsing: bytes))
      guard let removed = try? MIMEMessage.removingBcc(from: bytes) else { continue }
      #expect(MIMEMessage(parsing: removed).addresses("Bcc").isEmpty)
      let added = try MIMEMessage.addingBcc([EmailAddress("hidden@example.com")], to: removed)
      #expect(MIMEMessage(parsing: added).addresses("Bcc").map(\.address.text) == ["hidden@example.com"])
    }
  }

  private func mutate(_ bytes: inout [UInt8], _ generator: inout Generator) {
    let tokens = [
      "\r", "\n", "\r\n\r\n", "\r\n ", "=?", "?=", "=?utf-8?q?", "=?utf-8?b?", "\"", "\\", "(", ")", "<", ">",
      "@", ",",
      ";", ":", "--", "--=_", "=", "=\r\n", "*0*=", "boundary=",
      "Content-Type: multipart/mixed; boundary=x\r\n",
      "\r\nBcc: a@b\r\n", "Bcc : ", "Content-Transfer-Encoding: base64\r\n", "\0", "\u{FFFF}", "''", "%",
      "%C3",
    ]
    let place = Int.random(in: 0...bytes.count, using: &generator)
    let length = min(Int.random(in: 0...40, using: &generator), bytes.count - place)
    switch Int.random(in: 0..<5, using: &generator) {
    case 0: bytes.insert(contentsOf: (tokens.randomElement(using: &generator) ?? "").utf8, at: place)
    case 1: bytes.removeSubrange(place..<place + length)
    case 2:
      bytes.insert(
        contentsOf: bytes[place..<place + length], at: Int.random(in: 0...bytes.count, using: &generator))
    case 3: bytes.insert(UInt8.random(in: 0...255, using: &generator), at: place)
    default: bytes.removeLast(length)
    }
  }

  @Test(arguments: 0..<100 as Range<UInt64>)
  func `content that is elsewhere stands where it would stand in the bytes`(seed: UInt64) throws {
    var generator = Generator(seed: seed)
    var composition = try generator.composition()
    composition.attachments.append(Attachment(name: "a", content: generator.octets(3000)))
    composition.attachments = composition.attachments.filter { !$0.isMessage }
    let whole = try composition.compose()
    var contents: [[UInt8]] = []
    for index in composition.attachments.indices {
      var (lines, rest, encoder) = ([UInt8](), composition.attachments[index].content[...], Base64Lines())
      while !rest.isEmpty {
        let part = rest.prefix(Int.random(in: 1...200, using: &generator))
        lines += encoder.encode(part)
        rest = rest.dropFirst(part.count)
      }
      contents.append(lines + encoder.finish())
      #expect(Base64Lines.decode(contents[index]) == composition.attachments[index].content)
      composition.attachments[index].body = .encoded(index)
    }
    let pieces = try composition.pieces()
    #expect(pieces.count > contents.count)
    let joined = pieces.flatMap { piece in
      switch piece {
      case .bytes(let bytes): bytes
      case .encoded(let number): contents[number]
      }
    }
    #expect(joined == whole)
  }

  /// In processor time, since tests share the machine. Four times the size takes about four times as long, and 16
  /// times with a step that copies or searches what went before.
  @Test(arguments: [
    "a ", "a@b ", "a@", ",", ":", "a: ", ";", "<", "<@,", "(", "()", "\"", "\\", "[", "@", "=?", "=?a?q?",
    "=?utf-8?q?a?= ", "=?utf-8?q??= ", "\r", "\n", "x\n", "a:\n ", "; a=", ";a*0=b", ";a*='", ";a=\"", ";(",
    "%",
  ])
  func `reading takes time in proportion to the size`(pattern: String) throws {
    for start in [
      "To: ", "To: @ ", "To: <@", "Content-Type: a/b;", "Content-Transfer-Encoding: quoted-printable\n\n",
    ] {
      expectProportion(start, pattern, 15_000)
    }
  }

  /// Bodies as other programs break them.
  @Test(arguments: [
    ("\n", "begin 644 a\n"), ("\n", "begin 644 a\nend\n"), ("\n", "begin 644 a\n#0V%T\n`\nend\n"),
    ("\nbegin 644 a\n", "#0V%T\n"), ("\nbegin 644 a\n", "M\n"), ("\nbegin 644 a\n", "end "),
    ("Content-Transfer-Encoding: x-uuencode\n\n", "begin 644 a\n#0V%T\n"),
    ("Content-Transfer-Encoding: base64\n\n", "QUJD\n"), ("Content-Transfer-Encoding: base64\n\n", "QUI=\n"),
    ("Content-Transfer-Encoding: base64\n\n", "QUJD -- a footer\n"),
    ("Content-Transfer-Encoding: base64\n\n", "="),
    ("Content-Type: multipart/mixed; boundary=b\n\n", "--b\n"),
    ("Content-Type: multipart/mixed; boundary=b\n\n", "--b\n--b--\n"),
    ("Content-Type: multipart/mixed; boundary=b\n\n", "--b\n\nx\n--b \n"),
    ("Content-Type: multipart/mixed; boundary=b\n\n", "--b\nContent-Type: multipart/mixed; boundary=b\n\n"),
    ("Content-Type: multipart/mixed\n\n", "--a\n\nx\n"),
    ("Content-Type: multipart/digest; boundary=b\n\n", "--b\n\nSubject: x\n\ny\n"),
    ("Content-Type: text/plain; charset=iso-2022-jp\n\n", "\u{1B}$B\u{1B}(B"),
    ("Content-Type: text/plain; charset=iso-2022-jp\n\n", "\u{1B}$B"),
    ("Content-Type: text/plain; charset=utf-7\n\n", "+AGE-"),
    ("Content-Type: text/plain; charset=gb18030\n\n", "\u{C4}"), ("Content-Type: text/plain\n\n", "\r"),
    ("", "From \n"), ("", "a b\n"), ("", "a: b\r"),
  ])
  func `reading a body takes time in proportion to the size`(start: String, pattern: String) throws {
    expectProportion(start, pattern, 15_000)
  }

  private func expectProportion(_ start: String, _ pattern: String, _ size: Int) {
    func cost(_ size: Int) -> Duration {
      let value = String(repeating: pattern, count: size / pattern.utf8.count)
      let before = processorTime()
      touch(MIMEMessage(parsing: Array((start + value + "\n\n").utf8)))
      return processorTime() - before
    }
    let (small, large) = (cost(size), cost(4 * size))
    // What takes no time says nothing.
    #expect(large < .milliseconds(200) || large < small * 10, "\(start): \(small), then \(large)")
  }

  private func touch(_ message: MIMEMessage) {
    _ = (message.subject, message.date, message.messageID, message.text, message.html, message.attachments)
    for field in message.fields { _ = (field.text, field.value) }
    for name in Set(message.fields.map(\.name)) { _ = message.addresses(name) }
  }
}

extension String {
  var withLineEnd: String { utf8.last == 0x0A ? self : self + "\r\n" }
}
