import Foundation
import Testing

/// Where the output of a command goes, and what is shown there.
@Suite struct TerminalTests {
  @Test func `A command whose output nobody reads ends without a word, by SIGPIPE`() async throws {
    try await Rig.run { rig in
      _ = try await rig.connectDaemon([rig.sandbox.directory.mailboxes[0]])
      for command in [
        ["account", "list"], ["account", "list", "--json"], ["account", "show", "a0"], ["queue", "list"],
        ["app", "list"], ["app", "guide"], ["events"], ["doctor"], ["workspace", "list"], ["token", "list"],
      ] {
        let ended = try await rig.commandWithoutReader(command)
        #expect(ended.status == -SIGPIPE, "\(command)")
        #expect(ended.errors.isEmpty, "\(command): \(ended.errors)")
      }
    }
  }

  @Test func `Output that cannot be written is a failure`() async throws {
    try await Rig.run { rig in
      let ended = try await Program.run(
        URL(filePath: "/bin/sh"),
        ["-c", #""$@" >/dev/full"#, "sh", Program.heliograph.path, "queue", "list"],
        environment: rig.clientEnvironment, in: rig.folder)
      #expect(ended.status == 1 && ended.errors.contains("cannot be written: No space left"), "\(ended)")
    }
  }

  @Test func `A server goes on when nobody reads what it announces`() async throws {
    try await Rig.run { rig in
      let port = FreePort.take()
      let data = rig.folder.appending(path: "unread").path
      let child = try await rig.startWithoutReader(["serve", "--port", "\(port)", "--data", data])
      try await eventually("it answers") {
        guard child.isRunning else { throw UnexpectedAnswer(description: "it ended: \(child.errors)") }
        return (try? await rig.http.send("GET", "http://localhost:\(port)/health"))?.status == 200
      }
      try await child.killHard()
    }
  }

  @Test func `On a terminal columns are aligned and states coloured; elsewhere tabs separate cells`()
    async throws
  {
    try await Rig.run { rig in
      let mailboxes = Array(rig.sandbox.directory.mailboxes.prefix(2))
      let app = try await rig.gateway.register(rig.sandbox.directory.app("daemon"))
      try await rig.gateway.connect("日本", mailbox: mailboxes[0], app: app)
      try await rig.gateway.connect("a-long-name", mailbox: mailboxes[1], app: app)
      let shown = try await rig.commandOnTerminal(["account", "list"])
      let lines = shown.output.split(separator: "\n").map(String.init)
      try #require(lines.count == 3, "\(shown.output)")
      #expect(lines[0].hasPrefix("ACCOUNT      EMAIL"))
      #expect(lines[1].hasPrefix("日本         \(mailboxes[0])"))
      #expect(lines[2].hasPrefix("a-long-name  \(mailboxes[1])"))
      #expect(lines[1].hasSuffix("  \u{1B}[32mconnected\u{1B}[0m"))
      for plain in [["NO_COLOR": "1"], ["TERM": "dumb"]] {
        let shown = try await rig.commandOnTerminal(["account", "list"], environment: plain)
        #expect(!shown.output.contains("\u{1B}"))
      }
      let piped = try await rig.command(["account", "list"])
      #expect(
        piped.output.split(separator: "\n").map { $0.components(separatedBy: "\t") } == [
          ["ACCOUNT", "EMAIL", "NAME", "TYPE", "STATE"],
          ["日本", mailboxes[0], "日本", "outlookService", "connected"],
          ["a-long-name", mailboxes[1], "a-long-name", "outlookService", "connected"],
        ])
    }
  }

  @Test func `What a terminal would act on is shown as an escape, and JSON stays JSON`() async throws {
    try await Rig.run { rig in
      let name = "Al\u{202E}ice \u{2066}x\u{2069} \u{E0041}"
      let app = try await rig.gateway.register(rig.sandbox.directory.app("daemon"))
      try await rig.gateway.connect(
        "a", mailbox: rig.sandbox.directory.mailboxes[0], app: app, ["name": .string(name)])
      let shown = #"Al\u202eice \u2066x\u2069 \udb40\udc41"#
      for command in [["account", "list"], ["account", "show", "a"]] {
        #expect(try await rig.command(command).output.contains(shown))
        #expect(try await rig.commandOnTerminal(command).output.contains(shown))
      }
      let raw = try await rig.command(["account", "show", "a", "--json"])
      #expect(raw.output.contains(name))
      let json = try await rig.commandOnTerminal(["account", "show", "a", "--json"])
      #expect(json.output.contains(shown) && !json.output.contains("\u{202E}"))
      #expect(try JSON(parsing: json.output)["name"].text == name)
      let refused = try await rig.command(["send", "--account", "a", "--to", "x\u{202E}y", "--text", "x"])
      #expect(refused.errors.contains("202e") && !refused.errors.contains("\u{202E}"), "\(refused.errors)")
    }
  }

  @Test func `A command that waits for standard input on a terminal says so`() async throws {
    try await Rig.run { rig in
      _ = try await rig.connectDaemon([rig.sandbox.directory.mailboxes[0]])
      let send = ["send", "--account", "a0", "--to", "bob@contoso.test", "--subject", "Typed"]
      let sent = try await rig.commandOnTerminal(send, input: "Hello\n\u{04}")
      #expect(sent.status == 0 && sent.output.contains("Enter the text; end with Ctrl-D"), "\(sent)")
      let piped = try await rig.command(send, input: "Hello\n")
      #expect(piped.status == 0 && piped.errors.isEmpty)
    }
  }

  @Test(arguments: [
    (["acount", "list"], "`heliograph account`"), (["account", "lst"], "`heliograph account list`"),
    (["que", "list"], "`heliograph queue`"), (["account", "rabbit"], "list, add, import"),
    (["sendd"], "`heliograph send`"),
  ])
  func `A mistyped subcommand gets a suggestion`(command: [String], suggestion: String) async throws {
    try await withFolder { folder in
      let ended = try await Program.run(command, in: folder)
      #expect(ended.status == 64 && ended.errors.contains(suggestion), "\(ended.errors)")
    }
  }
}

/// HELIOGRAPH_URL and HELIOGRAPH_TOKEN as people write them.
@Suite struct ClientEnvironmentTests {
  @Test func `The scheme may be left out, and a slash at the end`() async throws {
    try await Rig.run { rig in
      let port = rig.gateway.port
      for url in [
        "localhost:\(port)", "127.0.0.1:\(port)", "HTTP://LOCALHOST:\(port)/", "http://127.0.0.1:\(port)//",
      ] {
        var environment = rig.clientEnvironment
        environment["HELIOGRAPH_URL"] = url
        let ended = try await Program.run(["queue", "list"], environment: environment, in: rig.folder)
        #expect(ended.status == 0 && ended.errors.isEmpty, "\(url): \(ended.errors)")
      }
    }
  }

  @Test func `Elsewhere https is guessed, and told when nothing answers`() async throws {
    try await withFolder { folder in
      let ended = try await Program.run(
        ["queue", "list"],
        environment: ["HELIOGRAPH_URL": "gateway.invalid:7", "HELIOGRAPH_TOKEN": "t"], in: folder)
      #expect(ended.status == 1 && ended.errors.contains("https://gateway.invalid:7 was tried"))
      #expect(!ended.errors.contains("without encryption"))
    }
  }

  @Test(arguments: [
    ("ftp://mail.example.com", "begins with “ftp”"), ("://x", "begins with “”"),
    ("http:/localhost", "slashes"), ("https:localhost", "slashes"), ("https://", "has no host"),
    (":3000", "has no host"), ("http://[::1", "has no host"), ("localhost:99999", "has the port “99999”"),
    ("localhost:http", "has the port “http”"), ("localhost:+80", "has the port “+80”"),
    ("http://me@localhost", "contains “@”"), ("http://local host", "contains “ ”"),
    ("localhost/?a=b", "contains “?”"), ("localhost/#a", "contains “#”"),
    ("https://gätéway.test", "contains “ä”"), ("https://x\u{1B}y", #"contains “\u001b”"#),
  ])
  func `A malformed URL is told as such`(url: String, why: String) async throws {
    try await withFolder { folder in
      let ended = try await Program.run(
        ["queue", "list"], environment: ["HELIOGRAPH_URL": url, "HELIOGRAPH_TOKEN": "t"], in: folder)
      #expect(ended.status == 1 && ended.errors.contains("HELIOGRAPH_URL is not the URL of a gateway"))
      #expect(ended.errors.contains(why), "\(ended.errors)")
      #expect(!ended.errors.contains("does not answer"))
    }
  }

  @Test(arguments: [
    ("HELIOGRAPH_TOKEN", "secret word", "a space"), ("HELIOGRAPH_TOKEN", "secret\n", "a line break"),
    ("HELIOGRAPH_TOKEN", "secret\u{7}", "a control character"),
    ("HELIOGRAPH_TOKEN", "sécret", "a character outside ASCII"),
    ("HELIOGRAPH_WORKSPACE", "secret\r\nX: y", "a line break"),
  ])
  func `A malformed token or workspace is told as such, and not shown`(
    variable: String, value: String, what: String
  ) async throws {
    try await withFolder { folder in
      let ended = try await Program.run(
        ["queue", "list"], environment: ["HELIOGRAPH_TOKEN": "t"].merging([variable: value]) { $1 },
        in: folder)
      #expect(ended.status == 1 && ended.errors.contains("\(variable) contains \(what)"), "\(ended.errors)")
      #expect(!ended.errors.contains("cret") && !ended.errors.contains("does not answer"))
    }
  }
}
