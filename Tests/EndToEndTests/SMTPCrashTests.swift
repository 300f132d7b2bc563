import Foundation
import StoreTesting
import Synchronization
import Testing

/// "250 means that the message is on disk": whatever was answered so arrives, once.
@Suite struct SMTPCrashTests {
  @Test(.takingTurns, arguments: StoreEngine.allCases)
  func `A gateway killed again and again while clients send loses no message and sends none twice`(
    engine: StoreEngine
  ) async throws {
    try await SMTPRig.run(engine, environment: ["HELIOGRAPH_UNKNOWN_OUTCOME_WAIT": "4"]) { smtp in
      try await smtp.rig.sandbox.makeAwkward(sendLagMs: 2000)
      // Slow enough for every kill to cut attempts in the middle.
      for path in ["*/messages", "*/send"] {
        try await smtp.rig.sandbox.fault(["path": .string(path), "delayMs": 100, "count": 0])
      }
      let senders = Senders()
      let kills = try await withThrowingTaskGroup(of: Int.self) { tasks in
        for sender in 0..<3 {
          tasks.addTask {
            try await senders.send(smtp, sender)
            return 0
          }
        }
        tasks.addTask {
          defer { senders.stop() }
          return try await smtp.killAgainAndAgain(while: senders)
        }
        return try await tasks.reduce(0, +)
      }
      let acknowledged = senders.acknowledged
      #expect(kills >= 2 && acknowledged.count >= 10 * kills)
      try await eventually("every message is settled") { try await smtp.rig.gateway.outboxTotal() == 0 }
      var arrived: [String] = []
      try await eventually("every acknowledged message has arrived") {
        arrived = []
        for mailbox in smtp.mailboxes { arrived += try await smtp.rig.sandbox.subjects(of: mailbox) }
        return acknowledged.isSubset(of: arrived)
      }
      #expect(Set(arrived).count == arrived.count, "some have arrived twice")
    }
  }

  /// RFC 1047: the client cannot know whether the message was taken, so it sends it again.
  @Test(.takingTurns, arguments: StoreEngine.allCases)
  func `A gateway killed between the commit and the 250 has both messages when the client resends`(
    engine: StoreEngine
  ) async throws {
    try await SMTPRig.run(engine) { smtp in
      let (from, to) = (smtp.mailboxes[0], smtp.mailboxes[1])
      try await smtp.rig.sandbox.fault(["path": "*/messages", "delayMs": 60000, "count": 4])
      let message = "Message-ID: <one@client.test>\nSubject: unheard\n\nText."
      let client = try SMTPClient(port: smtp.port)
      #expect(try client.signIn("a0", smtp.password).hasPrefix("235"))
      for command in ["MAIL FROM:<\(from)>", "RCPT TO:<\(to)>", "DATA"] { _ = try client.say(command) }
      client.send(message.replacing("\n", with: "\r\n") + "\r\n.\r\n")
      // The reply is never read: to the client the connection breaks off before it.
      try await eventually("the message is on disk") { try await smtp.rig.gateway.outboxTotal() == 1 }
      try await smtp.rig.gateway.killHard()
      try await smtp.rig.gateway.start()
      try await smtp.untilOpen()
      let again = try SMTPClient(port: smtp.port)
      #expect(try again.signIn("a0", smtp.password).hasPrefix("235"))
      #expect(try again.submit(from: from, to: [to], message).hasPrefix("250"))
      let queued = try await smtp.rig.gateway.get("/v1/outbox").expect()["messages"].list
      #expect(queued.count == 2 && Set(queued.compactMap { $0["queueId"].text }).count == 2)
      #expect(queued.allSatisfy { $0["messageId"].text == "<one@client.test>" })
    }
  }
}

/// Clients that send one message after the other, each once, over connections that may break.
private final class Senders: Sendable {
  private let state = Mutex((acknowledged: Set<String>(), isOpen: true))

  var acknowledged: Set<String> { state.withLock { $0.acknowledged } }

  func stop() { state.withLock { $0.isOpen = false } }

  func send(_ smtp: SMTPRig, _ sender: Int) async throws {
    var number = 0
    var client: SMTPClient?
    while state.withLock({ $0.isOpen }) {
      if client == nil {
        // A few a second: what has to be settled afterwards stays small.
        try await eventually("\(sender) is connected") {
          guard self.state.withLock({ $0.isOpen }) else { return true }
          client = try? SMTPClient(port: smtp.port)
          let reply = try? client?.signIn("a\(sender)", smtp.password)
          if reply?.hasPrefix("235") != true { client = nil }
          return client != nil
        }
      }
      number += 1
      let subject = "message \(sender)-\(number)"
      let to = smtp.mailboxes[(sender + 1) % smtp.mailboxes.count]
      let reply = try? client?.submit(from: smtp.mailboxes[sender], to: [to], "Subject: \(subject)\n\nProof.")
      if reply?.hasPrefix("250 2.0.0 Queued") == true {
        state.withLock { _ = $0.acknowledged.insert(subject) }
      } else {
        client = nil
      }
      // Every tenth connection is given up.
      if number % 10 == 0 { client = nil }
      try await Task.sleep(for: .milliseconds(120))
    }
  }
}

extension SMTPRig {
  fileprivate func killAgainAndAgain(while senders: Senders) async throws -> Int {
    let clock = ContinuousClock()
    let end = clock.now.advanced(by: Program.isTorture ? .seconds(60) : .seconds(8))
    var kills = 0
    while clock.now < end || kills < 2 {
      let (started, before) = (clock.now, senders.acknowledged.count)
      let life = Duration.milliseconds(Int.random(in: 1000...2000))
      try await eventually("the gateway has lived \(life) and acknowledged ten messages") {
        clock.now - started >= life && senders.acknowledged.count >= before + 10
      }
      try await rig.gateway.killHard()
      kills += 1
      try await rig.gateway.start()
    }
    return kills
  }
}
