package import Core
import Foundation
import NIOCore
import Synchronization

/// Which addresses a URL that somebody else chose may lead to: hosts on the internet, and those that the operator
/// allows.
package struct AddressPolicy: Sendable {
  private let allowed: [CIDR]

  package init(allowed: [CIDR] = []) {
    self.allowed = allowed
  }

  package func permits(_ address: IPAddress) -> Bool {
    address.networkClass == .global || allowed.contains { $0.contains(address) }
  }
}

/// Sends requests to URLs that somebody else chose.
///
/// A host's name is resolved here, its addresses are checked, and the connection goes to the address that was checked:
/// a name whose answer changes in between leads nowhere else. Redirects are not followed.
package final class GuardedExchange: Sendable {
  private let configuration: HTTPExchange.Configuration
  private let policy: AddressPolicy
  private let resolve: HostResolver
  private let time: any Time
  private let state = Mutex(State())

  private struct Pin: Hashable {
    var host: String
    var address: IPAddress
  }

  private struct State {
    var exchanges: [Pin: (exchange: HTTPExchange, used: UInt64, inFlight: Int)] = [:]
    var answers: [String: (addresses: [IPAddress], expires: Instant)] = [:]
    /// Those that DNS has not answered yet.
    var lookups: [String: Task<[IPAddress], Never>] = [:]
    var uses: UInt64 = 0
    var isShutDown = false
  }

  /// Connections are pooled for so many hosts; the one that was not used for the longest time makes room.
  private static let hosts = 512
  /// How long an answer of DNS is used again, one without addresses too: a post need not wait for DNS, and a move of the
  /// host is soon followed.
  private static let answerLifetime: Duration = .seconds(30)
  /// How long DNS may take. It is asked on; what it says later is used for the next post.
  private static let lookupLimit: Duration = .seconds(5)
  /// How many of a host's addresses are tried.
  private static let addressesTried = 3

  package init(
    _ configuration: HTTPExchange.Configuration, policy: AddressPolicy, time: any Time,
    resolver: @escaping HostResolver = systemResolver
  ) {
    self.configuration = configuration
    self.policy = policy
    self.time = time
    resolve = resolver
  }

  /// Ends open connections; requests in flight fail.
  package func shutdown() async {
    let exchanges = state.withLock { state in
      state.isShutDown = true
      defer { state.exchanges = [:] }
      return state.exchanges.values.map(\.exchange)
    }
    for exchange in exchanges { try? await exchange.shutdown() }
  }

  /// Why no request may go to the host; `nil` if one may, or if nothing is known of the host now.
  package func refusal(of url: GuardedURL) async -> GuardedFailure? {
    let addresses = await resolve(url.host)
    guard let first = addresses.first, !addresses.contains(where: policy.permits) else { return nil }
    return .refusedAddress(first)
  }

  package func send(_ request: HTTPRequest, to url: GuardedURL) async throws(GuardedFailure) -> HTTPReply {
    let addresses = await answer(for: url.host)
    guard let first = addresses.first else {
      throw .failed(HTTPFailure(wasSent: false, reason: .nameUnknown))
    }
    let permitted = addresses.filter(policy.permits)
    guard !permitted.isEmpty else { throw .refusedAddress(first) }
    var request = request
    request.url = url.text
    var failure = HTTPFailure(wasSent: false, reason: .refused)
    for address in permitted.prefix(Self.addressesTried) {
      do throws(HTTPFailure) {
        let pin = Pin(host: url.host, address: address)
        let exchange = try await exchange(for: pin)
        defer { state.withLock { $0.exchanges[pin]?.inFlight -= 1 } }
        return try await exchange.send(request)
      } catch {
        failure = error
        // Another address may answer, but only if nobody has had the request.
        guard !error.wasSent, error.reason == .refused || error.reason == .connectTimeout else { break }
      }
    }
    if !failure.wasSent { state.withLock { $0.answers[url.host] = nil } }
    throw .failed(failure)
  }

  private func answer(for host: String) async -> [IPAddress] {
    let now = time.now
    let lookup: Task<[IPAddress], Never>? = state.withLock { state in
      if let known = state.answers[host], known.expires > now { return nil }
      if let running = state.lookups[host] { return running }
      let lookup = Task { [resolve] in
        let addresses = await resolve(host)
        let expires = time.now + Self.answerLifetime
        self.state.withLock { state in
          if state.answers.count >= Self.hosts {
            state.answers = state.answers.filter { $0.value.expires > now }
          }
          state.answers[host] = (addresses, expires)
          state.lookups[host] = nil
        }
        return addresses
      }
      state.lookups[host] = lookup
      return lookup
    }
    guard let lookup else { return state.withLock { $0.answers[host]?.addresses } ?? [] }
    return await Self.first(of: lookup, within: Self.lookupLimit)
  }

  /// What the lookup finds; nothing if it takes longer.
  private static func first(
    of lookup: Task<[IPAddress], Never>, within limit: Duration
  ) async -> [IPAddress] {
    let (answers, answer) = AsyncStream.makeStream(of: [IPAddress].self, bufferingPolicy: .bufferingOldest(1))
    let waiting = Task { answer.yield(await lookup.value) }
    let timer = Task {
      try await Task.sleep(for: limit)
      answer.yield([])
    }
    defer {
      waiting.cancel()
      timer.cancel()
    }
    return await answers.first { _ in true } ?? []
  }

  private func exchange(for pin: Pin) async throws(HTTPFailure) -> HTTPExchange {
    let made: (exchange: HTTPExchange, old: HTTPExchange?)? = state.withLock { state in
      guard !state.isShutDown else { return nil }
      state.uses += 1
      if let known = state.exchanges[pin]?.exchange {
        state.exchanges[pin]?.used = state.uses
        state.exchanges[pin]?.inFlight += 1
        return (known, nil)
      }
      var configuration = configuration
      configuration.pinned = (pin.host, pin.address)
      guard let exchange = try? HTTPExchange(configuration) else { return nil }
      var old: HTTPExchange?
      if state.exchanges.count >= Self.hosts,
        let idle = state.exchanges.filter({ $0.value.inFlight == 0 }).min(by: {
          $0.value.used < $1.value.used
        })?.key
      {
        old = state.exchanges.removeValue(forKey: idle)?.exchange
      }
      state.exchanges[pin] = (exchange, state.uses, 1)
      return (exchange, old)
    }
    guard let made else { throw HTTPFailure(wasSent: false, reason: .cancelled) }
    try? await made.old?.shutdown()
    return made.exchange
  }
}

/// Why there is no reply.
package enum GuardedFailure: Error, Sendable, Hashable {
  /// The host is at this address, and at none that is permitted.
  case refusedAddress(IPAddress)
  case failed(HTTPFailure)
}
