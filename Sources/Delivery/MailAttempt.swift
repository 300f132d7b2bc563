import Backends
import Core
import Logging
import Queue
import Store

/// One attempt to send a message, from its claim to its settlement.
///
/// A request is recorded when it can be sent immediately, and is then sent: a crash while it waits for a token
/// or for its slot shows that nothing was requested, and a crash after that, that it may have been.
struct MailAttempt: Sendable {
  private var exchange: MailExchange
  private let recorder: StepRecorder
  private let logger: Logger
  /// What the row says.
  private var recorded: Progress
  /// The request that was recorded in the claim, until it is made.
  private var claimed: DeliveryRequest?
  /// Whether the last request that had to be recorded could be prepared; `nil` when there was none.
  private(set) var wasPrepared: Bool?

  init(
    _ exchange: MailExchange, progress: Progress, claimed: DeliveryRequest?, recorder: StepRecorder,
    logger: Logger
  ) {
    self.exchange = exchange
    self.recorder = recorder
    self.logger = logger
    self.claimed = claimed
    recorded = claimed?.progress ?? progress
  }

  /// - Parameter progress: the progress of the message when it was claimed.
  /// - Throws: `CancellationError`, and what `recorder` throws.
  mutating func run(from progress: Progress) async throws -> Settlement {
    let machine = exchange.machine
    var action = machine.begin(progress, now: exchange.time.now)
    var mayHaveDuplicates = false
    var uploads = UploadWatch()
    while true {
      switch action {
      case .settle(var settlement):
        if settlement.verdict == .sent, mayHaveDuplicates { settlement.orphan = .duplicates }
        return settlement
      case .request(let request):
        if let (draft, files) = uploads.stalls(request) {
          return machine.stalled(draft, files: files, now: exchange.time.now)
        }
        if let settlement = try await recordWhenReady(request) { return settlement }
        do {
          action = try await exchange.perform(request)
          if request == .look(.create), action == .request(.create) { mayHaveDuplicates = true }
        } catch {
          let problem = try Problem(from: error, logger)
          action = machine.failed(request, problem, now: exchange.time.now)
        }
      }
    }
  }

  /// Returns the settlement if the request cannot be prepared; `nil` when it may be made.
  private mutating func recordWhenReady(_ request: DeliveryRequest) async throws -> Settlement? {
    guard let progress = request.progress else { return nil }
    if await !exchange.prepareAtOnce(for: request) {
      let before = request.progressBefore
      if recorded != before { try await record(before, request) }
      claimed = nil
      do {
        try await exchange.prepare(for: request)
      } catch {
        wasPrepared = false
        return exchange.machine.unreached(try Problem(from: error, logger), before, now: exchange.time.now)
      }
    }
    wasPrepared = true
    // Recorded again even if the row says so already: that proves that the lane is still ours.
    if claimed != request { try await record(progress, request) }
    claimed = nil
    return nil
  }

  private mutating func record(_ progress: Progress, _ request: DeliveryRequest) async throws {
    try await recorder.record(progress.rawValue, step: request.name)
    recorded = progress
  }
}

/// Sees when the upload of a file makes no headway within an attempt.
private struct UploadWatch {
  private var opened: Set<Int> = []
  private var last: (files: Int, offset: Int)?

  mutating func stalls(_ request: DeliveryRequest) -> (DraftID, files: Int)? {
    switch request {
    case .open(let draft, let files):
      last = nil
      return opened.insert(files).inserted ? nil : (draft, files)
    case .upload(let draft, let files, _, let offset):
      defer { last = (files, offset) }
      guard let last, last.files == files, offset <= last.offset else { return nil }
      return (draft, files)
    case .create, .attach, .resume, .list, .send, .submit, .look: return nil
    }
  }
}

extension Problem {
  /// - Throws: `CancellationError` when the task was cancelled.
  init(from error: any Error, _ logger: Logger) throws {
    if error is CancellationError, Task.isCancelled { throw error }
    if let problem = error as? Problem {
      self = problem
    } else {
      logger.error("A sender threw an unexpected error.", metadata: ["error": "\(type(of: error))"])
      self = Problem.unexplained
    }
  }
}
