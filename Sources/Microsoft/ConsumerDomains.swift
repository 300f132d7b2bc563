/// The domains in which Outlook.com gives or has given addresses. An address there belongs to whoever signs in with it;
/// one in any other domain is only what its owner has entered as a sign-in name.
///
/// Microsoft publishes no list. A missing domain only leaves its addresses unproven, so doubtful ones are left out.
enum ConsumerDomains {
  static let all = Set(
    named(
      "outlook",
      [
        "com", "at", "be", "cl", "co.id", "co.il", "co.th", "com.ar", "com.au", "com.br", "com.gr", "com.tr",
        "com.vn",
        "cz", "de", "dk", "es", "fr", "hu", "ie", "in", "it", "jp", "kr", "lv", "my", "ph", "pt", "sa", "sg",
        "sk",
      ])
      + named(
        "hotmail",
        [
          "com", "be", "ca", "ch", "cl", "co.id", "co.il", "co.jp", "co.kr", "co.nz", "co.th", "co.uk",
          "co.za",
          "com.ar", "com.au", "com.br", "com.hk", "com.tr", "com.tw", "com.vn", "cz", "de", "dk", "es", "fi",
          "fr",
          "gr", "hu", "it", "lt", "lv", "my", "nl", "no", "ph", "rs", "se", "sg", "sk",
        ])
      + named(
        "live",
        [
          "com", "at", "be", "ca", "cl", "cn", "co.uk", "co.za", "com.ar", "com.au", "com.mx", "com.my",
          "com.ph",
          "com.pt", "com.sg", "de", "dk", "fi", "fr", "hk", "ie", "in", "it", "jp", "nl", "no", "ru", "se",
        ])
      + ["msn.com", "passport.com", "windowslive.com", "livemail.tw"])

  /// In place of them at another origin. Nobody can own a domain under `test` (RFC 6761 section 6.2).
  static let reserved: Set = ["outlook.test", "hotmail.test", "live.test"]

  private static func named(_ name: String, _ ends: [String]) -> [String] { ends.map { name + "." + $0 } }
}
