import Core
import Foundation
import Store
import Testing

@testable import Events

/// The table of events in docs/webhooks.md, against the events.
@Suite struct EventTableTests {
  private static let page = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "docs/webhooks.md")

  /// The fields of `data`, by event.
  private static func documented() throws -> [String: Set<String>] {
    let text = try String(contentsOf: page, encoding: .utf8)
    let section = try #require(text.split(separator: "## Events\n").last?.split(separator: "\n## ").first)
    let rows = section.matches(of: /(?m)^\| `(\w+)` \| [^|]* \| ([^|]*) \|$/)
    return Dictionary(
      uniqueKeysWithValues: rows.map { row in
        (String(row.1), Set(row.2.matches(of: /`(\w+)`/).map { String($0.1) }))
      })
  }

  /// With everything that can be known of each.
  private static let events: [Event] = {
    let now = Instant(microseconds: 0)
    var problem = ProblemRecord(Problem(.accountNotConnected, "It is not.", remedy: "Connect it."), at: now)
    problem.peerCode = "AADSTS50076"
    let facts = MessageFacts(
      OutgoingMessageRecord(
        workspace: .default, id: QueueID("q"), account: AccountID("anna"), source: "api", messageID: "<a@b>",
        envelopeFrom: "a@b.c", envelopeTo: ["d@e.f"], subject: nil, size: 1, chunks: 1, idempotencyKey: nil,
        created: now))
    let list = ListChange(
      recipient: "a@b.c", listId: "news", messageId: "<a@b>", remoteAddress: "192.0.2.1", userAgent: "curl")
    let route = WebhookRouteRecord(
      workspace: .default, id: WebhookRouteID("wh"), name: "CRM", targetURL: "https://x.example/",
      secrets: [],
      startPosition: 0, created: now)
    return [
      .accountAdded, .accountDeleted, .authenticationSuccess(user: "a@b.c", .unverified),
      .authenticationError(problem), .connectError(problem),
      .clientSecretExpiring(
        CredentialExpiry(
          app: AppID("app"), name: "App", clientID: "id", isCertificate: false, expires: now, days: 7)),
      .sendingPaused(ReachedLimit(problem, limit: "recipientsPerDay", value: 10_000, until: now)),
      .messageQueued(facts, changes: ["One."]), .messageSent(facts, response: "202 Accepted"),
      .messageDeliveryError(
        facts,
        MessageFailure(problem: problem, state: "deferred", attemptsMade: 1, attempts: 9, nextAttempt: now)),
      .messageFailed(facts, problem), .messageHeld(facts, problem),
      .webhookDisabled(DisabledRoute(route, problem)), .listUnsubscribe(list), .listSubscribe(list),
    ]
  }()

  @Test func `every event is in the table, with the fields of its data`() throws {
    let documented = try Self.documented()
    #expect(Set(documented.keys) == Set(EventName.allCases.map(\.rawValue)))
    #expect(Set(Self.events.map(\.kind)) == Set(EventName.allCases))
    for event in Self.events {
      let data = try JSONDecoder().decode(
        [String: Anything].self, from: Data(event.data(AccountID("anna")).utf8))
      #expect(documented[event.name] == Set(data.keys), "\(event.name)")
    }
  }

  /// Of which only the name matters.
  private struct Anything: Decodable {
    init(from decoder: any Decoder) {}
  }
}
