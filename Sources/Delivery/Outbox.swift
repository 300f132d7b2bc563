import Accounts
package import Backends
package import Core
package import Logging
package import Queue
import ServiceLifecycle
package import Store
import Synchronization

/// Outgoing messages: accepts them, stores them, sends them through Microsoft, and reports their outcome.
package final class Outbox: Service {
  let store: Store
  let time: any Time
  let configuration: OutboxConfiguration
  let senderSource: SenderSource
  private let work: MailWork
  let engine: QueueEngine<MailWork>
  let node: NodeID
  let logger: Logger
  /// What messages need from their accounts, so that a submission is one transaction and not two: the accepting
  /// transaction compares.
  let senders = Mutex(AccountMemory<SenderIdentity>())
  let messageIDs = MessageIDMemory()

  package init(
    store: Store, senders: @escaping SenderSource, time: any Time, node: NodeID,
    configuration: OutboxConfiguration = OutboxConfiguration(), logger: Logger
  ) {
    self.store = store
    self.time = time
    self.configuration = configuration
    senderSource = senders
    self.node = node
    self.logger = logger
    work = MailWork(
      store: store, senders: senders, time: time, configuration: configuration, messageIDs: messageIDs,
      logger: logger)
    engine = QueueEngine(
      work, store: store, time: time, node: node, configuration: configuration.queue, logger: logger)
  }

  /// The fault of the installation for which messages wait on this node; `nil` when there is none.
  package func fault() async throws -> ProblemRecord? {
    if let fault = engine.fault { return fault }
    return try await work.fault()
  }

  /// Delivers until a graceful shutdown. May be called once.
  package func run() async throws {
    try await withThrowingTaskGroup { group in
      group.addTask { try await self.engine.run() }
      group.addTask { try await self.reclaimAndSweep() }
      group.addTask { try await self.runErrands() }
      // Only the engine ends by itself.
      _ = try await group.next()
      group.cancelAll()
    }
  }
}

/// Finds the sender for an account's mailbox, again for each attempt.
package typealias SenderSource = @Sendable (WorkspaceID, AccountID) async throws -> any Sender

/// Bytes of what goes in one request.
package struct RequestLimits: Sendable, Hashable {
  /// Of a message; the files of a larger one are attached to a draft one by one.
  package var message = OutgoingMessage.requestLimit
  /// Of a file that is attached in one request; this large, it is uploaded in ranges.
  package var file = OutgoingFile.smallestUpload
  /// Of a range.
  package var range = OutgoingFile.range

  package init() {}
}

package struct OutboxConfiguration: Sendable {
  package var queue = QueueConfiguration()
  package var schedule = DeliverySchedule()
  package var limits = RequestLimits()
  /// How many recipients outside the sender's domain all mailboxes of a tenant together may send to in 24
  /// hours; by the tenant's id, or the name that the app has for it, in lower case.
  package var tenantLimits: [String: Int] = [:]
  /// Bytes of files in one message, decoded. An upload session of Graph takes 150 MB (Microsoft Learn, "Attach large files
  /// to Outlook messages"); the mailbox's own limit is usually lower.
  package var contentLimit = 150 << 20
  /// Bytes of one message as it travels: that much in base64, with its line ends, and some text.
  package var sizeLimit = 210 << 20
  /// Whether a report about a failed SMTP message is sent to its sender, in addition to the event.
  package var reportsFailures = true
  /// The name of this server in reports.
  package var name = "localhost"
  /// Where people reach this gateway: what templates name as `service.url`.
  package var serviceURL: String?
  /// How long a message that was sent, has failed or was cancelled can still be asked about, and how long its
  /// content is kept.
  package var retention: Duration = .seconds(7 * 86_400)
  /// How long its Message-IDs and recipients are kept: bounces and replies can arrive late. Longer than
  /// `retention`.
  package var outcomeRetention: Duration = .seconds(90 * 86_400)
  /// How long a repeat of a request is recognised. Not longer than `retention`.
  package var idempotencyRetention: Duration = .seconds(2 * 86_400)
  /// How old content gets that no message is bound to; at least two hours.
  package var unboundRetention: Duration = .seconds(86_400)
  /// How long events are kept for readers.
  package var eventRetention: Duration = .seconds(30 * 86_400)
  /// Among how many messages a text is looked for, in one page of a list or one request about many messages.
  package var searchLimit = 100_000
  /// How many messages one request changes.
  package var changeLimit = 10_000
  package var sweepDelay: Duration = .seconds(60)
  package var sweepInterval: Duration = .seconds(3600)
  /// How often orphaned drafts are deleted and sent copies looked at.
  package var errandInterval: Duration = .seconds(60)
  /// How many of each at a time.
  package var errandLimit = 1000

  package init() {}
}
