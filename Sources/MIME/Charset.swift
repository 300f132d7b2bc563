/// How octets are read as text. Reading never fails: what cannot be read becomes U+FFFD, one for each octet or
/// for each character that was cut off.
enum Charset: Equatable {
  /// No label, or one that says nothing: UTF-8, or else windows-1252.
  case unlabelled
  case utf8
  /// `nil` where a byte order mark says which, or nothing does.
  case utf16(isBigEndian: Bool?)
  case utf32(isBigEndian: Bool?)
  /// One octet for each character, by the name of its converter. In a charset that `keepsControls`, an octet
  /// that the converter does not know is the control of that number.
  case singleByte(String, keepsControls: Bool)
  /// What the first converter does not know is read by the second.
  case multibyte(String, otherwise: String?)
  /// Seven bits, with escape sequences or shifts between alphabets.
  case shifted(ShiftedText.Scheme)

  /// By its label in a message. An unknown one, and `us-ascii`, are like none.
  init(_ label: String?) {
    self = label.flatMap(Self.labelled) ?? .unlabelled
  }

  /// By its label as it is in the message. Most are UTF-8.
  init(_ label: ArraySlice<UInt8>) {
    let isUTF8 = label.elementsEqual("utf-8".utf8) { $0.lowercased == $1 }
    self = isUTF8 ? .utf8 : Charset(String(decoding: label, as: UTF8.self))
  }

  func decode(_ bytes: ArraySlice<UInt8>) -> String {
    switch self {
    case .unlabelled: UnicodeText.guess(bytes)
    case .utf8: UnicodeText.utf8(bytes)
    case .utf16(let isBigEndian): UnicodeText.utf16(bytes, isBigEndian: isBigEndian)
    case .utf32(let isBigEndian): UnicodeText.utf32(bytes, isBigEndian: isBigEndian)
    case .singleByte(let name, let keepsControls):
      SingleByteText.decode(bytes, name, keepsControls: keepsControls)
    case .multibyte(let name, let other):
      DoubleByteText.decode(bytes, name, otherwise: other)
        ?? Converter.decode(bytes, name, otherwise: other) ?? UnicodeText.guess(bytes)
    case .shifted(let scheme):
      Charset(scheme.eightBitCharset).decode(ShiftedText.eightBit(bytes, scheme)[...])
    }
  }

  /// What ISO-8859-1 means in mail: the octets in which windows-1252 differs are controls in ISO-8859-1, and
  /// quotes and dashes in what mailers label so.
  static let latin1 = Charset.singleByte("CP1252", keepsControls: true)
}
