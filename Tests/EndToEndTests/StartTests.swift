import Foundation
import StoreTesting
import Testing

/// A gateway that cannot do its work does not start, and says why.
@Suite struct StartTests {
  @Test func `A port in use is named`() async throws {
    try await Rig.run { rig in
      let data = rig.folder.appending(path: "second").path
      let ended = try await rig.serve(["--port", "\(rig.gateway.port)", "--data", data])
      #expect(ended.status == 1)
      #expect(ended.errors.contains("\(rig.gateway.port)"))
      #expect(ended.errors.contains("server.portInUse"))
    }
  }

  @Test func `A data folder that another gateway works on is refused`() async throws {
    try await Rig.run { rig in
      let ended = try await rig.serve(["--port", "\(FreePort.take())", "--data", rig.gateway.data.path])
      #expect(ended.status == 1)
      #expect(ended.errors.contains("store.locked"))
      #expect(try await rig.gateway.get("/health").status == 200)
    }
  }

  @Test(arguments: [
    ("prot: 3000", "prot", "port"), ("unknown-outcome-wiat: 5", "wiat", "unknown-outcome-wait"),
  ])
  func `A bad configuration key is named with the nearest valid one`(
    line: String, named: String, nearest: String
  ) async throws {
    try await withFolder { folder in
      let file = folder.appending(path: "heliograph.yaml")
      try Data((line + "\n").utf8).write(to: file)
      let ended = try await Program.run(
        ["serve", "--config", file.path, "--data", folder.appending(path: "data").path], in: folder)
      #expect(ended.status == 1)
      #expect(ended.errors.contains(named))
      #expect(ended.errors.contains(nearest))
      #expect(ended.errors.contains("configuration.unknownKey"))
    }
  }

  @Test func `A prepared token of few bits is refused and not repeated`() async throws {
    try await withFolder { folder in
      let environment = ["HELIOGRAPH_PREPARED_TOKEN": "tooshort"]
      let ended = try await Program.run(
        ["serve", "--port", "\(FreePort.take())", "--data", folder.path], environment: environment, in: folder
      )
      #expect(ended.status == 1)
      #expect(ended.errors.contains("HELIOGRAPH_PREPARED_TOKEN"))
      #expect(!ended.errors.contains("tooshort"))
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `A wrong secret key is refused`(engine: StoreEngine) async throws {
    try await Rig.run(engine) { rig in
      _ = try await rig.connectDaemon(["alice@contoso.test"])
      try await rig.gateway.stop()
      let key = Data(repeating: 7, count: 32).base64EncodedString()
      let ended = try await rig.serve(
        ["--port", "\(FreePort.take())", "--data", rig.gateway.data.path],
        environment: ["HELIOGRAPH_SECRET_KEY": key])
      #expect(ended.status == 1)
      #expect(ended.errors.contains("vault.wrongKey"))
      #expect(!ended.errors.contains(key))
      let file = rig.gateway.data.appending(path: "secret.key")
      let rightKey = try String(contentsOf: file, encoding: .utf8)
      // Without any, one is made, does not fit, and does not stay to mislead the next start.
      try FileManager.default.removeItem(at: file)
      let issued = try await rig.command(["token", "issue", "--data", rig.gateway.data.path])
      #expect(issued.status == 1)
      #expect(issued.errors.contains("vault.wrongKey"))
      #expect(!FileManager.default.fileExists(atPath: file.path))
      try Data(rightKey.utf8).write(to: file)
      try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: file.path)
      // With the right one all is as before.
      try await rig.gateway.start()
      #expect(try await rig.gateway.get("/v1/account/a0").expect()["state"].text == "connected")
    }
  }

  @Test func `The key file is made for its owner alone`() async throws {
    try await Rig.run { rig in
      let data = rig.gateway.data.path
      let names = try FileManager.default.contentsOfDirectory(atPath: data)
      let key = try #require(names.first { $0.contains("key") })
      let attributes = try FileManager.default.attributesOfItem(atPath: data + "/" + key)
      #expect(attributes[.posixPermissions] as? Int == 0o600)
    }
  }

  @Test func `A key that everyone can read stops the start, and other open files are warned of`() async throws
  {
    try await Rig.run { rig in
      try await rig.gateway.stop()
      let (files, data) = (FileManager.default, rig.gateway.data)
      let key = data.appending(path: "secret.key").path
      try files.setAttributes([.posixPermissions: 0o644], ofItemAtPath: key)
      let ended = try await rig.serve(["--port", "\(FreePort.take())", "--data", data.path])
      #expect(ended.status == 1 && ended.errors.contains("vault.keyExposed"))
      #expect(ended.errors.contains("chmod 600 \(key)"))
      try files.setAttributes([.posixPermissions: 0o600], ofItemAtPath: key)
      try files.setAttributes([.posixPermissions: 0o755], ofItemAtPath: data.path)
      try await rig.gateway.start()
      let health = try await rig.gateway.get("/health").expect()
      #expect(health["files"][0]["remedy"].text == "Run `chmod 700 \(data.path)`.")
      let doctor = try await rig.command(["doctor"])
      #expect(doctor.output.contains("The data folder \(data.path) can be opened by other users"))
      try files.setAttributes([.posixPermissions: 0o700], ofItemAtPath: data.path)
      #expect(try await rig.gateway.get("/health").expect()["files"].list.isEmpty)
    }
  }

  @Test func `The first start says where data and key are and what to do next, a later one only where`()
    async throws
  {
    try await withFolder { folder in
      let data = folder.appending(path: "a folder").path
      let port = "\(FreePort.take())"
      func log(_ name: String) async throws -> String {
        let gateway = try await Child(
          Program.heliograph, ["serve", "--port", port, "--data", data], name: name, folder: folder)
        try await eventually("it listens") {
          guard gateway.isRunning else { throw UnexpectedAnswer(description: gateway.errors) }
          return gateway.output.contains("Heliograph listens on http://localhost:\(port)")
        }
        gateway.signal(SIGTERM)
        #expect(try await gateway.status() == 0)
        return gateway.errors
      }
      let first = try await log("first")
      for words in [data + "/heliograph.sqlite", data + "/secret.key", "A secret key was made."] {
        #expect(first.contains(words), "\(first)")
      }
      // What it says can be typed.
      let command = try #require(first.firstMatch(of: /`heliograph (token issue .*?)`/)?.1, "\(first)")
      let issued = try await Program.run(
        URL(filePath: "/bin/sh"), ["-c", "exec \(Program.heliograph.path) \(command)"], in: folder)
      #expect(issued.status == 0 && !issued.output.isEmpty, "\(issued.errors)")
      let second = try await log("second")
      #expect(second.contains(data + "/secret.key"))
      #expect(!second.contains("was made") && !second.contains("token issue"), "\(second)")
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `A database from the future is refused and left alone`(engine: StoreEngine) async throws {
    try await Rig.run(engine) { rig in
      try await rig.gateway.stop()
      let version = try await rig.sql("SELECT max(version) FROM schema_migration")
      try await rig.sql("INSERT INTO schema_migration (version) VALUES (999)")
      let ended = try await rig.serve(["--port", "\(FreePort.take())", "--data", rig.gateway.data.path])
      #expect(ended.status == 1)
      #expect(ended.errors.contains("store.fromFuture"))
      try await rig.sql("DELETE FROM schema_migration WHERE version = 999")
      #expect(try await rig.sql("SELECT max(version) FROM schema_migration") == version)
      try await rig.gateway.start()
    }
  }

  @Test func `SIGTERM lets messages on their way finish and ends with 0`() async throws {
    // An outcome that is unknown would take two minutes.
    try await Rig.run { rig in
      try await rig.sandbox.settings(["sendLagMs": 0])
      let mailboxes = Array(rig.sandbox.directory.mailboxes.suffix(2))
      let account = try await rig.connectDaemon([mailboxes[0]])[0]
      try await rig.sandbox.fault(["path": "*/send", "delayMs": 700, "count": 0])
      for number in 0..<8 {
        _ = try await rig.gateway.submit("message \(number)", from: account, to: mailboxes[1]).expect()
      }
      try await eventually("drafts are made") { try await rig.sandbox.requests().contains { $0.isDraft } }
      let status = try await rig.gateway.stop()
      #expect(status == 0)
      try await rig.gateway.start()
      try await eventually("all have arrived") {
        let waiting = try await rig.gateway.outboxTotal()
        return try await rig.sandbox.subjects(of: mailboxes[1]).count >= 8 && waiting == 0
      }
      let found = try await rig.sandbox.subjects(of: mailboxes[1])
      #expect(found.sorted() == (0..<8).map { "message \($0)" })
    }
  }
}

extension Rig {
  /// Runs `serve` beside the rig's own gateway, expecting that it ends by itself.
  fileprivate func serve(
    _ arguments: [String], environment: [String: String] = [:]
  ) async throws -> (status: Int32, output: String, errors: String) {
    var environment = environment
    if let databaseURL { environment["HELIOGRAPH_DATABASE_URL"] = databaseURL }
    let sandbox = ["--microsoft", sandbox.origin]
    return try await Program.run(["serve"] + sandbox + arguments, environment: environment, in: folder)
  }

  /// Runs one statement on the gateway's database, from outside.
  @discardableResult
  func sql(_ statement: String) async throws -> String {
    let done: (status: Int32, output: String, errors: String)
    if let databaseURL {
      done = try await Program.run(
        URL(filePath: "/usr/bin/psql"), [databaseURL, "-XqAt", "-v", "ON_ERROR_STOP=1", "-c", statement],
        in: folder)
    } else {
      let file = gateway.data.appending(path: "heliograph.sqlite").path
      let script =
        "import sqlite3,sys;c=sqlite3.connect(sys.argv[1]);"
        + "print(*[r[0] for r in c.execute(sys.argv[2]).fetchall()]);c.commit()"
      done = try await Program.run(
        URL(filePath: "/usr/bin/python3"), ["-c", script, file, statement], in: folder)
    }
    guard done.status == 0 else { throw RigFailure(description: done.errors) }
    return done.output.trimmingCharacters(in: .whitespacesAndNewlines)
  }
}
