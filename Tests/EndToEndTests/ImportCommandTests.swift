import Foundation
import Testing

/// `heliograph account import`, as an operator types it.
@Suite struct ImportCommandTests {
  private static let client = "6731de76-14a6-49ae-97bc-6eba6914391e"

  @Test func `A list is imported, its bad rows are named, and the status tells`() async throws {
    try await Rig.run { rig in
      let list = rig.folder.appending(path: "mailboxes.csv")
      let text = "email,client id,refresh token\nann@contoso.test,\(Self.client),t\nben,\(Self.client),t\n"
      try Data(text.utf8).write(to: list)
      let trial = try await rig.command(["account", "import", list.path, "--dry-run"])
      #expect(trial.status == 1 && trial.output.contains("1 of 2 rows can be imported, 1 with errors."))
      #expect(try await rig.gateway.get("/v1/accounts").expect()["total"].int == 0)

      let partly = try await rig.command(["account", "import", list.path])
      #expect(partly.status == 1)
      #expect(partly.errors.contains("line 3: “email” is "))
      #expect(partly.output.contains("1 of 2 rows imported, 1 with errors."))

      // Another encoding, from standard input, and the answer as it came.
      let again = try await rig.command(
        ["account", "import", "-", "--json"], input: "Ann@contoso.test;\(Self.client);t2\r\n")
      #expect(again.status == 0, "\(again.errors)")
      let lines = try again.output.split(separator: "\n").map {
        try JSONDecoder().decode(JSON.self, from: Data($0.utf8))
      }
      #expect(lines.first?["state"].text == "existing" && lines.first?["line"].int == 1)
      #expect(lines.last?["done"]["imported"].int == 1)
      #expect(try await rig.gateway.get("/v1/accounts").expect()["total"].int == 1)
    }
  }

  @Test func `A list that is not there, and one that a token may not import, are refused`() async throws {
    try await Rig.run { rig in
      let missing = try await rig.command(["account", "import", "/nowhere.csv"])
      #expect(missing.status == 1 && missing.errors.contains("/nowhere.csv"))
      let answer = try await rig.gateway.send(
        "POST", "/v1/accounts/import", body: "x", headers: [("Content-Type", "text/csv")], token: "wrong")
      #expect(answer.status == 401)
      let faulty = try await rig.gateway.send(
        "POST", "/v1/accounts/import?dryRun=maybe", body: "x", headers: [("Content-Type", "text/csv")])
      #expect(faulty.status == 400)
    }
  }

  /// 100,000 rows with `make torture`.
  @Test func `A long list does not make the gateway grow`() async throws {
    try await Rig.run { rig in
      let rows = Program.isTorture ? 100_000 : 5_000
      let list = rig.folder.appending(path: "long.csv")
      let token = String(repeating: "x", count: 1000)
      try Data().write(to: list)
      let file = try FileHandle(forWritingTo: list)
      for row in 1...rows {
        // Every tenth is bad, and Entra has never heard of the others' app.
        let email = row % 10 == 0 ? "nobody" : "user\(row)@contoso.test"
        try file.write(contentsOf: Data("\(email),\(Self.client),\(token)\n".utf8))
      }
      try file.close()
      _ = try await rig.command(["account", "import", "-"], input: "a@contoso.test,\(Self.client),t\n")
      let before = try rig.gateway.residentMegabytes()
      let imported = try await rig.command(["account", "import", list.path, "--json"])
      #expect(imported.status == 1)
      let last = try #require(imported.output.split(separator: "\n").last)
      let done = try JSONDecoder().decode(JSON.self, from: Data(last.utf8))["done"]
      #expect(done["rows"].int == rows && done["failed"].int == rows / 10)
      #expect(imported.output.contains(#"{"progress":{"rows":"#))
      let after = try rig.gateway.residentMegabytes()
      #expect(after - before < 64, "\(before) MB before, \(after) MB after")
    }
  }
}

extension GatewayProcess {
  fileprivate func residentMegabytes() throws -> Int {
    let status = try String(contentsOfFile: "/proc/\(child?.pid ?? 0)/status", encoding: .utf8)
    let kilobytes = status.firstMatch(of: /VmRSS:\s+(\d+) kB/).flatMap { Int($0.1) }
    return try #require(kilobytes) / 1024
  }
}
