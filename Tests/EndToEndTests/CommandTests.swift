import Foundation
import Testing

/// The commands that are clients, as an operator types them.
@Suite struct CommandTests {
  @Test func `An operator adds an app, lists accounts, sends, and sees the queue`() async throws {
    try await Rig.run { rig in
      try await rig.sandbox.settings(["sendLagMs": 0])
      let daemon = try rig.sandbox.directory.app("daemon")
      let secret = try #require(daemon.secret)
      let added = try await rig.command(
        [
          "app", "add", "--name", "Contoso", "--provider", "outlookService", "--client-id", daemon.clientId,
          "--authority", daemon.tenantId, "--secret",
        ], input: secret + "\n")
      #expect(added.status == 0, "\(added.errors)")
      let app = added.output.trimmingCharacters(in: .whitespacesAndNewlines)
      let apps = try await rig.command(["app", "list"])
      #expect(apps.output.contains(app) && apps.output.contains("Contoso"))
      #expect(!apps.output.contains(secret))

      let mailboxes = Array(rig.sandbox.directory.mailboxes.suffix(2))
      try await rig.gateway.connect("sales", mailbox: mailboxes[0], app: app)
      let accounts = try await rig.command(["account", "list"])
      #expect(accounts.output.contains("sales") && accounts.output.contains("connected"))

      let send = ["send", "--account", "sales", "--to", mailboxes[1], "--subject"]
      let sent = try await rig.command(send + ["At noon"], input: "See you.")
      #expect(sent.status == 0, "\(sent.errors)")
      try await eventually("it arrived") {
        try await rig.sandbox.subjects(of: mailboxes[1]) == ["At noon"]
      }
      try await rig.sandbox.fault(["path": "*/messages", "delayMs": 60000, "count": 0])
      _ = try await rig.command(send + ["Later"], input: "Not yet.")
      let queue = try await rig.command(["queue", "list"])
      #expect(queue.output.contains("Later") && !queue.output.contains("At noon"))
    }
  }

  @Test func `A refusal of the gateway is one sentence, its remedy, and status 1`() async throws {
    try await Rig.run { rig in
      let refused = try await rig.command(
        ["send", "--account", "nobody", "--to", "bob@contoso.test", "--text", "x"])
      #expect(refused.status == 1)
      #expect(refused.errors.contains("nobody"))
      #expect(refused.errors.contains("  How: heliograph account list"))
      #expect(!refused.errors.contains("/v1/"))
    }
  }

  @Test func `A paused account keeps its messages until it is resumed`() async throws {
    try await Rig.run { rig in
      try await rig.sandbox.settings(["sendLagMs": 0])
      let mailboxes = Array(rig.sandbox.directory.mailboxes.prefix(2))
      let account = try #require(try await rig.connectDaemon([mailboxes[0]]).first)
      let paused = try await rig.command(["account", "pause", account])
      #expect(paused.status == 0 && paused.output == "Paused \(account): its messages wait.\n")
      #expect(try await rig.command(["account", "show", account]).output.contains("paused"))
      let send = ["send", "--account", account, "--to", mailboxes[1], "--subject", "Held", "--text", "x"]
      #expect(try await rig.command(send).status == 0)
      #expect(try await rig.command(["queue", "list"]).output.contains("Held"))
      let resumed = try await rig.command(["account", "resume", account, "--json"])
      #expect(try JSON(parsing: resumed.output)["paused"].bool == false)
      try await eventually("it arrived") {
        try await rig.sandbox.subjects(of: mailboxes[1]) == ["Held"]
      }
      let unknown = try await rig.command(["account", "pause", "a/b ä"])
      #expect(unknown.status == 1 && unknown.errors.contains("a/b ä"), "\(unknown.errors)")
    }
  }

  @Test func `Tokens are listed and revoked through the gateway, and without it`() async throws {
    try await Rig.run { rig in
      let data = ["--data", rig.gateway.data.path]
      for name in ["Printer", "Scanner"] {
        #expect(try await rig.command(["token", "issue", "--description", name] + data).status == 0)
      }
      let listed = try await rig.command(["token", "list", "--json"])
      let tokens = try JSON(parsing: listed.output)["tokens"].list
      let ids = ["Printer", "Scanner"].compactMap { name in
        tokens.first { $0["description"].text == name }?["id"].text
      }
      try #require(ids.count == 2, "\(listed.output)\(listed.errors)")
      #expect(try await rig.command(["token", "list"]).output.contains("Printer"))
      #expect(try await rig.command(["token", "revoke", ids[0], "--yes"]).output == "Revoked \(ids[0]).\n")
      let stored = try await rig.command(["token", "list"] + data)
      #expect(!stored.output.contains("Printer") && stored.output.contains("Scanner"), "\(stored.errors)")
      #expect(try await rig.command(["token", "revoke", ids[1], "--yes"] + data).status == 0)
      for arguments in [[], data] {
        let none = try await rig.command(["token", "list", "--account", "nobody"] + arguments)
        #expect(none.output.contains("No tokens") && none.status == 0, "\(none.errors)")
        let gone = try await rig.command(["token", "revoke", ids[1], "--yes"] + arguments)
        #expect(gone.status == 1 && gone.errors.contains("[token.notFound]"), "\(gone.errors)")
        #expect(gone.errors.contains("How: heliograph token list"))
      }
    }
  }

  @Test func `A server that is not the gateway is named by its status`() async throws {
    try await Rig.run { rig in
      let ended = try await Program.run(
        ["queue", "list"], environment: ["HELIOGRAPH_URL": rig.sandbox.origin, "HELIOGRAPH_TOKEN": "t"],
        in: rig.folder)
      #expect(ended.status == 1 && ended.errors.contains("HTTP status 404"), "\(ended.errors)")
    }
  }

  @Test(arguments: [
    ["app", "add", "--name", "x", "--client-id", "x", "--provider", "gmail"],
    ["app", "add", "--name", "x", "--client-id", "x", "--secret-expires", "20 May"],
    ["account", "list", "--state", "broken"], ["account", "show", ""],
  ])
  func `A word that is not the contract's is refused before anything is sent`(command: [String]) async throws
  {
    try await withFolder { folder in
      let ended = try await Program.run(command, environment: ["HELIOGRAPH_TOKEN": "t"], in: folder)
      #expect(ended.status == 64 && ended.errors.contains("invalid"), "\(ended.errors)")
    }
  }

  @Test(arguments: [
    ["sandbox", "--port", "70000"], ["sandbox", "--tls-port", "65536"], ["demo", "--sandbox-port", "70001"],
    ["token", "issue", "--expires", "36501"], ["token", "issue", "--expires", "99999999999999"],
  ])
  func `A number that is out of range is refused`(command: [String]) async throws {
    try await withFolder { folder in
      let ended = try await Program.run(command, in: folder)
      #expect(ended.status == 64 && ended.errors.contains(command.last ?? ""), "\(ended.errors)")
    }
  }

  @Test func `A gateway that is not there is named`() async throws {
    try await withFolder { folder in
      let url = "http://localhost:\(FreePort.take())"
      let ended = try await Program.run(
        ["queue", "list"], environment: ["HELIOGRAPH_URL": url, "HELIOGRAPH_TOKEN": "t"], in: folder)
      #expect(ended.status == 1)
      #expect(ended.errors.contains(url))
    }
  }

  @Test(arguments: [
    [], ["serve"], ["sandbox"], ["demo"], ["token"], ["token", "issue"], ["send"], ["app"], ["app", "add"],
    ["app", "list"], ["app", "guide"], ["app", "import"], ["app", "show"], ["app", "update"],
    ["app", "enable"], ["app", "disable"], ["app", "delete"], ["app", "verify"], ["account", "list"],
    ["account", "add"], ["account", "import"], ["account", "verify"], ["account", "show"],
    ["account", "update"], ["account", "pause"], ["account", "resume"], ["account", "reconnect"],
    ["account", "delete"], ["queue", "list"],
    ["queue", "show"], ["queue", "cancel"], ["queue", "release"], ["queue", "retry"], ["status"], ["open"],
    ["sandbox", "fault"], ["sandbox", "clock"], ["sandbox", "reset"],
    ["token", "list"], ["token", "revoke"], ["workspace", "add"], ["workspace", "update"], ["events"],
    ["doctor"], ["template"], ["template", "add"], ["template", "list"], ["template", "show"],
    ["template", "update"], ["template", "remove"], ["template", "preview"], ["template", "test"],
  ])
  func `Every command explains itself`(command: [String]) async throws {
    try await withFolder { folder in
      let help = try await Program.run(command + ["--help"], in: folder)
      #expect(help.status == 0)
      #expect(help.output.contains("USAGE"))
    }
  }

  @Test func `A sandbox that others could reach wants consent`() async throws {
    try await withFolder { folder in
      let ended = try await Program.run(
        ["sandbox", "--host", "0.0.0.0", "--port", "\(FreePort.take())"], in: folder)
      #expect(ended.status == 1)
      #expect(ended.errors.contains("--allow-remote"))
    }
  }
}
