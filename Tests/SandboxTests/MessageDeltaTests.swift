import Core
import Foundation
import Testing

@testable import Sandbox

/// Microsoft Learn, "message: delta" and "Get incremental changes to messages in a folder".
@Suite struct MessageDeltaTests {
  private static let inbox = "/me/mailFolders/inbox/messages/delta"
  private static let immutable = ["prefer": #"IdType="ImmutableId""#]

  @Test(arguments: [
    "/me/mailFolders/inbox/messages/delta", "/me/mailFolders('inbox')/messages/microsoft.graph.delta()",
    "/users/alice@contoso.test/mailFolders/Inbox/messages/delta",
  ])
  func `The first round has the whole folder, in pages, and ends in a link for the next`(path: String)
    async throws
  {
    try await SandboxHarness.run { sandbox async throws in
      for number in 1...5 { try await sandbox.receive(message(id: "<\(number)@x>", subject: "S\(number)")) }
      try await sandbox.receive(message(id: "<6@x>"), "archive")
      let size = ["prefer": "odata.maxpagesize=2"]
      let first = try await sandbox.graph("GET", path + "?$select=subject", headers: size)
      #expect(
        first.json.text("@odata.context") == "\(sandbox.origin)/v1.0/$metadata#Collection(message)")
      #expect(first.header("preference-applied") == "odata.maxpagesize=2")
      let element = try #require(first.list.first)
      #expect(element.text("@odata.type") == "#microsoft.graph.message")
      #expect(element.text("@odata.etag").hasPrefix("W/\""))
      #expect(Set(element.keys) == ["@odata.type", "@odata.etag", "id", "subject"])
      #expect(first.json.text("@odata.nextLink").contains("/messages/delta?$skiptoken="))

      let round = try await sandbox.round(path + "?$select=subject", headers: size)
      #expect(round.pages.map(\.count) == [2, 2, 1])
      #expect(Set(round.subjects) == ["S1", "S2", "S3", "S4", "S5"])
      #expect(round.deltaLink.contains("/messages/delta?$deltatoken="))
      let empty = try await sandbox.round(round.deltaLink)
      #expect(empty.elements.isEmpty)
      try await sandbox.receive(message(id: "<7@x>", subject: "S7"))
      let next = try await sandbox.round(empty.deltaLink)
      #expect(next.subjects == ["S7"])
      #expect(Set(next.elements[0].keys) == ["@odata.type", "@odata.etag", "id", "subject"])
    }
  }

  @Test func `A round tells what is new, changed, moved and deleted, each once`() async throws {
    try await SandboxHarness.run { sandbox async throws in
      for name in ["kept", "read", "moved", "gone"] {
        try await sandbox.receive(message(id: "<\(name)@x>", subject: name))
      }
      let first = try await sandbox.round(Self.inbox)
      let ids = Dictionary(uniqueKeysWithValues: first.present.map { ($0.text("subject"), $0.text("id")) })
      let archive = try await sandbox.round("/me/mailFolders/archive/messages/delta")
      func path(_ name: String) -> String { "/me/messages/\(ids[name] ?? "")" }
      for isRead in [true, false, true] {
        let body = #"{"isRead": \#(isRead)}"#
        #expect(try await sandbox.graph("PATCH", path("read"), body: body).status == 200)
      }
      let moved = try await sandbox.graph(
        "POST", path("moved") + "/move", body: #"{"destinationId": "archive"}"#)
      #expect(try await sandbox.graph("POST", path("gone") + "/permanentDelete").status == 204)
      try await sandbox.receive(message(id: "<new@x>", subject: "new"))
      let brief = try await sandbox.receive(message(id: "<brief@x>", subject: "brief"))
      #expect(try await sandbox.graph("DELETE", "/me/messages/\(brief.id)").status == 204)

      let second = try await sandbox.round(first.deltaLink)
      #expect(second.subjects.sorted() == ["new", "read"])
      #expect(second.removed.sorted() == [ids["moved"], ids["gone"]].compactMap { $0 }.sorted())
      let gone = try #require(second.elements.first { $0.text("id") == ids["gone"] })
      #expect(Set(gone.keys) == ["@odata.type", "id", "@removed"])
      #expect(gone["@removed"] as? [String: String] == ["reason": "deleted"])
      let there = try await sandbox.round(archive.deltaLink)
      #expect(there.present.map { $0.text("id") } == [moved.id])
      #expect(try await sandbox.round(second.deltaLink).elements.isEmpty)
      // The same link again gives the same round.
      #expect(try await sandbox.round(first.deltaLink).elements.count == second.elements.count)
    }
  }

  @Test func `With immutable ids what was moved away and back keeps its name`() async throws {
    try await SandboxHarness.run { sandbox async throws in
      let item = try await sandbox.receive(message())
      let first = try await sandbox.round(Self.inbox, headers: Self.immutable)
      #expect(first.present.map { $0.text("id") } == [item.id])
      for place in ["archive", "inbox"] {
        let body = #"{"destinationId": "\#(place)"}"#
        #expect(try await sandbox.graph("POST", "/me/messages/\(item.id)/move", body: body).status == 201)
      }
      let second = try await sandbox.round(first.deltaLink, headers: Self.immutable)
      #expect(second.removed.isEmpty)
      #expect(second.present.map { $0.text("id") } == [item.id])
      let ordinary = try await sandbox.round(first.deltaLink)
      #expect(ordinary.removed.count == 1 && ordinary.present.count == 1)
      #expect(ordinary.removed[0] != ordinary.present[0].text("id"))
    }
  }

  @Test func `A kind of change is filtered after the first round`() async throws {
    try await SandboxHarness.run { sandbox async throws in
      try await sandbox.receive(message(id: "<1@x>", subject: "old"))
      for (kind, subjects, removed) in [
        ("created", ["new"], 0), ("updated", ["old"], 0), ("deleted", [String](), 1),
      ] {
        let extra = try await sandbox.receive(message(id: "<2@x>", subject: "extra"))
        let first = try await sandbox.round(Self.inbox + "?changeType=\(kind)")
        #expect(first.subjects.contains("old") && first.subjects.contains("extra"))
        let old = try #require(first.present.first { $0.text("subject") == "old" })
        let patch = try await sandbox.graph(
          "PATCH", "/me/messages/\(old.text("id"))", body: #"{"categories": ["\#(kind)"]}"#)
        #expect(patch.status == 200)
        #expect(try await sandbox.graph("POST", "/me/messages/\(extra.id)/permanentDelete").status == 204)
        let new = try await sandbox.receive(message(id: "<3@x>", subject: "new"))
        let second = try await sandbox.round(first.deltaLink)
        #expect(second.subjects == subjects)
        #expect(second.removed.count == removed)
        #expect(try await sandbox.graph("POST", "/me/messages/\(new.id)/permanentDelete").status == 204)
      }
    }
  }

  @Test func `A filter and an order by date apply to the first round`() async throws {
    try await SandboxHarness.run { sandbox async throws in
      try await sandbox.generate(30)
      let start = sandbox.state.clock.now + Duration.seconds(-570)
      let round = try await sandbox.round(
        Self.inbox
          + "?$filter=receivedDateTime%20ge%20\(start.dateTimeOffset)&$orderby=receivedDateTime%20desc&$top=4"
      )
      #expect(round.pages.map(\.count) == [4, 4, 2])
      let dates = round.present.map { $0.text("receivedDateTime") }
      #expect(dates == dates.sorted(by: >) && dates.count == 10)
      try await sandbox.receive(message(id: "<1@x>", subject: "newer"))
      #expect(try await sandbox.round(round.deltaLink).subjects == ["newer"])
    }
  }

  @Test(
    arguments: [
      ("?$filter=isRead%20eq%20false", 400, "ErrorInvalidUrlQuery"),
      ("?$filter=receivedDateTime%20lt%202026-01-01", 400, "ErrorInvalidUrlQuery"),
      ("?$orderby=subject", 400, "ErrorInvalidUrlQuery"), ("?$search=%22a%22", 400, "ErrorInvalidUrlQuery"),
      ("?$orderby=receivedDateTime", 400, "ErrorInvalidUrlQuery"), ("?$skip=1", 400, "ErrorInvalidUrlQuery"),
      ("?$select=@removed", 400, "BadRequest"), ("?changeType=renamed", 400, "ErrorInvalidUrlQuery"),
      ("?$skiptoken=abc", 400, "InvalidSyncStateData"), ("?$deltatoken=latest", 400, "InvalidSyncStateData"),
    ] as [(String, Int, String)])
  func `What a delta request does not take is refused`(query: String, status: Int, code: String) async throws
  {
    try await SandboxHarness.run { sandbox async throws in
      let answer = try await sandbox.graph("GET", Self.inbox + query)
      #expect(answer.status == status)
      #expect(answer.errorCode == code)
    }
  }

  @Test func `Messages are tracked by folder only, and a token belongs to its folder`() async throws {
    try await SandboxHarness.run { sandbox async throws in
      #expect(try await sandbox.graph("GET", "/me/messages/delta").errorCode == "ErrorInvalidRequest")
      let link = try await sandbox.round(Self.inbox).deltaLink
      let elsewhere = try await sandbox.followed(link.replacing("inbox", with: "drafts"))
      #expect(elsewhere.status == 400 && elsewhere.errorCode == "InvalidSyncStateData")
      let crossed = try await sandbox.followed(link.replacing("$deltatoken", with: "$skiptoken"))
      #expect(crossed.errorCode == "InvalidSyncStateData")
      let other = try await sandbox.followed(link + "&$select=subject")
      #expect(other.errorCode == "ErrorInvalidUrlQuery")
    }
  }

  @Test func `A dead token is gone: by age, by a new page, by request, by reset`() async throws {
    try await SandboxHarness.run { sandbox async throws in
      func isGone(_ link: String) async throws -> Bool {
        let answer = try await sandbox.followed(link)
        return answer.status == 410 && answer.errorCode == "SyncStateNotFound"
      }
      try await sandbox.generate(6)
      let round = try await sandbox.round(Self.inbox + "?$top=2")
      #expect(round.links.count == 2)
      #expect(try await isGone(round.links[0]))
      #expect(try await sandbox.followed(round.links[1]).status == 200)
      try await sandbox.settings(#"{"deltaTokenLifetime": 600}"#)
      _ = try await sandbox.postJSON("/sandbox/clock", #"{"advanceSeconds": 300}"#)
      let fresh = try await sandbox.round(round.deltaLink)
      _ = try await sandbox.postJSON("/sandbox/clock", #"{"advanceSeconds": 400}"#)
      #expect(try await isGone(round.deltaLink))
      #expect(try await isGone(round.links[1]))
      #expect(try await sandbox.followed(fresh.deltaLink).status == 200)
      let expired = try await sandbox.postJSON("/sandbox/expire", #"{"user": "alice@contoso.test"}"#)
      #expect(expired.status == 200)
      #expect(try await isGone(fresh.deltaLink))
      let last = try await sandbox.round(Self.inbox)
      _ = try await sandbox.postJSON(
        "/sandbox/faults", #"{"path": "delta", "status": 410, "code": "SyncStateNotFound"}"#)
      #expect(try await isGone(last.deltaLink))
      #expect(try await sandbox.followed(last.deltaLink).status == 200)
      _ = try await sandbox.postJSON("/sandbox/reset", "{}")
      #expect(try await isGone(last.deltaLink))
    }
  }

  @Test func `Any bytes as a token are refused, and none is taken`() async throws {
    try await SandboxHarness.run { sandbox async throws in
      let link = try await sandbox.round(Self.inbox).deltaLink
      let token = try #require(link.split(separator: "=").last.map(String.init))
      #expect(DeltaToken(token)?.text == token)
      var generator = SeededGenerator(seed: 7)
      for _ in 0..<3000 {
        var bytes = Array(token.utf8)
        for _ in 0..<Int.random(in: 1...3, using: &generator) {
          let place = bytes.indices.randomElement(using: &generator) ?? 0
          bytes[place] = UInt8.random(in: 0x21...0x7E, using: &generator)
        }
        let text = String(
          decoding: bytes.prefix(Int.random(in: 0...bytes.count, using: &generator)), as: UTF8.self)
        #expect(text == token || DeltaToken(text) == nil)
      }
    }
  }

  @Test func `A hundred thousand messages are made in seconds and paged without quadratic work`() async throws
  {
    try await SandboxHarness.run { sandbox async throws in
      let clock = ContinuousClock()
      let made = try await clock.measure {
        try await sandbox.generate(100_000, #"["inbox", "Projects/2026"]"#)
      }
      #expect(made < .seconds(30))
      let size = ["prefer": "odata.maxpagesize=1000"]
      var round = DeltaRound()
      let paged = try await clock.measure {
        round = try await sandbox.round(Self.inbox + "?$select=isRead", headers: size)
      }
      #expect(round.pages.count == 50)
      #expect(Set(round.present.map { $0.text("id") }).count == 50_000)
      #expect(paged < .seconds(60))
      let listed = try await clock.measure {
        let page = try await sandbox.graph("GET", "/me/messages?$select=isRead&$top=10&$skip=90000")
        #expect(page.list.count == 10)
      }
      #expect(listed < .seconds(2))
      #expect(try await sandbox.round(round.deltaLink).elements.isEmpty)
    }
  }
}

/// The same numbers in each run.
struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  /// SplitMix64.
  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
