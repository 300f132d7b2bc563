import Foundation
import Testing

/// The outbox as an operator sees it, and decides about it.
@Suite struct QueueCommandTests {
  @Test func `A held message is listed with its cure, and released as sent`() async throws {
    try await Rig.run { rig in
      let ids = try await rig.hold(["One", "Two"])
      let (one, two) = (ids[0], ids[1])
      let list = try await rig.command(["queue", "list", "--state", "held"]).output
      for words in [
        one, two, "\theld\t", "2 messages: It is not known whether", "[delivery.unknownOutcome]",
        "How: heliograph queue release QUEUE_ID --as sent|queued",
      ] {
        #expect(list.contains(words))
      }
      let released = try await rig.command(["queue", "release", one, two, "--as", "sent"])
      #expect(released.output == "\(one): sent\n\(two): sent\n")
      let entry = try await rig.gateway.outboxEntry(one)
      #expect(entry["state"].text == "sent")
      #expect(entry["settled"].text != nil)
      #expect(entry["progress"]["response"].text == nil)
      let again = try await rig.command(["queue", "release", one, two, "--as", "sent"])
      #expect(again.status == 1)
      for words in [one, two, "[queue.wrongState]"] { #expect(again.errors.contains(words)) }
    }
  }

  @Test func `A held message that is released as queued is sent again`() async throws {
    try await Rig.run { rig in
      let id = try await rig.hold(["Again"])[0]
      let queued = try await rig.command(["queue", "release", id, "--as", "queued", "--json"])
      #expect(try JSON(parsing: queued.output)["queueId"].text == id)
      try await eventually("it is sent again") {
        try await rig.sandbox.subjects(of: "bob@contoso.test") == ["Again", "Again"]
      }
      try await eventually("it is settled") {
        try await rig.gateway.outboxEntry(id)["state"].text == "sent"
      }
    }
  }

  @Test func `A failed message stays listed until it is removed, and its failure is in the log`() async throws
  {
    try await Rig.run { rig in
      try await rig.sandbox.settings(["sendLagMs": 0])
      _ = try await rig.connectDaemon(["alice@contoso.test"])
      try await rig.sandbox.fault([
        "path": "*/send", "status": 400, "code": "ErrorInvalidRecipients", "count": 0,
      ])
      var ids: [String] = []
      for subject in ["First", "Second"] {
        let receipt = try await rig.gateway.submit(subject, from: "a0", to: "bob@contoso.test").expect()
        ids.append(try #require(receipt["queueId"].text))
      }
      try await eventually("both have failed") {
        try await rig.gateway.get("/v1/outbox?state=failed").expect()["total"].int == 2
      }
      #expect(try await rig.gateway.outboxTotal() == 2)
      let (first, second) = (ids[0], ids[1])
      let shown = try await rig.command(["queue", "show", first])
      for words in ["state\tfailed\n", "To do: ", "Message-ID\t<", "ATTEMPT\tSTARTED"] {
        #expect(shown.output.contains(words), "\(shown.output)")
      }
      let log = rig.gateway.errors.split(separator: "\n").filter { $0.contains("A message has failed") }
        .joined(separator: "\n")
      for words in [first, second, "warning", "account=a0", "code=graph."] {
        #expect(log.contains(words), "\(log)")
      }
      #expect(try await rig.command(["queue", "cancel", first, "--yes"]).output == "Cancelled \(first).\n")
      #expect(try await rig.gateway.get("/v1/outbox/\(first)").status == 404)
      let rest = try await rig.command(["queue", "list"])
      #expect(!rest.output.contains(first))
      #expect(rest.output.contains(second))

      _ = try await rig.http.send("DELETE", rig.sandbox.origin + "/sandbox/faults").expect()
      #expect(try await rig.command(["queue", "retry", second]).output.hasPrefix("\(second): "))
      try await eventually("it arrived") {
        try await rig.sandbox.subjects(of: "bob@contoso.test") == ["Second"]
      }
      try await eventually("the list is empty") { try await rig.gateway.outboxTotal() == 0 }
    }
  }

  @Test func `Each state of the outbox can be asked for, and a cancelled message is still shown`()
    async throws
  {
    try await Rig.run { rig in
      try await rig.sandbox.settings(["sendLagMs": 0])
      _ = try await rig.connectDaemon(["alice@contoso.test"])
      _ = try await rig.gateway.submit("Sent", from: "a0", to: "bob@contoso.test").expect()
      try await eventually("it is sent") {
        try await rig.gateway.get("/v1/outbox?state=sent").expect()["total"].int == 1
      }
      _ = try await rig.command(["account", "pause", "a0"])
      let receipt = try await rig.gateway.submit("Later", from: "a0", to: "bob@contoso.test").expect()
      let id = try #require(receipt["queueId"].text)
      try await eventually("it is deferred") {
        try await rig.gateway.get("/v1/outbox?state=deferred").expect()["total"].int == 1
      }
      let doctor = try await rig.command(["doctor"])
      #expect(doctor.status == 1 && doctor.output.contains("FAIL  the queue: 1 message is deferred"))
      #expect(doctor.output.contains("[account.paused]"), "\(doctor.output)")
      #expect(try await rig.gateway.send("DELETE", "/v1/outbox/\(id)").expect()["deleted"].bool == true)
      #expect(try await rig.gateway.send("DELETE", "/v1/outbox/\(id)").expect()["deleted"].bool == false)
      #expect(try await rig.gateway.outboxEntry(id)["state"].text == "cancelled")
      for state in ["queued", "scheduled", "sending", "deferred", "held", "failed", "sent", "cancelled"] {
        let total = try await rig.gateway.get("/v1/outbox?state=\(state)").expect()["total"].int
        #expect(total == (["sent", "cancelled"].contains(state) ? 1 : 0), "\(state)")
        #expect(try await rig.command(["queue", "list", "--state", state]).status == 0)
      }
      try await rig.gateway.get("/v1/outbox?state=done").expectRefusal("request.invalidField")
      #expect(try await rig.command(["queue", "cancel", id, "--yes"]).errors.contains("[queue.wrongState]"))
    }
  }

  @Test func `All messages that match filters are counted, asked about, and changed`() async throws {
    try await Rig.run { rig in
      _ = try await rig.connectDaemon(["alice@contoso.test"])
      _ = try await rig.command(["account", "pause", "a0"])
      for subject in ["News 1", "News 2", "News 3", "Invoice"] {
        _ = try await rig.gateway.submit(subject, from: "a0", to: "bob@contoso.test").expect()
      }
      let news = ["--account", "a0", "--query", "news"]
      #expect(
        try await rig.command(["queue", "list"] + news).output.split(separator: "\n").count {
          $0.contains("\tNews ")
        } == 3)
      let none = try await rig.command(["queue", "list", "--query", "nothing"])
      #expect(none.output == "There are no such messages.\n")

      let dry = try await rig.command(["queue", "cancel", "--dry-run"] + news)
      #expect(dry.status == 0 && dry.output.hasPrefix("3 messages found, of which 3"), "\(dry)")
      let unasked = try await rig.command(["queue", "cancel"] + news)
      #expect(unasked.status == 64 && unasked.errors.contains("whether to cancel 3 messages"), "\(unasked)")
      let refused = try await rig.commandOnTerminal(["queue", "cancel"] + news, input: "n\n")
      #expect(
        refused.status == 1 && refused.output.contains("Do you want to cancel 3 messages? [y/N]"),
        "\(refused)")
      #expect(try await rig.gateway.outboxTotal() == 4)
      let done = try await rig.command(["queue", "cancel", "--yes"] + news)
      #expect(done.status == 0 && done.output == "Cancelled 3 messages.\n", "\(done)")
      #expect(try await rig.gateway.get("/v1/outbox?state=cancelled").expect()["total"].int == 3)

      let held = try await rig.command(["queue", "release", "--all", "--as", "sent", "--yes"])
      #expect(held.output == "There are no such messages.\n")
      let retried = try await rig.command(["queue", "retry", "--all", "--yes", "--json"])
      let counts = try JSON(parsing: retried.output)
      #expect(counts["matched"].int == 1 && retried.status == 0, "\(retried)")
      let moved = try await rig.command(
        ["queue", "reschedule", "--state", "cancelled", "--at", "2099-01-01", "--yes"])
      #expect(moved.status == 1 && moved.errors.contains("must not be cancelled"), "\(moved)")
      let wrong = try await rig.command(["queue", "list", "--since", "2027-01-02", "--until", "2027-01-01"])
      #expect(wrong.status == 1 && wrong.errors.contains("must be later than since"), "\(wrong.errors)")
    }
  }

  @Test func `A command that waits for a message tells that it is held, and what to do`() async throws {
    try await Rig.run { rig in
      _ = try await rig.hold(["One"])
      try await rig.sandbox.fault(["path": "*/sendMail", "close": "after", "count": 1])
      let ended = try await rig.command([
        "send", "--account", "alice", "--to", "bob@contoso.test", "--subject", "Two", "--text", "x", "--wait",
      ])
      #expect(ended.status == 1, "\(ended)")
      for words in [" is held: ", "[delivery.unknownOutcome]", "How: heliograph queue release"] {
        #expect(ended.errors.contains(words), "\(ended.errors)")
      }
    }
  }
}

extension Rig {
  /// Messages from alice to bob that arrived, and whose replies were lost on a grant that cannot look them up.
  fileprivate func hold(_ subjects: [String]) async throws -> [String] {
    try await sandbox.settings(["sendLagMs": 0])
    let link = try await signInLink(["account": "alice"], app: ["skipScopes": ["Mail.ReadWrite"]])
    var browser = Browser(http: http)
    _ = try await signIn(&browser, link, as: "alice@contoso.test")
    try await sandbox.fault([
      "path": "*/sendMail", "close": "after", "count": .number(Double(subjects.count)),
    ])
    var ids: [String] = []
    for subject in subjects {
      let receipt = try await gateway.submit(subject, from: "alice", to: "bob@contoso.test").expect()
      ids.append(try #require(receipt["queueId"].text))
    }
    try await eventually("all are held") {
      try await gateway.get("/v1/outbox?state=held").expect()["total"].int == subjects.count
    }
    return ids
  }
}
