import Core
import JSON
import Store
import StoreTesting
import Testing

@testable import Webhooks

/// One event that a receiver cannot take does not hold up the others for ever.
@Suite(.timeLimit(.minutes(10))) struct SetAsideTests {
  @Test(arguments: StoreEngine.allCases)
  func `after 15 minutes, while others succeed, an event is set aside, and is taken later`(
    engine: StoreEngine
  ) async throws {
    try await Sink.run { sink in
      try await Rig.run(engine) { rig in
        let webhooks = rig.webhooks()
        let id = try await webhooks.add(to: sink.url)
        sink.answer { $0.place == "anna 2" ? .status(500, body: "no such customer") : .status(204) }
        try await webhooks.running {
          try await rig.emitAndPlace("anna", 3, for: webhooks)
          var minutes = 0
          while !sink.taken.contains(where: { $0.place == "anna 3" }) {
            // Bert's events show that the receiver works.
            try await rig.emitAndPlace("bert", for: webhooks)
            try await rig.pass(.seconds(60))
            minutes += 1
          }
          #expect(minutes >= 15, "\(minutes)")
          try await eventually {
            try await webhooks.route(id, in: .default).tasks.late == 1
          }
          #expect(!sink.taken.contains { $0.place == "anna 2" })
          sink.answer { _ in .status(204) }
          while !sink.taken.contains(where: { $0.place == "anna 2" }) { try await rig.pass(.seconds(60)) }
          try await eventually { try await webhooks.route(id, in: .default).tasks == WebhookTaskCounts() }
        }
        // The gap in `sequence` told the receiver.
        #expect(sink.taken.filter { $0.account == "anna" }.map(\.sequence) == [1, 3, 2])
        let posts = try await webhooks.attempts(
          WebhookAttemptSelection(account: AccountID("anna"), failedOnly: true, limit: 1000), of: id,
          in: .default)
        #expect(posts.count > 5 && posts.allSatisfy { $0.status == 500 && $0.answer == "no such customer" })
        #expect(posts.reversed().map(\.number) == Array(1...posts.count))
      }
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `where only one account has events, the next one shows that the receiver works`(
    engine: StoreEngine
  ) async throws {
    try await Sink.run { sink in
      try await Rig.run(engine) { rig in
        let webhooks = rig.webhooks()
        _ = try await webhooks.add(to: sink.url)
        sink.answer { $0.sequence == 1 ? .status(422) : .status(204) }
        try await webhooks.running {
          try await rig.emitAndPlace("anna", 3, for: webhooks)
          for minute in 1...60 where sink.taken.count < 2 {
            try await rig.pass(.seconds(60))
            if minute < 15 { #expect(sink.taken.isEmpty) }
          }
          try await eventually { sink.taken.count == 2 }
        }
        #expect(sink.taken.map(\.sequence) == [2, 3])
      }
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `an event that the filter leaves out says nothing about the receiver`(engine: StoreEngine) async throws
  {
    try await Sink.run { sink in
      try await Rig.run(engine) { rig in
        let webhooks = rig.webhooks()
        _ = try await webhooks.add(to: sink.url) {
          $0.filter = ["field": "data.n", "operator": "notEquals", "value": 2]
        }
        sink.answer { _ in .status(500) }
        try await webhooks.running {
          for number in 1...3 { try await rig.emit("anna", data: #"{"n":\#(number)}"#) }
          try await rig.place(for: webhooks)
          for _ in 0..<60 { try await rig.pass(.seconds(60)) }
          try await eventually { try await rig.isIdle() }
          sink.answer { _ in .status(204) }
          while sink.taken.count < 2 { try await rig.pass(.seconds(60)) }
        }
        #expect(sink.taken.map(\.sequence) == [1, 3])
      }
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `a receiver that refuses everything gets everything in order once it works`(
    engine: StoreEngine
  ) async throws {
    try await Sink.run { sink in
      try await Rig.run(engine) { rig in
        let webhooks = rig.webhooks()
        _ = try await webhooks.add(to: sink.url)
        sink.answer { _ in .status(500) }
        try await webhooks.running {
          for name in ["anna", "bert"] { try await rig.emitAndPlace(name, 5, for: webhooks) }
          for _ in 0..<120 { try await rig.pass(.seconds(60)) }
          sink.answer { _ in .status(204) }
          for _ in 0..<30 where sink.taken.count < 10 { try await rig.pass(.seconds(60)) }
          try await eventually { sink.taken.count == 10 }
        }
        for name in ["anna", "bert"] {
          #expect(sink.taken.filter { $0.account == name }.map(\.sequence) == [1, 2, 3, 4, 5])
        }
      }
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `in strict order nothing overtakes, and without order everything does`(
    engine: StoreEngine
  ) async throws {
    try await Sink.run { strict in
      try await Sink.run { loose in
        try await Rig.run(engine) { rig in
          let webhooks = rig.webhooks()
          _ = try await webhooks.add(to: strict.url, ordering: .strict)
          _ = try await webhooks.add(to: loose.url, ordering: .none)
          for sink in [strict, loose] {
            sink.answer { $0.place == "anna 1" ? .status(500) : .status(204) }
          }
          try await webhooks.running {
            try await rig.emitAndPlace("anna", 3, for: webhooks)
            try await eventually { loose.taken.count == 2 }
            for _ in 0..<60 {
              try await rig.emitAndPlace("bert", for: webhooks)
              try await rig.pass(.seconds(60))
            }
            #expect(!strict.taken.contains { $0.account == "anna" })
            for sink in [strict, loose] { sink.answer { _ in .status(204) } }
            for _ in 0..<30 { try await rig.pass(.seconds(60)) }
            try await eventually { loose.taken.count == 63 && strict.taken.count == 63 }
          }
          #expect(strict.taken.filter { $0.account == "anna" }.map(\.sequence) == [1, 2, 3])
          #expect(loose.taken.filter { $0.account == "anna" }.map(\.sequence) == [2, 3, 1])
        }
      }
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `after three days an event is given up, and can be replayed`(engine: StoreEngine) async throws {
    try await Sink.run { sink in
      try await Rig.run(engine) { rig in
        let webhooks = rig.webhooks()
        let id = try await webhooks.add(to: sink.url, ordering: .none)
        sink.answer { $0.sequence == 2 ? .status(500) : .status(204) }
        try await webhooks.running {
          try await rig.emitAndPlace("anna", 3, for: webhooks)
          try await eventually { sink.taken.count == 2 }
          for _ in 0..<(3 * 24 * 3 + 10) { try await rig.pass(.seconds(20 * 60)) }
          try await eventually { try await webhooks.route(id, in: .default).tasks.failed == 1 }
          #expect(try await webhooks.route(id, in: .default).record.enabled)
          sink.answer { _ in .status(204) }
          #expect(try await webhooks.replayFailed(to: id, in: .default) == 1)
          try await eventually { sink.taken.count == 3 }
          try await eventually { try await webhooks.route(id, in: .default).tasks == WebhookTaskCounts() }
        }
        #expect(sink.taken.map(\.sequence) == [1, 3, 2])
      }
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `after three days without a success the route is disabled, once, and nothing is dropped`(
    engine: StoreEngine
  ) async throws {
    try await Sink.run { sink in
      try await Rig.run(engine) { rig in
        let webhooks = rig.webhooks()
        let id = try await webhooks.add(to: sink.url, accounts: ["anna", "bert"])
        sink.answer { _ in .status(503) }
        try await webhooks.running {
          for name in ["anna", "bert"] { try await rig.emitAndPlace(name, 2, for: webhooks) }
          let start = rig.time.now
          while try await webhooks.route(id, in: .default).record.enabled {
            try await rig.pass(.seconds(15 * 60))
          }
          #expect((.seconds(3 * 86_400)...(.seconds(3 * 86_400 + 3600))).contains(rig.time.now - start))
          sink.answer { _ in .status(204) }
          var change = RouteChange()
          change.enabled = true
          try await webhooks.update(id, change, in: .default)
          try await rig.pass(.seconds(1))
          try await eventually { sink.taken.count == 4 }
        }
        let notices = try await rig.store.read { (tx: borrowing Transaction) in
          try tx.events(.default, nil, limit: 10).map(\.event.kind)
        }
        #expect(notices == ["webhookDisabled"])
      }
    }
  }
}
