package import Core
import Foundation
import HTTP

/// A sign-in that is finished on another device (RFC 8628 section 3.2).
package struct DeviceCode: Sendable {
  /// Polled with, and shown to nobody.
  package var deviceCode: Secret
  /// What the person types.
  package var userCode: String
  /// Where they type it: `https`, or `http` on this machine.
  package var verificationURI: String
  /// From the request on.
  package var expiresIn: Duration
  /// Between two polls; five seconds longer after each `slowDown`.
  package var interval: Duration
  /// Entra's own sentence for the person, in English.
  package var message: String

  /// `nil` when the reply is not one that a person could follow.
  init?(_ reply: HTTPReply) {
    guard let body = reply.decode(Wire.self), !body.device_code.isEmpty, body.expires_in > 0,
      (1...64).contains(body.user_code.utf8.count), (try? BaseURL(body.verification_uri)) != nil
    else { return nil }
    deviceCode = Secret(body.device_code)
    userCode = oneLine(body.user_code, limit: 64)
    verificationURI = body.verification_uri
    expiresIn = .seconds(min(body.expires_in, 86_400))
    interval = .seconds(min(max(body.interval ?? 5, 1), 300))
    message = oneLine(body.message ?? "", limit: 500)
  }

  private struct Wire: Decodable {
    var device_code: String
    var user_code: String
    var verification_uri: String
    var expires_in: Int
    var interval: Int?
    var message: String?
  }
}

/// What one poll brought.
package enum DevicePoll: Sendable {
  case granted(TokenReply)
  /// The person has not finished.
  case pending
  /// The same, and polls come too fast.
  case slowDown
}

extension Entra {
  /// The scopes name one resource, beside the OpenID ones. The app's registration must allow public client flows.
  package func deviceCode(
    scopes: [String], client: EntraClient, tenant: String
  ) async throws(Problem) -> DeviceCode {
    let reply = try await post(
      [("client_id", client.clientID), ("scope", scopes.joined(separator: " "))],
      to: endpoint("devicecode", tenant: tenant))
    guard reply.status == 200 else {
      throw Problem(reply, hiding: [], values: known(client, tenant, scopes))
    }
    guard let code = DeviceCode(reply) else { throw Problem(unreadable: reply) }
    return code
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
      switch error.origin?.word {
      case "authorization_pending": return .pending
      case "slow_down": return .slowDown
      default: throw error
      }
    }
  }
}
