package import Core

/// A message in the outbox, and its state.
package struct OutboxReply: Contract {
  package var queueId = QueueID("")
  package var account = AccountID("")
  package var source = Word(Source.api)
  package var messageId = ""
  package var exchangeMessageId: String?
  package var envelope = EnvelopeReply()
  package var subject: String?
  package var idempotencyKey: String?
  package var created = Instant(microseconds: 0)
  package var scheduled = Instant(microseconds: 0)
  package var nextAttempt: Instant?
  package var settled: Instant?
  package var attemptsMade = 0
  package var attempts = 0
  package var state = Word(State.queued)
  package var progress = ProgressReply()
  package var recipients: [RecipientReply]?
  package var changes: [String]?
  package var warnings: [String]?
  package var history: [AttemptReply] = []

  package enum Source: String, WireWord {
    case api = "api"
    case smtp = "smtp"
    /// Heliograph reports the failure of a message that came by SMTP.
    case report = "report"
  }

  package enum State: String, WireWord {
    /// Waits for its turn.
    case queued = "queued"
    /// Waits for the time of its first attempt.
    case scheduled = "scheduled"
    /// An attempt is running.
    case sending = "sending"
    /// Waits for the time of its next attempt.
    case deferred = "deferred"
    /// Waits for a person.
    case held = "held"
    /// Given up.
    case failed = "failed"
    case sent = "sent"
    /// Taken back.
    case cancelled = "cancelled"
  }

  package init() {}

  package static let fields = Fields<Self>(
    "OutboxEntry", "A message in the outbox, and its state."
  ) {
    Required("queueId", \.queueId, .id(), "The message's id in the outbox.")
    Required("account", \.account, .id(), "The account that sends it.")
    Required(
      "source", \.source, .word(),
      "How it was submitted; `report`: by Heliograph, to report that another message failed.")
    Required("messageId", \.messageId, .line(1...998), "The Message-ID header, with its angle brackets.")
    Field(
      "exchangeMessageId", \.exchangeMessageId, .line(1...998),
      "The Message-ID that Exchange has put in its place, once that is known: replies and bounces name this one."
    )
    Required("envelope", \.envelope, .object, "Who sends and receives it.")
    Field("subject", \.subject, .line(0...10_240), "The Subject header.")
    Field(
      "idempotencyKey", \.idempotencyKey, .line(1...1024), "The `Idempotency-Key` that it was submitted with."
    )
    Required("created", \.created, .moment, "When it was accepted.")
    Required(
      "scheduled", \.scheduled, .moment,
      "When it was first due, or due anew because it was released or tried again; its age counts from then.")
    Field("settled", \.settled, .moment, "When it was sent, failed or was cancelled.")
    Required(
      "nextAttempt", \.nextAttempt, .momentOrFalse,
      "When the next attempt is due; `false` when one is running or there will be none.")
    Required("attemptsMade", \.attemptsMade, .integer(0...(.max)), "How many attempts there have been.")
    Required(
      "attempts", \.attempts, .integer(0...(.max)),
      "Roughly how many attempts there will be before Heliograph gives up.")
    Required(
      "state", \.state, .word(),
      "`queued`: waiting for its turn. `scheduled`: waiting for the time of its first attempt. `sending`: an "
        + "attempt is running. `deferred`: waiting for its next attempt. `held`: may have been sent, and waits for "
        + "a person to decide. `failed`: not sent. `sent`: Microsoft has accepted it, or it was released as sent. "
        + "`cancelled`: deleted before it was sent.")
    Required("progress", \.progress, .object, "The same in EmailEngine's words.")
    Field(
      "recipients", \.recipients, .list(.object, count: 1...100_000),
      "What became of the message for each recipient, in the order of the envelope; only in the reply for one message."
    )
    Field(
      "changes", \.changes, .list(.line(1...4096), count: 1...100),
      "What was changed in the message when it was accepted, in sentences: repairs to its header, and what "
        + "is lost because its attachments are sent one by one.")
    Field(
      "warnings", \.warnings, .list(.line(1...1024), count: 1...2048),
      "What recipients will not get as it was asked for, as in the receipt and as far as it is known by now; only in "
        + "the reply for one message, while its content is kept.")
    Field(
      "history", \.history, .list(.object, count: 0...100_000),
      "All attempts in order; only in the reply for one message.")
  }
}

/// Who sends and receives a message.
package struct EnvelopeReply: Contract {
  package var from = ""
  package var to: [String] = []

  package init() {}

  package init(from: String, to: [String]) {
    self.from = from
    self.to = to
  }

  package static let fields = Fields<Self>("Envelope", "Who sends and receives a message.") {
    Required("from", \.from, .line(0...1024), "The sender.")
    Required("to", \.to, .list(.line(1...1024), count: 0...100_000), "Everyone who receives it.")
  }
}

/// How far a message is, in EmailEngine's words.
package struct ProgressReply: Contract {
  package var status = Word(Status.queued)
  package var response: String?
  package var error: ProblemReply?

  package enum Status: String, WireWord {
    case queued = "queued"
    case processing = "processing"
    case submitted = "submitted"
    case error = "error"
  }

  package init() {}

  package static let fields = Fields<Self>("Progress", "How far a message is, in EmailEngine's words.") {
    Required("status", \.status, .word(), "How far it is.")
    Field("response", \.response, .line(1...1024), "What Microsoft answered when it accepted the message.")
    Field("error", \.error, .object, "Why it has not been sent, or not yet.")
  }
}

/// What became of a message for one recipient.
package struct RecipientReply: Contract {
  package var address = ""
  package var role = Word(Role.to)
  package var state = Word(State.queued)
  package var updated = Instant(microseconds: 0)
  package var problem: ProblemReply?

  package enum Role: String, WireWord {
    case to = "to"
    case cc = "cc"
    case bcc = "bcc"
    /// In the envelope alone.
    case envelope = "envelope"
  }

  package enum State: String, WireWord {
    case queued = "queued"
    case sent = "sent"
    case failed = "failed"
    case cancelled = "cancelled"
  }

  package init() {}

  package static let fields = Fields<Self>("Recipient", "What became of a message for one recipient.") {
    Required("address", \.address, .line(1...1024), "The address.")
    Required("role", \.role, .word(), "Where the message names the recipient; `envelope`: nowhere.")
    Required(
      "state", \.state, .word(),
      "`queued`: not settled yet. `sent`: Microsoft has accepted the message. `failed`: not sent. `cancelled`: deleted "
        + "before it was sent.")
    Required("updated", \.updated, .moment, "When the state changed last.")
    Field("problem", \.problem, .object, "Why it was not sent.")
  }
}

/// One attempt to send a message.
package struct AttemptReply: Contract {
  package var number = 0
  package var step = Word(Step.hold)
  package var node = NodeID("")
  package var started = Instant(microseconds: 0)
  package var ended: Instant?
  package var verdict: Word<Verdict>?
  package var problem: ProblemReply?

  /// The step of the attempt that was recorded last.
  package enum Step: String, WireWord {
    /// A draft was requested.
    case create = "create"
    /// A small file was to be attached to the draft.
    case attach = "attach"
    /// The upload of a large one was to begin.
    case open = "open"
    /// A range of its bytes was to be uploaded.
    case upload = "upload"
    /// The upload was asked how far it is.
    case resume = "resume"
    /// The files of the draft were listed.
    case list = "list"
    /// The draft was to be sent.
    case send = "send"
    /// The message was to be sent without a draft.
    case submit = "submit"
    /// The message was looked up.
    case look = "look"
    /// Nothing was requested.
    case hold = "hold"
  }

  package enum Verdict: String, WireWord {
    case sent = "sent"
    /// Not sent, and to be tried again.
    case deferred = "deferred"
    /// Perhaps sent: to be looked up.
    case unknown = "unknown"
    /// Perhaps sent: a person decides.
    case held = "held"
    case failed = "failed"
    /// Cut off when its node stopped.
    case interrupted = "interrupted"
  }

  package init() {}

  package static let fields = Fields<Self>("Attempt", "One attempt to send a message.") {
    Required("number", \.number, .integer(0...(.max)), "Counts the attempts of the message, from 1.")
    Required(
      "step", \.step, .word(),
      "The step that was recorded last: `create` a draft, `attach` a file to it, `open` the upload of a large file, "
        + "`upload` a range of it, `resume` an upload, `list` the files of the draft, `send` the draft, `submit` without a draft, "
        + "`look` the message up, or `hold`: nothing was requested.")
    Required("node", \.node, .id(), "The gateway process that made the attempt.")
    Required("started", \.started, .moment, "When it began.")
    Field("ended", \.ended, .moment, "When it ended; left out while it is running.")
    Field(
      "verdict", \.verdict, .word(),
      "The result; `unknown`: perhaps sent, to be looked up; `held`: perhaps sent, a person decides; "
        + "`interrupted`: cut short when its node stopped.")
    Field("problem", \.problem, .object, "What went wrong.")
  }
}
