import Core
import Foundation
import Gateway
import Testing

@Suite struct SettingsTests {
  @Test func `a flag wins over a variable, and a variable over the file`() throws {
    let settings = try Settings(
      flags: [.port: "1"], environment: ["HELIOGRAPH_PORT": "2", "HELIOGRAPH_HOST": "h2"],
      file: "port: 3\nhost: h3\ndata: d3\n")
    #expect(settings[.port] == "1")
    #expect(settings[.host] == "h2")
    #expect(settings[.data] == "d3")
    #expect(settings[.microsoft] == nil)
  }

  @Test(arguments: [
    ("prot: 3000", "port"), ("databse-url: x", "database-url"), ("publicUrl: x", "url"), ("Port: 1", "port"),
  ])
  func `an unknown key of the file is named, with the nearest one`(file: String, nearest: String) throws {
    let problem = try #require(throws: Problem.self) { try Settings(file: file) }
    #expect(problem.code == .configurationUnknownKey)
    #expect(problem.summary.contains(file.prefix { $0 != ":" }))
    #expect(try #require(problem.remedy).contains(nearest))
  }

  @Test(arguments: ["- a\n- b", "port: [1]", "port: 1\nport: 2", "a: b: c"])
  func `a file that is not a list of settings is refused`(file: String) {
    #expect(throws: Problem.self) { try Settings(file: file) }
  }

  @Test func `the packaged file has every setting, as a comment unless the package needs it`() throws {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let page = try String(contentsOf: root.appending(path: "Packaging/heliograph.yaml"), encoding: .utf8)
    func keys(_ file: String) throws -> Set<Setting> {
      let settings = try Settings(file: file)
      return Set(Setting.allCases.filter { settings[$0] != nil })
    }
    #expect(try keys(page) == [.data])
    let all = page.replacing(/(?m)^#([a-z-]+: )/) { $0.1 }
    #expect(try keys(all) == Set(Setting.allCases))
    // What is shown as the default is the default.
    for setting in [Setting.host, .port, .exposeTokens, .bodyLimit, .unknownOutcomeWait, .logLevel] {
      #expect(try Settings(file: all)[setting] == setting.defaultText)
    }
  }

  @Test func `a misspelt variable is refused, a foreign one is left alone`() throws {
    let problem = try #require(throws: Problem.self) {
      try Settings(environment: ["HELIOGRAPH_DATABSE_URL": "postgres://x"])
    }
    #expect(try #require(problem.remedy).contains("HELIOGRAPH_DATABASE_URL"))
    let environment = [
      "HELIOGRAPH_SERVICE_HOST": "10.0.0.1", "HELIOGRAPH_TOKEN": "t", "HELIOGRAPH_URL": "u", "PATH": "/bin",
    ]
    #expect(try Settings(environment: environment)[.host] == nil)
  }

  @Test func `secrets have no flag`() {
    #expect(Setting.allCases.filter { $0.flag == nil } == [.databaseURL, .secretKey, .preparedToken])
  }

  @Test func `trusted proxies are addresses and blocks`() throws {
    let settings = try Settings(flags: [.trustedProxies: "10.0.0.0/8, 192.0.2.1 fd00::/8"])
    #expect(
      try Configuration(settings).trustedProxies.map(\.description) == [
        "10.0.0.0/8", "192.0.2.1/32", "fd00::/8",
      ])
    #expect(try Configuration(Settings()).trustedProxies.isEmpty)
    for text in ["10.0.0.1/8", "proxy.example", "10.0.0.0/8;fd00::/8"] {
      let problem = try #require(throws: Problem.self) {
        try Configuration(Settings(flags: [.trustedProxies: text]))
      }
      #expect(problem.code == .configurationInvalid)
      #expect(problem.summary.contains("trusted-proxies is \(text)"))
    }
  }
}

// docs/configuration.md, whose tables `make docs` writes.
extension SettingsTests {
  private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  @Test func `the tables of the documentation are those of the code`() throws {
    let page = Self.root.appending(path: "docs/configuration.md")
    let text = try String(contentsOf: page, encoding: .utf8)
    let fresh = try Self.replaced(
      "variables", by: Self.variables, in: Self.replaced("settings", by: Self.settings, in: text))
    if ProcessInfo.processInfo.environment["HELIOGRAPH_WRITE_DOCS"] == "1" {
      try Data(fresh.utf8).write(to: page)
    } else {
      #expect(fresh == text, "docs/configuration.md is stale: run make docs")
    }
  }

  @Test func `every variable that the program reads is in a table`() throws {
    let known = Set(Setting.allCases.map(\.variable) + Variable.allCases.map(\.rawValue))
    let sources = Self.root.appending(path: "Sources")
    let files = FileManager.default.enumerator(atPath: sources.path)?.compactMap { $0 as? String } ?? []
    for file in files where file.hasSuffix(".swift") {
      let text = try String(contentsOf: sources.appending(path: file), encoding: .utf8)
      let named = text.matches(of: /HELIOGRAPH_[A-Z_]*[A-Z]/).map { String($0.0) }
      let unknown = named.filter { !known.contains($0) && !Self.foreign.contains($0) }
      #expect(unknown == [], "\(file)")
    }
  }

  /// What Kubernetes sets for a service of our name.
  private static let foreign: Set = ["HELIOGRAPH_SERVICE_HOST"]

  private static var settings: String {
    let rows = Setting.allCases.map { setting in
      [
        setting.flag.map { "`\($0)`" } ?? "none", "`\(setting.variable)`", "`\(setting.key)`",
        setting.defaultText, setting.summary,
      ]
    }
    return table(["Flag", "Environment", "YAML", "Default", "Meaning"], rows)
  }

  private static var variables: String {
    let rows = Variable.allCases.map { ["`\($0.rawValue)`", $0.readers, $0.defaultText, $0.summary] }
    return Variable.clientSentence + "\n\n"
      + table(["Environment", "Read by", "Default", "Meaning"], rows)
  }

  private static func table(_ headings: [String], _ rows: [[String]]) -> String {
    ([headings, headings.map { _ in "---" }] + rows)
      .map { "| " + $0.map { $0.replacing("|", with: "\\|") }.joined(separator: " | ") + " |\n" }.joined()
  }

  private static func replaced(_ name: String, by content: String, in text: String) throws -> String {
    let begin = try #require(text.firstRange(of: "<!-- \(name) -->\n"))
    let end = try #require(text.firstRange(of: "<!-- /\(name) -->"))
    return text[..<begin.upperBound] + content + text[end.lowerBound...]
  }
}
