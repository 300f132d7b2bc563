package import Core
import Foundation
package import Store

/// All events, under the names that webhooks use (EmailEngine's where it has one).
package enum Event: Sendable {
  case accountAdded
  case accountDeleted
  /// There is a token for the first time, or again after a refusal. `user` is the mailbox. The identity is
  /// that of a person who granted access.
  case authenticationSuccess(user: String, Identity?)
  /// Once for each run of refusals.
  case authenticationError(ProblemRecord)
  /// Once for each run of failures to connect.
  case connectError(ProblemRecord)
  /// A secret or certificate of an app expires soon, or has expired.
  case clientSecretExpiring(CredentialExpiry)
  /// The account has reached a limit on what it may send in a time, and its messages wait; once a day for each limit.
  case sendingPaused(ReachedLimit)
  /// `changes` are what was changed of the message, in sentences.
  case messageQueued(MessageFacts, changes: [String])
  /// Microsoft has accepted the message; `response` is what it answered.
  case messageSent(MessageFacts, response: String)
  /// An attempt has not sent the message, or perhaps has.
  case messageDeliveryError(MessageFacts, MessageFailure)
  /// The message will not be tried again.
  case messageFailed(MessageFacts, ProblemRecord?)
  /// The message waits for a person, who knows whether it was sent.
  case messageHeld(MessageFacts, ProblemRecord?)
  /// A webhook route has failed for so long, or was told to, that nothing is posted to it any more.
  case webhookDisabled(DisabledRoute)
  /// A recipient has left a list through the link in a message.
  case listUnsubscribe(ListChange)
  /// A recipient has come back to a list that they had left.
  case listSubscribe(ListChange)

  /// As `event` in the API and in webhooks.
  package var name: String { kind.rawValue }

  package var kind: EventName {
    switch self {
    case .accountAdded: .accountAdded
    case .accountDeleted: .accountDeleted
    case .authenticationSuccess: .authenticationSuccess
    case .authenticationError: .authenticationError
    case .connectError: .connectError
    case .clientSecretExpiring: .clientSecretExpiring
    case .sendingPaused: .sendingPaused
    case .messageQueued: .messageQueued
    case .messageSent: .messageSent
    case .messageDeliveryError: .messageDeliveryError
    case .messageFailed: .messageFailed
    case .messageHeld: .messageHeld
    case .webhookDisabled: .webhookDisabled
    case .listUnsubscribe: .listUnsubscribe
    case .listSubscribe: .listSubscribe
    }
  }

  /// The row of the log; `account` is `nil` for an event of the workspace as a whole.
  package func record(_ account: AccountID?, in workspace: WorkspaceID, at now: Instant) -> EventRecord {
    EventRecord(workspace: workspace, account: account, kind: name, data: data(account), created: now)
  }
}

/// What every event of a message contains about it.
package struct MessageFacts: Sendable {
  package var queueID: QueueID
  /// With its angle brackets.
  package var messageID: String
  package var envelopeFrom: String
  package var envelopeTo: [String]

  package init(_ message: OutgoingMessageRecord) {
    queueID = message.id
    messageID = message.messageID
    envelopeFrom = message.envelopeFrom
    envelopeTo = message.envelopeTo
  }
}

/// The result of an attempt that has not certainly sent a message.
package struct MessageFailure: Sendable {
  package var problem: ProblemRecord?
  /// `deferred`, `unknown`, `held` or `failed`.
  package var state: String
  /// How many attempts there have been, this one included.
  package var attemptsMade: Int
  /// Roughly how many there will be before Heliograph gives up on the message.
  package var attempts: Int
  package var nextAttempt: Instant?

  package init(
    problem: ProblemRecord?, state: String, attemptsMade: Int, attempts: Int, nextAttempt: Instant?
  ) {
    self.problem = problem
    self.state = state
    self.attemptsMade = attemptsMade
    self.attempts = attempts
    self.nextAttempt = nextAttempt
  }
}

/// A limit on what an account may send in a time, and until when its messages wait for it.
package struct ReachedLimit: Sendable {
  package var problem: ProblemRecord
  /// `messagesPerMinute`, `recipientsPerDay` or `tenantRecipientsPerDay`.
  package var limit: String
  package var value: Int
  package var until: Instant

  package init(_ problem: ProblemRecord, limit: String, value: Int, until: Instant) {
    (self.problem, self.limit, self.value, self.until) = (problem, limit, value, until)
  }
}

/// An app's secret or certificate and its expiry.
package struct CredentialExpiry: Sendable {
  package var app: AppID
  package var name: String
  package var clientID: String
  package var isCertificate: Bool
  package var expires: Instant
  /// Whole days that are left; 0 on the last one and after.
  package var days: Int

  package init(
    app: AppID, name: String, clientID: String, isCertificate: Bool, expires: Instant, days: Int
  ) {
    self.app = app
    self.name = name
    self.clientID = clientID
    self.isCertificate = isCertificate
    self.expires = expires
    self.days = days
  }
}

/// A webhook route that was disabled, and why.
package struct DisabledRoute: Sendable {
  package var route: WebhookRouteID
  package var name: String
  /// Scheme, host and port.
  package var targetURL: String
  package var problem: ProblemRecord

  package init(_ route: WebhookRouteRecord, _ problem: ProblemRecord) {
    self.route = route.id
    name = route.name
    // Its path may be a secret.
    let scheme = route.targetURL.firstRange(of: "://")?.upperBound ?? route.targetURL.startIndex
    targetURL = route.targetURL[..<scheme] + route.targetURL[scheme...].prefix { !"/?".contains($0) } + "/"
    self.problem = problem
  }
}
