import API
import ArgumentParser
import Core
import NIOCore

/// The filters of a list of messages.
struct MessageLimits: ParsableArguments {
  @Option(help: "Only messages in this state.") var state: OutboxReply.State?
  @Option(help: "Only messages of this account.") var account: AccountID?
  @Option(help: "Only messages with this text in the subject, an address, a Message-ID or the queue id.")
  var query: String?
  @Option(
    help: "Only messages accepted at this time or later, such as 2027-05-20 or 2027-05-20T14:00:00+02:00.")
  var since: Instant?
  @Option(help: "Only messages accepted before this time.") var until: Instant?

  var isEmpty: Bool { state == nil && account == nil && query == nil && since == nil && until == nil }

  /// What is said of a list that has nothing.
  var empty: String {
    if isEmpty { return "The queue is empty." }
    return state.map { "No messages in the state \($0.rawValue)." } ?? "There are no such messages."
  }

  func set(in request: inout some SelectingRequest) {
    request.state = state
    request.account = account
    request.query = query
    request.since = since
    request.until = until
  }
}

/// The messages that a command is about: those that are named, or all that match filters.
struct Messages: ParsableArguments {
  @Argument(help: "Queue ids, as `heliograph queue list` shows them; or use filters instead.") var ids:
    [QueueID] = []
  @OptionGroup(title: "Filters") var limits: MessageLimits
  @Flag(help: "All messages, instead of ids or filters.") var all = false
  @Flag(help: "With filters or --all: only count the messages.") var dryRun = false
  @OptionGroup var confirmation: Confirmation
  @Flag(help: "Print the gateway's replies as JSON, one per line.") var json = false

  func validate() throws {
    let ways = [!ids.isEmpty, !limits.isEmpty, all].count { $0 }
    guard ways == 1 else {
      throw ValidationError(
        ways == 0
          ? "Name messages by their queue ids, or select them with --state, --account, --query, --since, "
            + "--until or --all."
          : "Queue ids, filters and --all cannot be combined.")
    }
    if dryRun, !ids.isEmpty {
      throw ValidationError("--dry-run counts the messages that match filters; it takes no queue ids.")
    }
  }

  /// Runs `body` for each message that is named, also after it has failed for one.
  ///
  /// - Throws: What `body` has thrown for the only message, or `ExitCode` after the problems were printed.
  func forEach(
    isolation: isolated (any Actor)? = #isolation, _ body: (APIClient, QueueID) async throws -> Void
  ) async throws {
    try await APIClient.withEnvironment { client in
      guard ids.count > 1 else { return try await body(client, ids[0]) }
      var hasFailed = false
      for id in ids {
        do {
          try await body(client, id)
        } catch let problem as Problem {
          problem.show()
          hasFailed = true
        }
      }
      if hasFailed { throw ExitCode.failure }
    }
  }

  func show(_ reply: APIReply<OutboxReply>) {
    if json { return reply.printJSON() }
    Terminal.line("\(reply.value.queueId): \(reply.value.state)")
  }

  /// Changes all messages that match the filters, after it has asked.
  ///
  /// - Parameters:
  ///   - action: As in "cancel 3 messages", of "3 messages".
  ///   - done: As in "Cancelled 3 messages.", of the same.
  func changeAll<Body: SelectingRequest>(
    _ operation: API.Operation<Nothing, Nothing, Body, OutboxChange>, _ body: Body,
    action: (String) -> String, done: (String) -> String,
    isolation: isolated (any Actor)? = #isolation
  ) async throws {
    var body = body
    limits.set(in: &body)
    body.all = all
    body.dryRun = true
    try await APIClient.withEnvironment { [body] client in
      var body = body
      let trial = try await run(operation, body, client) { _ in }
      if !json { describe(trial) }
      if dryRun || trial.changed == 0 {
        if json { Terminal.json(trial.json()) }
        return
      }
      try confirmation.ask(action(Self.count(trial.changed)))
      body.dryRun = false
      // What was accepted since then was not counted.
      body.until = trial.until
      body.all = false
      let bar = ProgressLine(isShown: !json)
      let result = try await run(operation, body, client) { soFar in
        bar.show(
          fraction: min(Double(soFar.matched) / Double(max(trial.matched, 1)), 1),
          "\(soFar.matched) of \(trial.matched)")
      }
      bar.clear()
      if json { return Terminal.json(result.json()) }
      let skipped = trial.changed - result.changed
      let rest = skipped > 0 ? " Skipped \(Self.count(skipped)) that had changed in the meantime." : ""
      Terminal.line(done(Self.count(result.changed)) + rest)
    }
  }

  /// The held messages that match the filters, by their ids, after it has asked. What becomes held meanwhile is not
  /// among them: nobody has looked for it in Sent Items.
  ///
  /// - Returns: Itself where messages are named, `nil` where there is nothing to do.
  func heldOnes(
    isolation: isolated (any Actor)? = #isolation, _ action: (String) -> String
  ) async throws -> Messages? {
    guard ids.isEmpty else { return self }
    var query = OutboxQuery()
    (query.account, query.query, query.since, query.until) =
      (limits.account, limits.query, limits.since, limits.until)
    query.state = limits.state ?? .held
    query.pageSize = 1000
    var found = self
    try await APIClient.withEnvironment { client in
      repeat {
        let page = try await client.call(Operations.outbox, query: query).value
        found.ids += page.messages.map(\.queueId)
        query.page = page.messages.isEmpty ? 0 : query.page + 1
      } while query.page > 0
    }
    let count = found.ids.count
    if count == 0 || dryRun {
      if json {
        var change = OutboxChange()
        (change.matched, change.changed) = (count, count)
        Terminal.json(change.json())
      } else {
        Terminal.line(count == 0 ? "There are no such messages." : "\(Self.count(count)) found.")
      }
      return nil
    }
    try confirmation.ask(action(Self.count(count)))
    return found
  }

  private func describe(_ trial: OutboxChange) {
    guard trial.matched > 0 else { return Terminal.line("There are no such messages.") }
    if trial.skipped == 0, trial.changed > 0, !dryRun { return }
    Terminal.line("\(Self.count(trial.matched)) found, of which \(trial.changed) can be changed.")
  }

  /// The whole, in as many requests as it takes.
  private func run<Body: SelectingRequest>(
    _ operation: API.Operation<Nothing, Nothing, Body, OutboxChange>, _ body: Body, _ client: APIClient,
    isolation: isolated (any Actor)? = #isolation, _ progress: (OutboxChange) -> Void
  ) async throws -> OutboxChange {
    var body = body
    var total = OutboxChange()
    repeat {
      let reply = try await client.call(operation, path: Nothing(), body: body, timeout: .minutes(10)).value
      total.matched += reply.matched
      total.changed += reply.changed
      total.skipped += reply.skipped
      total.until = total.until ?? body.until ?? reply.until
      progress(total)
      body.after = reply.next
    } while body.after != nil
    return total
  }

  private static func count(_ number: Int) -> String { number == 1 ? "1 message" : "\(number) messages" }
}
