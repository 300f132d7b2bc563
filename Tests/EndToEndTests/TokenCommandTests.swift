import Foundation
import NIOHTTP1
import StoreTesting
import Testing

/// `token issue` opens the gateway's own database, and never makes one.
@Suite struct TokenCommandTests {
  @Test(arguments: [["token", "issue"], ["token", "list"], ["token", "revoke", "tok_1", "--yes"]])
  func `Where no gateway has been, nothing is made`(command: [String]) async throws {
    try await withFolder { folder in
      let work = folder.appending(path: "work")
      try FileManager.default.createDirectory(at: work, withIntermediateDirectories: true)
      let script = #"cd "$0" && exec "$@""#
      let ended = try await Program.run(
        URL(filePath: "/bin/sh"), ["-c", script, work.path, Program.heliograph.path] + command, in: folder)
      #expect(ended.status == 1 && ended.errors.contains("[store.missing]"), "\(ended.errors)")
      #expect(ended.errors.contains("\(work.path)/heliograph-data/heliograph.sqlite"), "\(ended.errors)")
      #expect(ended.errors.contains("--data"))
      #expect(try FileManager.default.contentsOfDirectory(atPath: work.path).isEmpty)
    }
  }

  @Test func `A PostgreSQL database without our tables is left as it is`() async throws {
    let server = try await PostgresServer.shared()
    let name = try await server.createDatabase()
    try await withFolder { folder in
      let ended = try await Program.run(
        ["token", "issue", "--data", folder.path + "/none"],
        environment: [
          "HELIOGRAPH_DATABASE_URL": server.url(of: name),
          "HELIOGRAPH_SECRET_KEY": Data(repeating: 1, count: 32).base64EncodedString(),
        ], in: folder)
      #expect(ended.status == 1 && ended.errors.contains("[store.missing]"), "\(ended.errors)")
      #expect(!FileManager.default.fileExists(atPath: folder.path + "/none"))
    }
    try await server.dropDatabase(name)
  }

  @Test func `The workspace is that of HELIOGRAPH_WORKSPACE unless another is named`() async throws {
    try await Rig.run { rig in
      for name in ["north", "south"] {
        #expect(try await rig.command(["workspace", "add", "--id", name, "--name", name]).status == 0)
      }
      let data = ["--data", rig.gateway.data.path]
      let inNorth = ["HELIOGRAPH_WORKSPACE": "north"]
      for (arguments, environment) in [
        (["--description", "own"], inNorth), (["--description", "named", "--workspace", "south"], inNorth),
        (["--description", "plain"], [:]),
      ] {
        let issued = try await Program.run(
          ["token", "issue"] + arguments + data, environment: environment, in: rig.folder)
        #expect(issued.status == 0, "\(issued.errors)")
      }
      let listed = try JSON(parsing: try await rig.command(["token", "list", "--json"] + data).output)
      let workspaces = listed["tokens"].list.map {
        "\($0["description"].text ?? "") \($0["workspace"].text ?? "")"
      }
      #expect(workspaces == ["own north", "named south", "plain default"])
      let north = try await Program.run(["token", "list"] + data, environment: inNorth, in: rig.folder)
      #expect(north.output.contains("own") && !north.output.contains("plain"))

      for (arguments, environment) in [
        (["--workspace", "west"], [:]), ([], ["HELIOGRAPH_WORKSPACE": "west"]),
      ] {
        let refused = try await Program.run(
          ["token", "issue"] + arguments + data, environment: environment, in: rig.folder)
        #expect(refused.status == 1 && refused.errors.contains("[workspace.notFound]"), "\(refused.errors)")
        #expect(refused.output.isEmpty)
      }
    }
  }

  @Test(arguments: [
    (["--description", ""], "--description"), (["--description", "  "], "--description"),
    (["--description", "a\nb"], "--description"), (["--scope", "everything"], "--scope"),
    (["--scope", "API"], "--scope"), (["--scope", ""], "--scope"), (["--scope", "api *"], "--scope"),
  ])
  func `An empty description and an unknown scope are refused`(
    arguments: [String], option: String
  ) async throws {
    try await withFolder { folder in
      let ended = try await Program.run(["token", "issue"] + arguments, in: folder)
      #expect(ended.status == 64 && ended.errors.contains("\(option) must"), "\(ended.errors)")
    }
  }

  @Test func `A token is limited to where it is used from, how often and for what`() async throws {
    try await Rig.run { rig in
      let data = ["--data", rig.gateway.data.path]
      func issue(_ arguments: String...) async throws -> String {
        let issued = try await rig.command(["token", "issue"] + arguments + data)
        #expect(issued.status == 0, "\(issued.errors)")
        return issued.output.trimmingCharacters(in: .whitespacesAndNewlines)
      }
      let here = try await issue("--allow-address", "127.0.0.0/8", "--allow-address", "::1")
      let elsewhere = try await issue("--allow-address", "10.0.0.0/8")
      let seldom = try await issue("--rate", "1/3600")
      let reader = try await issue("--allow", "read", "--allow-group", "outbox,account")
      #expect(try await rig.gateway.get("/v1/accounts", token: here).status == 200)
      // Nobody is believed about a client who is not a trusted proxy.
      let answer = try await rig.http.send(
        "GET", rig.gateway.origin + "/v1/accounts",
        headers: [("Authorization", "Bearer \(elsewhere)"), ("X-Forwarded-For", "10.0.0.1")])
      answer.expectRefusal("token.restricted")
      #expect(try await rig.gateway.get("/v1/accounts", token: seldom).status == 200)
      let second = try await rig.gateway.get("/v1/accounts", token: seldom)
      #expect(second.status == 429 && second.headers["Retry-After"].first.flatMap { Int($0) } ?? 0 > 3000)
      #expect(try await rig.gateway.get("/v1/accounts", token: reader).status == 200)
      try await rig.gateway.get("/v1/events", token: reader).expectRefusal("token.permission")
    }
  }

  @Test(arguments: [
    (["--allow-address", "10.0.0.1/8"], "--allow-address must"), (["--rate", "5"], "--rate must"),
    (["--rate", "0/5"], "--rate must"), (["--allow", "read,delete"], "--allow takes"),
    (["--allow", ""], "--allow takes"), (["--allow-group", "admin"], "--allow-group takes"),
  ])
  func `Limits that make no sense are refused`(arguments: [String], words: String) async throws {
    try await withFolder { folder in
      let ended = try await Program.run(["token", "issue"] + arguments, in: folder)
      #expect(ended.status == 64 && ended.errors.contains(words), "\(ended.errors)")
    }
  }

  @Test func `A token is issued as JSON with its id, by which it is revoked`() async throws {
    try await Rig.run { rig in
      let data = ["--data", rig.gateway.data.path]
      let issued = try JSON(
        parsing: try await rig.command(["token", "issue", "--json"] + data).output)
      let (token, id) = (try #require(issued["token"].text), try #require(issued["id"].text))
      #expect(try await rig.gateway.get("/v1/accounts", token: token).status == 200)
      let revoked = try await rig.command(["token", "revoke", id, "--yes", "--json"])
      #expect(try JSON(parsing: revoked.output)["deleted"].bool == true)
    }
  }
}
