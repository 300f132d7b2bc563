import Access
import Core
import Crypto
import Foundation
import HTTP
import JSON
import Store
import Vault

/// A route, read from its record: what is needed to post to it.
struct Endpoint: Sendable {
  let route: WebhookRouteRecord
  let url: GuardedURL
  let secrets: RouteSecrets
  let filter: EventFilter?
  let payload: PayloadTemplate?
  /// Signs posts as the vocabulary has it.
  let serviceSecret: Secret?

  /// - Throws: What the vault throws; `webhook.invalid` for what an older version would not have stored.
  init(_ route: WebhookRouteRecord, _ vault: Vault) throws {
    self.route = route
    do {
      url = try GuardedURL(route.targetURL)
      filter = try route.filter.map { try EventFilter(JSONValue(parsing: $0)) }
      payload = try route.payload.map { try PayloadTemplate(JSONValue(parsing: $0)) }
    } catch let fault as GuardedURLFault {
      throw Problem.webhookInvalid("targetUrl", fault.message)
    } catch let fault as RouteFault {
      throw Problem.webhookInvalid(fault.field, fault.message)
    }
    serviceSecret = try route.serviceSecret.map {
      try vault.openSecret($0, for: .setting(.serviceSecret, in: route.workspace))
    }
    secrets = try RouteSecrets(route.secrets, of: route.id, in: route.workspace, vault)
  }

  /// `X-EE-Wh-Signature`: base64url of HMAC-SHA256 over the body.
  func serviceSignature(of body: [UInt8]) -> String? {
    guard let serviceSecret else { return nil }
    let key = SymmetricKey(data: Array(serviceSecret.reveal().utf8))
    return Digest.base64URL(Array(HMAC<SHA256>.authenticationCode(for: body, using: key)))
  }

  /// The body to be posted; `nil` for an event that the route does not want.
  func body(_ envelope: EventEnvelope, _ placed: PlacedEvent) throws -> [UInt8]? {
    guard route.wants(placed.event.kind, of: placed.event.account) else { return nil }
    guard filter != nil || payload != nil else { return envelope.json }
    let event = try JSONValue(parsing: envelope.json)
    guard filter?.matches(event) ?? true else { return nil }
    return payload?.rendered(event).serialized() ?? envelope.json
  }
}
