import API
import ArgumentParser
import Core
import UnixSignals

/// `heliograph send --wait`: shows how far a message is, until it is sent or cannot be.
struct SendWatch: Sendable {
  let client: APIClient
  let json: Bool

  private static let pause: Duration = .milliseconds(500)

  /// Prints each state as it is reached, and the time at which the message was sent.
  ///
  /// - Parameter limit: `nil` waits as long as it takes.
  /// - Throws: Why the message is held, has failed or was cancelled, or that the time is over; `ExitCode` after Ctrl-C.
  func untilSent(_ id: QueueID, within limit: Duration?) async throws {
    let signals = await UnixSignalsSequence(trapping: .sigint, .sigterm)
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await follow(id, within: limit) }
      group.addTask {
        for await signal in signals {
          Terminal.error(
            "\nThe message \(id) stays in the queue. `heliograph queue show \(id)` shows its state, "
              + "`heliograph queue cancel \(id)` cancels it.")
          throw ExitCode(signal == .sigint ? 130 : 143)
        }
        try await Task.sleep(for: .seconds(1 << 40))
      }
      defer { group.cancelAll() }
      try await group.next()
    }
  }

  private func follow(_ id: QueueID, within limit: Duration?) async throws {
    let end = limit.map { ContinuousClock.now + $0 }
    var printed = ""
    while true {
      let reply = try await entry(id)
      let entry = reply?.value
      if let entry, entry.line != printed {
        printed = entry.line
        if !json { Terminal.error(printed) }
      }
      if let reply, let known = reply.value.state.known, known.isLast {
        if json { reply.printJSON() }
        guard known == .sent else { throw Problem.notSent(reply.value) }
        if !json { Terminal.line("Sent at \(reply.value.settled?.description ?? "an unknown time").") }
        return
      }
      if let end, ContinuousClock.now >= end { throw Problem.notSentInTime(id, entry) }
      try await Task.sleep(for: Self.pause)
    }
  }

  /// `nil` while the gateway does not answer: the message is on its disk.
  private func entry(_ id: QueueID) async throws -> APIReply<OutboxReply>? {
    do {
      return try await client.call(Operations.outboxEntry, path: id)
    } catch let problem as Problem where problem.isPassing {
      return nil
    }
  }
}

extension OutboxReply.State {
  /// Whether nothing more happens without a person.
  fileprivate var isLast: Bool {
    switch self {
    case .sent, .failed, .cancelled, .held: true
    case .queued, .scheduled, .sending, .deferred: false
    }
  }
}

extension OutboxReply {
  fileprivate var line: String {
    var line = "\(queueId): \(state.text)"
    if state.known == .deferred || state.known == .scheduled, let nextAttempt {
      line += " until \(nextAttempt)"
    }
    if state.known == .deferred, let error = progress.error {
      line += ": \(error.message) [\(error.problem)]"
    }
    return Printable.text(line)
  }
}

extension Problem {
  fileprivate static func notSent(_ entry: OutboxReply) -> Problem {
    if let error = entry.progress.error {
      var problem = error.asProblem
      problem.summary =
        "\(entry.queueId) \(entry.state.known == .held ? "is held" : "has failed"): \(problem.summary)"
      return problem
    }
    return Problem(
      .queueWrongState, "\(entry.queueId) was not sent: it is \(entry.state.text).",
      remedy: "See `heliograph queue show \(entry.queueId)`.")
  }

  fileprivate static func notSentInTime(_ id: QueueID, _ entry: OutboxReply?) -> Problem {
    let state = entry.map { ": it is \($0.state.text)" } ?? ", and the gateway does not answer"
    return Problem(
      .queueWrongState, "\(id) was not sent in that time\(state). It stays in the queue.",
      remedy: "See `heliograph queue show \(id)`; `heliograph queue cancel \(id)` cancels it.")
  }
}
