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

  @Test func `the documentation's table is the table of the code`() throws {
    let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../..")
    let text = try String(contentsOf: root.appending(path: "docs/configuration.md"), encoding: .utf8)
    for setting in Setting.allCases {
      let row =
        "| \(setting.flag.map { "`\($0)`" } ?? "none") | `\(setting.variable)` | `\(setting.key)` "
        + "| \(setting.defaultText) | \(setting.summary) |"
      #expect(text.contains(row), "docs/configuration.md lacks: \(row)")
    }
  }
}
