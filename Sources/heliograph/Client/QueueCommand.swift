import API
import ArgumentParser
import Core

struct QueueCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "queue",
    abstract: "Show the messages that are waiting, being sent, held or failed, and decide about them.",
    subcommands: [
      List.self, Show.self, QueueSource.self, Reschedule.self, Cancel.self, Release.self, Retry.self,
    ])

  struct List: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "List the messages that are not sent, with their last error and what to do.",
      discussion: """
        Failed messages stay listed for seven days, or until `heliograph queue cancel` removes them. With --state, \
        sent and cancelled messages of the last seven days are listed too.
        """)

    @OptionGroup var limits: MessageLimits
    @OptionGroup var paging: Paging

    func run() async throws {
      var query = OutboxQuery()
      query.state = limits.state
      query.account = limits.account
      query.query = limits.query
      query.since = limits.since
      query.until = limits.until
      try await paging.show(Operations.outbox, query: query, empty: limits.empty) { page in
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
        if let end = page.searchedSince {
          Terminal.line("Older messages were not searched; to search them, use --until \(end).")
        }
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
          heliograph queue reschedule --account alice --state scheduled --at 2027-05-20T14:00:00+02:00
        """)

    @Option(help: "When to send them, such as 2027-05-20T14:00:00+02:00.") var at: Instant
    @OptionGroup var messages: Messages

    func run() async throws {
      guard !messages.ids.isEmpty else {
        var body = OutboxReschedule()
        body.sendAt = at
        return try await messages.changeAll(
          Operations.rescheduleMessages, body, action: { "send \($0) at \(at)" },
          done: { "Rescheduled \($0)." })
      }
      try await messages.forEach { client, id in
        messages.show(
          try await client.call(Operations.rescheduleMessage, path: id, body: RescheduleRequest(at)))
      }
    }
  }

  struct Cancel: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Cancel messages that are waiting or held, or remove failed ones from the list.",
      discussion: """
        EXAMPLE
          heliograph queue cancel q_01h...
          heliograph queue cancel --account alice --query newsletter --dry-run
        """)

    @OptionGroup var messages: Messages

    func run() async throws {
      guard !messages.ids.isEmpty else {
        return try await messages.changeAll(
          Operations.cancelMessages, OutboxSelection(), action: { "cancel \($0)" },
          done: { "Cancelled \($0)." })
      }
      let subject = messages.ids.count == 1 ? "the message" : "the \(messages.ids.count) messages"
      try messages.confirmation.ask(
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
          heliograph queue release --account alice --until 2027-05-20 --as sent
        """)

    @Option(
      name: .customLong("as"),
      help: "sent: it is in Sent Items. queued: it is not, and is to be sent again.")
    var outcome: ReleaseRequest.Outcome
    @OptionGroup var messages: Messages

    func run() async throws {
      let named = try await messages.heldOnes { "release \($0) as \(outcome.rawValue)" }
      try await named?.forEach { client, id in
        let reply = try await client.call(Operations.releaseMessage, path: id, body: ReleaseRequest(outcome))
        messages.show(reply)
      }
    }
  }

  struct Retry: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Try scheduled, deferred or failed messages now.",
      discussion: """
        With filters instead of ids, scheduled messages are sent now only with --state scheduled.

        EXAMPLE
          heliograph queue retry --account alice --state failed
        """)

    @OptionGroup var messages: Messages

    func run() async throws {
      guard !messages.ids.isEmpty else {
        return try await messages.changeAll(
          Operations.retryMessages, OutboxSelection(), action: { "try \($0) now" },
          done: { "\($0) will be tried now." })
      }
      try await messages.forEach { client, id in
        messages.show(try await client.call(Operations.retryMessage, path: id))
      }
    }
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
    if let recipients, recipients.count > 1 {
      Terminal.line()
      Terminal.table(
        ["recipient", "role", "state", "since", "error"],
        recipients.map {
          [$0.address, $0.role.text, $0.state.text, $0.updated.description, $0.problem?.problem ?? ""]
        }, states: "state")
    }
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
    for change in changes ?? [] { Terminal.line("\nChanged: " + Printable.text(change)) }
    for warning in warnings ?? [] { Terminal.line("\nWarning: " + Printable.text(warning)) }
    guard let error = progress.error else { return }
    Terminal.line("\n" + Printable.text(error.message))
    for line in error.advice.lines(remedyLabel: "To do: ") { Terminal.line(line) }
    Terminal.line("  [\(error.problem)]")
  }
}
