import Core
import Foundation
import HTTP
import NIOHTTP1
import Store
import Vault

/// Posts one event to one endpoint, once.
struct Poster: Sendable {
  let exchange: GuardedExchange
  let time: any Time

  /// How much of an answer is read, so that its connection can be used again, and how much is kept.
  private static let answerLimit = 64 * 1024
  private static let answerKept = 1024

  struct Post: Sendable {
    var id: String
    var event: String
    var body: [UInt8]
    /// When it happened.
    var occurred: Instant
    /// Counts the posts of this event, from 1.
    var number: Int
  }

  struct Result: Sendable {
    var started: Instant
    var duration: Duration
    var status: Int?
    var answer: String?
    /// `nil` if the event was taken.
    var failure: PostFailure?
  }

  func post(_ post: Post, to endpoint: Endpoint) async -> Result {
    let started = time.now
    let request = HTTPRequest(
      method: .POST, url: endpoint.url.text, headers: headers(of: post, to: endpoint, at: started),
      body: post.body, replyLimit: Self.answerLimit)
    do throws(GuardedFailure) {
      let reply = try await exchange.send(request, to: endpoint.url)
      return Result(
        started: started, duration: time.now - started, status: reply.status, answer: Self.answer(reply),
        failure: PostFailure(reply, endpoint.url))
    } catch {
      return Result(
        started: started, duration: time.now - started, status: nil, answer: nil,
        failure: PostFailure(error, endpoint.url))
    }
  }

  private func headers(of post: Post, to endpoint: Endpoint, at now: Instant) -> HTTPHeaders {
    var headers = HTTPHeaders()
    for header in endpoint.secrets.headers { headers.add(name: header.name, value: header.value) }
    headers.replaceOrAdd(name: "Content-Type", value: "application/json")
    let timestamp = now.microseconds / 1_000_000
    headers.replaceOrAdd(name: "webhook-id", value: post.id)
    headers.replaceOrAdd(name: "webhook-timestamp", value: String(timestamp))
    headers.replaceOrAdd(
      name: "webhook-signature",
      value: endpoint.secrets.current(at: now)
        .map { $0.signature(id: post.id, timestamp: timestamp, body: post.body) }.joined(separator: " "))
    // The vocabulary's.
    if let signature = endpoint.serviceSignature(of: post.body) {
      headers.replaceOrAdd(name: "X-EE-Wh-Signature", value: signature)
    }
    headers.replaceOrAdd(name: "X-EE-Wh-Id", value: post.id)
    headers.replaceOrAdd(name: "X-EE-Wh-Event-Id", value: post.id)
    headers.replaceOrAdd(name: "X-EE-Wh-Attempts-Made", value: String(post.number - 1))
    let queued = max(0, (now - post.occurred).components.seconds)
    headers.replaceOrAdd(name: "X-EE-Wh-Queued-Time", value: "\(queued)s")
    if endpoint.route.kind == .route {
      headers.replaceOrAdd(name: "X-EE-Wh-Custom-Route", value: endpoint.route.id.rawValue)
    }
    return headers
  }

  /// How the body begins; `nil` if there is none. NUL is what PostgreSQL cannot store.
  private static func answer(_ reply: HTTPReply) -> String? {
    guard !reply.body.isEmpty else { return nil }
    return String(decoding: reply.body.prefix(answerKept), as: UTF8.self).replacing("\0", with: "\u{FFFD}")
  }
}

/// Why an event was not taken, and what that stops.
struct PostFailure: Sendable {
  var problem: Problem
  var extent: Extent

  enum Extent: Sendable, Hashable {
    /// Perhaps only this event.
    case event
    /// All events of the receiver; it may ask for a pause.
    case endpoint
    /// The receiver wants no more.
    case gone
  }

  /// They do not depend on what is posted: a wrong URL or key, a limit, a proxy whose server is down.
  private static let statusesOfEndpoint: Set<Int> = [401, 403, 404, 405, 407, 429, 502, 503, 504]

  /// The receiver asks for a pause of everything (RFC 6585 section 4).
  var isThrottled: Bool { problem.origin?.status == 429 }

  /// How long the receiver asks us to wait.
  var retryAfter: Duration? {
    if case .safe(let after) = problem.retry { after } else { nil }
  }

  /// `nil` for a success, which only 2xx is.
  init?(_ reply: HTTPReply, _ url: GuardedURL) {
    let after = reply.headers.retryAfter
    switch reply.status {
    case 200..<300: return nil
    case 410:
      self.init(
        problem: Problem(
          .webhookGone, "\(url.host) answered with 410: it wants no events any more.",
          remedy: "Enable the route again if this was a mistake; it continues where it stopped.",
          origin: PeerError(status: 410)), extent: .gone)
    case 300..<400:
      let target = reply.headers.first(name: "Location").map { " to \($0.prefix(200))" } ?? ""
      self.init(
        problem: Problem(
          .webhookRefused,
          "\(url.host) answered with \(reply.status), a redirect\(target), which is not followed.",
          remedy: "Name the final URL in the route.", retry: .safe(after: after),
          origin: PeerError(status: reply.status)), extent: .endpoint)
    default:
      self.init(
        problem: Problem(
          .webhookRefused, "\(url.host) answered with \(reply.status).",
          remedy: "Look into the log of the receiver.", retry: .safe(after: after),
          origin: PeerError(status: reply.status)),
        extent: Self.statusesOfEndpoint.contains(reply.status) ? .endpoint : .event)
    }
  }

  init(_ failure: GuardedFailure, _ url: GuardedURL) {
    switch failure {
    case .refusedAddress(let address):
      self.init(problem: .webhookAddressRefused(url.host, address), extent: .endpoint)
    case .failed(let failure):
      self.init(
        problem: Problem(
          .webhookUnreachable, "\(url.host) could not be reached: \(failure.reason.rawValue).",
          remedy: "Check that the receiver runs and replies within 20 seconds.", retry: .safe(after: nil)),
        extent: .endpoint)
    }
  }

  init(problem: Problem, extent: Extent) {
    self.problem = problem
    self.extent = extent
  }
}
