package import Core
import HTTP
import JSON

/// A sign-in that is finished on another device (RFC 8628 section 3.2).
package struct DeviceCode: Sendable {
  /// For polling; never shown.
  package var deviceCode: Secret
  /// What the person types.
  package var userCode: String
  /// Where they type it: `https`, or `http` on this machine.
  package var verificationURI: String
  /// Counted from the request.
  package var expiresIn: Duration
  /// Between two polls; five seconds longer after each `slowDown`.
  package var interval: Duration
  /// Entra's own sentence for the person, in English.
  package var message: String

  /// Throws unless a person could follow the reply.
  init(_ json: JSONValue) throws(ReplyFault) {
    deviceCode = Secret(try json.required("device_code", \.string))
    userCode = oneLine(try json.required("user_code", \.string), limit: 64)
    verificationURI = try json.required("verification_uri", \.string)
    let seconds = try json.required("expires_in", \.int64)
    expiresIn = .seconds(min(seconds, 86_400))
    interval = .seconds(min(max(try json.optional("interval", \.int64) ?? 5, 1), 300))
    message = oneLine(try json.optional("message", \.string) ?? "", limit: 500)
    guard !deviceCode.reveal().isEmpty else { throw .member("device_code") }
    guard let code = json["user_code"]?.string, (1...64).contains(code.utf8.count) else {
      throw .member("user_code")
    }
    guard (try? BaseURL(verificationURI)) != nil else { throw .member("verification_uri") }
    guard seconds > 0 else { throw .member("expires_in") }
  }
}

/// The result of one poll.
package enum DevicePoll: Sendable {
  case granted(TokenReply)
  /// The person has not finished.
  case pending
  /// The same, and polls come too fast.
  case slowDown

  /// By Entra's `error` (RFC 8628 section 3.5).
  fileprivate static let waiting: [String: DevicePoll] = [
    "authorization_pending": .pending, "slow_down": .slowDown,
  ]
}

extension Entra {
  /// The scopes name one resource, in addition to the OpenID ones. The app's registration must allow public
  /// client flows.
  package func deviceCode(
    scopes: [String], client: EntraClient, tenant: String
  ) async throws(Problem) -> DeviceCode {
    let reply = try await post(
      [("client_id", client.clientID), ("scope", scopes.joined(separator: " "))],
      to: endpoint("devicecode", tenant: tenant))
    guard reply.status == 200 else {
      throw Problem(reply, hiding: [], values: known(client, tenant, scopes))
    }
    return try read(reply) { (json) throws(ReplyFault) in try DeviceCode(json) }
  }

  /// Whether the app gets device codes: requests one that nobody will enter, and polls it once. Throws the refusal,
  /// `AADSTS7000218` where the registration does not allow public client flows.
  package func probeDeviceCodes(
    scopes: [String], client: EntraClient, tenant: String
  ) async throws(Problem) {
    let code = try await deviceCode(scopes: scopes, client: client, tenant: tenant)
    _ = try await poll(deviceCode: code.deviceCode, client: client, tenant: tenant)
  }

  /// Through the tenant that the code was asked from. Throws `signIn.declined` and `signIn.deviceCodeExpired`.
  package func poll(
    deviceCode: Secret, client: EntraClient, tenant: String
  ) async throws(Problem) -> DevicePoll {
    do throws(Problem) {
      return .granted(
        try await token(
          [
            ("grant_type", "urn:ietf:params:oauth:grant-type:device_code"),
            ("device_code", deviceCode.reveal()),
          ], client: client, values: known(client, tenant, [])))
    } catch {
      if let waiting = DevicePoll.waiting[error.origin?.word ?? ""] { return waiting }
      throw error
    }
  }
}
