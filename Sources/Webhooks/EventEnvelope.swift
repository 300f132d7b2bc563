package import Core
import JSON
package import Store

/// An event as it is posted and streamed.
package struct EventEnvelope: Sendable {
  /// The same for every post of the event.
  package let id: String
  package let json: [UInt8]

  /// - Parameter serviceURL: The public URL of the gateway.
  package init(_ placed: PlacedEvent, serviceURL: String) {
    let event = placed.event
    id = "evt_\(event.workspace)_\(placed.position)"
    json = Self.json(
      event, sequence: placed.sequence, id: id, serviceURL: serviceURL)
  }

  /// One that did not happen.
  package init(test route: WebhookRouteRecord, nonce: String, serviceURL: String, at now: Instant) {
    id = "evt_test_\(nonce)"
    let data: JSONValue = ["route": .string(route.id.rawValue), "nonce": .string(nonce)]
    json = Self.json(
      EventRecord(
        workspace: route.workspace, account: nil, kind: "test",
        data: String(decoding: data.serialized(), as: UTF8.self), created: now), sequence: 0, id: id,
      serviceURL: serviceURL)
  }

  private static func json(
    _ event: EventRecord, sequence: Int64, id: String, serviceURL: String
  ) -> [UInt8] {
    var json = JSONWriter()
    json.beginObject()
    json.key("serviceUrl")
    json.string(serviceURL)
    json.key("account")
    if let account = event.account { json.string(account.rawValue) } else { json.null() }
    json.key("date")
    json.string(event.created.description)
    json.key("event")
    json.string(event.kind)
    json.key("eventId")
    json.string(id)
    json.key("sequence")
    json.int64(sequence)
    json.key("data")
    // JSON already, as it was stored.
    json.raw(event.data.utf8)
    json.endObject()
    return json.bytes
  }
}
