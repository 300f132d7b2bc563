import Foundation
import StoreTesting
import Synchronization
import Testing

/// "We answer when the message is on disk": whatever was answered with 200 arrives, once.
@Suite struct CrashTests {
  static let length: Duration = Program.isTorture ? .seconds(60) : .seconds(10)

  @Test(.takingTurns, arguments: StoreEngine.allCases)
  func `A gateway killed again and again under load loses no message and sends none twice`(
    engine: StoreEngine
  ) async throws {
    // Longer than the sandbox's lag, within which an accepted message still looks like a draft, and than a busy machine
    // lets it wait for a request of a gateway that was killed: a message that is not there by then is held.
    let environment = ["HELIOGRAPH_UNKNOWN_OUTCOME_WAIT": "15"]
    try await Rig.run(engine, environment: environment) { rig in
      try await rig.sandbox.makeAwkward(sendLagMs: 2000)
      // Slow enough for every kill to cut requests in the middle.
      for path in ["*/messages", "*/send"] {
        try await rig.sandbox.fault(["path": .string(path), "delayMs": 100, "count": 0])
      }
      let mailboxes = Array(rig.sandbox.directory.mailboxes.suffix(8))
      let accounts = try await rig.connectDaemon(mailboxes)
      let ledger = Ledger()
      let kills = try await withThrowingTaskGroup(of: Int.self) { tasks in
        for submitter in accounts.indices {
          tasks.addTask {
            try await ledger.fill(rig, submitter: submitter, accounts: accounts, mailboxes: mailboxes)
            return 0
          }
        }
        tasks.addTask {
          defer { ledger.close() }
          return try await rig.killAgainAndAgain(for: Self.length, while: ledger)
        }
        return try await tasks.reduce(0, +)
      }
      #expect(kills >= 2)
      #expect(ledger.acknowledged.count >= 10 * kills)
      try await eventually("every message is settled, and none is held") {
        try await rig.gateway.outboxTotal() == 0
      }
      try await rig.expectDelivery(of: ledger, to: mailboxes)
    }
  }
}

/// Which messages were submitted and which of them were acknowledged.
private final class Ledger: Sendable {
  private struct Contents {
    var submitted = 0
    var acknowledged: Set<String> = []
    var isOpen = true
  }

  /// More would only lengthen what follows the load.
  private static let messagesPerSecond = 25.0

  private let contents = Mutex(Contents())
  private let started = ContinuousClock.now

  var acknowledged: Set<String> { contents.withLock { $0.acknowledged } }
  private var isOpen: Bool { contents.withLock { $0.isOpen } }

  func close() {
    contents.withLock { $0.isOpen = false }
  }

  /// Submits one message after the other until the ledger is closed. Every other message carries an
  /// `Idempotency-Key` and is repeated until it is acknowledged; the others get one chance.
  func fill(_ rig: Rig, submitter: Int, accounts: [String], mailboxes: [String]) async throws {
    var number = 0
    while isOpen {
      try await eventually("it is time for the next message") { !isOpen || take() }
      number += 1
      let subject = "message \(submitter)-\(number)"
      let recipient = mailboxes[(submitter + number) % mailboxes.count]
      let key = number % 2 == 0 ? subject : nil
      let account = accounts[submitter]
      try await eventually("\(subject) is acknowledged, or had its chance") {
        let answer = try? await rig.gateway.submit(
          subject, from: account, to: recipient, idempotencyKey: key)
        guard let answer else { return key == nil }
        // 503 is allowed while a database comes and goes; any other refusal would be a fault of its own.
        if answer.status != 503 { _ = try answer.expect() }
        if answer.status == 200 { contents.withLock { _ = $0.acknowledged.insert(subject) } }
        return answer.status == 200 || key == nil
      }
    }
  }

  private func take() -> Bool {
    let allowed = (ContinuousClock.now - started) / .seconds(1) * Self.messagesPerSecond
    return contents.withLock { contents in
      guard Double(contents.submitted) < allowed else { return false }
      contents.submitted += 1
      return true
    }
  }
}

extension Rig {
  /// Kills the gateway with SIGKILL a second or two after each start, once it has acknowledged ten messages.
  ///
  /// - Returns: how often.
  fileprivate func killAgainAndAgain(for length: Duration, while ledger: Ledger) async throws -> Int {
    let clock = ContinuousClock()
    let end = clock.now.advanced(by: length)
    var kills = 0
    while clock.now < end || kills < 2 {
      let (started, before) = (clock.now, ledger.acknowledged.count)
      let life = Duration.milliseconds(Int.random(in: 1000...2000))
      try await eventually("the gateway has lived \(life) and acknowledged ten messages") {
        clock.now - started >= life && ledger.acknowledged.count >= before + 10
      }
      try await gateway.killHard()
      kills += 1
      try await gateway.start()
    }
    return kills
  }

  /// Every acknowledged message lies in exactly one Inbox, once, and in exactly one Sent Items, once; no other
  /// message lies there more than once.
  fileprivate func expectDelivery(of ledger: Ledger, to mailboxes: [String]) async throws {
    let acknowledged = ledger.acknowledged
    try await eventually("every acknowledged message has arrived") {
      let arrived = try await subjects(in: "inbox", of: mailboxes)
      return acknowledged.isSubset(of: Set(arrived))
    }
    try await eventually("no message is a draft") { try await subjects(in: "drafts", of: mailboxes).isEmpty }
    for folder in ["inbox", "sentitems"] {
      let found = try await subjects(in: folder, of: mailboxes)
      let twice = Dictionary(grouping: found) { $0 }.filter { $0.value.count > 1 }.keys.sorted()
      #expect(twice.isEmpty, "more than once in \(folder)")
      let lost = acknowledged.subtracting(found).sorted()
      #expect(lost.isEmpty, "acknowledged and not in \(folder)")
    }
  }

  private func subjects(in folder: String, of mailboxes: [String]) async throws -> [String] {
    var found: [String] = []
    for mailbox in mailboxes { found += try await sandbox.subjects(of: mailbox, folder: folder) }
    return found
  }
}
