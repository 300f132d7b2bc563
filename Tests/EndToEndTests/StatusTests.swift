import Foundation
import Testing

/// `status`, `events`, `open`, `sandbox` and what is asked before something is deleted.
@Suite struct StatusTests {
  @Test func `One screen shows accounts and queue by state, and what needs a person`() async throws {
    try await Rig.run { rig in
      try await rig.sandbox.settings(["sendLagMs": 0])
      let empty = try await rig.command(["status"])
      #expect(empty.output.contains("accounts  none: `heliograph account add`"))
      #expect(empty.output.contains("queue     empty") && empty.output.contains("Nothing needs a person."))
      _ = try await rig.connectDaemon(Array(rig.sandbox.directory.mailboxes.prefix(2)))
      _ = try await rig.command(["account", "pause", "a1"])
      try await rig.sandbox.fault([
        "path": "*/send", "status": 400, "code": "ErrorInvalidRecipients", "count": 0,
      ])
      _ = try await rig.gateway.submit("Bad", from: "a0", to: "bob@contoso.test").expect()
      try await eventually("it has failed") {
        try await rig.gateway.get("/v1/outbox?state=failed").expect()["total"].int == 1
      }
      let status = try await rig.command(["status"])
      #expect(status.output.contains("accounts  1 connected, 1 paused"), "\(status.output)")
      #expect(status.output.contains("queue     1 failed"))
      #expect(status.output.contains("1 message: Failed in the last seven days."))
      #expect(status.output.contains("See: heliograph queue list --state failed"))
      let json = try JSON(parsing: try await rig.command(["status", "--json"]).output)
      #expect(json["accounts"]["connected"].int == 1 && json["queue"]["failed"].int == 1)
      #expect(json["needs"].list.count == 1)
    }
  }

  @Test func `An account that Microsoft refuses is named with its cure`() async throws {
    try await Rig.run { rig in
      let app = try await rig.gateway.register(
        rig.sandbox.directory.app("daemon"), ["clientSecret": "not~the-secret"])
      _ = try await rig.gateway.post(
        "/v1/account",
        [
          "account": "broken", "name": "b", "email": "alice@contoso.test",
          "oauth2": ["provider": .string(app), "auth": ["user": "alice@contoso.test"]],
        ])
      try await eventually("it is refused") {
        try await rig.gateway.get("/v1/account/broken").json["state"].text == "authenticationError"
      }
      let status = try await rig.command(["status"])
      #expect(status.output.contains("account broken: "), "\(status.output)")
      #expect(status.output.contains("See: heliograph account show broken"))
    }
  }

  @Test func `Events of the whole workspace are shown, each once, as text and as JSON`() async throws {
    try await Rig.run { rig in
      _ = try await rig.connectDaemon(Array(rig.sandbox.directory.mailboxes.prefix(2)))
      try await eventually("events have their positions") {
        try await rig.gateway.get("/v1/events").expect()["events"].list.count >= 4
      }
      let text = try await rig.command(["events"])
      #expect(text.status == 0 && text.output.contains("  a0  ") && text.output.contains("  a1  "))
      let numbers = text.output.split(separator: "\n").compactMap { $0.split(separator: " ").first }
      #expect(Set(numbers).count == numbers.count)
      let json = try JSON(parsing: try await rig.command(["events", "--json"]).output)
      #expect(json["events"].list.count == numbers.count)
      let none = try JSON(parsing: try await rig.command(["events", "--json", "--since", "9999"]).output)
      #expect(none["events"].list.isEmpty)
    }
  }

  @Test func `Where there is no browser, the URL is printed`() async throws {
    try await withFolder { folder in
      let environment = ["HELIOGRAPH_URL": "localhost:3000", "BROWSER": ""]
      let printed = try await Program.run(["open"], environment: environment, in: folder)
      #expect(printed.status == 0 && printed.output == "http://localhost:3000/\n")
      let file = folder.appending(path: "opened")
      let browser = folder.appending(path: "browser")
      try Data("#!/bin/sh\necho \"$1\" >\(file.path)\n".utf8).write(to: browser)
      try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: browser.path)
      let opened = try await Program.run(
        ["open"], environment: environment.merging(["BROWSER": browser.path]) { $1 }, in: folder)
      #expect(opened.status == 0 && opened.output.isEmpty)
      #expect(try String(contentsOf: file, encoding: .utf8) == "http://localhost:3000/\n")
    }
  }

  @Test(arguments: [
    ["account", "delete", "a0"], ["app", "delete", "app_1"], ["workspace", "delete", "north"],
  ])
  func `Nothing is deleted without consent`(command: [String]) async throws {
    try await Rig.run { rig in
      _ = try await rig.connectDaemon([rig.sandbox.directory.mailboxes[0]])
      let refused = try await rig.command(command)
      #expect(refused.status == 64 && refused.errors.contains("not a terminal"), "\(refused.errors)")
      #expect(refused.errors.contains("Add --yes"))
      let declined = try await rig.commandOnTerminal(command, input: "n\n")
      #expect(declined.status == 1 && declined.output.contains("Nothing was done."), "\(declined.output)")
      #expect(declined.output.contains("Do you want to delete the \(command[0]) \(command[2])"))
      guard command[0] == "account" else { return }
      #expect(try await rig.gateway.get("/v1/account/a0").status == 200)
      let typed = try await rig.commandOnTerminal(command, input: "y\n")
      #expect(typed.status == 0 && typed.output.contains("Deleted a0."), "\(typed.output)")
    }
  }

  @Test func `A running sandbox is told about faults and time, and reset`() async throws {
    try await Rig.run { rig in
      let at = ["--url", rig.sandbox.origin]
      let set = try await rig.command(
        ["sandbox", "fault", "--path", "*/sendMail", "--status", "503", "--retry-after", "5"] + at)
      #expect(set.status == 0 && set.output == "The fault is set.\n", "\(set.errors)")
      let list = try await rig.command(["sandbox", "fault", "--list"] + at)
      #expect(list.output.contains(#""status":503"#) && list.output.contains(#""retryAfter":5"#))
      let json = try JSON(
        parsing: try await rig.command(["sandbox", "fault", "--list", "--json"] + at).output)
      #expect(json["value"].list.count == 1)
      #expect(try await rig.command(["sandbox", "fault", "--clear"] + at).status == 0)
      #expect(try await rig.command(["sandbox", "fault", "--list"] + at).output == "No faults.\n")
      let refused = try await rig.command(["sandbox", "fault", "--status", "200"] + at)
      #expect(refused.status == 1 && refused.errors.contains("status"), "\(refused.errors)")
      let nothing = try await rig.command(["sandbox", "fault"] + at)
      #expect(nothing.status == 64)

      let before = try await rig.command(["sandbox", "clock", "--json"] + at)
      let after = try await rig.command(["sandbox", "clock", "--advance", "-86400", "--json"] + at)
      let times = try [before, after].map { try #require(JSON(parsing: $0.output)["now"].text) }
      #expect(times[1] < times[0])
      #expect(try await rig.command(["sandbox", "reset"] + at).status == 0)
      let gone = try await rig.command(["sandbox", "reset", "--url", "localhost:\(FreePort.take())"])
      #expect(gone.status == 1 && gone.errors.contains("does not answer"))
    }
  }

  @Test func `An app that was added comes with the next step, and its mailboxes need no secret`() async throws
  {
    try await Rig.run { rig in
      let daemon = try rig.sandbox.directory.app("daemon")
      let added = try await rig.command(
        [
          "app", "add", "--name", "D", "--provider", "outlookService", "--client-id", daemon.clientId,
          "--authority", daemon.tenantId, "--secret",
        ], input: try #require(daemon.secret) + "\n")
      let app = added.output.trimmingCharacters(in: .whitespacesAndNewlines)
      #expect(added.errors.contains("Next: heliograph account add --app \(app) --mailbox ADDRESS"))
      let mailboxes = rig.sandbox.directory.mailboxes
      let known = try await rig.command([
        "account", "add", "--client-id", daemon.clientId.uppercased(), "--tenant", daemon.tenantId,
        "--mailbox", mailboxes[0], "--account", "known",
      ])
      #expect(known.status == 0 && known.output == "known\n", "\(known.errors)")
      let unknown = try await rig.command([
        "account", "add", "--client-id", "11111111-1111-1111-1111-111111111111", "--tenant",
        daemon.tenantId, "--mailbox", mailboxes[1],
      ])
      #expect(unknown.status == 64 && unknown.errors.contains("HELIOGRAPH_CLIENT_SECRET"))
    }
  }

  @Test func `Remedies of the gateway speak of commands`() async throws {
    try await Rig.run { rig in
      _ = try await rig.command(["workspace", "add", "--id", "north", "--name", "North"])
      let twice = try await rig.command(["workspace", "add", "--id", "north", "--name", "North"])
      #expect(twice.errors.contains("`heliograph workspace update north`"), "\(twice.errors)")
      #expect(!twice.errors.contains("/v1/"))
    }
  }
}
