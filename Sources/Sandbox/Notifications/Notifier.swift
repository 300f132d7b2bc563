import Core
import Foundation
import JSON

/// Keeps the subscriptions and tells their owners what has changed.
///
/// Notifications to one address are posted one batch after the other, in their order; what waits meanwhile is the next
/// batch. A batch that is not taken is tried again beside the others, for four hours by the sandbox's clock.
package actor Notifier {
  private let mail: MailStore
  private let feed: ChangeFeed
  private let clock: SandboxClock
  private let faults: FaultStore
  /// While it runs.
  private var client: NotificationClient?
  private(set) var subscriptions: [Subscription] = []
  private var queues: [String: [QueuedNotification]] = [:]
  private var busy: Set<String> = []
  /// Held back until the next one to the same address has passed them.
  private var held: [String: [QueuedNotification]] = [:]
  private var tasks: [Int: Task<Void, Never>] = [:]
  private var lastTask = 0
  private var owner: @Sendable (MailboxID) -> SandboxDirectory.User? = { _ in nil }
  private(set) var attempts: [NotificationAttempt] = []

  struct QueuedNotification: Sendable {
    var json: JSONValue
    /// `nil`: about a subscription itself.
    var subscription: String?
  }

  /// Microsoft documents that one POST may have several; not how many.
  private static let maximumBatch = 100
  /// Those that `GET /sandbox/notifications` shows.
  private static let maximumAttempts = 1000
  /// Microsoft Learn, "Receive change notifications through webhooks".
  private static let maximumRetrying = Duration.seconds(4 * 3600)
  /// Over all apps (Microsoft Learn, "Outlook change notifications overview").
  private static let maximumSubscriptions = 1000

  init(mail: MailStore, feed: ChangeFeed, clock: SandboxClock, faults: FaultStore) {
    (self.mail, self.feed, self.clock, self.faults) = (mail, feed, clock, faults)
  }

  /// Until it is cancelled.
  ///
  /// - Parameter owner: of a mailbox.
  func run(owner: @escaping @Sendable (MailboxID) -> SandboxDirectory.User?) async {
    self.owner = owner
    let client = NotificationClient()
    self.client = client
    for await change in feed.changes { await tell(change) }
    for task in tasks.values { task.cancel() }
    for task in tasks.values { await task.value }
    self.client = nil
    try? await client.shutdown()
  }

  func reset() {
    for task in tasks.values { task.cancel() }
    (subscriptions, queues, held, attempts) = ([], [:], [:], [])
    watch()
  }
}

// Subscriptions.
extension Notifier {
  func validate(_ address: String) async throws { try await client?.validate(address) }

  func add(_ subscription: Subscription) throws {
    forget()
    guard subscriptions.count(where: { $0.mailbox == subscription.mailbox }) < Self.maximumSubscriptions
    else {
      throw GraphError.tooManySubscriptions
    }
    subscriptions.append(subscription)
    watch()
  }

  func subscription(_ id: String) -> Subscription? {
    forget()
    return subscriptions.first { $0.id == id.lowercased() }
  }

  func change(_ id: String, _ body: @Sendable (inout Subscription) -> Void) -> Subscription? {
    forget()
    guard let index = subscriptions.firstIndex(where: { $0.id == id.lowercased() }) else { return nil }
    body(&subscriptions[index])
    return subscriptions[index]
  }

  func remove(_ id: String) {
    subscriptions.removeAll { $0.id == id.lowercased() }
    watch()
  }

  var current: [Subscription] {
    forget()
    return subscriptions
  }

  /// Those that have expired.
  private func forget() {
    let now = clock.now
    let count = subscriptions.count
    subscriptions.removeAll { $0.expires <= now }
    if subscriptions.count != count { watch() }
  }

  private func watch() { feed.watch(Set(subscriptions.map(\.mailbox))) }

  /// Says it to who gave an address for it. A subscription that was removed is gone by then, and one that must be
  /// reauthorized gets nothing until it is.
  func tell(_ event: LifecycleEvent, of id: String) -> Bool {
    guard let subscription = subscription(id), let address = subscription.fields.lifecycleURL else {
      return false
    }
    switch event {
    case .subscriptionRemoved: remove(id)
    case .reauthorizationRequired: _ = change(id) { $0.isPaused = true }
    case .missed: break
    }
    post(QueuedNotification(json: subscription.lifecycleNotification(event)), to: address)
    return true
  }
}

// Notifications.
extension Notifier {
  private func tell(_ change: MailChange) async {
    forget()
    let epoch = await mail.epoch
    for subscription in subscriptions {
      for (kind, item) in subscription.events(of: change) {
        let json = subscription.notification(kind, item, epoch: epoch)
        send(
          QueuedNotification(json: json, subscription: subscription.id), to: subscription.notificationURL,
          of: change.mailbox)
      }
    }
  }

  private func send(_ notification: QueuedNotification, to address: String, of mailbox: MailboxID) {
    let passed = held.removeValue(forKey: address) ?? []
    switch faults.takeNotification(of: owner(mailbox)) {
    case nil: post(notification, to: address)
    case .drop?: break
    case .double?:
      post(notification, to: address)
      post(notification, to: address)
    case .delay(let milliseconds)?:
      start { notifier in
        try await Task.sleep(for: .milliseconds(milliseconds))
        await notifier.post(notification, to: address)
      }
    case .reorder?: held[address] = [notification]
    }
    for notification in passed { post(notification, to: address) }
  }

  private func post(_ notification: QueuedNotification, to address: String) {
    queues[address, default: []].append(notification)
    guard busy.insert(address).inserted else { return }
    start { await $0.drain(address) }
  }

  private func drain(_ address: String) async {
    while let queue = queues[address], !queue.isEmpty {
      let batch = Array(queue.prefix(Self.maximumBatch))
      queues[address] = Array(queue.dropFirst(batch.count))
      if await !attempt(batch, to: address, number: 1) {
        start { try await $0.retry(batch, to: address) }
      }
    }
    queues[address] = nil
    busy.remove(address)
  }

  /// After 1, 2, 4 … seconds, at most ten minutes; the intervals are our choice.
  private func retry(_ batch: [QueuedNotification], to address: String) async throws {
    let end = clock.now + Self.maximumRetrying
    var number = 1
    while true {
      let pause = Duration.seconds(min(600, 1 << min(number - 1, 10)))
      try await clock.wait(until: clock.now + pause)
      guard clock.now <= end else { break }
      number += 1
      if await attempt(batch, to: address, number: number) { return }
    }
    for id in Set(batch.compactMap(\.subscription)) { _ = tell(.missed, of: id) }
  }

  private func attempt(_ batch: [QueuedNotification], to address: String, number: Int) async -> Bool {
    let body = JSONValue.object(["value": .array(batch.map(\.json))])
    let status = await client?.post(body.serialized(), to: address)
    attempts.append(
      NotificationAttempt(time: clock.now, address: address, body: body, number: number, status: status))
    if attempts.count > Self.maximumAttempts { attempts.removeFirst(Self.maximumAttempts / 10) }
    return status.map { (200..<300).contains($0) } ?? false
  }

  private func start(_ body: @escaping @Sendable (Notifier) async throws -> Void) {
    lastTask += 1
    let number = lastTask
    tasks[number] = Task {
      // What is cancelled has nobody left to tell.
      try? await body(self)
      tasks[number] = nil
    }
  }
}

/// One POST of notifications, for `GET /sandbox/notifications`.
struct NotificationAttempt: Sendable {
  var time: Instant
  var address: String
  var body: JSONValue
  /// From 1.
  var number: Int
  /// `nil` without a reply in time.
  var status: Int?

  var json: JSONValue {
    [
      "time": .string(time.description), "url": .string(address), "body": body,
      "attempt": JSONValue(number), "status": status.map { JSONValue($0) } ?? .null,
    ]
  }
}
