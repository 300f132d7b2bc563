import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1

/// Events on their way to receivers on this machine: how many a second, how long after the commit, and what receivers
/// that are down cost the others.
///
/// The sandbox is stopped, so that each message makes one event, `messageQueued`, and nothing else happens.
struct WebhookFigure {
  var bench: Bench

  /// As many accounts as mailboxes of which messages come; a route posts for eight accounts at once.
  private static let accounts = 16
  /// Of a route's posts, as Heliograph has them.
  private static let inFlight = 8
  private static let endpoints = 100

  func table() async throws -> String {
    let tables = [try await rates(), try await delays(), try await outages()]
    return tables.map(\.text).joined(separator: "\n\n")
  }

  // Events that wait, posted to one route, beside a client that posts the same bytes to the same receiver.
  private func rates() async throws -> Table {
    var (posted, possible) = (Samples(), Samples())
    for round in 1...bench.rounds {
      bench.note("webhooks, round \(round) of \(bench.rounds)")
      try await PostSink.run(keeps: true) { sink in
        posted.add(
          try await post(bench.messages, to: [sink.url + "/hook"]) { count in
            try await sink.untilThere(count, within: .seconds(120))
          })
        let posts = sink.posts
        try await PostSink.run { again in possible.add(try await Self.rate(of: posts, to: again)) }
      }
    }
    var table = Table("Events", "Posted/s", "Bare client, posts/s", "Over the client")
    table.add("\(bench.messages)", posted.text(), possible.text(), posted.over(possible).text(decimals: 2))
    return table
  }

  /// Milliseconds from the reply to a submission to the arrival of its event, one message at a time.
  private func delays() async throws -> Table {
    var (median, high) = (Samples(), Samples())
    for round in 1...bench.rounds {
      bench.note("delay of webhooks, round \(round) of \(bench.rounds)")
      try await PostSink.run(keeps: true) { sink in
        try await run { gateway, mailboxes in
          _ = try await Self.addRoute(sink.url + "/hook", enabled: true, gateway)
          var accepted: [String: ContinuousClock.Instant] = [:]
          for number in 0..<500 {
            let from = mailboxes[number % mailboxes.count]
            let reply: Submitted = try await gateway.service.call(
              .POST, "/v1/account/\(Gateway.account(from))/submit",
              SampleMessage(to: mailboxes[0], number: number).json)
            accepted[reply.queueId] = .now
            try await Task.sleep(for: .milliseconds(20))
          }
          _ = try await sink.untilThere(accepted.count, within: .seconds(30))
          let delays = try sink.posts.compactMap { post -> Double? in
            let event = try JSONDecoder().decode(Event.self, from: Data(post.body.readableBytesView))
            return accepted[event.data.queueId].map { max(0, (post.arrived - $0).seconds * 1000) }
          }.sorted()
          guard delays.count == accepted.count else { throw Failure("\(delays.count) events have come.") }
          median.add(delays[delays.count / 2])
          high.add(delays[delays.count * 99 / 100])
        }
      }
    }
    var table = Table("Delay, ms: half", "99 of 100")
    table.add(median.text(decimals: 1), high.text(decimals: 1))
    return table
  }

  /// The same events to fifty receivers, alone and beside fifty that are down: half refuse connections, half never answer.
  private func outages() async throws -> Table {
    var (alone, beside) = (Samples(), Samples())
    let half = Self.endpoints / 2
    let events = max(Self.accounts, bench.messages / half)
    for round in 1...bench.rounds {
      bench.note("webhooks beside dead receivers, round \(round) of \(bench.rounds)")
      for isBeside in round.isMultiple(of: 2) ? [true, false] : [false, true] {
        try await PostSink.run { sink in
          try await PostSink.run(isHanging: true) { hanging in
            let refused = "http://127.0.0.1:\(try Service.freePort())"
            let living = (0..<half).map { "\(sink.url)/\($0)" }
            let dead = (0..<half).map { "\($0.isMultiple(of: 2) ? refused : hanging.url)/\($0)" }
            let rate = try await post(events, to: living, beside: isBeside ? dead : []) { count in
              try await sink.untilThere(count * half, within: .seconds(300))
            }
            if isBeside { beside.add(rate * Double(half)) } else { alone.add(rate * Double(half)) }
          }
        }
      }
    }
    var table = Table(
      "Receivers", "Posted/s alone", "Posted/s beside \(half) that are down", "Over what they reach alone")
    table.add("\(half)", alone.text(), beside.text(), beside.over(alone).text(decimals: 2))
    return table
  }

  /// Events a second: they wait, then the routes are enabled, those to the dead before the time runs.
  private func post(
    _ events: Int, to living: [String], beside dead: [String] = [],
    until arrived: @Sendable (_ events: Int) async throws -> ContinuousClock.Instant
  ) async throws -> Double {
    try await run { gateway, mailboxes in
      var (first, timed): ([String], [String]) = ([], [])
      for url in dead { first.append(try await Self.addRoute(url, enabled: false, gateway)) }
      for url in living { timed.append(try await Self.addRoute(url, enabled: false, gateway)) }
      try await gateway.fillBySMTP(mailboxes, count: events / mailboxes.count)
      let count = events / mailboxes.count * mailboxes.count
      for route in first { try await Self.enable(route, gateway) }
      let start = ContinuousClock.now
      for route in timed { try await Self.enable(route, gateway) }
      return Double(count) / (try await arrived(count) - start).seconds
    }
  }

  private func run<Value>(_ body: (Gateway, [String]) async throws -> Value) async throws -> Value {
    try await Sandbox.run(bench) { sandbox in
      let mailboxes = Array(sandbox.mailboxes.prefix(Self.accounts))
      return try await Gateway.run(
        bench, data: bench.fresh("webhooks"), microsoft: sandbox.service.url,
        arguments: ["--webhook-allow", "127.0.0.0/8"]
      ) { gateway in
        try await gateway.connect(mailboxes, of: sandbox)
        sandbox.child.freeze()
        return try await body(gateway, mailboxes)
      }
    }
  }

  private static func addRoute(_ url: String, enabled: Bool, _ gateway: Gateway) async throws -> String {
    struct Route: Decodable { var id: String }
    return try await gateway.service.call(
      .POST, "/v1/webhookRoutes",
      ["name": "Bench", "targetUrl": url, "enabled": enabled, "events": ["messageQueued"]], as: Route.self
    ).id
  }

  private static func enable(_ route: String, _ gateway: Gateway) async throws {
    _ = try await gateway.service.call(
      .PUT, "/v1/webhookRoutes/webhookRoute/\(route)", ["enabled": true], as: Ignored.self)
  }

  /// Posts a second by the same HTTP library, as many in flight as a route has.
  private static func rate(of posts: [PostSink.Post], to sink: PostSink) async throws -> Double {
    let url = sink.url + "/hook"
    let start = ContinuousClock.now
    try await withThrowingTaskGroup(of: Void.self) { group in
      for lane in 0..<inFlight {
        group.addTask {
          for index in stride(from: lane, to: posts.count, by: inFlight) {
            var request = HTTPClientRequest(url: url)
            request.method = .POST
            request.headers = posts[index].headers
            request.headers.remove(name: "content-length")
            request.headers.remove(name: "host")
            request.body = .bytes(posts[index].body)
            let response = try await HTTPClient.shared.execute(request, timeout: .seconds(20))
            _ = try await response.body.collect(upTo: 1 << 16)
            guard response.status == .noContent else {
              throw Failure("The receiver answered \(response.status).")
            }
          }
        }
      }
      try await group.waitForAll()
    }
    return Double(posts.count) / (ContinuousClock.now - start).seconds
  }

  private struct Submitted: Decodable {
    var queueId: String
  }

  private struct Event: Decodable {
    struct Details: Decodable { var queueId: String }
    var data: Details
  }
}
