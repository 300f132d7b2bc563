import Foundation
import Testing

/// Server-sent events, as a client sees them whose connections end.
@Suite struct EventStreamTests {
  @Test func `A client that reconnects with the last id misses nothing and gets nothing twice`() async throws
  {
    try await Rig.run { rig in
      _ = try await rig.connectDaemon(Array(rig.sandbox.directory.mailboxes.prefix(2)))
      let log = try await rig.gateway.get("/v1/events").expect()["events"].list
      let all = log.compactMap { $0["id"].int }
      for (path, header) in [
        ("/v1/events/stream?since=0", nil), ("/v1/events/stream", "0"), ("/v1/events/stream?since=99", "0"),
      ] {
        try await rig.expectStream(path, last: header, all)
      }
      try await rig.expectStream("/v1/events/stream", last: "\(all[1])", Array(all.dropFirst(2)))
      try await rig.expectStream(
        "/v1/events/stream?since=0&account=a1", last: nil,
        log.filter { $0["account"].text == "a1" }.compactMap { $0["id"].int })
      let refused = try await rig.gateway.send(
        "GET", "/v1/events/stream", headers: [("Last-Event-ID", "x")])
      #expect(refused.status == 400 && refused.body.contains("Last-Event-ID"), "\(refused)")
    }
  }

  @Test func `The place where a stream begins is known before its first event`() async throws {
    try await Rig.run { rig in
      _ = try await rig.connectDaemon([rig.sandbox.directory.mailboxes[0]])
      let last = try #require(try await rig.gateway.get("/v1/events").expect()["next"].int)
      // An empty id is none.
      for header in [nil, ""] {
        let child = try await rig.stream("/v1/events/stream", last: header)
        try await eventually("the stream begins") { child.output.contains("\n\n") }
        #expect(child.output == "id: \(last)\n\n")
        try await child.killHard()
      }
      let first = try await rig.stream("/v1/events/stream", last: nil)
      // What happens while nobody listens.
      try await rig.gateway.killHard()
      try await rig.gateway.start()
      _ = try await rig.gateway.send("DELETE", "/v1/account/a0").expect()
      try await rig.expectStream("/v1/events/stream", last: "\(last)", [last + 1])
      try await first.killHard()
    }
  }

  @Test func `Changes of account states are told as they come`() async throws {
    try await Rig.run { rig in
      let child = try await rig.stream("/v1/changes", last: nil)
      try await eventually("the stream begins") { child.output.contains("\n\n") }
      _ = try await rig.connectDaemon([rig.sandbox.directory.mailboxes[0]])
      try await eventually("it is connected") { child.output.contains(#""key":"connected""#) }
      let changes = try child.output.matches(of: /(?m)^data: (.*)$/).map { try JSON(parsing: String($0.1)) }
      #expect(changes.allSatisfy { $0["account"].text == "a0" && $0["type"].text == "state" })
      #expect(changes.first?["key"].text == "init" && changes.last?["key"].text == "connected")
      try await child.killHard()
    }
  }
}

extension Rig {
  /// A client of a stream, whose output is what has come.
  fileprivate func stream(_ path: String, last: String?) async throws -> Child {
    // How curl sends a field that is empty.
    let header = last.map { ["--header", $0.isEmpty ? "Last-Event-ID;" : "Last-Event-ID: \($0)"] } ?? []
    return try await Child(
      URL(filePath: "/usr/bin/curl"),
      ["--silent", "--no-buffer", "--header", "Authorization: Bearer \(gateway.token)"] + header
        + [gateway.origin + path],
      name: "stream-\(UUID().uuidString)", folder: folder)
  }

  /// The numbers of the events that come first.
  fileprivate func expectStream(_ path: String, last: String?, _ expected: [Int]) async throws {
    let child = try await stream(path, last: last)
    let event = /(?m)^id: (\d+)\nevent: \w+\ndata: .*\n\n/
    try await eventually("\(expected.count) events of \(path) have come") {
      child.output.matches(of: event).count >= expected.count
    }
    #expect(
      child.output.matches(of: event).compactMap { Int($0.1) } == expected, "\(path) after \(last ?? "")")
    try await child.killHard()
  }
}
