import Access
import Accounts
package import Core
import Foundation
package import Logging
package import Microsoft
package import Store
package import Submission

/// What `serve` needs to know, as values. Read once; nothing below sees a flag or a variable.
package struct Configuration: Sendable {
  package let host: String
  package let port: Int
  package let data: String
  /// Without a trailing slash; `nil` until the port is known.
  package let publicURL: String?
  let publicURLSource: SettingSource
  package let trustedProxies: [CIDR]
  package let webhookAllow: [CIDR]
  package let clouds: Clouds
  /// Whether callers may have Microsoft's access tokens.
  package let exposeTokens: Bool
  package let microsoftCA: String?
  package let database: StoreLocation
  package let secretKey: SecretKeySource
  package let preparedToken: Secret?
  package let unknownOutcomeWait: Duration
  package let bodyLimit: Int
  package let requestLimit: Int
  /// External recipients in 24 hours, by tenant in lower case.
  package let tenantLimits: [String: Int]
  /// `nil` without an SMTP port.
  package let submission: SubmissionConfiguration?
  /// Whether senders by SMTP are told of failures by a message.
  package let reportsFailures: Bool
  package let logLevel: Logger.Level
  /// The YAML file that settings were read from.
  let file: String?
  /// Whether that file has a secret in it.
  let holdsSecrets: Bool
  /// What the file declares.
  let declarations: Declarations

  /// What messages call the file.
  var fileName: String { file ?? "The configuration file" }

  /// How much the file declares.
  package var declares: (apps: Int, accounts: Int, tokens: Int, settings: Int) {
    let settings = declarations.settings
    return (
      settings.apps.count, settings.accounts.count, settings.tokens.count,
      settings.settings.values.count { $0.value != nil }
    )
  }

  package enum SecretKeySource: Sendable {
    case text(Secret)
    /// Made at first start when it is in the data folder and missing.
    case file(path: String, makeIfMissing: Bool)
  }

  /// - Parameter file: the path of the YAML file that is among the settings.
  package init(_ settings: Settings, file: String? = nil) throws {
    self.file = file
    holdsSecrets = settings.fileHoldsSecrets
    host = settings[.host] ?? "127.0.0.1"
    port = try Self.integer(settings, .port, in: 1...65_535) ?? 3000
    let data = settings[.data] ?? "heliograph-data"
    self.data = data
    publicURL = try settings[.url].map(Self.publicURL)
    publicURLSource = settings.source(of: .url)
    trustedProxies = try Self.blocks(settings, .trustedProxies)
    webhookAllow = try Self.blocks(settings, .webhookAllow)
    clouds = Clouds(
      global: try settings[.microsoft].map { try Cloud(replacing: $0) } ?? .global,
      named: try Self.clouds(settings[.clouds]))
    exposeTokens = try Self.flag(settings, .exposeTokens)
    microsoftCA = settings[.microsoftCA]
    database = try Self.database(settings[.databaseURL], data: data)
    secretKey =
      if let text = settings[.secretKey] {
        .text(Secret(text))
      } else if let path = settings[.secretKeyFile] {
        .file(path: path, makeIfMissing: false)
      } else {
        .file(path: data + "/secret.key", makeIfMissing: true)
      }
    preparedToken = try settings[.preparedToken].map(Self.preparedToken)
    unknownOutcomeWait = .seconds(try Self.integer(settings, .unknownOutcomeWait, in: 1...86_400) ?? 120)
    bodyLimit = try Self.integer(settings, .bodyLimit, in: 1024...1 << 30) ?? 300 << 20
    requestLimit = try Self.integer(settings, .requestLimit, in: 100_000...100_000_000) ?? 3_000_000
    tenantLimits = try Self.tenantLimits(settings[.tenantRecipients])
    submission = try Self.submission(settings, host: host, port: port, publicURL: publicURL)
    reportsFailures = try Self.reportsFailures(settings)
    logLevel = try Self.logLevel(settings[.logLevel])
    declarations = settings.declarations
    try declarations.check(clouds, file: fileName)
  }

  static func integer(
    _ settings: Settings, _ setting: Setting, in range: ClosedRange<Int>
  ) throws(Problem) -> Int? {
    guard let text = settings[setting] else { return nil }
    guard let number = Int(text), range.contains(number) else {
      throw .invalidSetting(setting, text, "a whole number from \(range.lowerBound) to \(range.upperBound)")
    }
    return number
  }

  /// `00000000-0000-0000-0000-000000000000=5000`. As a message may have 1,000 recipients, less would hold some up for good.
  private static func tenantLimits(_ text: String?) throws(Problem) -> [String: Int] {
    var limits: [String: Int] = [:]
    for entry in (text ?? "").split(separator: " ") {
      let parts = entry.split(separator: "=", maxSplits: 1)
      guard parts.count == 2, let limit = Int(parts[1]), (1000...100_000_000).contains(limit) else {
        throw .invalidSetting(
          .tenantRecipients, String(entry),
          "TENANT=COUNT, such as 00000000-0000-0000-0000-000000000000=5000, from 1000 to 100000000")
      }
      guard limits.updateValue(limit, forKey: parts[0].lowercased()) == nil else {
        throw .invalidSetting(.tenantRecipients, String(entry), "there only once")
      }
    }
    return limits
  }

  static func flag(_ settings: Settings, _ setting: Setting) throws(Problem) -> Bool {
    switch settings[setting] {
    case nil, "no": return false
    case "yes": return true
    case .some(let text): throw .invalidSetting(setting, text, "yes or no")
    }
  }

  /// `10.0.0.0/8 192.0.2.1`; commas do as well.
  private static func blocks(_ settings: Settings, _ setting: Setting) throws(Problem) -> [CIDR] {
    var blocks: [CIDR] = []
    for entry in (settings[setting] ?? "").split(whereSeparator: { $0 == " " || $0 == "," }) {
      guard let block = CIDR(entry) else {
        throw .invalidSetting(setting, String(entry), "an address or a block such as 10.0.0.0/8 or fd00::/8")
      }
      blocks.append(block)
    }
    return blocks
  }

  /// `lab=https://lab.example:4443 other=https://other.example`.
  private static func clouds(_ text: String?) throws -> [Cloud] {
    try (text ?? "").split(separator: " ").map { entry in
      let parts = entry.split(separator: "=", maxSplits: 1).map(String.init)
      guard parts.count == 2, parts[0].allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-") })
      else {
        throw Problem.invalidSetting(
          .clouds, String(entry), "NAME=URL, such as lab=https://lab.example")
      }
      return try Cloud(replacing: parts[1], name: parts[0])
    }
  }

  private static func publicURL(_ text: String) throws(Problem) -> String {
    let expected = "an http or https URL such as https://mail.example.com"
    guard let parts = URLComponents(string: text), ["http", "https"].contains(parts.scheme ?? ""),
      let host = parts.host, !host.isEmpty, parts.user == nil, parts.query == nil, parts.fragment == nil
    else { throw .invalidSetting(.url, text, expected) }
    return text.hasSuffix("/") ? String(text.dropLast()) : text
  }

  private static func database(_ url: String?, data: String) throws(Problem) -> StoreLocation {
    guard let url else { return .sqlite(path: data + "/heliograph.sqlite") }
    guard url.hasPrefix("postgres://") || url.hasPrefix("postgresql://") else {
      throw .invalidSecretSetting(
        .databaseURL, "does not start with postgres://", "postgres://user:password@host/database")
    }
    return .postgres(url: Secret(url))
  }

  /// Bits are counted as if every character were drawn at random from hexadecimal or base64.
  static func isStrongToken(_ text: String) -> Bool {
    let bits = text.utf8.count * (text.allSatisfy(\.isHexDigit) ? 4 : 6)
    return bits >= 128 && Set(text).count >= 8 && text.allSatisfy { $0.isASCII && !$0.isWhitespace }
  }

  private static func preparedToken(_ text: String) throws(Problem) -> Secret {
    guard isStrongToken(text) else {
      throw .invalidSecretSetting(
        .preparedToken, "has fewer than 128 random bits, or a character that tokens cannot contain",
        "32 random bytes, for example from: openssl rand -hex 32")
    }
    return Secret(text)
  }

  private static func logLevel(_ text: String?) throws(Problem) -> Logger.Level {
    guard let text else { return .info }
    guard let level = Logger.Level(rawValue: text) else {
      throw .invalidSetting(.logLevel, text, Logger.Level.allCases.map(\.rawValue).joined(separator: ", "))
    }
    return level
  }
}
