import Foundation
import Testing

/// Every number of Entra's in `docs/errors.md` that the sandbox can say: API, callback page and command give it our
/// code, and the same remedy.
@Suite struct CatalogueTests {
  @Test func `what Entra says has one remedy on every face`() async throws {
    try await Rig.run { rig in
      let daemon = try await rig.gateway.register(rig.sandbox.directory.app("daemon"))
      _ = try await rig.gateway.register(rig.sandbox.directory.app("web"))
      var driven = 0
      for entry in try Self.entries() {
        // 70016 tells a device to go on asking; there it is no failure.
        for number in entry.numbers.filter({ $0 != 70016 })
        where try await rig.plant(number, status: entry.hasRemedy ? 400 : 503) {
          try await rig.expect(entry, number, atTokenEndpointOf: daemon)
          try await rig.expect(entry, number, inCallback: ())
          driven += 1
        }
      }
      #expect(driven >= 80)
    }
  }

  struct Entry {
    let numbers: [Int]
    let code: String
    let hasRemedy: Bool
  }

  /// The rows of the generated table: what Microsoft says, our code, meaning, what to do, who.
  private static func entries() throws -> [Entry] {
    let file = URL(filePath: #filePath).appending(path: "../../../docs/errors.md").standardized
    let text = try String(contentsOf: file, encoding: .utf8)
    let entries = text.split(separator: "\n").compactMap { line -> Entry? in
      let cells = line.split(separator: " | ").map {
        $0.trimmingCharacters(in: CharacterSet(charactersIn: "| "))
      }
      guard cells.count >= 4, cells[1].hasPrefix("`") else { return nil }
      let numbers = cells[0].matches(of: /AADSTS(\d+)/).compactMap { Int($0.1) }
      let isTransient = ["`entra.unavailable`", "`entra.throttled`"].contains(cells[1])
      return Entry(
        numbers: numbers, code: cells[1].trimmingCharacters(in: CharacterSet(charactersIn: "`")),
        hasRemedy: !isTransient)
    }
    return entries.filter { !$0.numbers.isEmpty }
  }
}

extension Rig {
  /// Whether the sandbox has that number.
  fileprivate func plant(_ number: Int, status: Double) async throws -> Bool {
    _ = try await http.send("DELETE", sandbox.origin + "/sandbox/faults")
    let fault: JSON = [
      "path": "/oauth2/v2.0/token", "status": .number(status), "code": .string("AADSTS\(number)"),
      "count": 10,
    ]
    return try await http.send("POST", sandbox.origin + "/sandbox/faults", json: fault).status == 200
  }

  fileprivate func expect(
    _ entry: CatalogueTests.Entry, _ number: Int, atTokenEndpointOf app: String
  ) async throws {
    let verification = try await gateway.post("/v1/oauth2/\(app)/verify", [:]).expect()
    let step = verification["steps"].list.first { $0["message"].text?.contains("(AADSTS\(number))") == true }
    guard let step else {
      Issue.record("AADSTS\(number): \(verification)")
      return
    }
    #expect(step["problem"].text == entry.code, "AADSTS\(number)")
    #expect((step["remedy"].text != nil) == entry.hasRemedy, "AADSTS\(number): \(step)")
    let shown = try await command(["app", "verify", app])
    #expect(shown.status == 1 && shown.output.contains("[\(entry.code)]"), "\(shown.output)")
    if let remedy = step["remedy"].text { #expect(shown.output.contains(remedy), "\(shown.output)") }
  }

  fileprivate func expect(
    _ entry: CatalogueTests.Entry, _ number: Int, inCallback _: Void
  ) async throws {
    var browser = Browser(http: http)
    browser.stopsBefore = sandbox.origin
    let form = try await gateway.post(
      "/v1/authentication/form", ["redirectUrl": .string(sandbox.origin + "/")]
    ).expect()
    let page = try await browser.open(try #require(form["url"].text))
    let authorize = try await browser.press("app", on: page)
    let query = URLComponents(url: authorize.url, resolvingAgainstBaseURL: false)?.queryItems ?? []
    let state = try #require(query.first { $0.name == "state" }?.value)
    let error = entry.hasRemedy ? "invalid_request" : "temporarily_unavailable"
    let end = try await browser.open(
      gateway.origin + "/oauth?error=\(error)&error_description=AADSTS\(number):+no.&state=\(state)")
    #expect(end.text.contains(entry.code), "AADSTS\(number): \(end.text)")
    // Of what passes by itself a person is told to wait.
    #expect(end.text.contains("What to do"), "AADSTS\(number): \(end.text)")
  }
}
