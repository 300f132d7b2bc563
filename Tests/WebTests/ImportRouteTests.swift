import Core
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Microsoft
import NIOCore
import Testing

@testable import Web

/// A list of mailboxes and the memory for bodies, which is less than the list.
@Suite struct ImportRouteTests {
  private static let rows = 1500

  @Test func `a list larger than the memory for bodies is read to its end`() async throws {
    let token = String(repeating: "x", count: 2000)
    let list =
      "email,client id,refresh token\n"
      + (1...Self.rows).map { "u\($0)@contoso.test,\(Self.clientID),\(token)\n" }.joined()
    try await Self.run { client in
      let headers: HTTPFields = [
        .authorization: "Bearer " + TestGateway.prepared, .contentType: "text/csv",
      ]
      let answer = try await client.execute(
        uri: Self.path, method: .post, headers: headers, body: ByteBuffer(string: list))
      let lines = String(buffer: answer.body).split(separator: "\n")
      #expect(lines.last?.contains(#""done":{"rows":\#(Self.rows)"#) == true, "\(lines)")
    }
  }

  @Test func `a list that breaks off is answered with what was read of it`() async throws {
    try await Self.run { client in
      let raw = try await RawClient(port: try #require(client.port))
      raw.send(
        "POST \(Self.path) HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer \(TestGateway.prepared)\r\n"
          + "Content-Type: text/csv\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\nzz\r\n")
      let answer = await raw.receive("stopped")
      #expect(answer.contains("request.malformed") && answer.contains(#""stopped":{"rows":0"#), "\(answer)")
      await raw.close()
    }
  }

  private static let path = "/v1/accounts/import?dryRun=true"
  private static let clientID = "a0000000-0000-4000-8000-000000000001"

  private static func run(_ body: @escaping @Sendable (any TestClientProtocol) async throws -> Void)
    async throws
  {
    try await WebFixture.withServices(prepared: Secret(TestGateway.prepared)) { services, cloud in
      let application = WebApplication(
        services, publicURL: "http://localhost:3000", loginOrigins: [cloud.login], bodyLimit: 1 << 20,
        bodyMemory: 1 << 20)
      let responder = application.router().buildResponder()
      try await Application(responder: responder).test(.live) { try await body($0) }
    }
  }
}
