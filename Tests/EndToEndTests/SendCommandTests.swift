import Foundation
import Testing

/// `heliograph send`, with its progress, its tables and its large files.
@Suite struct SendCommandTests {
  private static func subjects(_ rig: Rig) async throws -> [String] {
    try await rig.sandbox.subjects(of: "bob@contoso.test").sorted()
  }

  private static func start(_ rig: Rig) async throws {
    try await rig.sandbox.settings(["sendLagMs": 0])
    _ = try await rig.connectDaemon(["alice@contoso.test"])
  }

  private static func write(_ text: String, _ name: String, in rig: Rig) throws -> String {
    let file = rig.folder.appending(path: name)
    try Data(text.utf8).write(to: file)
    return file.path
  }

  // --wait

  private static let one = ["send", "--account", "a0", "--to", "bob@contoso.test", "--text", "x", "--wait"]

  @Test func `It waits until the message is sent, and says when`() async throws {
    try await Rig.run { rig in
      try await Self.start(rig)
      let sent = try await rig.command(Self.one + ["--subject", "Waited"])
      #expect(sent.status == 0, "\(sent)")
      #expect(sent.output.contains("\nSent at 20") && sent.errors.contains(": sent"))
      #expect(try await Self.subjects(rig) == ["Waited"])
      let json = try await rig.command(Self.one + ["--subject", "Again", "--json"])
      let lines = try json.output.split(separator: "\n").map { try JSON(parsing: String($0)) }
      #expect(json.status == 0 && json.errors.isEmpty)
      #expect(lines.count == 2 && lines[0]["queueId"] == lines[1]["queueId"])
      #expect(lines[1]["state"].text == "sent")
    }
  }

  @Test func `A message that fails or is not sent in time ends it with status 1 and the reason`() async throws
  {
    try await Rig.run { rig in
      try await Self.start(rig)
      try await rig.sandbox.fault([
        "path": "*/send", "status": 400, "code": "ErrorInvalidRecipients", "count": 1,
      ])
      let failed = try await rig.command(Self.one + ["--subject", "Fails"])
      #expect(failed.status == 1, "\(failed)")
      for words in [" has failed: ", "[graph.", ": failed"] {
        #expect(failed.errors.contains(words), "\(failed.errors)")
      }
      _ = try await rig.command(["account", "pause", "a0"])
      let late = try await rig.command(Self.one + ["--subject", "Late", "--timeout", "1"])
      #expect(late.status == 1 && late.errors.contains("was not sent in that time"), "\(late.errors)")
      #expect(late.errors.contains("stays in the queue"))
      let (id, child) = try await Self.waiting(rig)
      child.signal(SIGINT)
      #expect(try await child.status() == 130)
      #expect(child.errors.contains("The message \(id) stays in the queue."), "\(child.errors)")
      #expect(try await rig.gateway.outboxEntry(id)["state"].text != "cancelled")
    }
  }

  /// A command that waits for a message which does not leave.
  private static func waiting(_ rig: Rig) async throws -> (id: String, Child) {
    let child = try await Child(
      Program.heliograph, one + ["--subject", "Interrupted"], environment: rig.clientEnvironment,
      name: "waits",
      folder: rig.folder)
    // It is deferred when the paused mailbox has its turn again.
    try await eventually("it waits") {
      child.errors.contains(": queued") || child.errors.contains(": deferred")
    }
    let list = try await rig.gateway.get("/v1/outbox?query=Interrupted").expect()
    return (try #require(list["messages"].list.first?["queueId"].text), child)
  }

  // Files

  @Test func `A large file is uploaded in parts, through broken connections, and arrives whole`() async throws
  {
    try await Rig.run { rig in
      try await Self.start(rig)
      let content = Data((0..<9_000_001).map { UInt8(truncatingIfNeeded: $0 &* 2_654_435_761 >> 13) })
      let file = rig.folder.appending(path: "plan.bin")
      try content.write(to: file)
      let proxy = try await BreakingProxy(to: rig.gateway.port, in: rig)
      var environment = rig.clientEnvironment
      environment["HELIOGRAPH_URL"] = "http://localhost:\(proxy.port)"
      let sent = try await Program.run(
        Self.one + ["--subject", "Large", "--attach", file.path], environment: environment, in: rig.folder)
      #expect(sent.status == 0, "\(sent)")
      #expect(proxy.child.output == "broken before\nbroken after\n")
      try await proxy.child.killHard()
      let shown = try await rig.gateway.get("/v1/outbox?query=Large&state=sent").expect()
      let id = try #require(shown["messages"].list.first?["queueId"].text)
      let output = rig.folder.appending(path: "message.eml")
      let saved = try await rig.command(["queue", "source", id, "--output", output.path])
      #expect(saved.status == 0 && saved.output.isEmpty, "\(saved)")
      let source = try String(contentsOf: output, encoding: .utf8)
      #expect(source.contains(content.base64EncodedString(options: [.lineLength76Characters])))
      #expect(source.contains("\r\nSubject: Large\r\n"))
      let printed = try await rig.command(["queue", "source", id])
      #expect(printed.output == source)
      let unknown = try await rig.command(["queue", "source", "q_none", "--output", output.path])
      #expect(unknown.status == 1 && unknown.errors.contains("[queue.notFound]"))
      #expect(try String(contentsOf: output, encoding: .utf8) == source)
    }
  }

  // --csv

  private static let table = #"""
    To;Cc;Subject;Text;Send at
    bob@contoso.test;;One;Hello;
    """Bob, B."" <bob@contoso.test>";"Carol <carol@contoso.test>, dave@contoso.test";Two;;
    nobody;;Three;;
    bob@contoso.test;;Four;;tomorrow
    bob@contoso.test;;"Fi""ve";"two
    lines";2099-01-01T00:00:00Z

    """#

  @Test func `Each row of a table is a message; a bad one does not stop the others`() async throws {
    try await Rig.run { rig in
      try await Self.start(rig)
      let table = try Self.write(Self.table, "list.csv", in: rig)
      let send = ["send", "--account", "a0", "--text", "Default", "--csv", table]
      let dry = try await rig.command(send + ["--dry-run"])
      #expect(dry.status == 1 && dry.output == "3 of 5 rows can be sent, 2 with errors.\n", "\(dry)")
      #expect(!FileManager.default.fileExists(atPath: table + ".results.csv"))
      #expect(try await rig.gateway.outboxTotal() == 0)

      let first = try await rig.command(send)
      #expect(first.status == 1 && first.output == "3 of 5 rows queued, 2 with errors.\n", "\(first)")
      #expect(first.errors.contains("line 4: ") && first.errors.contains("line 5: send-at must be a date"))
      try await eventually("two are sent") { try await Self.subjects(rig) == ["One", "Two"] }
      let later = try await rig.gateway.get("/v1/outbox?state=scheduled").expect()
      #expect(later["messages"].list.map { $0["subject"].text } == [#"Fi"ve"#])
      let results = try String(contentsOfFile: table + ".results.csv", encoding: .utf8)
      #expect(results.hasPrefix("line,queueId,state,error,key\n"))
      #expect(results.split(separator: "\n").count == 6)
      for words in ["\n2,q_", ",queued,,csv-2-", "\n4,,failed,"] {
        #expect(results.contains(words), "\(results)")
      }

      // A second run goes on: what is queued stays, what failed is tried again.
      _ = try Self.write(Self.table.replacing("nobody;", with: "bob@contoso.test;"), "list.csv", in: rig)
      let second = try await rig.command(send + ["--json"])
      let lines = try second.output.split(separator: "\n").map { try JSON(parsing: String($0)) }
      #expect(second.status == 1 && lines.count == 3, "\(second)")
      #expect(
        lines.contains { $0["line"].int == 4 && $0["state"].text == "queued" && $0["queueId"].text != nil })
      #expect(lines.contains { $0["line"].int == 5 && $0["state"].text == "failed" })
      #expect(lines.last?["done"]["skipped"].int == 3 && lines.last?["done"]["queued"].int == 1)
      try await eventually("the third is sent") { try await Self.subjects(rig) == ["One", "Three", "Two"] }

      // What an earlier run has sent may not become another message under its hands.
      _ = try Self.write(Self.table.replacing("Hello", with: "Hullo"), "list.csv", in: rig)
      let changed = try await rig.command(send)
      #expect(
        changed.status == 1 && changed.errors.contains("Line 2 was sent by an earlier run"), "\(changed)")
    }
  }

  @Test func `Without its results, or with the last of them cut off, a table is not sent twice`() async throws
  {
    try await Rig.run { rig in
      try await Self.start(rig)
      let rows = (1...20).map { "bob@contoso.test,Row \($0)\n" }.joined()
      let table = try Self.write("to,subject\n" + rows, "list.csv", in: rig)
      let send = ["send", "--account", "a0", "--text", "x", "--csv", table]
      #expect(try await rig.command(send).output == "20 of 20 rows queued, 0 with errors.\n")
      let results = table + ".results.csv"
      let text = try String(contentsOfFile: results, encoding: .utf8)
      try Data(text.utf8.dropLast(70)).write(to: URL(filePath: results))
      let again = try await rig.command(send)
      #expect(again.status == 0 && again.output.contains("queued, 0 with errors, 1"), "\(again)")
      #expect(again.output.contains("had been submitted before"))
      try FileManager.default.removeItem(atPath: results)
      let fresh = try await rig.command(send)
      #expect(fresh.status == 0 && fresh.output.contains("20 of them had been submitted before"), "\(fresh)")
      try await eventually("all are sent") { try await Self.subjects(rig).count == 20 }
      #expect(try await rig.gateway.get("/v1/outbox?state=sent").expect()["total"].int == 20)
      let meant = try await rig.command(send + ["--run", "two", "--results", results + ".2"])
      #expect(meant.status == 0 && !meant.output.contains("before"), "\(meant)")
      try await eventually("all are sent again") { try await Self.subjects(rig).count == 40 }
    }
  }

  /// A spreadsheet would calculate such a key, and a file that is written anew makes another message.
  @Test func `A row is known by its own key, whatever it begins with, and by what its file contains`()
    async throws
  {
    try await Rig.run { rig in
      try await Self.start(rig)
      let send = ["send", "--account", "a0", "--text", "x", "--csv"]
      let keys = try Self.write(
        "to,subject,idempotency-key\nbob@contoso.test,Key,+49-1\n", "keys.csv", in: rig)
      #expect(try await rig.command(send + [keys]).output == "1 of 1 rows queued, 0 with errors.\n")
      let known = try await rig.command(send + [keys])
      #expect(known.status == 0 && known.output.contains("1 already queued by an earlier run"), "\(known)")

      let file = try Self.write("Monday", "report.txt", in: rig)
      let table = try Self.write(
        "to,subject,attachment\nbob@contoso.test,File,\(file)\n", "files.csv", in: rig)
      #expect(try await rig.command(send + [table]).status == 0)
      _ = try Self.write("Tuesday", "report.txt", in: rig)
      let changed = try await rig.command(send + [table])
      #expect(
        changed.status == 1 && changed.errors.contains("Line 2 was sent by an earlier run"), "\(changed)")
      let again = try await rig.command(send + [table, "--results", table + ".2"])
      #expect(again.status == 0 && !again.output.contains("before"), "\(again)")
      try await eventually("both are sent") { try await Self.subjects(rig) == ["File", "File", "Key"] }
    }
  }

  @Test func `A run that is killed is gone on with, and each row is sent once`() async throws {
    try await Rig.run { rig in
      try await Self.start(rig)
      let count = 300
      let rows = (1...count).map { "bob@contoso.test,Row \($0)\n" }.joined()
      let table = try Self.write("to,subject\n" + rows, "list.csv", in: rig)
      let send = ["send", "--account", "a0", "--text", "x", "--csv", table]
      let results = table + ".results.csv"
      for share in [3, 2] {
        let child = try await Child(
          Program.heliograph, send, environment: rig.clientEnvironment, name: "killed-\(share)",
          folder: rig.folder)
        try await eventually("it has sent some") {
          let text = (try? String(contentsOfFile: results, encoding: .utf8)) ?? ""
          return text.count { $0 == "\n" } > count / share || !child.isRunning
        }
        try await child.killHard()
      }
      let last = try await rig.command(send)
      #expect(last.status == 0, "\(last)")
      let accepted = try await rig.gateway.get("/v1/outbox?query=Row&pageSize=1").expect()["total"].int ?? 0
      let sent =
        try await rig.gateway.get("/v1/outbox?state=sent&query=Row&pageSize=1").expect()["total"].int ?? 0
      #expect(accepted + sent >= count)
      try await eventually("all are sent") {
        try await rig.gateway.get("/v1/outbox?pageSize=1").expect()["total"].int == 0
      }
      #expect(try await rig.gateway.get("/v1/outbox?state=sent&pageSize=1").expect()["total"].int == count)
    }
  }

  /// 100,000 rows with `make torture`.
  @Test func `A long table is sent whole, and a bad row in its middle costs only itself`()
    async throws
  {
    try await Rig.run { rig in
      _ = try await rig.connectDaemon(["alice@contoso.test"])
      _ = try await rig.command(["account", "pause", "a0"])
      let rows = Program.isTorture ? 100_000 : 1_500
      var text = "to,subject,text\n"
      for row in 1...rows {
        text +=
          row == rows / 2
          ? "\"bob@contoso.test,x\"y,z\n"
          : "bob@contoso.test,Row \(row),\(String(repeating: "x", count: 500))\n"
      }
      let table = try Self.write(text, "long.csv", in: rig)
      let sent = try await rig.command(["send", "--account", "a0", "--csv", table, "--json"])
      let last = try JSON(parsing: String(try #require(sent.output.split(separator: "\n").last)))
      #expect(
        sent.status == 1 && last["done"]["rows"].int == rows && last["done"]["failed"].int == 1, "\(last)")
      #expect(last["done"]["queued"].int == rows - 1)
      #expect(sent.output.contains(#"{"line":\#(rows / 2 + 1),"state":"failed""#))
      #expect(try await rig.gateway.outboxTotal() == rows - 1)
    }
  }

  @Test(arguments: [
    (["send", "--csv", "x.csv", "--account", "a", "--raw", "y"], "--raw is for one message"),
    (["send", "--csv", "-", "--account", "a"], "--results"),
    (["send", "--to", "b@c.d"], "--account is missing"),
    (["send", "--account", "a", "--timeout", "5"], "--timeout is for --wait"),
    (["send", "--account", "a", "--run", "x"], "are for --csv"),
    (["queue", "cancel"], "Name messages by their queue ids"),
    (["queue", "retry", "q_1", "--account", "a"], "cannot be combined"),
    (["queue", "release", "q_1", "--as", "sent", "--dry-run"], "takes no queue ids"),
  ])
  func `Options that do not go together are refused before anything is done`(command: [String], words: String)
    async throws
  {
    try await withFolder { folder in
      let ended = try await Program.run(command, in: folder)
      #expect(ended.status == 64 && ended.errors.contains(words), "\(ended.errors)")
    }
  }

  @Test(arguments: [
    ("", "The table is empty"), ("to,subjekt\nbob@contoso.test,x\n", "The column “subjekt” is not one of"),
    ("to,to\n", "occurs twice"),
  ])
  func `A table that cannot be understood is refused as a whole`(text: String, words: String) async throws {
    try await withFolder { folder in
      let table = folder.appending(path: "t.csv")
      try Data(text.utf8).write(to: table)
      let ended = try await Program.run(
        ["send", "--csv", table.path, "--account", "a", "--dry-run"],
        environment: ["HELIOGRAPH_TOKEN": "t", "HELIOGRAPH_URL": "http://localhost:1"], in: folder)
      #expect(ended.status == 1 && ended.errors.contains(words), "\(ended.errors)")
    }
  }
}

/// Stands between a command and the gateway, and breaks two connections: in the middle of a request, and after a request
/// before its reply.
private struct BreakingProxy {
  let port = FreePort.take()
  let child: Child

  init(to gateway: Int, in rig: Rig) async throws {
    let script = """
      import socket, sys, threading
      port, gateway = int(sys.argv[1]), int(sys.argv[2])
      total, broken, lock = 0, 0, threading.Lock()

      def copy(source, target, breaks):
          global total, broken
          try:
              while data := source.recv(65536):
                  if breaks:
                      with lock:
                          total += len(data)
                          if broken == 0 and total > 2_000_000:
                              broken = 1
                              print("broken before", flush=True)
                              raise OSError
                          if broken == 1 and total > 7_000_000:
                              broken = 2
                              print("broken after", flush=True)
                              target.sendall(data)
                              raise OSError
                  target.sendall(data)
          except OSError:
              pass
          for end in (source, target):
              try:
                  end.shutdown(socket.SHUT_RDWR)
              except OSError:
                  pass

      server = socket.create_server(("127.0.0.1", port))
      while True:
          client, _ = server.accept()
          there = socket.create_connection(("127.0.0.1", gateway))
          threading.Thread(target=copy, args=(client, there, True), daemon=True).start()
          threading.Thread(target=copy, args=(there, client, False), daemon=True).start()
      """
    child = try await Child(
      URL(filePath: "/usr/bin/python3"), ["-c", script, "\(port)", "\(gateway)"], name: "proxy",
      folder: rig.folder)
    try await eventually("it listens") {
      (try? await rig.http.send("GET", "http://localhost:\(port)/health"))?.status == 200
    }
  }
}
