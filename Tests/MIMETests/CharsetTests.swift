import Foundation
import Testing

@testable import MIME

@Suite struct CharsetTests {
  /// Each in its own words, so that the table is not compared with itself.
  @Test(arguments: [
    ("ISO_8859-2:1987", "latin2"), ("csISOLatin5", "iso-8859-9"), ("IBM-850", "cp850"),
    ("windows1251", "cp1251"),
    ("x-windows-1251", "cp1251"), ("KOI8R", "koi8-r"), ("8859_5", "iso-8859-5"), ("MacRoman", "macintosh"),
    ("x-mac-ce", "mac-centraleurope"), ("cp28592", "latin2"), ("cp65001", "utf-8"), ("utf8", "utf-8"),
    ("X-UNKNOWN", nil), ("", nil), ("us-ascii", nil), ("ANSI_X3.4-1968", nil), ("UTF-16//IGNORE", nil),
    ("wchar_t", nil), ("IBM1364", nil), ("ISO-2022-JP-3", nil), ("iso-8859-99", nil),
    (String(repeating: "a", count: 100_000), nil),
  ])
  func `a label is read whatever its spelling`(label: String, same: String?) {
    #expect(Charset(label) == Charset(same))
    #expect((Charset(label) == .unlabelled) == (same == nil))
  }

  @Test func `the system has every converter`() {
    for (label, charset) in Charset.all {
      switch charset {
      case .singleByte(let name, _): #expect(Converter.decode([0x41], name) != nil, "\(label)")
      case .multibyte(let name, let other):
        #expect(Converter.decode([0x41], name) != nil, "\(label)")
        if let other { #expect(Converter.decode([0x41], other) != nil, "\(label)") }
      default: break
      }
    }
  }

  @Test func `a large text is read like a small one`() {
    let octets = Array(UInt8.min...UInt8.max)
    for (label, charset) in Charset.all {
      let small = charset.decode(octets[...])
      let large = charset.decode(Array(repeatElement(octets, count: 40).joined())[...])
      if case .singleByte = charset {
        #expect(large == String(repeating: small, count: 40), "\(label)")
        #expect(small.unicodeScalars.count == 256, "\(label)")
      }
    }
  }

  /// 0xFF begins no character in these; in seven-bit charsets it is no octet at all.
  @Test(arguments: try Cases.charsets())
  func `a bad octet costs one character and no other`(sample: Cases.Text) {
    guard sample.label != "utf-7" else { return }
    let charset = Charset(sample.label)
    let bytes = Array(sample.bytesBase64)
    switch charset {
    case .utf8, .multibyte, .shifted: break
    default: return
    }
    // The accents of Vietnamese are put together only if all goes well.
    func plain(_ text: String) -> String { text.precomposedStringWithCanonicalMapping }
    let unknown = charset.decode([0xFF])
    guard unknown == "\u{FFFD}" else { return }
    #expect(
      plain(charset.decode((bytes + [0xFF, 0x20] + bytes)[...]))
        == plain("\(sample.text)\u{FFFD} \(sample.text)"))
    #expect(plain(charset.decode(([0xFF] + bytes)[...])) == plain("\u{FFFD}\(sample.text)"))
  }

  @Test(
    arguments: [
      ("utf-8", [0xE6, 0xBC], "\u{FFFD}"), ("utf-8", [0xC3, 0x28], "\u{FFFD}("),
      ("shift_jis", [0x93], "\u{FFFD}"),
      ("gb2312", [0xC4, 0x20, 0x61], "\u{FFFD} a"), ("gb18030", [0x81, 0x30, 0x81], "\u{FFFD}"),
      ("euc-jp", [0x8F, 0xB0], "\u{FFFD}"), ("euc-kr", [0xC7, 0x0A, 0xB1, 0xB9], "\u{FFFD}\n국"),
      ("big5", [0xA7, 0x41, 0xFF, 0xA6, 0x6E], "你\u{FFFD}好"), ("windows-1253", [0xD2, 0x61], "\u{FFFD}a"),
      ("windows-1252", [0x81, 0x61], "\u{FFFD}a"), ("iso-8859-1", [0x81, 0x80], "\u{81}€"),
      ("utf-16le", [0x61, 0x00, 0x62], "a\u{FFFD}"), ("utf-16be", [0xD8, 0x00, 0x00, 0x61], "\u{FFFD}a"),
      ("utf-32be", [0x00, 0x11, 0x00, 0x00, 0x00, 0x00, 0x00, 0x61], "\u{FFFD}a"),
      ("utf-16", [0x61, 0x00, 0x62, 0x00], "ab"), ("utf-16", [0x00, 0x61], "a"),
      ("utf-16", [0xFE, 0xFF, 0x00, 0x61], "a"),
      ("utf-16le", [0xFF, 0xFE, 0x61, 0x00], "a"), ("utf-7", [0x61, 0xFF, 0x62], "a\u{FFFD}b"),
      // Row 13 of NEC, which neither standard has, and a wave dash, in which they differ.
      ("shift_jis", [0x87, 0x40, 0x5C, 0x7E], "①\\~"), ("euc-jp", [0xAD, 0xA1, 0xA1, 0xC1], "①〜"),
      ("euc-jp", [0x8E, 0xB1, 0x8F, 0xB0, 0xA1], "ｱ丂"), ("tis-620", [0x85, 0xA1], "…ก"),
      ("iso-8859-9", [0x93, 0xFD, 0x94], "“ı”"), ("ks_c_5601-1987", [0x8C, 0x63], "똠"),
    ] as [(String, [UInt8], String)])
  func `octets are read by the charset that mail means`(label: String, octets: [UInt8], expected: String) {
    #expect(Charset(label).decode(octets[...]) == expected)
  }

  @Test(arguments: [
    ("iso-2022-jp", "\u{1B}$BF|K\\\u{1B}(B", "日本"), ("iso-2022-jp", "\u{1B}$@F|K\\\u{1B}(J~\\", "日本~\\"),
    ("iso-2022-jp", "\u{1B}$BF|\nK\\", "日\nK\\"), ("iso-2022-jp", "\u{1B}$BF| K\\\u{1B}(Ba", "日 本a"),
    ("iso-2022-jp", "\u{1B}$BF\u{1B}(Ba", "\u{FFFD}a"), ("iso-2022-jp", "\u{1B}(I1\u{1B}(B1", "ｱ1"),
    ("iso-2022-jp", "\u{1B}$B-!\u{1B}(B", "①"), ("iso-2022-jp", "\u{1B}$(D0!\u{1B}(B", "丂"),
    ("iso-2022-jp", "a\u{1B}b", "a\u{1B}b"), ("iso-2022-jp", "\u{1B}$B\u{1B}$B\u{1B}(B\u{1B}(B", ""),
    ("iso-2022-kr", "\u{E}4Y\u{F} a", "다 a"), ("iso-2022-kr", "\u{1B}$)C\u{E}4Y\u{F}\n\u{E}\u{F}", "다\n"),
    ("hz-gb-2312", "~{VPND~} ~~ a~\nb", "中文 ~ ab"), ("hz-gb-2312", "~{VP~}~{ND\n~}x", "中文\nx"),
    ("hz-gb-2312", "~x ~", "~x ~"),
  ])
  func `alphabets are shifted`(label: String, octets: String, expected: String) {
    #expect(Charset(label).decode(Array(octets.utf8)[...]) == expected)
  }

  @Test(
    arguments: [
      ([0x63, 0x61, 0x66, 0xE9], "café"), ([0xC3, 0xBC, 0xE9, 0xC3, 0xA4], "ü\u{FFFD}ä"),
      ([0x80, 0x93, 0x94], "€“”"), ([0xC3, 0xBC], "ü"), ([], ""),
    ] as [([UInt8], String)])
  func `text without a label is UTF-8 or else windows-1252`(octets: [UInt8], expected: String) {
    for label in [nil, "us-ascii", "x-unknown"] { #expect(Charset(label).decode(octets[...]) == expected) }
  }

  @Test(
    arguments: [
      ("EUC-JP", [0xB4, 0xC1], "漢"), ("CP949", [0xB0, 0xA1], "가"), ("GB18030", [0xC4, 0xE3], "你"),
      ("EUC-JP", [0x8E, 0xB1], nil), ("CP949", [0x81, 0x41], nil), ("BIG5", [0xA7, 0x41], nil),
      ("EUC-JP", [0xB4], nil),
    ] as [(String, [UInt8], String?)])
  func `the characters of a national standard have a table, and others do not`(
    name: String, octets: [UInt8], expected: String?
  ) {
    #expect(DoubleByteText.decode(octets[...], name, otherwise: nil) == expected)
  }

  @Test func `a table reads what its converter reads`() throws {
    var generator = Generator(seed: 1)
    for charset in Charset.all.map(\.charset) + [Charset.latin1] {
      for length in [0, 1, 7, 8, 9, 300] {
        let letters = (0..<length).map { _ in
          generator.chance(50) ? UInt8.random(in: 0x80...0xFF, using: &generator) : UInt8(ascii: "a")
        }
        let octets = letters + Array(UInt8.min...UInt8.max)
        switch charset {
        case .singleByte(let name, let keepsControls):
          let expected = Converter.decode(octets[...], name) {
            keepsControls ? Unicode.Scalar($0) : "\u{FFFD}"
          }
          if let expected { #expect(charset.decode(octets[...]) == expected, "\(name)") }
        case .multibyte(let name, let other):
          for text in [octets, generator.pairs(length)] {
            let expected = Converter.decode(text[...], name, otherwise: other)
            if let expected { #expect(charset.decode(text[...]) == expected, "\(name)") }
          }
        default: break
        }
      }
    }
  }
}

extension Generator {
  /// Text in which each octet beyond ASCII has its second one.
  fileprivate mutating func pairs(_ count: Int) -> [UInt8] {
    (0..<count).flatMap { _ in
      chance(20)
        ? Array("a\n".utf8)
        : [UInt8.random(in: 0xB0...0xC8, using: &self), UInt8.random(in: 0xA1...0xFE, using: &self)]
    }
  }
}
