package import Core
import Crypto
import Foundation
import Store
import Vault

/// What of a route nobody may read back: its signing keys, its header fields.
package struct RouteSecrets: Sendable, Codable, Hashable {
  /// The newest first. While an older one has not expired, posts are signed with both.
  private(set) var keys: [Key]
  var headers: [Header]

  struct Key: Sendable, Codable, Hashable {
    /// `whsec_` and base64 of 32 bytes.
    var text: String
    /// Microseconds since 1970; `nil` for the current one.
    var expires: Int64?
  }

  struct Header: Sendable, Codable, Hashable {
    var name: String
    var value: String
  }

  init(key: WebhookSecret, headers: [CustomHeader] = []) {
    keys = [Key(text: key.text.reveal(), expires: nil)]
    self.headers = headers.map { Header(name: $0.name, value: $0.value?.reveal() ?? "") }
  }

  /// Fields without a value keep the one that they have.
  mutating func setHeaders(_ given: [CustomHeader]) {
    headers = given.map { field in
      let known = headers.first { $0.name.lowercased() == field.name.lowercased() }?.value
      return Header(name: field.name, value: field.value?.reveal() ?? known ?? "")
    }
  }

  /// The receiver has that long to learn the new key.
  mutating func rotate(to key: WebhookSecret, keepingOldFor overlap: Duration, at now: Instant) {
    let until = (now + overlap).microseconds
    keys =
      [Key(text: key.text.reveal(), expires: nil)]
      + keys.filter { $0.expires.map { $0 > now.microseconds } ?? true }
      .prefix(1).map { Key(text: $0.text, expires: min($0.expires ?? until, until)) }
  }

  /// Until when the older key signs too; `nil` if none does.
  func rotatingUntil(at now: Instant) -> Instant? {
    keys.compactMap(\.expires).filter { $0 > now.microseconds }.max().map(Instant.init(microseconds:))
  }

  /// Those that sign now.
  func current(at now: Instant) -> [WebhookSecret] {
    keys.filter { $0.expires.map { $0 > now.microseconds } ?? true }.compactMap { WebhookSecret($0.text) }
  }

  func sealed(_ route: WebhookRouteID, in workspace: WorkspaceID, _ vault: Vault) throws -> [UInt8] {
    vault.seal(Array(try JSONEncoder().encode(self)), for: .route(route, in: workspace))
  }

  init(_ box: [UInt8], of route: WebhookRouteID, in workspace: WorkspaceID, _ vault: Vault) throws {
    let bytes = try vault.open(box, for: .route(route, in: workspace))
    self = try JSONDecoder().decode(Self.self, from: Data(bytes))
  }
}

extension BoxIdentity {
  fileprivate static func route(_ route: WebhookRouteID, in workspace: WorkspaceID) -> BoxIdentity {
    BoxIdentity("webhook_route", workspace.rawValue, route.rawValue, "secrets")
  }
}

/// A key that posts are signed with (Standard Webhooks: `whsec_` and base64 of 24 to 64 bytes).
package struct WebhookSecret: Sendable {
  package let text: Secret
  private let key: SymmetricKey

  private static let prefix = "whsec_"

  package init?(_ text: String) {
    guard text.hasPrefix(Self.prefix),
      let bytes = Data(base64Encoded: String(text.dropFirst(Self.prefix.count))),
      (24...64).contains(bytes.count)
    else { return nil }
    self.text = Secret(text)
    key = SymmetricKey(data: bytes)
  }

  /// 32 random bytes.
  package static func make() -> WebhookSecret {
    let key = SymmetricKey(size: .bits256)
    let text = prefix + key.withUnsafeBytes { Data($0).base64EncodedString() }
    guard let secret = WebhookSecret(text) else { preconditionFailure("32 bytes are a key") }
    return secret
  }

  /// `v1,` and base64 of HMAC-SHA256 over id, timestamp and body with dots between (Standard Webhooks).
  package func signature(id: String, timestamp: Int64, body: [UInt8]) -> String {
    var authenticator = HMAC<SHA256>(key: key)
    authenticator.update(data: Array("\(id).\(timestamp).".utf8))
    authenticator.update(data: body)
    return "v1," + Data(authenticator.finalize()).base64EncodedString()
  }
}
