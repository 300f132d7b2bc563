import API
import ArgumentParser
import AsyncHTTPClient
import Core
import Foundation
import JSON
import NIOCore
import NIOHTTP1
import Webhooks

struct Listen: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Show events as they come, and forward them to a URL on this machine.",
    discussion: """
      For whoever writes a receiver of webhooks: with --forward, each event is posted as a webhook would be, signed with \
      the key in HELIOGRAPH_WEBHOOK_SECRET, or with one that is made and printed at the start. Nothing is posted twice, \
      whatever the receiver answers. Ends with Ctrl-C.

      EXAMPLE
        heliograph listen
        heliograph listen --event messageSent --forward http://localhost:8000/hook
      """)

  @Option(help: "Only events of this account.") var account: AccountID?
  @Option(help: "Only events of this name; may be repeated.") var event: [String] = []
  @Option(help: "Also the events after the one with this number; 0 is all.") var since: Int64?
  @Option(help: "A URL to which each event is posted.") var forward: String?
  @Flag(help: "Print each event as the JSON that is posted.") var json = false

  private static let longestPause: Duration = .seconds(30)

  func validate() throws {
    guard let forward else { return }
    guard let url = URL(string: forward), url.scheme == "http" || url.scheme == "https", url.host() != nil
    else {
      throw ValidationError("--forward must be a URL such as http://localhost:8000/hook, not \(forward).")
    }
  }

  func run() async throws {
    var query = EventStreamQuery()
    query.account = account
    query.since = since
    let forwarder = try forward.map { try Forwarder(url: $0) }
    if let forwarder, forwarder.isNew { Terminal.error("Events are signed with \(forwarder.secretText).") }
    try await APIClient.withEnvironment { [query] client in
      var query = query
      var pause: Duration = .seconds(1)
      while true {
        do {
          try await client.events(Operations.eventStream, query: query) { message in
            pause = .seconds(1)
            guard let id = message.id else { return }
            query.since = id
            guard !message.data.isEmpty else { return }
            if event.isEmpty || event.contains(message.name) { try await show(message, forwarder, client) }
          }
        } catch let problem as Problem where problem.isPassing {
          Terminal.error("\(problem.summary) Trying again.")
        }
        // The gateway ends streams when it stops.
        try await Task.sleep(for: pause)
        pause = min(pause * 2, Self.longestPause)
      }
    }
  }

  private func show(
    _ message: ServerSentMessage, _ forwarder: Forwarder?, _ client: APIClient
  ) async throws {
    if json { Terminal.json(Array(message.data.utf8)) } else { Terminal.line(try message.line) }
    guard let forwarder else { return }
    Terminal.error(try await forwarder.post(message, client.http))
  }
}

extension ServerSentMessage {
  /// Number, date, account and event, then the details that are a text or a number.
  fileprivate var line: String {
    get throws {
      let event = try JSONValue(parsing: data)
      let details = (event["data"]?.object?.members ?? []).compactMap { name, value in
        (value.string ?? value.number?.text).map { "\(name)=\($0)" }
      }
      let places = [id.map { String($0) }, event["date"]?.string, event["account"]?.string, name]
      return (places.compactMap(\.self) + details).joined(separator: "  ")
    }
  }
}

/// Posts events as webhooks are posted, to a receiver that is being written.
private struct Forwarder: Sendable {
  let url: String
  private let secret: WebhookSecret
  /// Whether the key was made here.
  let isNew: Bool

  private static let timeout: TimeAmount = .seconds(20)

  /// - Throws: `ValidationError` for a key that is none.
  init(url: String) throws {
    self.url = url
    guard let text = APIClient.environment("HELIOGRAPH_WEBHOOK_SECRET") else {
      (secret, isNew) = (WebhookSecret.make(), true)
      return
    }
    guard let known = WebhookSecret(text) else {
      throw ValidationError("HELIOGRAPH_WEBHOOK_SECRET must be whsec_ and base64 of 24 to 64 bytes.")
    }
    (secret, isNew) = (known, false)
  }

  var secretText: String { secret.text.reveal() }

  /// One line about the receiver's answer.
  func post(_ message: ServerSentMessage, _ http: HTTPClient) async throws -> String {
    let body = Array(message.data.utf8)
    let id = try JSONValue(parsing: message.data)["eventId"]?.string ?? ""
    let timestamp = Int64(Date().timeIntervalSince1970)
    var request = HTTPClientRequest(url: url)
    request.method = .POST
    request.headers.add(name: "Content-Type", value: "application/json")
    request.headers.add(name: "User-Agent", value: "Heliograph/\(heliographVersion)")
    request.headers.add(name: "webhook-id", value: id)
    request.headers.add(name: "webhook-timestamp", value: String(timestamp))
    request.headers.add(
      name: "webhook-signature", value: secret.signature(id: id, timestamp: timestamp, body: body))
    request.body = .bytes(ByteBuffer(bytes: body))
    do {
      let response = try await http.execute(request, timeout: Self.timeout)
      return "  \(url) answered with \(response.status.code)."
    } catch {
      return "  \(url) could not be reached: \(error)."
    }
  }
}
