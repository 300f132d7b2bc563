import Foundation
import Testing

/// `heliograph account update`, and what asks before it acts.
@Suite struct AccountUpdateCommandTests {
  @Test func `What is named changes, and the rest of the account stays`() async throws {
    try await Rig.run { rig in
      _ = try await rig.connectDaemon(["alice@contoso.test"])
      let changed = try await rig.command([
        "account", "update", "a0", "--name", "Contoso Sales", "--unknown-outcome", "resend",
      ])
      #expect(changed.status == 0 && changed.output == "Changed a0.\n", "\(changed.errors)")
      let account = try await rig.gateway.get("/v1/account/a0").expect()
      #expect(account["name"].text == "Contoso Sales" && account["unknownOutcome"].text == "resend")
      #expect(account["email"].text == "alice@contoso.test" && account["state"].text == "connected")
      let json = try await rig.command(["account", "update", "a0", "--email", "sales@contoso.test", "--json"])
      #expect(try JSON(parsing: json.output)["account"].text == "a0", "\(json.errors)")
      #expect(try await rig.gateway.get("/v1/account/a0").expect()["email"].text == "sales@contoso.test")

      let moved = try await rig.command(["account", "update", "a0", "--mailbox", "bob@contoso.test"])
      #expect(moved.status == 0 && moved.output == "Changed a0.\nConnected.\n", "\(moved.errors)")
      let there = try await rig.gateway.get("/v1/account/a0").expect()
      #expect(there["oauth2"]["auth"]["user"].text == "bob@contoso.test")
      #expect(there["name"].text == "Contoso Sales" && there["unknownOutcome"].text == "resend")

      let unknown = try await rig.command(["account", "update", "nobody", "--name", "Nobody"])
      #expect(unknown.status == 1 && unknown.errors.contains("[account.notFound]"), "\(unknown.errors)")
    }
  }

  @Test func `A refresh token comes from the variable or standard input, and is tried`() async throws {
    try await Rig.run { rig in
      let client = "6731de76-14a6-49ae-97bc-6eba6914391e"
      let added = try await rig.command(
        ["account", "add", "--account", "ann", "--email", "ann@contoso.test", "--client-id", client]
          + ["--wait", "0"], input: "first-token\n")
      #expect(added.status == 0, "\(added.errors)")
      let update = ["account", "update", "ann", "--refresh-token", "--wait", "0"]
      let typed = try await rig.command(update, input: "second-token\n")
      #expect(typed.status == 0 && typed.output == "Changed ann.\n", "\(typed.errors)")
      try await rig.untilTried("second-token")
      let variable = rig.clientEnvironment.merging(["HELIOGRAPH_REFRESH_TOKEN": "third-token"]) { $1 }
      let set = try await Program.run(update, environment: variable, in: rig.folder)
      #expect(set.status == 0 && set.output == "Changed ann.\n", "\(set.errors)")
      try await rig.untilTried("third-token")
      let missing = try await rig.command(update)
      #expect(
        missing.status == 64 && missing.errors.contains("HELIOGRAPH_REFRESH_TOKEN"), "\(missing.errors)")
    }
  }

  @Test(arguments: [
    ([], "Nothing to change"), (["--unknown-outcome", "maybe"], "invalid"), (["--app", ""], "invalid"),
    (["--through", "b", "--refresh-token"], "--through"), (["--wait", "0"], "Nothing to change"),
  ])
  func `A change of nothing or of what excludes itself is refused`(
    arguments: [String], words: String
  ) async throws {
    try await withFolder { folder in
      let ended = try await Program.run(
        ["account", "update", "a"] + arguments, environment: ["HELIOGRAPH_TOKEN": "t"], in: folder)
      #expect(ended.status == 64 && ended.errors.contains(words), "\(ended.errors)")
    }
  }

  @Test(arguments: [
    (["token", "revoke", "tok_1"], "revoke the API token tok_1"),
    (["queue", "cancel", "q_1"], "cancel the message q_1"),
    (["queue", "cancel", "q_1", "q_2"], "cancel the 2 messages q_1, q_2"),
    (["account", "delete", "a"], "delete the account a"),
  ])
  func `Without a terminal nothing is deleted unless that is confirmed`(
    command: [String], action: String
  ) async throws {
    try await withFolder { folder in
      let ended = try await Program.run(command, environment: ["HELIOGRAPH_TOKEN": "t"], in: folder)
      #expect(ended.status == 64 && ended.errors.contains("Nothing was done"), "\(ended.errors)")
      #expect(ended.errors.contains(action) && ended.errors.contains("Add --yes."), "\(ended.errors)")
    }
  }
}

extension Rig {
  fileprivate func untilTried(_ token: String) async throws {
    try await eventually("the token was tried") {
      try await sandbox.requests().contains { $0.isToken && $0.body.contains("refresh_token=\(token)") }
    }
  }
}
