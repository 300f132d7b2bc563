import Core
import Foundation
import ProcessTesting
import Testing

@testable import MIME

@Suite struct PartScannerTests {
  private func layout(_ pieces: [ArraySlice<UInt8>]) -> MessageLayout {
    var scanner = PartScanner()
    for piece in pieces { scanner.feed(piece) }
    return scanner.finish()
  }

  private func layout(_ text: String) -> MessageLayout {
    layout([Array(text.replacing("\n", with: "\r\n").utf8)[...]])
  }

  /// The parts that can leave, and the type of the first that is sealed.
  private func files(_ message: MIMEMessage) -> (files: [MIME.Attachment], sealed: String?) {
    var result: (files: [MIME.Attachment], sealed: String?) = ([], nil)
    func walk(_ part: BodyPart, isSealed: Bool) {
      let isSealed = isSealed || part.isSealed
      if isSealed, result.sealed == nil { result.sealed = part.contentType.name }
      for child in part.parts { walk(child, isSealed: isSealed) }
      guard part.parts.isEmpty, !isSealed, part.isDetachable, part.encoding != nil else { return }
      result.files.append(
        MIME.Attachment(
          name: part.fileName, contentType: part.contentType.name, contentID: part.contentID,
          isInline: part.isInline, content: part.content))
    }
    walk(message.root, isSealed: false)
    return result
  }

  @Test func `the files are what reading the message gives, and without them it has its text and no files`()
    throws
  {
    for bytes in try Corpus.lines() {
      let message = MIMEMessage(parsing: bytes)
      let layout = layout([bytes[...]])
      let expected = files(message)
      let shown = Comment(rawValue: String(decoding: bytes, as: UTF8.self))
      try #require(layout.size == bytes.count)
      try #require(layout.sealed == expected.sealed, shown)
      try #require(layout.files.map { attachment($0, bytes) } == expected.files, shown)
      for file in layout.files { try #require(decoded(file, bytes).count == file.size, shown) }

      let rest = remaining(layout, bytes)
      try #require(rest.count == layout.remainingSize)
      let left = MIMEMessage(parsing: rest)
      let restShown = Comment(rawValue: String(decoding: rest, as: UTF8.self))
      try #require(files(left).files == [], restShown)
      try #require((left.text ?? "") == (message.text ?? ""), restShown)
      try #require((left.html ?? "") == (message.html ?? ""), restShown)
    }
  }

  private func attachment(_ file: DetachedFile, _ bytes: [UInt8]) -> MIME.Attachment {
    let isNamed = file.contentType == "message/rfc822" && file.name?.hasSuffix(".eml") == true
    return MIME.Attachment(
      name: isNamed ? nil : file.name, contentType: file.contentType, contentID: file.contentID,
      isInline: file.isInline, content: decoded(file, bytes))
  }

  private func decoded(_ file: DetachedFile, _ bytes: [UInt8]) -> [UInt8] {
    var decoder = FileDecoder(file.encoding)
    return decoder.feed(bytes[file.content]) + decoder.finish()
  }

  private func remaining(_ layout: MessageLayout, _ bytes: [UInt8]) -> [UInt8] {
    var (rest, start) = ([UInt8](), 0)
    for cut in layout.cuts {
      rest += bytes[start..<cut.range.lowerBound] + cut.substitute
      start = cut.range.upperBound
    }
    return rest + bytes[start...]
  }

  @Test func `the layout is the same in whatever pieces the message comes`() throws {
    for (seed, bytes) in try Corpus.lines().enumerated() {
      let expected = layout([bytes[...]])
      for pieces in Corpus.cuts(bytes, seed: UInt64(seed)) {
        try #require(
          layout(pieces) == expected, "\(String(decoding: bytes, as: UTF8.self)), \(pieces.map(\.count))")
      }
    }
  }

  @Test(arguments: 0..<60 as Range<UInt64>)
  func `content that is stored apart is fed between the pieces of a composition`(seed: UInt64) throws {
    var generator = Generator(seed: seed)
    var composition = try generator.composition()
    composition.attachments.append(MIME.Attachment(name: "a", content: generator.octets(3000)))
    composition.attachments = composition.attachments.filter { !$0.isMessage && !$0.content.isEmpty }
    let expected = layout([try composition.compose()[...]])
    let contents = composition.attachments.map(\.content)
    for index in contents.indices { composition.attachments[index].body = .encoded(index) }
    var scanner = PartScanner()
    for piece in try composition.pieces() {
      switch piece {
      case .bytes(let bytes): scanner.feed(bytes[...])
      case .encoded(let number):
        // Whole lines may come in several parts.
        let split = contents[number].count / 2 / 57 * 57
        for part in [contents[number][..<split], contents[number][split...]] {
          var encoder = Base64Lines()
          let lines = encoder.encode(part) + encoder.finish()
          scanner.feed(lines[...])
        }
      }
    }
    #expect(scanner.finish() == expected)
    #expect(expected.files.map(\.size).reduce(0, +) == contents.reduce(0) { $0 + $1.count })
  }

  @Test
  func `the parts of a multipart leave with their delimiters, and one that would be empty keeps a text`() {
    let message = """
      Content-Type: multipart/mixed; boundary=b

      --b
      Content-Type: multipart/related; boundary=c

      --c
      Content-Type: image/png

      PNG
      --c
      Content-Type: image/gif

      GIF
      --c--
      --b
      Content-Type: text/plain

      Hello
      --b
      Content-Type: application/pdf

      PDF
      --b--
      """
    let rest = """
      Content-Type: multipart/mixed; boundary=b

      --b
      Content-Type: multipart/related; boundary=c

      --c
      Content-Type: text/plain


      --c--
      --b
      Content-Type: text/plain

      Hello
      --b--
      """
    let bytes = Array(message.replacing("\n", with: "\r\n").utf8)
    let left = String(decoding: remaining(layout(message), bytes), as: UTF8.self)
    #expect(left.replacing("\r\n", with: "\n") == rest)
  }

  @Test func `a message that is a file becomes an empty text`() {
    let message = "To: a@b\nContent-Type: a/b\nX: y\nContent-Transfer-Encoding: base64\n\nAAAA\n"
    let layout = layout(message)
    let bytes = Array(message.replacing("\n", with: "\r\n").utf8)
    #expect(String(decoding: remaining(layout, bytes), as: UTF8.self) == "To: a@b\r\nX: y\r\n\r\n")
    #expect(layout.files.map(\.size) == [3])
  }

  @Test(arguments: [
    ("text/calendar; method=REQUEST", nil), ("application/pkcs7-mime; name=a", "application/pkcs7-mime"),
    ("application/X-PKCS7-Mime", "application/x-pkcs7-mime"), ("text/html", nil),
    ("multipart/encrypted; boundary=b\n\n--b\nContent-Type: a/b\n\nx\n--b--", "multipart/encrypted"),
    (
      "multipart/signed; boundary=b\n\n--b\nContent-Type: application/pkcs7-mime\n\nx\n--b--",
      "multipart/signed"
    ),
    ("a/b\nContent-Transfer-Encoding: x-uuencode", nil), ("multipart/mixed", nil),
  ])
  func `what may not be changed stays`(type: String, sealed: String?) {
    let whole = layout("Content-Type: \(type)\n\nx")
    #expect((whole.files, whole.cuts).0.isEmpty && whole.cuts.isEmpty)
    #expect(whole.sealed == sealed)
    let part = layout(
      "Content-Type: multipart/mixed; boundary=m\n\n--m\nContent-Type: \(type)\n\nx\n--m\nContent-Type: c/d\n\ny\n--m--"
    )
    #expect(part.files.map(\.contentType) == ["c/d"])
    #expect(part.sealed == sealed)
  }

  @Test(arguments: [
    ("message/rfc822\n\nSubject: Gr\u{FC}\u{DF}e\n\nx", "Grüße.eml"),
    ("message/rfc822\n\nTo: a@b\n\nx", "message.eml"),
    ("message/rfc822; name=a.msg\n\nSubject: b\n\nx", "a.msg"), ("message/rfc822\n\nSubject: b", "b.eml"),
    ("message/rfc822\n\n" + String(repeating: "X: y\n", count: 5000) + "Subject: b\n\nx", "message.eml"),
    (
      "message/global\n\nSubject: " + String(repeating: "b", count: 200),
      String(repeating: "b", count: 100) + ".eml"
    ),
    ("message/delivery-status\n\nSubject: b\n\nx", nil),
  ])
  func `an enclosed message has the name of its subject`(type: String, name: String?) {
    let text = "Content-Type: multipart/mixed; boundary=m\n\n--m\n\nx\n--m\nContent-Type: \(type)\n--m--"
    #expect(layout(text).files.map(\.name) == [name])
  }

  @Test func `what passes a limit stays`() {
    let start = "Content-Type: multipart/mixed; boundary=b\n\n"
    let fields = String(repeating: "X: " + String(repeating: "y", count: 90) + "\n", count: 3000)
    let large = layout(start + "--b\nContent-Type: a/b\n\(fields)\nx\n--b\nContent-Type: c/d\n\ny\n--b--")
    #expect(large.files.map(\.contentType) == ["c/d"])
    let many = layout(start + String(repeating: "--b\nContent-Type: a/b\n\nx\n", count: 5010) + "--b--")
    #expect(many.files.count == BodyParser.maximumParts - 1)
    let deep = (0..<40).map { "Content-Type: multipart/mixed; boundary=b\($0)\n\n--b\($0)\n" }.joined()
    #expect(layout(deep + "Content-Type: a/b\n\nx").files == [])
    let line = String(repeating: "x", count: 600_000)
    #expect(layout(start + "--b\nContent-Type: a/b\n\n\(line)\n--b--").files.map(\.size) == [600_000])
    #expect(
      layout(start + "--b\n\(line)\n--b\nContent-Type: c/d\n\ny\n--b--").files.map(\.contentType) == ["c/d"])
  }

  @Test func `a layout survives storage`() throws {
    let layout = layout(
      "Content-Type: a/b; name=c\nContent-ID: <d>\nContent-Transfer-Encoding: quoted-printable\n\nx=\n")
    let data = try JSONEncoder().encode(layout)
    #expect(try JSONDecoder().decode(MessageLayout.self, from: data) == layout)
    #expect(String(decoding: data, as: UTF8.self).contains("\"quoted-printable\""))
  }

  /// In processor time, since tests share the machine.
  @Test(arguments: [
    ("Content-Type: multipart/mixed; boundary=b\n\n", "--b\n"),
    ("Content-Type: multipart/mixed; boundary=b\n\n", "--b\nContent-Type: a/b\n\nx\n--b \n"),
    ("Content-Type: multipart/mixed; boundary=b\n\n", "--b\nContent-Type: multipart/mixed; boundary=b\n\n"),
    (
      "Content-Type: multipart/mixed; boundary=b\n\n--b\n",
      "Content-Type: multipart/mixed; boundary=c\n\n--d\n\n"
    ),
    (
      "Content-Type: multipart/mixed; boundary=b\n\n--b\n",
      "Content-Type: multipart/mixed; boundary=c\n\n--d\n\n--b\n"
    ),
    (
      "Content-Type: multipart/mixed; boundary=b\n\n--b\n",
      "Content-Type: multipart/mixed; boundary=c\nx\n--c\n\n--b\n"
    ),
    ("Content-Type: multipart/mixed\n\n", "--a\n\nx\n"), ("Content-Type: multipart/mixed\n\n", "--"),
    ("", "a b\n"),
    ("Content-Type: multipart/mixed\n\n", "--a\n"), ("Content-Type: a/b\n\n", "\n"), ("", "a: b\n"),
    ("", "From \n"),
    ("Content-Type: a/b\nContent-Transfer-Encoding: base64\n\n", "QUJD -- a footer\n"),
    ("Content-Type: a/b\nContent-Transfer-Encoding: base64\n\n", "QUJDQUJD"),
    ("Content-Type: a/b\nContent-Transfer-Encoding: quoted-printable\n\n", " "),
    ("Content-Type: a/b\nContent-Transfer-Encoding: quoted-printable\n\n", "= "),
  ])
  func `scanning takes time in proportion to the size`(start: String, pattern: String) {
    func cost(_ size: Int) -> Duration {
      let bytes = Array((start + String(repeating: pattern, count: size / pattern.utf8.count)).utf8)
      let before = processorTime()
      for piece in [bytes.count, 500] {
        var (scanner, rest) = (PartScanner(), bytes[...])
        while !rest.isEmpty {
          scanner.feed(rest.prefix(piece))
          rest = rest.dropFirst(piece)
        }
        _ = scanner.finish()
      }
      return processorTime() - before
    }
    let (small, large) = (cost(15_000), cost(60_000))
    // What takes no time says nothing.
    #expect(large < .milliseconds(200) || large < small * 10, "\(start): \(small), then \(large)")
  }
}
