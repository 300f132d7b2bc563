import Accounts
import Backends
import Core
import Logging
import MIME
import Queue
import Store
import Synchronization

/// A message as work of a queue: the shell around `DeliveryMachine`.
final class MailWork: QueueWork {
  let kind = WorkKind.mail

  private let store: Store
  private let senders: SenderSource
  private let time: any Time
  private let schedule: DeliverySchedule
  private let limits: RequestLimits
  private let tenantLimits: [String: Int]
  private let messageIDs: MessageIDMemory
  private let attemptLimit: Int
  /// How failure reports call this server; `nil` when there are none.
  private let reporter: String?
  private let logger: Logger
  /// What each account's sender could do when it was last ready to send, so that the first step of the next
  /// message can be recorded in its claim. Wrong, it costs two more records; forgotten, one.
  private let abilities = Mutex(AccountMemory<SenderAbilities>())

  /// The message that last had to wait for a fault of the installation.
  private let lastWaiting = Mutex<(WorkspaceID, QueueID)?>(nil)

  /// Of an account whose sender has not been ready yet; only the name of the attempt's first step hangs on it.
  private static let assumed: SenderAbilities = [.drafts, .submission, .lookup]

  struct Item: Sendable {
    var attempt: QueueAttempt
    var progress: Progress
    /// What was recorded in the claim, because it could be sent immediately the last time.
    var recorded: DeliveryRequest?
    /// `nil` when the database has lost it.
    var message: OutgoingMessageRecord?
    /// `nil` when the account is gone.
    var sender: SenderRecord?
    /// The content, when it is short.
    var mime: [UInt8]?
    /// What is attached on its own.
    var files: [OutgoingFile] = []
    /// What it counts for; `nil` when it was counted before, or has to wait.
    var pace: Pace?
    /// Why it has to wait.
    var wait: Problem?
    /// When it was first tried rather than paced, where its turn came late; `nil` counts its age from when it was due.
    var firstTried: Instant?
  }

  struct Report: Sendable {
    var events: [EventRecord]
    /// What a settled message leaves; `nil` for one that continues, or that the database has lost.
    var outcome: DeliveryOutcome?
    /// To the sender of a message that has failed.
    var failure: FailureReport?
    /// The account whose mailbox has proved to be there.
    var mailboxFound: (WorkspaceID, AccountID)?
    /// What was counted, and not sent.
    var unsent: Pace?
  }

  init(
    store: Store, senders: @escaping SenderSource, time: any Time, configuration: OutboxConfiguration,
    messageIDs: MessageIDMemory, logger: Logger
  ) {
    self.store = store
    self.senders = senders
    self.time = time
    schedule = configuration.schedule
    limits = configuration.limits
    tenantLimits = configuration.tenantLimits
    self.messageIDs = messageIDs
    attemptLimit = schedule.backoff.attempts(within: schedule.maximumAge)
    reporter = configuration.reportsFailures ? configuration.name : nil
    self.logger = logger
  }

  func begin(_ attempt: QueueAttempt, in tx: borrowing Transaction) throws -> Item {
    let row = attempt.row
    var item = Item(
      attempt: attempt, progress: Self.progress(of: row), message: try tx.message(row.workspace, row.id),
      sender: try tx.sender(of: row))
    // What cannot be read is missed when the first request needs it.
    item.files = (try? item.message?.messageLayout)?.outgoingFiles ?? []
    if item.message?.isShort == true, item.message?.layout == nil {
      item.mime = try tx.chunk(ChunkKey(row.workspace, row.id, 0))
    }
    try pace(&item, in: tx)
    if attempt.started >= row.scheduled + schedule.maximumAge {
      let tried = try tx.attempts(row.workspace, row.id)
        .first { $0.problem?.code != ProblemCode.deliveryPaced.rawValue }
      item.firstTried = tried?.started ?? attempt.started
    }
    let known = abilities.withLock { $0[row.account, row.workspace] }
    let first = machine(known ?? Self.assumed, item).begin(item.progress, now: attempt.started)
    var step = "hold"
    if item.wait == nil, case .request(let request) = first {
      step = request.name
      let isComplete = item.mime != nil || !request.takesContent
      if known != nil, isComplete, let progress = request.progress {
        try tx.record(progress.rawValue, of: row, under: attempt.lease)
        item.recorded = request
      }
    }
    try tx.insertAttempt(
      row.workspace, row.id, number: row.attempts, step: step, node: attempt.lease.owner,
      started: attempt.started)
    return item
  }

  /// A message that may have been sent already was counted then.
  private func pace(_ item: inout Item, in tx: borrowing Transaction) throws {
    guard let message = item.message, let sender = item.sender, !item.progress.isInDoubt else { return }
    let (row, now) = (item.attempt.row, item.attempt.started)
    // A token's own tenant goes before the app's.
    let tenant = sender.tenants.compactMap { name in
      tenantLimits[name.lowercased()].map { (name: name.lowercased(), limit: $0) }
    }.first
    switch try Pace.claim(message, in: row.lane, sender.pacing, tenant: tenant, at: now, tx) {
    case .counted(let pace): item.pace = pace
    case .wait(let problem, let limit):
      item.wait = problem
      try limit.report(row.account, in: row.workspace, at: now, tx)
    }
  }

  func perform(_ item: Item, recorder: StepRecorder) async throws -> QueueVerdict<Report> {
    let row = item.attempt.row
    if let wait = item.wait {
      return verdict(machine([], item).paced(wait, item.progress, now: time.now), item)
    }
    guard let message = item.message else {
      return verdict(.failed(Problem.contentLost, item.progress, now: time.now), item)
    }
    let sender: any Sender
    do {
      guard item.sender != nil else { throw Problem.accountNotFound(row.account) }
      sender = try await senders(row.workspace, row.account)
    } catch {
      let problem = try Problem(from: error, logger)
      return verdict(machine([], item).unreached(problem, item.progress, now: time.now), item)
    }
    let exchange = MailExchange(
      sender: sender, machine: machine(sender.abilities, item), time: time, store: store, message: message,
      lane: row.lane, messageIDs: messageIDs, range: limits.range, mime: item.mime)
    var attempt = MailAttempt(
      exchange, progress: item.progress, claimed: item.recorded, recorder: recorder, logger: logger)
    let settlement = try await attempt.run(from: item.progress)
    if let wasPrepared = attempt.wasPrepared {
      abilities.withLock { $0[row.account, row.workspace] = wasPrepared ? sender.abilities : nil }
    }
    return verdict(settlement, item)
  }

  /// The fault of the installation for which that message still waits.
  func fault() async throws -> ProblemRecord? {
    guard let (workspace, id) = lastWaiting.withLock({ $0 }) else { return nil }
    let row = try await store.read { (tx: borrowing Transaction) in try tx.queueRecord(workspace, id) }
    guard let row, !row.state.isSettled, let problem = row.problem, problem.scope == .installation else {
      return nil
    }
    return problem
  }

  func interrupted(_ row: QueueRecord, now: Instant) -> QueueSettlement {
    let asked =
      switch Self.progress(of: row) {
      case .fresh, .attached, .drafted: false
      case .creating, .attaching, .uploading, .sending, .submitting: true
      }
    // The request may still be in progress at Microsoft.
    return QueueSettlement(
      state: asked ? .deferred : .ready, due: asked ? now + schedule.unknownOutcomeWait : now,
      progress: row.progress, problem: row.problem)
  }

  func beforeClaims(_ report: Report, in tx: borrowing Transaction) throws -> Bool {
    try report.unsent?.takeBack(in: tx)
    return true
  }

  func conclude(_ report: Report, in tx: borrowing Transaction) throws {
    for event in report.events { try tx.append(event) }
    try report.outcome?.write(in: tx)
    try report.failure?.write(in: tx)
    // Each message that is sent comes here, and only the first one of an account proves something.
    if let (workspace, account) = report.mailboxFound, try tx.isMailboxUnproven(of: account, in: workspace) {
      try tx.apply(.messageAccepted, to: account, in: workspace, at: time.now)
    }
  }

  private func verdict(_ settlement: Settlement, _ item: Item) -> QueueVerdict<Report> {
    let row = item.attempt.row
    if settlement.problem?.scope == .installation {
      lastWaiting.withLock { $0 = (row.workspace, row.id) }
    }
    if settlement.verdict == .failed || settlement.verdict == .held {
      logger.warning(
        "A message \(settlement.verdict == .held ? "is held: it may have been sent" : "has failed").",
        metadata: [
          "queue": "\(row.id)", "account": "\(row.account)", "workspace": "\(row.workspace)",
          "code": "\(settlement.problem?.code ?? "none")",
        ])
    }
    let events = item.message.map {
      MessageEvents(message: $0, attempts: row.attempts, attemptLimit: attemptLimit)
        .events(of: settlement, at: time.now)
    }
    let outcome = item.message.flatMap { message in
      var outcome = DeliveryOutcome(of: settlement, message, at: time.now)
      if message.keepsCopy {
        outcome?.sentCopy = messageIDs.sentCopy(of: settlement, message, in: row.lane, now: time.now)
      } else if settlement.verdict == .sent {
        outcome?.orphan = .copy(settlement.progress.sentDraft)
      }
      return outcome
    }
    return QueueVerdict(
      name: settlement.verdict.rawValue, settlement: settlement.queue, pauseUntil: settlement.pauseUntil,
      report: Report(
        events: events ?? [], outcome: outcome, failure: failure(settlement, item),
        mailboxFound: settlement.verdict == .sent ? (row.workspace, row.account) : nil,
        unsent: settlement.progress.isInDoubt || settlement.verdict == .sent ? nil : item.pace))
  }

  private func failure(_ settlement: Settlement, _ item: Item) -> FailureReport? {
    guard let reporter, let message = item.message, let problem = settlement.problem,
      settlement.verdict == .failed, !settlement.waitsForAccount,
      message.source == Submission.Source.smtp.rawValue
    else { return nil }
    let now = time.now
    return FailureReport(
      message: message, problem: problem, lane: item.attempt.row.lane, id: .make(at: now), reporter: reporter,
      limit: limits.message, now: now)
  }

  private func machine(_ abilities: SenderAbilities, _ item: Item) -> DeliveryMachine {
    let row = item.attempt.row
    return DeliveryMachine(
      abilities: abilities, unknownOutcome: item.sender?.unknownOutcome ?? .hold, files: item.files,
      smallestUpload: limits.file, refusals: row.refusals, refusalLimit: row.refusalLimit,
      firstDue: max(row.scheduled, item.firstTried ?? row.scheduled), attempt: row.attempts,
      schedule: schedule, jitter: .random(in: 0...1))
  }

  /// An unknown word was written by a newer Heliograph: then anything may have been requested.
  private static func progress(of row: QueueRecord) -> Progress {
    Progress(rawValue: row.progress) ?? .submitting
  }
}
