import AsyncHTTPClient
import Core
import Foundation
import NIOCore
import NIOHTTP1

/// Posts to the addresses of subscriptions. It follows no redirect.
struct NotificationClient: Sendable {
  private let http = HTTPClient(configuration: .init(redirectConfiguration: .disallow))

  /// Microsoft Learn, "Receive change notifications through webhooks": a notification is taken within 3 seconds, and
  /// the handshake is answered within 10.
  private static let patience = TimeAmount.seconds(3)
  private static let handshakePatience = TimeAmount.seconds(10)

  func shutdown() async throws { try await http.shutdown() }

  /// Plain HTTP goes to this machine only.
  static func mayReach(_ address: String) -> Bool {
    guard let url = URLComponents(string: address), let host = url.host, !host.isEmpty else { return false }
    return url.scheme == "https" || (url.scheme == "http" && HostGuard.isLoopback(host.lowercased()))
  }

  /// The status of the reply; `nil` without one in time.
  func post(_ body: [UInt8], to address: String) async -> Int? {
    var request = HTTPClientRequest(url: address)
    request.method = .POST
    request.headers.add(name: "content-type", value: "application/json; charset=utf-8")
    request.body = .bytes(ByteBuffer(bytes: body))
    let reply = try? await http.execute(request, timeout: Self.patience)
    return reply.map { Int($0.status.code) }
  }

  /// The handshake: the receiver returns the text of `validationToken`. Throws what the client is told otherwise.
  func validate(_ address: String) async throws {
    let token =
      "Validation: Testing client application reachability for subscription Request-Id: "
      + UUID().uuidString.lowercased()
    let query = formEncoded([("validationToken", token)])
    var request = HTTPClientRequest(url: address + (address.contains("?") ? "&" : "?") + query)
    request.method = .POST
    request.headers.add(name: "content-type", value: "text/plain; charset=utf-8")
    request.body = .bytes(ByteBuffer())
    let answer: (status: HTTPResponseStatus, type: String, body: String)
    do {
      let reply = try await http.execute(request, timeout: Self.handshakePatience)
      let body = try await reply.body.collect(upTo: 64 << 10)
      answer = (reply.status, reply.headers.first(name: "content-type") ?? "", String(buffer: body))
    } catch let error as HTTPClientError where Self.timeouts.contains(error) {
      throw GraphError.validationTimedOut
    } catch {
      throw GraphError.validationFailed(Self.mustRespond)
    }
    guard answer.status == .ok else {
      let name = answer.status.reasonPhrase.replacing(" ", with: "")
      throw GraphError.validationFailed("HTTP status code is '\(name)'. \(Self.mustRespond)")
    }
    guard answer.type.lowercased().hasPrefix("text/plain"), answer.body == token else {
      throw GraphError.validationFailed(Self.mustRespond)
    }
  }

  private static let mustRespond =
    "Notification endpoint must respond with 200 OK to validation request."
  private static let timeouts: [HTTPClientError] = [
    .deadlineExceeded, .connectTimeout, .readTimeout, .requestStreamCancelled,
  ]
}
