import Core
import JSON
import NIOHTTP1
import Store
import StoreTesting
import Testing

@testable import Webhooks

@Suite(.timeLimit(.minutes(10))) struct RouteTests {
  @Test(arguments: StoreEngine.allCases)
  func `a slow receiver holds up only itself`(engine: StoreEngine) async throws {
    try await Sink.run { slow in
      try await Sink.run { quick in
        try await Rig.run(engine) { rig in
          let webhooks = rig.webhooks()
          _ = try await webhooks.add(to: slow.url)
          _ = try await webhooks.add(to: quick.url)
          slow.answer { _ in .none }
          try await webhooks.running {
            for name in ["anna", "bert"] { try await rig.emitAndPlace(name, 100, for: webhooks) }
            try await eventually { quick.taken.count == 200 && slow.received.count == 2 }
          }
        }
      }
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `skipping what was missed starts with what comes next`(engine: StoreEngine) async throws {
    try await Sink.run { sink in
      try await Rig.run(engine) { rig in
        let webhooks = rig.webhooks()
        let id = try await webhooks.add(to: sink.url)
        try await webhooks.running {
          try await rig.emitAndPlace("anna", 2, for: webhooks)
          try await eventually { sink.taken.count == 2 }
          try await eventually { try await rig.isIdle() }
          var change = RouteChange()
          change.enabled = false
          try await webhooks.update(id, change, in: .default)
          try await rig.emitAndPlace("anna", 3, for: webhooks)
          change.enabled = true
          change.skipsMissed = true
          try await webhooks.update(id, change, in: .default)
          try await rig.emitAndPlace("anna", 1, for: webhooks)
          try await eventually { sink.taken.count == 3 }
        }
        #expect(sink.taken.map(\.sequence) == [1, 2, 6])
      }
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `one event and those of a time are posted again, in order and with their ids`(
    engine: StoreEngine
  ) async throws {
    try await Sink.run { sink in
      try await Rig.run(engine) { rig in
        let webhooks = rig.webhooks()
        let id = try await webhooks.add(to: sink.url, events: ["messageSent"])
        try await webhooks.running {
          try await rig.emitAndPlace("anna", 2, for: webhooks)
          try await eventually { sink.taken.count == 2 }
          try await rig.pass(.seconds(60))
          let from = rig.time.now
          for _ in 0..<3 {
            try await rig.emit("anna")
            try await rig.emit("anna", kind: "messageQueued")
            try await rig.emit("bert")
          }
          try await rig.place(for: webhooks)
          try await eventually { sink.taken.count == 8 }
          try await eventually { try await rig.isIdle() }
          try await rig.pass(.seconds(60))
          let ids = sink.taken.map(\.id)
          let replayed = try await webhooks.replay(
            from: from, until: rig.time.now, of: nil, to: id, in: .default)
          #expect(replayed.count == 6 && replayed.next == nil)
          try await eventually { sink.taken.count == 14 }
          let again = sink.taken.suffix(6)
          #expect(again.filter { $0.account == "anna" }.map(\.sequence) == [3, 5, 7])
          #expect(again.filter { $0.account == "bert" }.map(\.sequence) == [1, 2, 3])
          #expect(Set(again.map(\.id)).isSubset(of: ids))
          try await eventually { try await rig.isIdle() }
          #expect(try await webhooks.replay(1, of: AccountID("anna"), to: id, in: .default) == 1)
          try await eventually { sink.taken.count == 15 }
          #expect(sink.taken.last?.place == "anna 1")
        }
        await #expect(throws: Problem.self) {
          _ = try await webhooks.replay(99, of: AccountID("anna"), to: id, in: .default)
        }
      }
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `what a change ends is not brought back by a post that was in flight`(engine: StoreEngine) async throws
  {
    try await Sink.run { down in
      try await Sink.run { sink in
        try await Rig.run(engine) { rig in
          let webhooks = rig.webhooks { $0.turn = .seconds(1) }
          let id = try await webhooks.add(to: down.url)
          down.answer { _ in .hold(.status(429, headers: [("Retry-After", "80000")])) }
          try await webhooks.running {
            for name in ["anna", "bert"] { try await rig.emitAndPlace(name, 2, for: webhooks) }
            try await eventually { down.received.count == 2 }
            down.letGo(1)
            // One has let the lane rest for a day; the other is in flight while the URL is corrected.
            try await eventually { try await webhooks.route(id, in: .default).record.health.failures == 1 }
            var change = RouteChange()
            change.targetURL = sink.url
            try await webhooks.update(id, change, in: .default)
            down.letGo(1)
            try await rig.pass(.seconds(1))
            try await eventually { sink.taken.count == 4 }
          }
        }
      }
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `skipping what was missed also skips what is in flight`(engine: StoreEngine) async throws {
    try await Sink.run { sink in
      try await Rig.run(engine) { rig in
        let webhooks = rig.webhooks()
        let id = try await webhooks.add(to: sink.url)
        sink.answer { _ in .hold(.status(500)) }
        try await webhooks.running {
          try await rig.emitAndPlace("anna", 5, for: webhooks)
          try await eventually { sink.received.count == 1 }
          var change = RouteChange()
          change.skipsMissed = true
          try await webhooks.update(id, change, in: .default)
          sink.answer { _ in .status(204) }
          sink.letGo(1)
          try await eventually { try await rig.isIdle() }
          try await rig.emitAndPlace("anna", 1, for: webhooks)
          try await eventually { sink.taken.count == 1 }
          try await rig.pass(.seconds(3600))
          try await eventually { try await rig.isIdle() }
        }
        #expect(sink.taken.map(\.sequence) == [6])
      }
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `a route that wants more from now on does not get what it did not want`(engine: StoreEngine)
    async throws
  {
    try await Sink.run { sink in
      try await Rig.run(engine) { rig in
        let webhooks = rig.webhooks()
        let id = try await webhooks.add(to: sink.url, events: ["messageFailed"], accounts: ["anna"])
        try await webhooks.running {
          try await rig.emitAndPlace("anna", 5, for: webhooks)
          try await rig.emitAndPlace("bert", 5, for: webhooks)
          try await rig.emitAndPlace("anna", kind: "messageFailed", for: webhooks)
          try await eventually { sink.taken.count == 1 }
          try await rig.emitAndPlace("anna", 5, for: webhooks)
          try await eventually { try await rig.isIdle() }
          var change = RouteChange()
          (change.events, change.accounts) = (["*"], [])
          try await webhooks.update(id, change, in: .default)
          for name in ["anna", "bert"] { try await rig.emitAndPlace(name, for: webhooks) }
          try await eventually { sink.taken.count == 3 }
          try await eventually { try await rig.isIdle() }
        }
        #expect(Set(sink.taken.map(\.place)) == ["anna 6", "anna 12", "bert 6"])
      }
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `nothing is missed while routes are switched and events come`(engine: StoreEngine) async throws {
    try await Sink.run { sink in
      try await Rig.run(engine, accounts: (0..<8).map { "a\($0)" }) { rig in
        let webhooks = rig.webhooks()
        let id = try await webhooks.add(to: sink.url)
        try await webhooks.running {
          try await withThrowingTaskGroup { group in
            group.addTask {
              for _ in 0..<40 { for number in 0..<8 { try await rig.emit("a\(number)") } }
            }
            group.addTask { for _ in 0..<120 { try await rig.place(for: webhooks) } }
            group.addTask {
              for number in 0..<40 {
                var change = RouteChange()
                change.enabled = number % 2 == 1
                try await webhooks.update(id, change, in: .default)
              }
            }
            try await group.waitForAll()
          }
          try await rig.place(for: webhooks)
          try await rig.pass(.seconds(1))
          try await eventually { Set(sink.taken.map(\.place)).count == 320 }
        }
        for number in 0..<8 {
          var last: Int64 = 0
          for sequence in sink.taken.filter({ $0.account == "a\(number)" }).map(\.sequence) {
            #expect(sequence <= last + 1)
            last = max(last, sequence)
          }
        }
      }
    }
  }

  @Test func `an empty filter or payload is none, and a header field without a value keeps its own`()
    async throws
  {
    try await Sink.run { sink in
      try await Rig.run(.sqlite) { rig in
        let webhooks = rig.webhooks()
        let id = try await webhooks.add(to: sink.url) {
          ($0.filter, $0.payload) = ([:], [:])
          $0.customHeaders = [CustomHeader("Authorization", Secret("Bearer x")), CustomHeader("X-Old", nil)]
        }
        var change = RouteChange()
        (change.filter, change.payload) = ([:], [:])
        change.customHeaders = [CustomHeader("authorization", nil)]
        try await webhooks.update(id, change, in: .default)
        let shown = try await webhooks.route(id, in: .default)
        #expect(shown.record.filter == nil && shown.record.payload == nil)
        #expect(shown.headerNames == ["authorization"])
        #expect(try await webhooks.test(id, in: .default).status == 204)
        #expect(sink.taken.last?.headers.first(name: "Authorization") == "Bearer x")
      }
    }
  }

  @Test func `while a key is replaced, posts are signed with both`() async throws {
    try await Sink.run { sink in
      try await Rig.run(.sqlite) { rig in
        let webhooks = rig.webhooks()
        var new = NewRoute()
        (new.name, new.targetURL) = ("Sink", sink.url)
        let (id, old) = try await webhooks.add(new, in: .default)
        let (fresh, until) = try await webhooks.rotate(id, overlap: .seconds(3600), in: .default)
        #expect(until == rig.time.now + .seconds(3600))
        #expect(try await webhooks.route(id, in: .default).rotatingUntil == until)
        for expected in [[fresh, old], [fresh]] {
          #expect(try await webhooks.test(id, in: .default).status == 204)
          let post = try #require(sink.taken.last)
          let timestamp = try #require(post.headers.first(name: "webhook-timestamp").flatMap { Int64($0) })
          let signatures = expected.map {
            $0.signature(id: post.id, timestamp: timestamp, body: post.body)
          }
          #expect(post.headers.first(name: "webhook-signature") == signatures.joined(separator: " "))
          rig.time.advance(by: .seconds(3600))
        }
      }
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `a route that is deleted while it posts leaves nothing`(engine: StoreEngine) async throws {
    try await Sink.run { sink in
      try await Rig.run(engine) { rig in
        let webhooks = rig.webhooks()
        let id = try await webhooks.add(to: sink.url)
        sink.answer { _ in .none }
        try await webhooks.running {
          try await rig.emitAndPlace("anna", 2, for: webhooks)
          try await eventually { sink.received.count == 1 }
          try await webhooks.delete(id, in: .default)
          let other = try await webhooks.add(to: sink.url)
          sink.answer { _ in .status(204) }
          try await rig.emitAndPlace("anna", for: webhooks)
          try await eventually { sink.taken.count == 1 }
          #expect(sink.taken.first?.headers.first(name: "X-EE-Wh-Custom-Route") == other.rawValue)
        }
        await #expect(throws: Problem.webhookRouteNotFound(id)) { try await webhooks.route(id, in: .default) }
        #expect(try await rig.rows(of: id) == 0)
      }
    }
  }

  @Test func `a test event is posted whether or not the route is enabled, and recorded`() async throws {
    try await Sink.run { sink in
      try await Rig.run(.sqlite) { rig in
        let webhooks = rig.webhooks()
        let id = try await webhooks.add(to: sink.url) { $0.enabled = false }
        sink.answer { _ in .status(500, body: "oops\0 \(String(repeating: "x", count: 5000))") }
        let post = try await webhooks.test(id, in: .default)
        #expect(post.status == 500 && post.problem?.code == "webhook.refused")
        #expect(post.answer?.utf8.count == 1026 && post.answer?.hasPrefix("oops\u{FFFD} x") == true)
        #expect(sink.received.first?.event == "test")
        let stored = try await webhooks.attempts(WebhookAttemptSelection(limit: 10), of: id, in: .default)
        #expect(stored == [post])
      }
    }
  }
}
