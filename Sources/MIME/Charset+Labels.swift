extension Charset {
  /// `nil` for a label that is not known or says nothing.
  ///
  /// The C library knows 1,180 names, of which mail needs these. The others stay out: some of their converters
  /// had faults that a message could reach (CVE-2020-27618, CVE-2021-3326), and its names include `""`, which is the
  /// charset of the locale, and `//IGNORE`.
  static func labelled(_ label: String) -> Charset? {
    let key = key(label)
    return special[key] ?? singleByte[key] ?? multibyte[key]
  }

  /// Every label that is known, as `key` spells it.
  static var all: [(label: String, charset: Charset)] {
    [special, singleByte, multibyte].flatMap { $0.map { ($0.key, $0.value) } }
  }

  /// Lower case, alphanumeric characters alone, without the year of an ISO name and the `x-` of an experiment, and
  /// a code page as `cp` and its number, whatever a mailer calls it.
  static func key(_ label: String) -> String {
    let word = label.utf8.prefix(60).drop { !isPlain($0.lowercased) }
    let isExperiment = word.prefix(2).map(\.lowercased) == Array("x-".utf8)
    let key = word.dropFirst(isExperiment ? 2 : 0).prefix { $0 != UInt8(ascii: ":") }
      .map(\.lowercased).filter(isPlain)
    let number = key.drop { !isDigit($0) }
    if !number.isEmpty, number.allSatisfy(isDigit),
      codePages.contains(String(decoding: key[..<number.startIndex], as: UTF8.self))
    {
      return "cp" + String(decoding: number, as: UTF8.self)
    }
    return String(decoding: key, as: UTF8.self)
  }

  private static func isPlain(_ byte: UInt8) -> Bool { (0x61...0x7A).contains(byte) || isDigit(byte) }

  private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

  private static let codePages: Set = [
    "cp", "ibm", "windows", "win", "ms", "dos", "oem", "codepage", "microsoftcp", "cpibm", "csibm",
    "cswindows", "ccsid", "mscp",
  ]

  private static let special = table([
    (.utf8, "utf8 cp65001 unicode11utf8 unicode20utf8 iso10646utf8 utf8mb4 utf8n"),
    (.utf16(isBigEndian: nil), "utf16 unicode ucs2 iso10646ucs2 csunicode iso10646 utf16bom"),
    (.utf16(isBigEndian: false), "utf16le ucs2le unicodelittle cp1200"),
    (.utf16(isBigEndian: true), "utf16be ucs2be unicodebig cp1201"),
    (.utf32(isBigEndian: nil), "utf32 ucs4 iso10646ucs4 csucs4"),
    (.utf32(isBigEndian: false), "utf32le ucs4le cp12000"),
    (.utf32(isBigEndian: true), "utf32be ucs4be cp12001"),
    (
      .shifted(.iso2022JP),
      "iso2022jp csiso2022jp iso2022jp1 iso2022jp2 csiso2022jp2 iso2022jpms jis cp50220 cp50221 cp50222"
    ),
    (.shifted(.iso2022KR), "iso2022kr csiso2022kr cp50225"),
    (.shifted(.hz), "hzgb2312 hz hzgb cp52936"),
    (latin1, "iso88591 latin1 l1 88591 isolatin1 csisolatin1 isoir100 cp819 cp28591 iso1"),
    (
      .singleByte("CP1254", keepsControls: true),
      "iso88599 latin5 l5 88599 csisolatin5 isoir148 cp920 cp28599 iso9"
    ),
    (
      .singleByte("CP874", keepsControls: true),
      "tis620 tis6200 tis62025290 tis62025291 tis62025330 thai8 isoir166 cp874 iso885911 cp28601 cp162 thai"
    ),
  ])

  /// The converter, and its labels besides that name.
  private static let singleByte = table(
    [
      ("ISO-8859-2", "latin2 l2 88592 isolatin2 csisolatin2 isoir101 cp912 cp28592"),
      ("ISO-8859-3", "latin3 l3 88593 isolatin3 csisolatin3 isoir109 cp28593"),
      ("ISO-8859-4", "latin4 l4 88594 isolatin4 csisolatin4 isoir110 cp28594"),
      ("ISO-8859-5", "cyrillic 88595 csisolatincyrillic isoir144 cp915 cp28595"),
      (
        "ISO-8859-6",
        "arabic 88596 csisolatinarabic isoir127 ecma114 asmo708 cp28596 cp708 iso88596i iso88596e cp1089"
      ),
      ("ISO-8859-7", "greek greek8 88597 csisolatingreek isoir126 ecma118 elot928 cp813 cp28597 suneugreek"),
      (
        "ISO-8859-8",
        "hebrew 88598 csisolatinhebrew isoir138 cp916 cp28598 cp38598 iso88598i iso88598e logical visual"
      ),
      ("ISO-8859-10", "latin6 l6 csisolatin6 isoir157 cp28600"),
      ("ISO-8859-13", "latin7 l7 isoir179 cp28603"),
      ("ISO-8859-14", "latin8 l8 isoir199 isoceltic cp28604"),
      ("ISO-8859-15", "latin9 l9 isoir203 csisolatin9 cp923 cp28605 iso15"),
      ("ISO-8859-16", "latin10 l10 isoir226 cp28606"), ("CP1250", ""), ("CP1251", "ansi1251 rusansi"),
      ("CP1252", "ansi cp5348"), ("CP1253", "msgreek"), ("CP1254", "msturk"),
      ("CP1256", "msarab"), ("CP1257", "winbaltrim"),
      ("KOI8-R", "koi cskoi8r cp20866 cp878"), ("KOI8-U", "cp21866"), ("KOI8-RU", ""), ("KOI8-T", ""),
      ("ECMA-CYRILLIC", "koi8e isoir111"), ("KOI-8", "koi8 gost19768"),
      ("CP437", "cspc8codepage437"), ("CP737", ""), ("CP775", "cspc775baltic"),
      ("CP850", "cspc850multilingual"), ("CP851", ""), ("CP852", "cspcp852 pcp852"), ("CP855", ""),
      ("CP856", ""), ("CP857", ""), ("CP858", "cspc858multilingual cp00858 pcmultilingual850euro"),
      ("CP860", ""), ("CP861", "cpis"), ("CP862", "cspc862latinhebrew"), ("CP863", ""), ("CP864", ""),
      ("CP865", ""), ("CP866", "alt cpalt"), ("CP866NAV", ""), ("CP869", "cpgr"), ("CP1125", "ruscii"),
      ("CP921", ""), ("CP922", ""), ("MIK", ""), ("CP771", ""), ("CP772", ""), ("CP773", ""), ("CP774", ""),
      ("MACINTOSH", "mac macroman csmacintosh cp10000 macintoshroman"),
      ("MAC-CENTRALEUROPE", "macce maceastern cp10029 maccentraleuroperoman"),
      ("MAC-CYRILLIC", "macukraine macukrainian msmaccyrillic macuk cp10007 cp10017"),
      ("MAC-IS", "maciceland macicelandic cp10079"), ("MAC-SAMI", "macsaami"),
      ("VISCII", "csviscii viscii111"), ("ARMSCII-8", "armscii"), ("GEORGIAN-PS", "geostdps"),
      ("GEORGIAN-ACADEMY", "geostd8"), ("PT154", "ptcp154 csptcp154 cyrillicasian cp154"),
      ("RK1048", "strk10482002 kz1048 csrk1048"), ("HP-ROMAN8", "roman8 r8 cshproman8"),
      ("DEC-MCS", "dec csdecmcs"),
    ].map { (.singleByte($0.0, keepsControls: false), key($0.0) + " " + $0.1) })

  private static let multibyte = table([
    (.multibyte("UTF-7", otherwise: nil), "utf7 unicode11utf7 csunicode11utf7 unicode20utf7 cp65000"),
    // These put a base character and its marks together, so an octet alone says nothing.
    (.multibyte("CP1255", otherwise: nil), "cp1255 mshebr"),
    (.multibyte("CP1258", otherwise: nil), "cp1258 msviet"),
    (.multibyte("TCVN", otherwise: nil), "tcvn tcvn5712 tcvn57121 vscii"),
    // JIS X 0201 has a yen sign and an overline where everyone means a backslash and a tilde.
    (
      .multibyte("CP932", otherwise: nil),
      "shiftjis sjis cp932 cp31j cswindows31j csshiftjis mskanji sjiswin cp943 shiftjiswin windows31j"
    ),
    (
      .multibyte("EUC-JP", otherwise: "EUC-JP-MS"),
      "eucjp cseucpkdfmtjapanese ujis eucjpms eucjpwin eucjpopen cp51932 cp20932 cp33722"
        + " extendedunixcodepackedformatforjapanese"
    ),
    (
      .multibyte("CP949", otherwise: nil),
      "euckr cseuckr ksc56011987 ksc5601 ksc56011989 ksx1001 ksc csksc56011987 isoir149 korean uhc cp949"
        + " cp51949 mscp949 cp970 kscp949"
    ),
    (.multibyte("JOHAB", otherwise: nil), "johab cp1361 ms1361"),
    (
      .multibyte("GB18030", otherwise: nil),
      "gb18030 gb2312 csgb2312 gb231280 csiso58gb231280 isoir58 chinese euccn cngb gbk cp936 csgbk gb cp54936"
        + " cp20936 cp51936 cp1381 cp1386 gb180302000 gb180302005 gb180302022"
    ),
    (
      .multibyte("BIG5", otherwise: "BIG5-HKSCS"),
      "big5 csbig5 cnbig5 bigfive cp950 big5eten big5tw xxbig5 cpbig5"
    ),
    (.multibyte("BIG5-HKSCS", otherwise: nil), "big5hkscs big5hk hkscsbig5 cp951 csbig5hkscs"),
    (.multibyte("EUC-TW", otherwise: nil), "euctw cseuctw cns11643"),
    (.multibyte("ISO-2022-CN", otherwise: nil), "iso2022cn csiso2022cn"),
  ])

  private static func table(_ rows: [(charset: Charset, labels: String)]) -> [String: Charset] {
    var table: [String: Charset] = [:]
    for row in rows { for label in row.labels.split(separator: " ") { table[String(label)] = row.charset } }
    return table
  }
}
