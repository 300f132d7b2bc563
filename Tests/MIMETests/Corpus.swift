import Foundation

@testable import MIME

/// Messages of every kind, for what holds for all of them.
enum Corpus {
  static func messages() throws -> [[UInt8]] {
    let generated = (0..<100 as Range<UInt64>).map { seed -> [UInt8] in
      var generator = Generator(seed: seed)
      return generator.nested()
    }
    let composed = try (0..<20 as Range<UInt64>).map { seed -> [UInt8] in
      var generator = Generator(seed: seed)
      return try generator.composition().compose()
    }
    return try Cases.messages().map { Array($0.rfc822Base64) } + (headers + bodies).map { Array($0.utf8) }
      + generated + composed
  }

  /// Every message with CRLF for each line end.
  static func lines() throws -> [[UInt8]] { try messages().map(withLineEnds) }

  static func withLineEnds(_ bytes: some Collection<UInt8>) -> [UInt8] {
    var (lineEnds, result) = (LineEnds(), [UInt8]())
    lineEnds.feed(Array(bytes)[...], into: &result)
    lineEnds.finish(into: &result)
    return result
  }

  /// Ways to cut `bytes` into pieces: at every place, into single octets, and anywhere.
  static func cuts(_ bytes: [UInt8], seed: UInt64) -> [[ArraySlice<UInt8>]] {
    var generator = Generator(seed: seed)
    var places = Array(0...bytes.count)
    if places.count > 150 { places = places.shuffled(using: &generator).prefix(40).sorted() }
    var all = places.map { [bytes[..<$0], bytes[$0...]] }
    all.append(bytes.indices.map { bytes[$0...$0] })
    for largest in [7, 100, 5000] {
      var (pieces, rest) = ([ArraySlice<UInt8>](), bytes[...])
      while !rest.isEmpty {
        pieces.append(rest.prefix(Int.random(in: 1...largest, using: &generator)))
        rest = rest.dropFirst(pieces[pieces.count - 1].count)
      }
      all.append(pieces)
    }
    return all
  }

  private static let headers = [
    "", "\r\n", "\n", "\r", "\r\nx", "x", "x\r\ny", "A: 1", "A: 1\r\n", "A: 1\r\n\r\n", "A: 1\n\nx",
    "A: 1\rB: 2\r\rx",
    "A: 1\r\r\nB: 2\r\r\n\r\nx", "A: 1\r\r\r\nB: 2\n\r\r\nx\r\r\r", "From ann Mon Jan 1\nA: 1\nB: 2\n\nx",
    "From ann Mon Jan 1\n\nx", "From ann Mon Jan 1\nHello\n\nx", "From ann\n stray\nTo: a@b\n\nx",
    ">From x\nA: 1",
    "From : a@b\n\nx", "A :1\r\nB\t: 2\r\n\r\nx", "To: a@b\r\nstray\r\nSubject: x\r\n\r\ny",
    "stray\nTo: a@b\n\ny", "To: a@b\nstray\nFoo: x\nstray\nbCC : c@d\n\ny", "To: a@b\r\nHello\r\n\r\ny",
    "To: a@b\nHello\nError: disk full\n\ny", "To: a@b\n c\nHello\n fold\n\ny", " stray\nTo: a@b\n\nBody",
    "To: a@b\nhttp://example.com\n\ny", "Hello\nError: disk full\n\ny", "To: a@b\rHello\r\ry",
    "MIME-Version: 1.0\nstray\n--b\nContent-Type: application/pdf\n\nx",
    "Bcc://a@b\n\ny", "A: 1\n" + String(repeating: "\r", count: 20) + "\nB: 2\n\nx",
  ]

  private static let bodies = [
    "multipart/mixed|--x\nContent-Type: text/html\n\nhello\n--x--",
    "multipart/mixed; boundary=\"\"|pre\n\n--x\n\nhello\n--x\nContent-Type: a/b\n\nyou",
    "multipart/mixed; boundary=y|--x\nContent-Type: image/png\n\nhello\n--x--",
    "multipart/mixed; boundary=y|--x\nx y\n--x\nContent-Type: image/png\n\nhello\n--x--",
    "multipart/mixed; boundary=y|--x\nContent-Type: image/png\n\nhello\n--x\n\n--y\n\none\n--y\nContent-Type: a/b\n\n--y--",
    "multipart/mixed; boundary=--x|--x\nContent-Type: image/png\n\nhello\n--x--",
    "multipart/mixed|-- \nAnn: x\n--\n\nhello", "multipart/mixed|--x--\n\nhello",
    "multipart/mixed; boundary=b|--b--\nx",
    "multipart/mixed; boundary=b|--b\n--b\nContent-Type: a/b\n\nhello\n--b--\n--b--",
    "multipart/mixed; boundary=b|--b\nContent-Type: multipart/alternative; boundary=b\n\n--b\n\nx\n--b\nContent-Type: a/b\n\ny\n--b--\n--b--",
    "multipart/mixed; boundary=b|--b\nContent-Type: multipart/mixed; boundary=b\n--b\n\nx\n--b\nContent-Type: a/b\n\ny\n--b--\n--b--",
    "multipart/mixed; boundary=b|--b\nContent-Type: multipart/mixed; boundary=c\n\n--c\nContent-Type: a/b\n\nx\n--b\nContent-Type: image/png\n\ny\n--b--",
    "multipart/mixed; boundary=b|--b\nContent-Type: multipart/mixed; boundary=y\n\n--c\nContent-Type: a/b\n\nx\n--b\nContent-Type: image/png\n\ny\n--b--",
    "multipart/mixed; boundary=b|--b\nContent-Type: text/html\n--b\nContent-Type: image/png\nGIF\n--b--",
    "multipart/mixed; boundary=b|--b\nContent-Type: multipart/mixed; boundary=c\nstray\n--c\n\nhello\n--c\nContent-Type: a/b\n\n",
    "multipart/mixed; boundary=b|--b\nContent-Type: multipart/mixed; boundary=c\nstray\n--b\nContent-Type: a/b\nstray",
    "multipart/digest; boundary=b|--b\n\nSubject: a  b\n\ny\n--b\nContent-Type: text/plain\n\nz\n--b\n\nx\n--b--",
    "multipart/mixed; boundary=b|--b\nContent-Type: message/delivery-status\n\nx: y\n--b--",
    "multipart/mixed; boundary=b|--b\nContent-Type: application/pdf\n\n--b \t\nContent-Type: a/b\n\nx\n--b-- \nepilogue\n--b\n\nx",
    // Without their first part, or what ended an inner multipart, the others would be read otherwise.
    "multipart/mixed; boundary=y|--b\nContent-Type: a/b\n\nx\n--b\nno field\n\ny\n--b--\n--a\nContent-Type: c/d\n\nz\n",
    "multipart/mixed; boundary=a|--a\nContent-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: multipart/mixed;"
      + " boundary=a\n\n--a\n\nx\n--b\nContent-Type: c/d\n\ny\n--a\n\nz\n--a--",
    "multipart/mixed; boundary=a|--a\nContent-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: multipart/mixed;"
      + " boundary=a\n\n--a\n\nx\n--b\nContent-Type: multipart/mixed; boundary=y\n\n--c\nContent-Type: c/d\n\ny\n"
      + "--a\n\nz\n--a--",
    "multipart/mixed; boundary=a|--a\nContent-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: multipart/mixed;"
      + " boundary=a\n\nx\n--b\nContent-Type: c/d\n\ny\n--a\n\nz\n--a--",
    "multipart/mixed; boundary=a|--a\nContent-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: multipart/mixed;"
      + " boundary=a\n\n--c\n\nx\n--b\nContent-Type: c/d\n\ny\n--a\n\nz\n--a--",
    "multipart/digest; boundary=b\n--b\nx: y\n\nz\n--b\nContent-Type: text/plain|hello\n--b--",
    "application/pdf; name=a.pdf\nContent-Transfer-Encoding: base64\nX: y\nContent-ID: <x>|aGVsbG8=\n",
    "application/pdf\nContent-Transfer-Encoding: quoted-printable|a=3D \n=\n", "text/plain; name=a|hello",
    "image/png|",
    "text/calendar; method=REQUEST|BEGIN:VCALENDAR",
    "application/octet-stream\nContent-Transfer-Encoding: x-uuencode|x",
    "application/pkcs7-mime; name=smime.p7m|x",
    "multipart/signed; boundary=b|--b\n\nx\n--b\nContent-Type: a/b\n\ny\n--b--",
    "multipart/mixed; boundary=b|--b\nContent-Type: multipart/signed; boundary=c\n\n--c\nContent-Type: a/b\n\nx\n--c--\n--b\nContent-Type: application/x-pkcs7-mime\n\nx\n--b\nContent-Type: a/b\n\ny",
  ].map { "MIME-Version: 1.0\nContent-Type: " + $0.replacing("|", with: "\n\n") }
}

// Nested messages
extension Generator {
  /// A message with multiparts in multiparts, some of them broken.
  mutating func nested() -> [UInt8] { Array("From: a@b\n".utf8) + entity(depth: 0) }

  private mutating func entity(depth: Int) -> [UInt8] {
    chance(depth == 0 ? 90 : depth < 5 ? 40 : 0) ? multipart(depth: depth) : leaf()
  }

  private mutating func multipart(depth: Int) -> [UInt8] {
    let boundary = chance(10) ? "b" : "b\(next() % 1000)"
    let subtype =
      ["mixed", "related", "alternative", "digest", "signed", "report"].randomElement(using: &self) ?? ""
    var text = "Content-Type: multipart/\(chance(85) ? subtype : "mixed")"
    if chance(92) { text += "; boundary=\"\(chance(92) ? boundary : "other")\"" }
    text += chance(95) ? "\n\n" : "\n"
    if chance(20) {
      text += ["preamble\n", "--no\n\n", "--\n", "- -\n--what ever\n"].randomElement(using: &self) ?? ""
    }
    var bytes = Array(text.utf8)
    for _ in 0..<Int.random(in: 0...4, using: &self) {
      bytes += Array("--\(boundary)\(chance(10) ? " \t" : "")\n".utf8)
      if chance(90) { bytes += entity(depth: depth + 1) }
      bytes += Array("\n".utf8)
    }
    if chance(90) { bytes += Array("--\(boundary)--".utf8) }
    if chance(80) { bytes += Array("\n".utf8) }
    if chance(10) { bytes += Array("epilogue\n".utf8) }
    return bytes
  }

  private mutating func leaf() -> [UInt8] {
    let types = [
      "text/plain", "text/html", "application/pdf", "image/png; name=\"a b.png\"", "message/rfc822",
      "message/partial",
      "text/calendar; method=REPLY", "text/calendar", "application/pkcs7-mime", "text/plain; name=a.txt",
      "broken",
    ]
    var text = chance(90) ? "Content-Type: \(types.randomElement(using: &self) ?? "")\n" : ""
    if chance(30) {
      let kind = ["inline", "attachment", "attachment; filename=x.bin"].randomElement(using: &self) ?? ""
      text += "Content-Disposition: \(kind)\n"
    }
    if chance(20) { text += "Content-ID: <\(next() % 100)@x>\n" }
    let encoding =
      ["base64", "quoted-printable", "8bit", "x-uuencode", "base64", ""].randomElement(using: &self) ?? ""
    if !encoding.isEmpty { text += "Content-Transfer-Encoding: \(encoding)\n" }
    if chance(5) { text += "stray\n" }
    if chance(95) { text += "\n" }
    return Array(text.utf8) + content(encoding)
  }

  private mutating func content(_ encoding: String) -> [UInt8] {
    switch encoding {
    case "base64":
      var bytes: [UInt8] = []
      Base64.encode(octets(400), width: [nil, 76, 20].randomElement(using: &self) ?? nil, into: &bytes)
      if chance(20) { bytes += Array("\n____\nlist mailing list\n".utf8) }
      if chance(20) { bytes.insert(contentsOf: Array(" !\n".utf8), at: bytes.count / 2) }
      return bytes
    case "quoted-printable":
      let pieces = ["a", "=41", "=", "=\n", " ", "\t", "\n", "= \n", "=3", "==", "ü", "--", "\n--"]
      return Array(
        (0..<Int.random(in: 0...60, using: &self)).map { _ in pieces.randomElement(using: &self) ?? "" }
          .joined().utf8)
    default:
      return Array((chance(30) ? "Subject: \(text(20))\n\n" : text(80, besides: ["\n", "-", "--"])).utf8)
    }
  }
}
