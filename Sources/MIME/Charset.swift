import Foundation

/// How octets are read as text.
enum Charset {
  case utf8
  case windows1252
  case latin9
  case other(String.Encoding)

  /// By its IANA name. None, an unknown one and `us-ascii` are read as UTF-8, which ASCII is part of.
  init(_ name: String?) {
    switch name?.lowercased() {
    // The octets in which they differ are controls in ISO-8859-1, and quotes and dashes in what mailers label
    // so.
    case "iso-8859-1", "iso8859-1", "iso_8859-1", "latin1", "windows-1252", "cp1252": self = .windows1252
    case "iso-8859-15", "iso8859-15", "latin9", "latin-9": self = .latin9
    case let name?: self = Self.others[name].map { .other(String.Encoding(rawValue: $0)) } ?? .utf8
    case nil: self = .utf8
    }
  }

  /// Never fails: what cannot be read becomes U+FFFD. Invalid UTF-8 is read as windows-1252, which it
  /// mostly is.
  func decode(_ bytes: ArraySlice<UInt8>) -> String {
    switch self {
    case .utf8: String(validating: bytes, as: UTF8.self) ?? Self.windows1252.decode(bytes)
    case .windows1252: Self.decode(bytes) { Self.windows1252High[Int($0) - 0x80] }
    case .latin9: Self.decode(bytes) { Self.latin9Changes[$0] ?? UInt32($0) }
    case .other(let encoding):
      String(bytes: bytes, encoding: encoding) ?? String(decoding: bytes, as: UTF8.self)
    }
  }

  private static func decode(_ bytes: ArraySlice<UInt8>, high: (UInt8) -> UInt32) -> String {
    var result = String.UnicodeScalarView()
    for byte in bytes {
      result.append(byte < 0x80 ? Unicode.Scalar(byte) : Unicode.Scalar(high(byte)) ?? "\u{FFFD}")
    }
    return String(result)
  }

  /// 0x80...0x9F by the Unicode Consortium's table, the rest as in ISO-8859-1.
  private static let windows1252High: [UInt32] =
    [
      0x20AC, 0x81, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160, 0x2039, 0x0152,
      0x8D,
      0x017D, 0x8F, 0x90, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014, 0x02DC, 0x2122, 0x0161,
      0x203A,
      0x0153, 0x9D, 0x017E, 0x0178,
    ] + Array(0xA0...0xFF)

  private static let latin9Changes: [UInt8: UInt32] = [
    0xA4: 0x20AC, 0xA6: 0x0160, 0xA8: 0x0161, 0xB4: 0x017D, 0xB8: 0x017E, 0xBC: 0x0152, 0xBD: 0x0153,
    0xBE: 0x0178,
  ]

  /// Foundation's numbers: its own small ones, and CoreFoundation's behind the high bit.
  private static let others: [String: UInt] = [
    "utf-16": String.Encoding.utf16.rawValue, "utf-16le": String.Encoding.utf16LittleEndian.rawValue,
    "utf-16be": String.Encoding.utf16BigEndian.rawValue, "iso-8859-2": String.Encoding.isoLatin2.rawValue,
    "windows-1250": String.Encoding.windowsCP1250.rawValue,
    "windows-1251": String.Encoding.windowsCP1251.rawValue,
    "windows-1253": String.Encoding.windowsCP1253.rawValue,
    "windows-1254": String.Encoding.windowsCP1254.rawValue,
    "shift_jis": String.Encoding.shiftJIS.rawValue, "euc-jp": String.Encoding.japaneseEUC.rawValue,
    "iso-2022-jp": String.Encoding.iso2022JP.rawValue, "koi8-r": 0x8000_0A02, "big5": 0x8000_0A03,
    "gb2312": 0x8000_0632, "gbk": 0x8000_0632, "gb18030": 0x8000_0632, "euc-kr": 0x8000_0940,
    "ks_c_5601-1987": 0x8000_0940,
  ]
}
