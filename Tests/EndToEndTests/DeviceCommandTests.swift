import Foundation
import Testing

/// `heliograph account add --device`, as an operator types it.
@Suite struct DeviceCommandTests {
  @Test func `A code is shown, entered elsewhere, and the account is connected`() async throws {
    try await Rig.run { rig in
      try await rig.sandbox.settings(["deviceInterval": 1])
      let app = try await rig.gateway.register(rig.sandbox.directory.app("native"))
      let mailbox = try #require(rig.sandbox.directory.mailboxes.first)
      let command = try await rig.deviceCommand(["--account", "a", "--email", mailbox])
      try await rig.enterCode(of: command, as: mailbox)
      #expect(try await command.status() == 0, "\(command.errors)")
      #expect(command.output.contains("Connected as \(mailbox): account a, connected."))
      let account = try await rig.gateway.get("/v1/account/a").expect()
      #expect(account["app"].text == app && account["state"].text == "connected")
    }
  }

  @Test func `Whoever declines, or another person, ends it with a sentence`() async throws {
    try await Rig.run { rig in
      try await rig.sandbox.settings(["deviceInterval": 1])
      _ = try await rig.gateway.register(rig.sandbox.directory.app("native"))
      let mailboxes = rig.sandbox.directory.mailboxes
      for (user, decision, code) in [
        (mailboxes[0], "decline", "[signIn.declined]"),
        (mailboxes[1], "accept", "[account.identityMismatch]"),
      ] {
        let command = try await rig.deviceCommand(["--email", mailboxes[0]])
        try await rig.enterCode(of: command, as: user, decision)
        #expect(try await command.status() == 1)
        #expect(command.errors.contains(code), "\(command.errors)")
      }
      #expect(try await rig.gateway.get("/v1/accounts").expect()["total"].int == 0)
    }
  }

  @Test func `An app without public client flows is told where to allow them`() async throws {
    try await Rig.run { rig in
      try await rig.sandbox.settings(["deviceInterval": 1])
      let app = try await rig.gateway.register(rig.sandbox.directory.app("web"))
      let command = try await rig.deviceCommand(["--app", app, "--json"])
      #expect(try await command.status() == 1)
      #expect(command.output.contains(#""code":"signIn.publicClientOff""#))
      #expect(command.errors.contains("Allow public client flows"))
    }
  }

  @Test func `A code outlives a restart of the gateway`() async throws {
    try await Rig.run { rig in
      try await rig.sandbox.settings(["deviceInterval": 1])
      let app = try await rig.gateway.register(rig.sandbox.directory.app("native"))
      let started = try await rig.gateway.post(
        "/v1/authentication/device", ["account": "a", "provider": .string(app)]
      ).expect()
      try await rig.gateway.killHard()
      let mailbox = try #require(rig.sandbox.directory.mailboxes.first)
      try await rig.enter(try #require(started["userCode"].text), as: mailbox)
      try await rig.gateway.start()
      let id = try #require(started["id"].text)
      try await eventually("it is connected") {
        try await rig.gateway.get("/v1/authentication/device/\(id)").expect()["status"].text == "connected"
      }
      #expect(try await rig.gateway.get("/v1/authentication/device/dev_unknown").status == 404)
    }
  }
}

extension Rig {
  fileprivate func deviceCommand(_ arguments: [String]) async throws -> Child {
    let client = ["HELIOGRAPH_URL": gateway.origin, "HELIOGRAPH_TOKEN": gateway.token]
    return try await Child(
      Program.heliograph, ["account", "add", "--device"] + arguments, environment: client,
      name: "device-" + UUID().uuidString, folder: folder)
  }

  /// Reads the code that the command shows and enters it.
  fileprivate func enterCode(of command: Child, as user: String, _ decision: String = "accept") async throws {
    let code = try await eventually("a code is shown") {
      command.output.firstMatch(of: /\n    ([A-Z2-9]{9})\n/).map { String($0.1) }
    }
    try await enter(code, as: user, decision)
  }

  fileprivate func enter(_ code: String, as user: String, _ decision: String = "accept") async throws {
    let body: JSON = ["userCode": .string(code), "user": .string(user), "decision": .string(decision)]
    let answer = try await http.send("POST", sandbox.origin + "/sandbox/device", json: body)
    #expect(answer.status == 204)
  }
}
