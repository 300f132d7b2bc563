import Foundation
import Testing

/// A relay in one file.
@Suite struct DeclarationTests {
  private static let token = "6f1d2c3b4a5968778695a4b3c2d1e0f1"

  @Test func `A gateway comes up complete from one file, and follows the file`() async throws {
    try await withFolder { folder in
      let file = folder.appending(path: "relay.yaml")
      try Data().write(to: file)
      let variables = ["HELIOGRAPH_CONFIG": file.path]
      try await Rig.run(environment: variables) { rig in
        let daemon = try rig.sandbox.directory.app("daemon")
        let mailboxes = Array(rig.sandbox.directory.mailboxes.suffix(2))
        try Data((daemon.secret ?? "").utf8).write(to: folder.appending(path: "secret"))
        try Data((Self.token + "\n").utf8).write(to: folder.appending(path: "token"))
        let apps = """
          apps:
            relay:
              provider: outlookService
              clientId: \(daemon.clientId)
              clientSecret: file:secret
              authority: contoso.test

          """
        let rest = """
          accounts:
            printer:
              app: relay
              email: \(mailboxes[0])
          tokens:
            scanner:
              token: file:token
              account: printer

          """
        try Data((apps + rest).utf8).write(to: file)
        let checked = try await rig.command(["config", "check", file.path])
        #expect(checked.status == 0, "\(checked.errors)")
        #expect(checked.output == "\(file.path) can be used. It declares 1 app, 1 account, 1 token.\n")
        _ = try await rig.gateway.stop()
        try await rig.gateway.start()

        let sent = try await rig.gateway.send(
          "POST", "/v1/account/printer/submit",
          body: #"{"to":{"address":"\#(mailboxes[1])"},"subject":"Scan","text":"It works."}"#,
          headers: [("Content-Type", "application/json")], token: Self.token)
        #expect(sent.status == 200, "\(sent.body)")
        try await eventually("the message has arrived") {
          try await rig.sandbox.subjects(of: mailboxes[1]).contains("Scan")
        }
        #expect(try await rig.gateway.get("/v1/account/printer").expect()["declared"].bool == true)
        for path in ["/v1/account/printer", "/v1/oauth2/app_relay", "/v1/tokens/declared_scanner"] {
          let refused = try await rig.gateway.send("DELETE", path)
          #expect(refused.status == 409 && refused.body.contains("configuration.declared"), "\(refused.body)")
        }

        try Data(apps.utf8).write(to: file)
        _ = try await rig.gateway.stop()
        try await rig.gateway.start()
        #expect(rig.gateway.errors.contains("no longer declares an account"))
        let withoutToken = try await rig.gateway.send("GET", "/v1/account/printer", token: Self.token)
        #expect(withoutToken.status == 401)
        #expect(try await rig.gateway.send("DELETE", "/v1/account/printer").status == 200)

        try Data((apps + rest.replacing("app: relay", with: "app: realy")).utf8).write(to: file)
        let faulty = try await rig.command(["config", "check", file.path])
        #expect(faulty.status == 1)
        #expect(
          faulty.output.hasPrefix("\(file.path), line 9: accounts.printer.app is “realy”"), "\(faulty.output)"
        )
        _ = try await rig.gateway.stop()
        let ended = try await rig.command([
          "serve", "--port", "\(FreePort.take())", "--data", rig.gateway.data.path,
        ])
        #expect(ended.status == 1 && ended.errors.contains("line 9: accounts.printer.app"))

        // Only the database shows that the app had another provider.
        try Data(apps.replacing("outlookService", with: "outlook").utf8).write(to: file)
        let turned = try await rig.command([
          "serve", "--port", "\(FreePort.take())", "--data", rig.gateway.data.path,
        ])
        #expect(turned.status == 1 && turned.errors.contains("line 3: apps.relay.provider is “outlook”"))
      }
    }
  }
}
