import Core
import Foundation
import Store

extension Event {
  /// The `data` of the event: one JSON object, its keys in the order of their names.
  func data(_ account: AccountID?) -> String {
    let payload: any Encodable =
      switch self {
      case .accountAdded, .accountDeleted: ["account": account?.rawValue ?? ""]
      case .authenticationSuccess(let user, let identity): SuccessPayload(user, identity)
      case .authenticationError(let problem): ConnectionPayload(problem, isRefusal: true)
      case .connectError(let problem): ConnectionPayload(problem, isRefusal: false)
      case .clientSecretExpiring(let expiry): CredentialPayload(expiry)
      case .sendingPaused(let limit): LimitPayload(limit)
      case .messageQueued(let facts, let changes): MessagePayload(facts, changes: changes)
      case .messageSent(let facts, let response): MessagePayload(facts, response: response)
      case .messageDeliveryError(let facts, let failure): MessagePayload(facts, failure)
      case .messageFailed(let facts, let problem), .messageHeld(let facts, let problem):
        MessagePayload(facts, problem: problem)
      case .webhookDisabled(let route): RoutePayload(route)
      case .listUnsubscribe(let change), .listSubscribe(let change): change
      }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    // Strings and integers always encode.
    guard let json = try? encoder.encode(payload) else { return "{}" }
    return String(decoding: json, as: UTF8.self)
  }
}

private struct SuccessPayload: Encodable {
  let user: String
  /// Only what a reader must not overlook: that it is not proven whose mailbox it is.
  let identity: String?

  init(_ user: String, _ identity: Identity?) {
    self.user = user
    self.identity = identity == .unverified ? Identity.unverified.rawValue : nil
  }
}

private struct ConnectionPayload: Encodable {
  let response, problem: String
  let remedy, peerCode, serverResponseCode: String?

  init(_ problem: ProblemRecord, isRefusal: Bool) {
    response = problem.summary
    self.problem = problem.code
    remedy = problem.remedy
    peerCode = problem.peerCode
    serverResponseCode = isRefusal ? "OauthRenewError" : nil
  }
}

private struct CredentialPayload: Encodable {
  let app, name, clientId, credential, expires: String
  let days: Int

  init(_ expiry: CredentialExpiry) {
    app = expiry.app.rawValue
    name = expiry.name
    clientId = expiry.clientID
    credential = expiry.isCertificate ? "certificate" : "secret"
    expires = expiry.expires.description
    days = expiry.days
  }
}

private struct LimitPayload: Encodable {
  let limit, pausedUntil, problem, response: String
  let value: Int
  let remedy: String?

  init(_ reached: ReachedLimit) {
    limit = reached.limit
    value = reached.value
    pausedUntil = reached.until.description
    response = reached.problem.summary
    problem = reached.problem.code
    remedy = reached.problem.remedy
  }
}

private struct RoutePayload: Encodable {
  let route, name, targetUrl, problem, response: String
  let remedy: String?

  init(_ disabled: DisabledRoute) {
    route = disabled.route.rawValue
    name = disabled.name
    targetUrl = disabled.targetURL
    problem = disabled.problem.code
    response = disabled.problem.summary
    remedy = disabled.problem.remedy
  }
}

private struct MessagePayload: Encodable {
  let queueId, messageId: String
  let envelope: Envelope
  var response: String?
  /// Left out when there are none.
  var changes: [String]?
  var error: String?
  /// Microsoft's code where it gave one, else the API's.
  var errorCode: String?
  /// Always ours.
  var problem: String?
  var remedy: String?
  var state: String?
  var job: Job?

  struct Envelope: Encodable {
    let from: String
    let to: [String]
  }

  struct Job: Encodable {
    let id: String
    let attemptsMade, attempts: Int
    let nextAttempt: String?
  }

  init(
    _ facts: MessageFacts, response: String? = nil, changes: [String] = [], problem: ProblemRecord? = nil
  ) {
    queueId = facts.queueID.rawValue
    messageId = facts.messageID
    envelope = Envelope(from: facts.envelopeFrom, to: facts.envelopeTo)
    self.response = response
    self.changes = changes.isEmpty ? nil : changes
    error = problem?.summary
    errorCode = problem.map { $0.peerCode ?? $0.apiCode }
    self.problem = problem?.code
    remedy = problem?.remedy
  }

  init(_ facts: MessageFacts, _ failure: MessageFailure) {
    self.init(facts, problem: failure.problem)
    state = failure.state
    job = Job(
      id: facts.queueID.rawValue, attemptsMade: failure.attemptsMade, attempts: failure.attempts,
      nextAttempt: failure.nextAttempt?.description)
  }
}
