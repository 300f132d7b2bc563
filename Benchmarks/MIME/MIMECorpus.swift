import Foundation

/// Messages of our own making, of the kinds that mailboxes are full of; the same in every run.
struct MIMECorpus {
  struct Kind: Sendable {
    var name: String
    var count: Int
    var message: @Sendable (inout MIMECorpus) -> [UInt8]
  }

  private var state: UInt64 = 1

  static let kinds = [
    Kind(name: "1,000 plain texts", count: 1000) { $0.plain("us-ascii", "7bit") { $0.ascii(3000) } },
    Kind(name: "500 with text and HTML, UTF-8", count: 500) { $0.alternative() },
    Kind(name: "500 in base64, UTF-8", count: 500) {
      $0.plain("utf-8", "base64") { $0.base64($0.utf8(3000)) }
    },
    Kind(name: "500 in ISO-8859-1", count: 500) {
      $0.plain("iso-8859-1", "quoted-printable") { $0.quoted($0.octets(3000, 0xE0...0xFC)) }
    },
    Kind(name: "500 in windows-1251", count: 500) {
      $0.plain("windows-1251", "8bit") { $0.octets(3000, 0xE0...0xFF) }
    },
    Kind(name: "500 in ISO-2022-JP", count: 500) { $0.plain("iso-2022-jp", "7bit") { $0.japanese(3000) } },
    Kind(name: "500 with long headers", count: 500) { $0.longHeader() },
    Kind(name: "200 with a file of 100 KB", count: 200) { $0.withFile(100_000) },
    Kind(name: "100 with multiparts nested 12 times", count: 100) { $0.nested(12) },
    Kind(name: "100 of 100 parts", count: 100) { $0.divided(100) },
    Kind(name: "a file of 30 MB", count: 1) { $0.withFile(30_000_000) },
    Kind(name: "10 MB of KOI8-R", count: 1) {
      $0.plain("koi8-r", "8bit") { $0.octets(10_000_000, 0xC0...0xFF) }
    },
  ]

  /// Writes the kind's messages into a new folder of that path; how many octets they have.
  static func write(_ kind: Kind, into folder: String) throws -> Int {
    var corpus = MIMECorpus()
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    return try (0..<kind.count).reduce(0) { size, number in
      let message = kind.message(&corpus)
      try Data(message).write(to: URL(filePath: "\(folder)/\(100_000 + number).eml"))
      return size + message.count
    }
  }

  private mutating func number(_ bound: Int) -> Int {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Int(state >> 33) % bound
  }
}

// Texts, in lines of about 70 octets
extension MIMECorpus {
  private mutating func lines(_ size: Int, _ word: (inout MIMECorpus) -> [UInt8]) -> [UInt8] {
    var text: [UInt8] = []
    var column = 0
    while text.count < size {
      let next = word(&self)
      text += next
      column += next.count + 1
      text += column > 62 ? "\r\n".utf8 : " ".utf8
      if column > 62 { column = 0 }
    }
    return text + "\r\n".utf8
  }

  private mutating func letters(_ range: ClosedRange<UInt8>) -> [UInt8] {
    (0..<2 + number(8)).map { _ in range.lowerBound + UInt8(number(range.count)) }
  }

  fileprivate mutating func ascii(_ size: Int) -> [UInt8] { lines(size) { $0.letters(0x61...0x7A) } }

  fileprivate mutating func octets(_ size: Int, _ range: ClosedRange<UInt8>) -> [UInt8] {
    let isLatin = range.upperBound == 0xFC
    return lines(size) { $0.letters(isLatin && $0.number(4) > 0 ? 0x61...0x7A : range) }
  }

  fileprivate mutating func utf8(_ size: Int) -> [UInt8] {
    let words = ["Grüße", "naïve", "Привет", "日本語", "the", "and", "mail", "Ελλάδα", "😀", "plain", "words"]
    return lines(size) { Array(words[$0.number(words.count)].utf8) }
  }

  fileprivate mutating func japanese(_ size: Int) -> [UInt8] {
    lines(size) { corpus in
      var word: [UInt8] = [0x1B, 0x24, 0x42]
      for _ in 0..<2 + corpus.number(8) { word += [0x24, 0x21 + UInt8(corpus.number(80))] }
      return word + [0x1B, 0x28, 0x42]
    }
  }

  fileprivate func base64(_ bytes: [UInt8]) -> [UInt8] {
    [UInt8](Data(bytes).base64EncodedData(options: [.lineLength76Characters]))
  }

  fileprivate func quoted(_ bytes: [UInt8]) -> [UInt8] {
    let digits = Array("0123456789ABCDEF".utf8)
    var result: [UInt8] = []
    var column = 0
    for byte in bytes {
      let isPlain = byte < 0x7F && byte != 0x3D
      if column > 70, byte != 0x0D, byte != 0x0A {
        result += "=\r\n".utf8
        column = 0
      }
      result += isPlain ? [byte] : [0x3D, digits[Int(byte >> 4)], digits[Int(byte & 15)]]
      column = byte == 0x0A ? 0 : column + (isPlain ? 1 : 3)
    }
    return result
  }
}

// Messages
extension MIMECorpus {
  private mutating func header(_ type: String, encoding: String? = nil, extra: String = "") -> [UInt8] {
    let number = number(1_000_000)
    let text = """
      Received: from mail.example.org (mail.example.org [192.0.2.1])
       by mx.example.com (Postfix) with ESMTPS id \(number)
       for <bob@example.com>; Mon, 2 Nov 2026 10:00:01 +0000 (UTC)
      From: =?utf-8?q?J=C3=B6rg_M=C3=BCller?= <joerg-\(number)@example.org>
      To: Bob Example <bob@example.com>, "Lee, Ann" <ann@example.net>
      Subject: =?utf-8?b?R3LDvMOfZSBhdXMgS8O2bG4=?= and more about \(number)
      Date: Mon, 2 Nov 2026 10:00:00 +0100
      Message-ID: <\(number)@example.org>
      MIME-Version: 1.0
      \(extra)Content-Type: \(type)
      \(encoding.map { "Content-Transfer-Encoding: \($0)\n" } ?? "")

      """
    return Array(text.replacing("\n", with: "\r\n").utf8)
  }

  fileprivate mutating func plain(
    _ charset: String, _ encoding: String, _ body: (inout MIMECorpus) -> [UInt8]
  ) -> [UInt8] {
    header("text/plain; charset=\(charset)", encoding: encoding) + body(&self)
  }

  private func part(_ boundary: String, _ header: String, _ body: [UInt8]) -> [UInt8] {
    Array("--\(boundary)\r\n\(header)\r\n\r\n".utf8) + body + Array("\r\n".utf8)
  }

  fileprivate mutating func alternative() -> [UInt8] {
    let (text, html) = (quoted(utf8(2000)), quoted(utf8(6000)))
    let encoding = "\r\nContent-Transfer-Encoding: quoted-printable"
    return header("multipart/alternative; boundary=\"=_alternative\"")
      + part("=_alternative", "Content-Type: text/plain; charset=utf-8" + encoding, text)
      + part("=_alternative", "Content-Type: text/html; charset=utf-8" + encoding, html)
      + Array("--=_alternative--\r\n".utf8)
  }

  fileprivate mutating func longHeader() -> [UInt8] {
    let fields = (0..<60).map { "X-Field-\($0): \(String(repeating: "word ", count: 10))\n folded\n" }
      .joined()
    let people = (0..<80).map { "=?utf-8?q?Name_=C3=BC_\($0)?= <person-\($0)@example.com>" }
    let text = fields + "Cc: " + people.joined(separator: ",\n ") + "\n"
    return header("text/plain", extra: text) + ascii(500)
  }

  fileprivate mutating func withFile(_ size: Int) -> [UInt8] {
    var content = [UInt8](repeating: 0, count: size)
    for index in content.indices { content[index] = UInt8(truncatingIfNeeded: number(256)) }
    let file =
      "Content-Type: application/pdf; name=\"a file.pdf\"\r\nContent-Transfer-Encoding: base64\r\n"
      + "Content-Disposition: attachment; filename=\"a file.pdf\""
    return header("multipart/mixed; boundary=\"=_mixed\"")
      + part("=_mixed", "Content-Type: text/plain; charset=utf-8", ascii(1000))
      + part("=_mixed", file, base64(content)) + Array("--=_mixed--\r\n".utf8)
  }

  fileprivate mutating func nested(_ depth: Int) -> [UInt8] {
    var body = Array("Content-Type: text/plain\r\n\r\n".utf8) + ascii(20_000)
    for level in 1...depth {
      body =
        Array("Content-Type: multipart/mixed; boundary=\"=_\(level)\"\r\n\r\n--=_\(level)\r\n".utf8) + body
        + Array("\r\n--=_\(level)\r\nContent-Type: text/html\r\n\r\n".utf8) + ascii(2000)
        + Array("\r\n--=_\(level)--\r\n".utf8)
    }
    return Array("From: a@example.com\r\nSubject: nested\r\nMIME-Version: 1.0\r\n".utf8) + body
  }

  fileprivate mutating func divided(_ count: Int) -> [UInt8] {
    var message = header("multipart/mixed; boundary=\"=_parts\"")
    for number in 0..<count {
      message += part(
        "=_parts", "Content-Type: text/plain; charset=utf-8\r\nContent-ID: <\(number)@x>", ascii(500))
    }
    return message + Array("--=_parts--\r\n".utf8)
  }
}
