import Foundation
import Testing
import X509

@testable import Sandbox

@Suite struct CertificateTests {
  @Test func `Over TLS a client that trusts ca.pem is served, by every loopback name`() async throws {
    try await SandboxHarness.runWithTLS { sandbox in
      for host in ["localhost", "127.0.0.1"] {
        let port = try #require(sandbox.ports.https)
        let answer = try await sandbox.get("https://\(host):\(port)/sandbox/directory")
        #expect(answer.status == 200)
      }
    }
  }

  @Test func `The authority is kept, its key is private`() throws {
    try withTemporaryDirectory { directory in
      _ = try CertificateAuthority(directory: directory, now: Date())
      let first = try Data(contentsOf: directory.appending(path: "ca.pem"))
      _ = try CertificateAuthority(directory: directory, now: Date())
      #expect(try Data(contentsOf: directory.appending(path: "ca.pem")) == first)
      let attributes = try FileManager.default.attributesOfItem(
        atPath: directory.appending(path: "ca.key").path)
      #expect(attributes[.posixPermissions] as? Int == 0o600)
    }
  }

  @Test(arguments: ["expired", "without its key", "damaged"])
  func `An authority that is no good is replaced`(_ fault: String) throws {
    try withTemporaryDirectory { directory in
      let start = fault == "expired" ? Date() - 3640 * 86_400 : Date()
      _ = try CertificateAuthority(directory: directory, now: start)
      let file = directory.appending(path: "ca.pem")
      if fault == "without its key" {
        try FileManager.default.removeItem(at: directory.appending(path: "ca.key"))
      }
      if fault == "damaged" { try Data("-----BEGIN".utf8).write(to: file) }
      let first = try Data(contentsOf: file)
      let authority = try CertificateAuthority(directory: directory, now: Date())
      #expect(try Data(contentsOf: file) != first)
      #expect(authority.certificate.notValidAfter > Date() + 3600 * 86_400)
    }
  }
}

func withTemporaryDirectory<Value>(_ body: (URL) throws -> Value) throws -> Value {
  let directory = URL.temporaryDirectory.appending(path: "sandbox-\(UUID().uuidString)")
  defer { try? FileManager.default.removeItem(at: directory) }
  return try body(directory)
}
