import Accounts
import Core
import HTTP
import Microsoft
import Store

/// The way of one account to its mailbox at Graph: each request with a valid token and in one of the mailbox's slots.
struct GraphAccess: Sendable {
  let account: AccountRecord
  let mailbox: GraphMailbox
  let cloud: Cloud
  /// For the text of a refusal.
  let values: ErrorValues
  let http: HTTPExchange
  let tokens: TokenSource
  let limiter: MailboxLimiter

  /// What one request needs.
  struct Ready: Sendable {
    var token: Secret
    var place: MailboxLimiter.Place
  }

  func ready() async throws -> Ready {
    let token = try await tokens.token(for: account.id, in: account.workspace)
    return Ready(token: token, place: try await limiter.place(in: account.lane))
  }

  /// As `ready`, if that takes neither waiting nor a request.
  func readyAtOnce() async -> Ready? {
    // What fails here also fails in `ready`, which reports it.
    guard let token = try? await tokens.tokenAtHand(for: account.id, in: account.workspace),
      let place = limiter.placeAtOnce(in: account.lane)
    else { return nil }
    return Ready(token: token, place: place)
  }

  /// One exchange. A 401 says that nothing was done, so it may be repeated.
  ///
  /// - Parameters:
  ///   - prepared: What was made ready for it earlier.
  ///   - from: The address that a message is sent from, for the text of a refusal.
  func request<Value: Sendable>(
    _ prepared: Ready? = nil, from: String? = nil, uploading bytes: Int = 0,
    _ body: @escaping @Sendable (Graph) async throws -> Value
  ) async throws -> Value {
    let ready = if let prepared { prepared } else { try await ready() }
    do {
      return try await ready.place.run(uploading: bytes) { try await body(graph(ready.token, from)) }
    } catch let problem as Problem where problem.code == .graphTokenRejected {
      let fresh = try await tokens.replace(ready.token, for: account.id, in: account.workspace)
      return try await limiter.run(account.lane, uploading: bytes) { try await body(graph(fresh, from)) }
    }
  }

  /// As `request`, for what goes on after it has returned: the slot is taken until the last copy of it is gone.
  func open<Value: Sendable>(
    _ body: @escaping @Sendable (Graph) async throws -> Value
  ) async throws -> (value: Value, place: MailboxLimiter.Place) {
    let ready = try await ready()
    do {
      return (try await ready.place.download { try await body(graph(ready.token)) }, ready.place)
    } catch let problem as Problem where problem.code == .graphTokenRejected {
      let fresh = try await tokens.replace(ready.token, for: account.id, in: account.workspace)
      // In the same slot: it is still held, and waiting for another could be waiting for oneself.
      return (try await ready.place.download { try await body(graph(fresh)) }, ready.place)
    }
  }

  private func graph(_ token: Secret, _ from: String? = nil) -> Graph {
    var values = values
    values.from = from
    return Graph(cloud: cloud, http: http, mailbox: mailbox, token: token, values: values)
  }
}
