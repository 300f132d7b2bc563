import Core
import Foundation
import NIOHTTP1
import Testing

@testable import HTTP
@testable import Microsoft

@Suite struct TrustTests {
  @Test func `a certificate authority of one's own is trusted only when it is named`() async throws {
    let file = FileManager.default.temporaryDirectory.appending(path: "heliograph-\(UUID()).pem")
    try LocalhostCertificate.pem.write(to: file, atomically: true, encoding: .utf8)
    defer { try? FileManager.default.removeItem(at: file) }
    try await WireServer.run(tls: try LocalhostCertificate.serverContext(), react: { _ in .answer(200) }) {
      server in
      let request = HTTPRequest(method: .GET, url: "https://localhost:\(server.port)/")
      try await withHTTP { http in
        _ = await #expect(throws: HTTPFailure(wasSent: false, reason: .untrusted)) {
          try await http.send(request)
        }
      }
      #expect(server.requests.isEmpty)
      try await withHTTP(.init(trustRootsPath: file.path)) { http in
        let reply = try await http.send(request)
        #expect(reply.status == 200)
      }
      // Trusted, but not for this name.
      try await withHTTP(.init(trustRootsPath: file.path)) { http in
        let other = HTTPRequest(method: .GET, url: "https://127.0.0.1:\(server.port)/")
        await #expect(throws: HTTPFailure(wasSent: false, reason: .untrusted)) { try await http.send(other) }
      }
    }
  }

  @Test(arguments: ["/nonexistent/ca.pem", "/dev/null", "/etc/hostname"])
  func `a file of certificates that cannot be read is refused by name`(path: String) throws {
    let problem = try #require(
      #expect(throws: Problem.self) { try HTTPExchange(.init(trustRootsPath: path)) })
    #expect(problem.code == .configurationInvalid)
    #expect(problem.summary.contains(path))
  }
}
