import Foundation
import Testing

/// `heliograph webhook`, as an operator types it.
@Suite struct WebhookCommandTests {
  @Test func `A route is added, shown, changed, tested and deleted`() async throws {
    try await Self.run { rig, sink in
      let none = try await rig.command(["webhook", "list"])
      #expect(none.status == 0)
      #expect(none.output == "No webhook routes. `heliograph webhook add` adds one.\n", "\(none.errors)")
      #expect(try JSON(parsing: await rig.command(["webhook", "list", "--json"]).output)["total"].int == 0)

      let added = try await rig.command([
        "webhook", "add", "--name", "CRM", "--url", sink.url, "--event", "messageSent", "--event",
        "messageFailed",
      ])
      let id = try #require(added.output.firstMatch(of: /route\t(wh_\w+)\n/)?.1, "\(added.errors)")
      let secret = try #require(added.output.firstMatch(of: /secret\t(whsec_\S+)\n/)?.1)
      #expect(added.status == 0 && added.errors.contains("heliograph webhook test \(id)"))
      let list = try await rig.command(["webhook", "list"])
      #expect(list.output.hasPrefix("ROUTE\tNAME\tSTATE\t"), "\(list.output)")
      #expect(list.output.contains("\(id)\tCRM\tworking\t0\t\(sink.url)\tmessageSent messageFailed\t"))

      let changed = try await rig.command([
        "webhook", "update", "\(id)", "--name", "Desk", "--order", "strict", "--header-file",
        try rig.write("X-Team: mail\n", to: "fields"), "--filter-file",
        try rig.write(#"{"field": "data.problem", "operator": "exists"}"#, to: "filter.json"),
        "--disable",
      ])
      #expect(changed.output == "Updated \(id).\n", "\(changed.errors)")
      let shown = try await rig.command(["webhook", "show", "\(id)"])
      for line in ["name\tDesk", "state\tdisabled", "order\tstrict", "header fields\tX-Team", "taken\t0"] {
        #expect(shown.output.contains(line + "\n"), "\(line) in \(shown.output)")
      }
      #expect(!shown.output.contains(secret))
      let json = try JSON(parsing: await rig.command(["webhook", "show", "\(id)", "--json"]).output)
      #expect(json["filter"]["field"].text == "data.problem" && json["enabled"].bool == false)

      let tested = try await rig.command(["webhook", "test", "\(id)"])
      #expect(tested.output.contains(/^Taken: status 204 after \d+ ms\.\n$/), "\(tested)")
      #expect(sink.received.map { $0.json["event"].text } == ["test"])
      #expect(sink.received.first?.header("X-Team") == "mail")
      sink.answer(500)
      let refused = try await rig.command(["webhook", "test", "\(id)"])
      #expect(refused.status == 1 && refused.errors.contains("127.0.0.1 answered with 500."))
      #expect(refused.errors.contains("[webhook.refused]"), "\(refused.errors)")

      #expect(try await rig.command(["webhook", "delete", "\(id)"]).status != 0)
      let deleted = try await rig.command(["webhook", "delete", "\(id)", "--yes"])
      #expect(deleted.output == "Deleted \(id).\n", "\(deleted.errors)")
      for command in ["show", "test", "posts", "rotate"] {
        let gone = try await rig.command(["webhook", command, "\(id)"])
        #expect(gone.status == 1 && gone.errors.contains("[webhook.routeNotFound]"), "\(gone.errors)")
      }
    }
  }

  @Test func `What became of posts is listed, and events are posted again`() async throws {
    try await Self.run { rig, sink in
      let (id, _) = try await rig.addRoute(to: sink, ["events": ["messageQueued", "messageSent"]])
      let none = try await rig.command(["webhook", "posts", id])
      #expect(none.output == "No posts.\n" && none.status == 0, "\(none.errors)")
      try await rig.sandbox.settings(["sendLagMs": 0])
      let mailboxes = Array(rig.sandbox.directory.mailboxes.suffix(2))
      _ = try await rig.connectDaemon([mailboxes[0]])
      let begun = try #require(try await rig.gateway.get("/v1/events").expect()["events"][0]["date"].text)
      _ = try await rig.gateway.submit("One", from: "a0", to: mailboxes[1]).expect()
      try await rig.untilPosted(2, to: id)

      let posts = try await rig.command(["webhook", "posts", id, "--account", "a0"])
      let lines = posts.output.split(separator: "\n")
      #expect(lines.count == 3 && lines[0].hasPrefix("DATE\tACCOUNT\tSEQUENCE\tEVENT\t"), "\(posts)")
      #expect(lines[1].contains("\tmessageSent\t1\t204\t") && lines[2].contains("\tmessageQueued\t1\t204\t"))
      let newest = try JSON(
        parsing: await rig.command(["webhook", "posts", id, "--limit", "1", "--json"]).output)
      let sequence = try #require(newest["posts"][0]["sequence"].int)
      let cursor = try #require(newest["next"].int)
      let older = try await rig.command(["webhook", "posts", id, "--cursor", "\(cursor)"])
      #expect(older.output.contains("messageQueued") && !older.output.contains("messageSent"))
      #expect(try await rig.command(["webhook", "posts", id, "--failed"]).output == "No posts.\n")

      let one = try await rig.command(
        ["webhook", "replay", id, "--account", "a0", "--sequence", "\(sequence)"])
      #expect(one.output == "Posting 1 event again.\n", "\(one.errors)")
      try await rig.untilPosted(3, to: id)
      let all = try await rig.command(["webhook", "replay", id, "--from", begun])
      #expect(all.output == "Posting 2 events again.\n", "\(all.errors)")
      try await rig.untilPosted(5, to: id)
      #expect(Set(sink.received.map(\.id)).count == 2 && sink.received.count == 5)
      let failed = try await rig.command(["webhook", "replay", id, "--failed", "--json"])
      #expect(try JSON(parsing: failed.output)["events"].int == 0, "\(failed.errors)")
      let lost = try await rig.command(["webhook", "replay", id, "--account", "a0", "--sequence", "99"])
      #expect(lost.status == 1 && lost.errors.contains("[webhook.eventLost]"), "\(lost.errors)")
      let both = try await rig.command(["webhook", "replay", id, "--failed", "--sequence", "1"])
      #expect(both.status == 64 && both.errors.contains("Give one of --sequence, --from and --failed."))
    }
  }

  @Test func `A new key signs beside the old one`() async throws {
    try await Self.run { rig, sink in
      let (id, secret) = try await rig.addRoute(to: sink)
      #expect(try await rig.command(["webhook", "test", id]).status == 0)
      let rotated = try await rig.command(["webhook", "rotate", id, "--overlap", "3600", "--json"])
      let new = try #require(try JSON(parsing: rotated.output)["secret"].text, "\(rotated.errors)")
      #expect(new != secret && new.hasPrefix("whsec_"))
      #expect(try await rig.command(["webhook", "test", id]).status == 0)
      let shown = try await rig.command(["webhook", "show", id])
      #expect(shown.output.contains("old secret signs until\t"), "\(shown.output)")
      #expect(
        try await rig.command(["webhook", "rotate", id, "--overlap", "0"]).output.contains("secret\twhsec_"))
      #expect(try await rig.command(["webhook", "test", id]).status == 0)
      let signatures = sink.received.map {
        ($0.header("webhook-signature") ?? "").split(separator: " ").count
      }
      #expect(signatures == [1, 2, 1])
      let wrong = try await rig.command(["webhook", "rotate", id, "--overlap", "2592001"])
      #expect(wrong.status == 1 && wrong.errors.contains("overlap"), "\(wrong.errors)")
    }
  }

  @Test func `A private address is refused with the setting that would allow it`() async throws {
    try await Rig.run { rig in
      for url in ["http://127.0.0.1:9/hook", "http://localhost:9/", "http://10.1.2.3/", "http://[::1]/x"] {
        let refused = try await rig.command(["webhook", "add", "--name", "x", "--url", url])
        #expect(refused.status == 1 && refused.errors.contains("[webhook.addressRefused]"), "\(url)")
        #expect(refused.errors.contains("webhook-allow"), "\(refused.errors)")
      }
      #expect(try await rig.command(["webhook", "list", "--json"]).output.contains(#""total":0"#))
    }
  }

  @Test func `What cannot be a route is refused with the value`() async throws {
    try await Self.run { rig, sink in
      let url = sink.url
      for (arguments, words) in [
        (["--url", "crm.example"], "targetUrl"), (["--url", "ftp://crm.example/"], "targetUrl"),
        (["--url", url + "#top"], "targetUrl"), (["--url", ""], "targetUrl"),
        (["--url", url, "--event", "messageSnt"], "messageSnt"),
        (["--url", url, "--filter-file", try rig.write(#"{"field": "x"}"#, to: "f.json")], "operator"),
        (["--url", url, "--payload-file", try rig.write(#"{"a": "{{b"}"#, to: "p.json")], "payload"),
        (["--url", url, "--header-file", try rig.write("webhook-id: 1", to: "h")], "customHeaders[0]"),
      ] {
        let refused = try await rig.command(["webhook", "add", "--name", "x"] + arguments)
        #expect(refused.status == 1 && refused.errors.contains(words), "\(arguments): \(refused.errors)")
      }
      for (arguments, words) in [
        (["--filter-file", try rig.write("[]", to: "l.json")], "l.json does not contain a JSON object"),
        (["--filter-file", try rig.write("{", to: "b.json")], "b.json is not JSON"),
        (["--header-file", try rig.write("A: b\nCd", to: "c")], "Line 2 of "),
        (["--order", "any"], "any"),
      ] {
        let refused = try await rig.command(["webhook", "add", "--name", "x", "--url", url] + arguments)
        #expect(refused.status == 64 && refused.errors.contains(words), "\(arguments): \(refused.errors)")
      }
      #expect(try await rig.gateway.get("/v1/webhookRoutes").expect()["total"].int == 0)
    }
  }

  private static func run(_ body: (Rig, Sink) async throws -> Void) async throws {
    try await Sink.run { sink in
      try await Rig.run(arguments: Rig.webhookArguments) { rig in try await body(rig, sink) }
    }
  }
}

extension Rig {
  /// Writes a file into the rig's folder; returns its path.
  fileprivate func write(_ text: String, to name: String) throws -> String {
    let file = folder.appending(path: name)
    try Data(text.utf8).write(to: file)
    return file.path
  }

  /// Waits until so many posts of the route are recorded.
  fileprivate func untilPosted(_ count: Int, to route: String) async throws {
    try await eventually("\(count) posts are recorded") {
      try await gateway.get("/v1/webhookRoutes/webhookRoute/\(route)/posts").expect()["posts"].list.count
        == count
    }
  }
}
