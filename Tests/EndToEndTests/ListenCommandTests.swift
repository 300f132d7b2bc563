import Foundation
import Testing

/// `heliograph listen`, as somebody uses it who writes a receiver.
@Suite struct ListenCommandTests {
  @Test func `Events are printed and forwarded, each once, across restarts of the gateway, until Ctrl-C`()
    async throws
  {
    try await Sink.run { sink in
      try await Rig.run { rig in
        try await rig.sandbox.settings(["sendLagMs": 0])
        let mailboxes = Array(rig.sandbox.directory.mailboxes.suffix(2))
        _ = try await rig.connectDaemon([mailboxes[0]])
        let child = try await rig.listen(["--since", "0", "--forward", sink.url])
        for (number, subject) in ["One", "Two", "Three"].enumerated() {
          _ = try await rig.gateway.submit(subject, from: "a0", to: mailboxes[1]).expect()
          try await eventually("\(subject) is told") {
            child.output.matches(of: #/  a0  messageSent  /#).count == number + 1
          }
          // The events of the next message may come before the command is connected again.
          if number == 0 { try await rig.gateway.stop() } else { try await rig.gateway.killHard() }
          try await rig.gateway.start()
        }
        let log = try await rig.gateway.get("/v1/events?limit=1000").expect()["events"].list
        try await eventually("all are forwarded") { sink.received.count >= log.count }
        #expect(sink.received.map(\.id) == log.map { "evt_default_\($0["id"].int ?? 0)" })
        #expect(sink.received.map { $0.json["event"] } == log.map { $0["event"] })
        #expect(sink.received.map { $0.json["data"] } == log.map { $0["data"] })
        let lines = child.output.split(separator: "\n").map { $0.prefix { $0 != " " } }
        #expect(lines == log.map { "\($0["id"].int ?? 0)" }, "\(child.output)")
        #expect(child.errors.contains("Events are signed with whsec_"), "\(child.errors)")
        #expect(child.errors.contains("\(sink.url) answered with 204."))
        child.signal(SIGINT)
        #expect(try await child.status() == -SIGINT)
      }
    }
  }

  @Test func `Events are chosen by account and name, and printed as they would be posted`() async throws {
    try await Rig.run { rig in
      let mailboxes = Array(rig.sandbox.directory.mailboxes.suffix(2))
      _ = try await rig.connectDaemon(mailboxes)
      let child = try await rig.listen([
        "--since", "0", "--account", "a1", "--event", "authenticationSuccess", "--json",
      ])
      try await eventually("an event is printed") { child.output.hasSuffix("\n") }
      let event = try JSON(parsing: child.output)
      #expect(event["event"].text == "authenticationSuccess" && event["account"].text == "a1")
      #expect(event["serviceUrl"].text == rig.gateway.origin && event["eventId"].text != nil)
      child.signal(SIGINT)
      _ = try await child.status()
    }
  }

  @Test func `A receiver that refuses or is not there is told, and is asked once`() async throws {
    try await Sink.run { sink in
      try await Rig.run { rig in
        _ = try await rig.connectDaemon([rig.sandbox.directory.mailboxes[0]])
        let count = try await rig.gateway.get("/v1/events").expect()["events"].list.count
        sink.answer(500)
        let closed = "http://127.0.0.1:\(FreePort.take())/"
        for (url, words) in [(sink.url, "answered with 500."), (closed, "could not be reached")] {
          let child = try await rig.listen(["--since", "0", "--forward", url])
          try await eventually("all were tried") {
            child.errors.matches(of: try Regex(words)).count == count
          }
          child.signal(SIGINT)
          _ = try await child.status()
        }
        #expect(sink.received.count == count)
      }
    }
  }

  @Test func `What cannot work ends it at once`() async throws {
    try await Rig.run { rig in
      for url in ["localhost:8000", "ftp://localhost/", "x"] {
        let ended = try await rig.command(["listen", "--forward", url])
        #expect(ended.status == 64 && ended.errors.contains("not \(url)"), "\(ended.errors)")
      }
      let secret = try await Program.run(
        ["listen", "--forward", "http://localhost:8000/"],
        environment: rig.clientEnvironment.merging(["HELIOGRAPH_WEBHOOK_SECRET": "whsec_x"]) { $1 },
        in: rig.folder)
      #expect(secret.status == 64 && secret.errors.contains("HELIOGRAPH_WEBHOOK_SECRET must be"))
      #expect(!secret.errors.contains("whsec_x"))
      let nobody = try await rig.command(["listen", "--account", "nobody"])
      #expect(nobody.status == 1 && nobody.errors.contains("nobody"), "\(nobody.errors)")
      let stranger = try await Program.run(
        ["listen"], environment: ["HELIOGRAPH_URL": rig.gateway.origin, "HELIOGRAPH_TOKEN": "t"],
        in: rig.folder)
      #expect(stranger.status == 1 && stranger.errors.contains("token"), "\(stranger.errors)")
    }
  }
}

extension Rig {
  func listen(_ arguments: [String], secret: String? = nil) async throws -> Child {
    var environment = clientEnvironment
    environment["HELIOGRAPH_WEBHOOK_SECRET"] = secret
    return try await Child(
      Program.heliograph, ["listen"] + arguments, environment: environment,
      name: "listen-\(UUID().uuidString)",
      folder: folder)
  }
}
