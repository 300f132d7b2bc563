import Foundation
import Testing

/// `heliograph doctor` against every app of the sandbox's directory: those with one fault each, and the healthy ones.
@Suite struct DoctorTests {
  /// What is said of each app that has a fault, by the end of its client id.
  private static let faults: [Int: String] = [
    4: "entra.secretExpired", 7: "entra.redirectMismatch", 8: "entra.redirectMismatch",
    9: "entra.redirectMismatch", 10: "entra.redirectMismatch", 11: "entra.redirectMismatch",
    12: "entra.secretUnexpected", 13: "entra.secretUnexpected", 14: "entra.tenantRequired",
    15: "entra.wrongAccountType", 16: "entra.wrongAccountType", 17: "entra.clientDisabled",
    18: "entra.secretMissing", 20: "account.permissionMissing",
    21: "graph.accessDenied", 22: "graph.accessDenied", 24: "graph.accessDenied",
    25: "entra.secretExpired",
  ]
  /// What some faults show through, and not through “common”.
  private static let authorities = [15: "consumers", 16: "organizations", 17: "contoso.test"]
  private static let healthy: Set = [1, 2, 3, 23]
  /// What is planted in these shows in a mailbox.
  private static let daemons: Set = [3, 21, 22, 23, 24]
  private static let signedIn: Set = [1, 2, 20]
  /// The sign-in itself names this one's fault, and leaves no account behind.
  private static let refused = 19

  @Test func `the doctor names each planted fault by our code, and finds nothing on healthy apps`()
    async throws
  {
    try await Rig.run { rig in
      try await rig.sandbox.settings(["sendLagMs": 0])
      for app in try await Self.directory(rig) {
        guard let number = Int(app.clientId.suffix(4)), !app.hasCertificate, number != Self.refused else {
          continue
        }
        let fault = Self.faults[number]
        #expect(fault != nil || Self.healthy.contains(number), "\(app.displayName) is not in the table")
        let id = try await Self.register(app, number, rig)
        let found = try await Self.examine(id, number, rig)
        #expect(found.status == (fault == nil ? 0 : 1), "\(app.displayName): \(found.output)\(found.errors)")
        if let fault {
          #expect(found.output.contains("[\(fault)]"), "\(app.displayName): \(found.output)")
          #expect(found.output.contains("To do: "), "\(app.displayName): \(found.output)")
          #expect(found.output.contains("Who: "), "\(app.displayName): \(found.output)")
        } else {
          #expect(!found.output.contains("FAIL"), "\(app.displayName): \(found.output)")
        }
        if let secret = app.secret { #expect(!found.output.contains(secret)) }
      }
    }
  }

  @Test func `without an argument the doctor looks at everything, also as JSON`() async throws {
    try await Rig.run { rig in
      try await rig.sandbox.settings(["sendLagMs": 0])
      _ = try await rig.connectDaemon(Array(rig.sandbox.directory.mailboxes.prefix(2)))
      let fine = try await rig.command(["doctor", "--send-to", rig.sandbox.directory.mailboxes[0]])
      #expect(fine.status == 0, "\(fine.output)\(fine.errors)")
      for line in ["the gateway answers", "account a0", "account a1"] { #expect(fine.output.contains(line)) }
      let all = try JSON(parsing: try await rig.command(["doctor", "--json"]).output)
      #expect(all["ok"].bool == true && all["found"].list.count == 3)
      try await eventually("the messages have arrived") {
        try await rig.sandbox.subjects(of: rig.sandbox.directory.mailboxes[0]).count == 2
      }

      let app = try rig.sandbox.directory.app("web")
      let id = try await rig.gateway.register(app, ["clientSecret": "not~the-secret"])
      let sick = try await rig.command(["doctor"])
      #expect(sick.status == 1 && sick.output.contains("[entra.secretWrong]"), "\(sick.output)")
      let table = try await rig.command(["app", "verify", id])
      #expect(table.status == 1)
      #expect(table.output.contains("App authenticates") && table.output.contains("fail"))
    }
  }

  @Test func `a gateway or token that does not work is what the doctor says first`() async throws {
    try await Rig.run { rig in
      let refused = try await Program.run(
        ["doctor"], environment: ["HELIOGRAPH_URL": rig.gateway.origin, "HELIOGRAPH_TOKEN": "wrong"],
        in: rig.folder)
      #expect(refused.status == 1 && refused.errors.contains("[token.invalid]"), "\(refused.errors)")
    }
  }

  private struct App: Decodable {
    let clientId, displayName, kind, tenantId: String
    let secret: String?
    let certificates: [Certificate]?

    struct Certificate: Decodable {}

    var hasCertificate: Bool { certificates?.isEmpty == false }
  }

  private static func directory(_ rig: Rig) async throws -> [App] {
    struct Directory: Decodable { let apps: [App] }
    let answer = try await rig.http.send("GET", rig.sandbox.origin + "/sandbox/directory")
    return try JSONDecoder().decode(Directory.self, from: Data(answer.body.utf8)).apps
  }

  private static func register(_ app: App, _ number: Int, _ rig: Rig) async throws -> String {
    let isDaemon = app.kind == "daemon"
    var body: [String: JSON] = [
      "name": .string(app.displayName), "provider": isDaemon ? "outlookService" : "outlook",
      "clientId": .string(app.clientId), "enabled": true,
      "authority": .string(isDaemon ? app.tenantId : authorities[number] ?? "common"),
    ]
    if let secret = app.secret { body["clientSecret"] = .string(secret) }
    return try await rig.gateway.post("/v1/oauth2", .object(body)).expect()["id"].text ?? ""
  }

  /// With an account of it, where it is the mailbox that shows what the app may do.
  private static func examine(
    _ app: String, _ number: Int, _ rig: Rig
  ) async throws -> (status: Int32, output: String, errors: String) {
    let name = "d\(number)"
    if daemons.contains(number) {
      let mailbox: JSON = number == 24 ? "bob@contoso.test" : "alice@contoso.test"
      let account: JSON = [
        "account": .string(name), "name": "D", "email": mailbox,
        "oauth2": ["provider": .string(app), "auth": ["user": mailbox]],
      ]
      _ = try await rig.gateway.post("/v1/account", account).expect()
    } else if signedIn.contains(number) {
      let form: JSON = [
        "account": .string(name), "type": .string(app), "redirectUrl": .string(rig.sandbox.origin),
      ]
      let link = try await rig.gateway.post("/v1/authentication/form", form).expect()["url"].text
      var browser = Browser(http: rig.http)
      _ = try await rig.signIn(&browser, try #require(link), as: "alice@contoso.test")
    } else {
      return try await rig.command(["doctor", app])
    }
    return try await rig.command(["doctor", app, "--send-to", "bob@contoso.test"])
  }
}
