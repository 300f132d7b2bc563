import API
import ArgumentParser
import Core

struct QueueCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "queue",
    abstract: "Show the messages that are waiting, being sent, held or failed, and decide about them.",
    subcommands: [List.self, Show.self, Reschedule.self, Cancel.self, Release.self, Retry.self])

  struct List: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "List the messages that are not sent, with their last error and what to do.",
      discussion: """
        Failed messages stay listed for seven days, or until `heliograph queue cancel` removes them. With --state, \
        sent and cancelled messages of the last seven days are listed too.
        """)

    @Option(help: "Only messages in this state.") var state: OutboxReply.State?
    @Option(help: "Only messages of this account.") var account: AccountID?
    @OptionGroup var paging: Paging

    func run() async throws {
      var query = OutboxQuery()
      query.state = state
      query.account = account
      let empty = state.map { "No messages in the state \($0.rawValue)." } ?? "The queue is empty."
      try await paging.show(Operations.outbox, query: query, empty: empty) { page in
        Terminal.table(
          ["queue id", "account", "created", "to", "state", "next try", "error", "subject"],
          page.messages.map {
            [
              $0.queueId.rawValue, $0.account.rawValue, $0.created.description, $0.envelope.firstRecipient,
              $0.state.text, $0.nextAttempt?.description ?? "", $0.progress.error?.problem ?? "",
              $0.subject ?? "",
            ]
          }, states: "state")
        for reason in page.reasons { Terminal.line("\n" + reason) }
      }
    }
  }

  struct Show: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Show a message, its attempts and its last error.",
      discussion: "This also works for seven days after the message was sent, failed or was cancelled.")

    @Argument(help: "The message's queue id.") var id: QueueID
    @Flag(help: "Print the gateway's reply as JSON.") var json = false

    func run() async throws {
      try await APIClient.withEnvironment { client in
        let reply = try await client.call(Operations.outboxEntry, path: id)
        if json { return reply.printJSON() }
        reply.value.print()
      }
    }
  }

  struct Reschedule: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Send messages that have not been tried yet at another time.",
      discussion: """
        EXAMPLE
          heliograph queue list --state scheduled
          heliograph queue reschedule q_01h... --at 2027-05-20T14:00:00+02:00
        """)

    @Option(help: "When to send them, such as 2027-05-20T14:00:00+02:00.") var at: Instant
    @OptionGroup var messages: Messages

    func run() async throws {
      try await messages.forEach { client, id in
        messages.show(
          try await client.call(Operations.rescheduleMessage, path: id, body: RescheduleRequest(at)))
      }
    }
  }

  struct Cancel: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Cancel messages that are waiting or held, or remove failed ones from the list.")

    @OptionGroup var messages: Messages
    @OptionGroup var confirmation: Confirmation

    func run() async throws {
      let subject = messages.ids.count == 1 ? "the message" : "the \(messages.ids.count) messages"
      try confirmation.ask(
        "cancel \(subject) \(messages.ids.map(\.rawValue).joined(separator: ", "))")
      try await messages.forEach { client, id in
        let reply = try await client.call(Operations.cancelMessage, path: id)
        if messages.json { return reply.printJSON() }
        guard reply.value.deleted else {
          throw Problem(
            .queueWrongState, "\(id) had been sent or cancelled before.",
            remedy: "See `heliograph queue show \(id)`.")
        }
        Terminal.line("Cancelled \(id).")
      }
    }
  }

  struct Release: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Decide about held messages, which may have been sent.",
      discussion: """
        Look in the mailbox's Sent Items first. A message that is released as queued is sent again, so that a \
        recipient may get it twice if it had been sent.

        EXAMPLE
          heliograph queue list --state held
          heliograph queue release q_01h... --as sent
        """)

    @Option(
      name: .customLong("as"),
      help: "sent: it is in Sent Items. queued: it is not, and is to be sent again.")
    var outcome: ReleaseRequest.Outcome
    @OptionGroup var messages: Messages

    func run() async throws {
      try await messages.forEach { client, id in
        let reply = try await client.call(Operations.releaseMessage, path: id, body: ReleaseRequest(outcome))
        messages.show(reply)
      }
    }
  }

  struct Retry: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Try scheduled, deferred or failed messages now.")

    @OptionGroup var messages: Messages

    func run() async throws {
      try await messages.forEach { client, id in
        messages.show(try await client.call(Operations.retryMessage, path: id))
      }
    }
  }
}

/// The messages that a command is about.
struct Messages: ParsableArguments {
  @Argument(help: "Queue ids, as `heliograph queue list` shows them.") var ids: [QueueID]
  @Flag(help: "Print the gateway's replies as JSON, one per line.") var json = false

  /// Runs `body` for each message, also after it has failed for one.
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
}

extension EnvelopeReply {
  /// The first recipient and how many more there are: `bob@contoso.com +2`.
  fileprivate var firstRecipient: String {
    (to.first ?? "") + (to.count > 1 ? " +\(to.count - 1)" : "")
  }
}

extension OutboxPage {
  /// Each reason once, with what to do and how many messages of the page it keeps.
  fileprivate var reasons: [String] {
    var seen: [(error: ProblemReply, count: Int)] = []
    for error in messages.compactMap(\.progress.error) {
      if let index = seen.firstIndex(where: {
        $0.error.problem == error.problem && $0.error.message == error.message
      }) {
        seen[index].count += 1
      } else {
        seen.append((error, 1))
      }
    }
    return seen.map { error, count in
      let subject = count == 1 ? "1 message" : "\(count) messages"
      return
        (["\(subject): \(error.message)"] + error.advice.lines(remedyLabel: "To do: ") + [
          "  [\(error.problem)]"
        ])
        .joined(separator: "\n")
    }
  }
}

extension OutboxReply {
  fileprivate func print() {
    Terminal.fields([
      ("queue id", queueId.rawValue), ("account", account.rawValue), ("state", state.text),
      ("from", envelope.from), ("to", envelope.to.joined(separator: ", ")), ("subject", subject ?? ""),
      ("Message-ID", messageId), ("Exchange's Message-ID", exchangeMessageId ?? ""),
      ("idempotency key", idempotencyKey ?? ""), ("source", source.text), ("created", created.description),
      ("scheduled", scheduled == created ? "" : scheduled.description),
      ("next try", nextAttempt?.description ?? ""), ("settled", settled?.description ?? ""),
      ("attempts", "\(attemptsMade) of about \(attempts)"), ("response", progress.response ?? ""),
    ])
    if !history.isEmpty {
      Terminal.line()
      Terminal.table(
        ["attempt", "started", "ended", "step", "result", "error"],
        history.map {
          [
            String($0.number), $0.started.description, $0.ended?.description ?? "", $0.step.text,
            $0.verdict?.text ?? "running", $0.problem?.problem ?? "",
          ]
        }, states: "result")
    }
    for warning in warnings ?? [] { Terminal.line("\nWarning: " + Printable.text(warning)) }
    guard let error = progress.error else { return }
    Terminal.line("\n" + Printable.text(error.message))
    for line in error.advice.lines(remedyLabel: "To do: ") { Terminal.line(line) }
    Terminal.line("  [\(error.problem)]")
  }
}
