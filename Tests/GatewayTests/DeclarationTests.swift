import Access
import Accounts
import Core
import Foundation
import Store
import Testing

@testable import Gateway

/// What a configuration file may declare, and how its mistakes are told.
@Suite struct DeclarationTests {
  static let client = "11111111-2222-3333-4444-555555555555"
  static let environment = [
    "SECRET": "a~secret", "TOKEN": "6f1d2c3b4a5968778695a4b3c2d1e0f1", "REFRESH": "1.ARrefresh",
    "WEAK": "abc",
  ]
  static let file = """
    port: 3000
    apps:
      relay:
        provider: outlookService
        clientId: \(client)
        clientSecret: env:SECRET
        authority: contoso.test
      people:
        title: Sign in
        clientId: \(client)
        clientSecret: env:SECRET
        sendOnly: true
    accounts:
      printer:
        app: relay
        email: printer@contoso.test
        unknownOutcome: resend
      sales:
        app: people
        email: sales@contoso.test
        refreshToken: env:REFRESH
    tokens:
      scanner:
        token: env:TOKEN
        account: printer
        expires: 2031-05-20

    """

  private static func configuration(_ file: String, folder: String = ".") throws -> Configuration {
    try Configuration(
      Settings(environment: environment, file: file, folder: folder), file: "relay.yaml")
  }

  @Test func `apps, accounts and tokens are read, beside the settings`() throws {
    let configuration = try Self.configuration(Self.file)
    let declared = configuration.declarations.settings
    #expect(configuration.port == 3000)
    #expect(declared.apps.map(\.id) == [AppID("app_relay"), AppID("app_people")])
    #expect(declared.apps.map(\.app.name) == ["relay", "people"] && declared.apps.allSatisfy(\.app.enabled))
    #expect(declared.apps.map(\.app.clientSecret) == [Secret("a~secret"), Secret("a~secret")])
    #expect(declared.apps[1].app.sendOnly && declared.apps[1].app.title == "Sign in")
    #expect(declared.accounts.map(\.id) == [AccountID("printer"), AccountID("sales")])
    #expect(declared.accounts[0].unknownOutcome == .resend && declared.accounts[0].refreshToken == nil)
    #expect(declared.accounts[1].refreshToken == Secret("1.ARrefresh"))
    #expect(declared.tokens.map(\.id) == [TokenID("declared_scanner")])
    #expect(declared.tokens[0].account == AccountID("printer") && declared.tokens[0].scopes == ["api"])
    #expect(declared.tokens[0].expires != nil && declared.tokens[0].description == "scanner")
  }

  @Test func `settings are read as the API takes them`() throws {
    let file = """
      settings:
        webhooksEnabled: true
        webhooks: https://crm.example/hook
        webhookEvents: [messageSent, "*"]
        serviceSecret: env:TOKEN
        notifyTextSize: 1024
        locale: ~

      """
    let configuration = try Self.configuration(file)
    let settings = configuration.declarations.settings.settings
    #expect(
      settings.values.map(\.setting) == [
        .webhooksEnabled, .webhooks, .webhookEvents, .serviceSecret, .notifyTextSize, .locale,
      ])
    if case .secret(let secret) = settings.values[3].value {
      #expect(secret == Secret(Self.environment["TOKEN"] ?? ""))
    } else {
      Issue.record("The secret is not one.")
    }
    if case .plain(let size) = settings.values[4].value {
      #expect(size == .number(1024))
    } else {
      Issue.record("The size is not a number.")
    }
    #expect(settings.values[5].value == nil && configuration.declares.settings == 5)
  }

  @Test(arguments: [
    ("webhook: https://a.example/", "line 2: settings.webhook", "not a field"),
    ("webhooks: a.example", "line 2: settings.webhooks", "must be a URL"),
    ("notifyTextSize: many", "line 2: settings.notifyTextSize", "must be a whole number"),
    ("webhookEvents:\n    - messageSent\n    - nope", "line 4: settings.webhookEvents[1]", "must be *"),
    ("serviceSecret: in the file", "line 2: settings.serviceSecret", "must be file:PATH or env:NAME"),
    ("timezone: Europe/Nowhere", "line 2: settings.timezone", "must be a time zone"),
    ("serviceUrl: https://a.example", "line 2: settings.serviceUrl", "--url"),
    ("trackOpens: true", "line 2: settings.trackOpens", "not supported"),
  ])
  func `a setting that makes no sense is told with its line`(setting: String, place: String, words: String)
    throws
  {
    let problem = try #require(throws: Problem.self) {
      try Self.configuration("settings:\n  \(setting)\n")
    }
    #expect(problem.summary.contains(place) && problem.summary.contains(words), "\(problem.summary)")
  }

  @Test func `the source of a setting is told`() throws {
    let file = "url: https://file.example\nport: 3001\n"
    let all = try Settings(
      flags: [.url: "https://flag.example"], environment: ["HELIOGRAPH_PUBLIC_URL": "https://env.example"],
      file: file)
    #expect(all.source(of: .url) == .flag && all.source(of: .port) == .configuration)
    #expect(all.source(of: .host) == .default)
    let two = try Settings(environment: ["HELIOGRAPH_PUBLIC_URL": "https://env.example"], file: file)
    #expect(two.source(of: .url) == .environment && two[.url] == "https://env.example")
    #expect(try Settings(flags: [.url: ""], file: file).source(of: .url) == .configuration)
  }

  @Test func `a secret's file is found beside the configuration file, without its last line break`() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "declared-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try Data("from~a~file\n".utf8).write(to: folder.appending(path: "secret"))
    let file = Self.file.replacing("env:SECRET", with: "file:secret")
    let declared = try Self.configuration(file, folder: folder.path).declarations.settings
    #expect(declared.apps[0].app.clientSecret == Secret("from~a~file"))
  }

  /// What is replaced in the file, by what, and the line and key that are named with a part of the sentence.
  static let mistakes: [(String, String, String, String)] = [
    (
      "clientId: \(client)\n    clientSecret: env:SECRET\n    authority",
      "clientId: nope\n    clientSecret: env:SECRET\n    authority",
      "line 3: apps.relay", "not an Application (client) ID"
    ),
    ("provider: outlookService", "provider: gmail", "line 4: apps.relay.provider", "not supported"),
    ("title: Sign in", "titel: Sign in", "line 9: apps.people.titel", "not a field"),
    ("sendOnly: true", "sendOnly: maybe", "line 12: apps.people.sendOnly", "must be true or false"),
    (
      "clientSecret: env:SECRET\n    authority", "clientSecret: plain\n    authority",
      "line 6: apps.relay.clientSecret",
      "must be file:PATH or env:NAME"
    ),
    (
      "clientSecret: env:SECRET\n    authority", "clientSecret: env:NOPE\n    authority",
      "line 6: apps.relay.clientSecret",
      "NOPE, which is not set"
    ),
    (
      "clientSecret: env:SECRET\n    authority", "clientSecret: file:/nope/x\n    authority",
      "line 6: apps.relay.clientSecret", "/nope/x, which cannot be read"
    ),
    ("    authority: contoso.test\n", "", "line 3: apps.relay", "tenant"),
    (
      "app: people", "app: poeple", "line 19: accounts.sales.app", "“poeple”, which the file does not declare"
    ),
    ("app: people", "app: relay", "line 21: accounts.sales.refreshToken", "the app acts for itself"),
    (
      "email: printer@contoso.test", "email: printer", "line 16: accounts.printer.email",
      "not an e-mail address"
    ),
    ("unknownOutcome: resend", "unknownOutcome: send", "line 17: accounts.printer.unknownOutcome", "resend"),
    ("token: env:TOKEN", "token: env:WEAK", "line 24: tokens.scanner.token", "fewer than 128 random bits"),
    ("  scanner:", "  a scanner:", "line 23: tokens.a scanner", "not a name"),
    ("account: printer", "account: prynter", "line 25: tokens.scanner.account", "the file does not declare"),
    (
      "  scanner:", "  twin:\n    token: env:TOKEN\n  scanner:", "line 26: tokens.scanner.token",
      "the same as that of tokens.twin"
    ),
    ("expires: 2031-05-20", "expires: soon", "line 26: tokens.scanner.expires", "date"),
  ]

  @Test(arguments: mistakes)
  func `a mistake names its line and its key`(
    old: String, new: String, place: String, words: String
  ) throws {
    #expect(Self.file.contains(old.replacing("\n    ", with: "\n    ")), "\(old)")
    let file = Self.file.replacing(old, with: new)
    let problem = try #require(throws: Problem.self) { try Self.configuration(file) }
    #expect(problem.code == .configurationInvalid)
    #expect(problem.summary.hasPrefix("relay.yaml, \(place)"), "\(problem.summary)")
    #expect(problem.summary.contains(words), "\(problem.summary)")
    #expect(!problem.summary.contains("a~secret"))
  }

  @Test(arguments: ["apps: 1", "accounts: [a]", "tokens:\n  a: b", "apps:\n  a: {}\n  a: {}"])
  func `a section is a mapping of names to mappings`(file: String) throws {
    let problem = try #require(throws: Problem.self) { try Self.configuration(file) }
    #expect(problem.code == .configurationInvalid)
  }

  @Test func `every mistake is told at once`() throws {
    let file = Self.file.replacing("title: Sign in", with: "titel: x").replacing(
      "env:TOKEN", with: "env:WEAK")
    let problem = try #require(throws: Problem.self) { try Self.configuration(file) }
    #expect(problem.fields.map(\.key) == ["line 9", "line 24"])
    #expect(problem.summary.hasSuffix("There is 1 more fault."))
  }

  @Test func `the example of the documentation can be used`() throws {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let page = try String(contentsOf: root.appending(path: "docs/configuration.md"), encoding: .utf8)
    let example = try #require(page.firstMatch(of: /(?s)```yaml\n(apps:.*?)```/)).1
    let file = example.replacing("file:client-secret", with: "env:SECRET")
      .replacing("env:SCANNER_TOKEN", with: "env:TOKEN")
    let declared = try Self.configuration(String(file)).declarations.settings
    #expect(declared.apps.map(\.id) == [AppID("app_relay")])
    #expect(declared.accounts.map(\.id) == [AccountID("printer")] && declared.tokens.count == 1)
  }

  @Test func `empty sections declare nothing`() throws {
    #expect(try Self.configuration("apps:\naccounts:\ntokens:\n").declarations.settings.isEmpty)
  }
}
