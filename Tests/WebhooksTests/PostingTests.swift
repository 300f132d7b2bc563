import Access
import Core
import Crypto
import Foundation
import JSON
import NIOHTTP1
import Store
import StoreTesting
import Synchronization
import Testing
import Vault

@testable import Webhooks

/// Events reach their receiver: all of them, each account's in order, whatever the receiver does meanwhile.
@Suite(.timeLimit(.minutes(10))) struct PostingTests {
  @Test(arguments: StoreEngine.allCases)
  func `events of two accounts and of the workspace arrive, each in order`(engine: StoreEngine) async throws {
    try await Sink.run { sink in
      try await Rig.run(engine) { rig in
        let webhooks = rig.webhooks()
        try await rig.emit("anna", 2)
        try await rig.place(for: webhooks)
        let id = try await webhooks.add(to: sink.url)
        try await webhooks.running {
          for _ in 0..<40 { for name in ["anna", "bert", nil] { try await rig.emit(name) } }
          try await rig.place(for: webhooks)
          try await eventually { sink.taken.count == 120 }
          try await eventually { try await rig.isIdle() }
        }
        // Not what happened before there was the route.
        #expect(sink.taken.filter { $0.account == "anna" }.map(\.sequence) == Array(3...42))
        #expect(sink.taken.filter { $0.account == "bert" }.map(\.sequence) == Array(1...40))
        #expect(sink.taken.filter { $0.account == "" }.map(\.sequence) == Array(1...40))
        #expect(Set(sink.taken.map(\.id)).count == 120)
        let route = try await webhooks.route(id, in: .default)
        #expect(route.record.posts == 120 && route.tasks == WebhookTaskCounts())
        #expect(route.record.health.lastError == nil)
        #expect(route.record.health.lastSuccess == rig.time.now)
      }
    }
  }

  @Test func `a post has the envelope, the header fields and both signatures`() async throws {
    try await Sink.run { sink in
      try await Rig.run(.sqlite) { rig in
        let webhooks = rig.webhooks()
        var new = NewRoute()
        new.name = "Sink"
        new.targetURL = sink.url
        new.customHeaders = [CustomHeader("X-Team", Secret("mail"))]
        let (id, secret) = try await webhooks.add(new, in: .default)
        try await webhooks.running {
          try await rig.emit("anna", kind: "messageSent", data: #"{"queueId":"q_1","messageId":"<a@b>"}"#)
          try await rig.place(for: webhooks)
          try await eventually { sink.taken.count == 1 }
        }
        let post = try #require(sink.taken.first)
        let expected: JSONValue = [
          "serviceUrl": "https://mail.example", "account": "anna", "date": .string(rig.time.now.description),
          "event": "messageSent", "eventId": "evt_default_1", "sequence": 1,
          "data": ["queueId": "q_1", "messageId": "<a@b>"],
        ]
        #expect(post.json == expected)
        func field(_ name: String) -> String? { post.headers.first(name: name) }
        #expect(field("Content-Type") == "application/json" && field("X-Team") == "mail")
        #expect(field("webhook-id") == "evt_default_1" && field("X-EE-Wh-Event-Id") == "evt_default_1")
        #expect(field("X-EE-Wh-Attempts-Made") == "0" && field("X-EE-Wh-Queued-Time") == "0s")
        #expect(field("X-EE-Wh-Custom-Route") == id.rawValue)
        let timestamp = try #require(field("webhook-timestamp").flatMap { Int64($0) })
        #expect(timestamp == rig.time.now.microseconds / 1_000_000)
        #expect(
          field("webhook-signature")
            == secret.signature(id: "evt_default_1", timestamp: timestamp, body: post.body))
        // The route does not show the value.
        let shown = try await webhooks.route(id, in: .default)
        #expect(shown.record.targetURL == sink.url && shown.headerNames == ["X-Team"])
      }
    }
  }

  @Test func `the secret of the workspace signs the body as the vocabulary has it`() async throws {
    try await Sink.run { sink in
      try await Rig.run(.sqlite) { rig in
        let webhooks = rig.webhooks()
        let id = try await webhooks.add(to: sink.url)
        #expect(try await webhooks.test(id, in: .default).status == 204)
        #expect(sink.taken.last?.headers.contains(name: "X-EE-Wh-Signature") == false)
        for secret in ["a service secret", "another secret of it"] {
          let box = rig.vault.seal(Secret(secret), for: .setting(.serviceSecret, in: .default))
          try await rig.store.write { (tx: borrowing Transaction) in
            try tx.set(.serviceSecret, to: .box(box), in: .default)
          }
          #expect(try await webhooks.test(id, in: .default).status == 204)
          let post = try #require(sink.taken.last)
          let code = HMAC<SHA256>.authenticationCode(
            for: post.body, using: SymmetricKey(data: Array(secret.utf8)))
          let expected = Data(code).base64EncodedString().replacing("+", with: "-").replacing("/", with: "_")
            .replacing("=", with: "")
          #expect(post.headers.first(name: "X-EE-Wh-Signature") == expected)
        }
      }
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `only what the route wants is posted`(engine: StoreEngine) async throws {
    try await Sink.run { sink in
      try await Rig.run(engine) { rig in
        let webhooks = rig.webhooks()
        let id = try await webhooks.add(
          to: sink.url, events: ["messageSent", "messageFailed"], accounts: ["anna"]
        ) { $0.filter = ["field": "data.n", "operator": "greaterThan", "value": 1] }
        try await webhooks.running {
          for name in ["anna", "bert", nil] {
            for kind in ["messageSent", "messageQueued", "messageFailed"] {
              for number in 1...3 { try await rig.emit(name, kind: kind, data: #"{"n":\#(number)}"#) }
            }
          }
          try await rig.place(for: webhooks)
          try await eventually { sink.taken.count == 4 }
          try await eventually { try await rig.isIdle() }
        }
        #expect(sink.received.map(\.place) == ["anna 2", "anna 3", "anna 8", "anna 9"])
        #expect(try await webhooks.route(id, in: .default).record.posts == 4)
      }
    }
  }

  @Test(
    arguments: StoreEngine.allCases,
    [
      Sink.Reply.status(500), .status(503), .status(400), .status(302, headers: [("Location", "/elsewhere")]),
      .status(301), .status(199 + 105), .close,
    ])
  func `an event that is not taken is posted again with the same id, and those after it wait`(
    engine: StoreEngine, reply: Sink.Reply
  ) async throws {
    try await Sink.run { sink in
      try await Rig.run(engine) { rig in
        let webhooks = rig.webhooks()
        let id = try await webhooks.add(to: sink.url)
        sink.answer { _ in reply }
        try await webhooks.running {
          try await rig.emitAndPlace("anna", 3, for: webhooks)
          while sink.received.count < 4 { try await rig.pass(.seconds(60)) }
          try await eventually { try await webhooks.route(id, in: .default).record.health.failures == 4 }
          sink.answer { _ in .status(200) }
          while sink.taken.count < 3 { try await rig.pass(.seconds(60)) }
        }
        #expect(sink.taken.map(\.place) == ["anna 1", "anna 2", "anna 3"])
        #expect(Set(sink.received.dropLast(2).map(\.id)) == ["evt_default_1"])
        #expect(!sink.received.contains { $0.path == "/elsewhere" })
        let numbers = sink.received.compactMap { $0.headers.first(name: "X-EE-Wh-Attempts-Made") }
        #expect(numbers == ["0", "1", "2", "3", "4", "0", "0"])
      }
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `no post leaves before the time that the receiver asks for`(engine: StoreEngine) async throws {
    try await Sink.run { sink in
      try await Rig.run(engine) { rig in
        let webhooks = rig.webhooks()
        let id = try await webhooks.add(to: sink.url)
        sink.answer { _ in .status(429, headers: [("Retry-After", "7200")]) }
        try await webhooks.running {
          try await rig.emitAndPlace("anna", for: webhooks)
          try await eventually { sink.received.count == 1 }
          try await eventually { try await webhooks.route(id, in: .default).record.health.failures == 1 }
          sink.answer { _ in .status(204) }
          // Others of that receiver wait too.
          try await rig.emitAndPlace("bert", for: webhooks)
          try await rig.pass(.seconds(3600))
          try await rig.pass(.seconds(3590))
          try await rig.pass(.seconds(5))
          try await eventually { try await rig.isIdle() }
          #expect(sink.received.count == 1)
          try await rig.pass(.seconds(10))
          try await eventually { sink.taken.count == 2 }
        }
      }
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `410 disables the route with one event, and enabling it continues where it stopped`(
    engine: StoreEngine
  ) async throws {
    try await Sink.run { sink in
      try await Rig.run(engine) { rig in
        let webhooks = rig.webhooks()
        let id = try await webhooks.add(to: sink.url, accounts: ["anna", "bert"])
        sink.answer { $0.sequence == 2 ? .status(410) : .status(204) }
        try await webhooks.running {
          try await rig.emitAndPlace("anna", 4, for: webhooks)
          try await eventually { try await !webhooks.route(id, in: .default).record.enabled }
          let shown = try await webhooks.route(id, in: .default).record
          #expect(shown.health.lastError?.code == "webhook.gone")
          try await rig.emitAndPlace("bert", 2, for: webhooks)
          for _ in 0..<3 { try await rig.pass(.seconds(3600)) }
          #expect(sink.received.map(\.place) == ["anna 1", "anna 2"])
          sink.answer { _ in .status(204) }
          var change = RouteChange()
          change.enabled = true
          try await webhooks.update(id, change, in: .default)
          try await rig.pass(.seconds(1))
          try await eventually { sink.taken.count == 6 }
        }
        #expect(sink.taken.filter { $0.account == "anna" }.map(\.sequence) == [1, 2, 3, 4])
        #expect(sink.taken.filter { $0.account == "bert" }.map(\.sequence) == [1, 2])
        let notices = try await rig.store.read { (tx: borrowing Transaction) in
          try tx.events(.default, nil, limit: 10).map(\.event.kind)
        }
        #expect(notices == ["webhookDisabled"])
      }
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `a receiver that is down for an hour gets everything, in order`(engine: StoreEngine) async throws {
    try await Sink.run { sink in
      try await Rig.run(engine) { rig in
        let webhooks = rig.webhooks()
        _ = try await webhooks.add(to: sink.url)
        sink.answer { _ in .close }
        try await webhooks.running {
          for _ in 0..<60 {
            for name in ["anna", "bert"] { try await rig.emit(name) }
            try await rig.place(for: webhooks)
            try await rig.pass(.seconds(60))
          }
          sink.answer { _ in .status(200, body: "thanks") }
          for _ in 0..<11 { try await rig.pass(.seconds(60)) }
          try await eventually { sink.taken.count == 120 }
        }
        for name in ["anna", "bert"] {
          #expect(sink.taken.filter { $0.account == name }.map(\.sequence) == Array(1...60))
        }
        // It was left alone meanwhile: some twenty attempts, and not two a minute.
        #expect(sink.received.count < 120 + 120)
      }
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `what a crash cut off is posted by another node, none lost`(engine: StoreEngine) async throws {
    try await Sink.run { sink in
      try await Rig.run(engine) { rig in
        let one = rig.webhooks(node: "one")
        _ = try await one.add(to: sink.url)
        let seen = Atomic(0)
        sink.answer { _ in seen.add(1, ordering: .relaxed).newValue > 20 ? .none : .status(204) }
        try await one.running {
          for name in ["anna", "bert"] { try await rig.emit(name, 100) }
          try await rig.place(for: one)
          try await eventually { sink.received.count >= 22 }
        }
        sink.answer { _ in .status(204) }
        let two = rig.webhooks(node: "two")
        try await rig.expireLeases()
        try await two.running {
          try await rig.pass(.seconds(61))
          try await eventually { Set(sink.taken.map(\.place)).count == 200 }
        }
        for name in ["anna", "bert"] {
          var last: Int64 = 0
          for sequence in sink.taken.filter({ $0.account == name }).map(\.sequence) {
            // Again what was not recorded, never what comes later.
            #expect(sequence <= last + 1)
            last = max(last, sequence)
          }
        }
      }
    }
  }
}
