import Foundation
import ProcessTesting
import Testing

@testable import Sandbox

/// Libraries that others use against the sandbox: `Tests/Referee`.
@Suite struct RefereeTests {
  private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  /// Sign-in by MSAL, whose tokens PyJWT verifies; mail by msgraph-sdk and O365.
  @Test(.timeLimit(.minutes(10)), arguments: ["referee.py", "mail.py", "changes.py"])
  func `A library of Microsoft's has no objection`(name: String) async throws {
    let python = Self.root.appending(path: ".venv/bin/python")
    try #require(
      FileManager.default.isExecutableFile(atPath: python.path),
      "The referee needs \(python.path): run `make test`, which makes it.")
    try await SandboxHarness.runWithTLS { sandbox in
      let authority = try #require(sandbox.dataDirectory).appending(path: "ca.pem")
      let script = Self.root.appending(path: "Tests/Referee/\(name)")
      let verdict = try await Self.run(python, [script.path, sandbox.secureOrigin, authority.path])
      #expect(verdict.status == 0)
      #expect(verdict.output.hasSuffix("The referee has no objection.\n"), "\(verdict.output)")
    }
  }

  private static func run(
    _ program: URL, _ arguments: [String]
  ) async throws -> (status: Int32, output: String) {
    let process = Process()
    process.executableURL = program
    process.arguments = arguments
    let directory = URL.temporaryDirectory.appending(path: "referee-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: directory) }
    // A file instead of a pipe: nobody has to read along, however much is written.
    let output = directory.appending(path: "output")
    try Data().write(to: output)
    let handle = try FileHandle(forWritingTo: output)
    process.standardOutput = handle
    process.standardError = handle
    let status: Int32 = try await withCheckedThrowingContinuation { continuation in
      process.terminationHandler = { continuation.resume(returning: $0.terminationStatus) }
      do { try start(process) } catch { continuation.resume(throwing: error) }
    }
    try handle.close()
    return (status, try String(contentsOf: output, encoding: .utf8))
  }
}
