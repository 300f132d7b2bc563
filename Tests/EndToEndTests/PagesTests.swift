import Foundation
import Testing

/// The pages in a real Chromium: `Tests/Browser/pages.py` and `sandbox_pages.py`.
@Suite struct PagesTests {
  private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  /// Most of it is spent waiting for a page that goes back by itself after 20 seconds.
  @Test(.timeLimit(.minutes(10)))
  func `A person connects a mailbox in Chromium, and every failure can be read and leads back`() async throws
  {
    // Pages go on by themselves after 20 seconds: on a machine that stalls for so long a second walk decides.
    let first = try await walkThroughGateway()
    try expectSuccess(first.status == 0 ? first : try await walkThroughGateway())
  }

  @Test(.timeLimit(.minutes(10)))
  func `A developer reads mail, plants faults and watches requests in Chromium, and no message can act`()
    async throws
  {
    // The script gives up after 150 seconds: on a machine that stalls for so long a second walk decides.
    let first = try await walkThroughSandbox()
    try expectSuccess(first.status == 0 ? first : try await walkThroughSandbox())
  }

  private typealias Outcome = (status: Int32, output: String, errors: String)

  private func expectSuccess(_ outcome: Outcome) throws {
    #expect(
      outcome.status == 0 && outcome.output.hasSuffix("Every page is as it should be.\n"), "\(outcome.output)"
    )
    #expect(outcome.errors.isEmpty, "\(outcome.errors)")
  }

  private func walkThroughGateway() async throws -> Outcome {
    try await Rig.run { rig in
      let database = rig.gateway.data.appending(path: "heliograph.sqlite")
      return try await walk(
        "pages.py", [rig.gateway.origin, rig.sandbox.origin, database.path], in: rig.folder,
        environment: ["HELIOGRAPH_TOKEN": rig.gateway.token])
    }
  }

  private func walkThroughSandbox() async throws -> Outcome {
    try await withFolder { folder in
      try await HTTP.run { http in
        let sandbox = try await SandboxProcess(folder: folder, http: http)
        let result: Result<Outcome, any Error>
        do {
          result = .success(try await walk("sandbox_pages.py", [sandbox.origin], in: folder))
        } catch {
          result = .failure(error)
        }
        try await sandbox.child.killHard()
        return try result.get()
      }
    }
  }

  /// - Parameter arguments: of the script, without the last one, which is the browser's own folder.
  private func walk(
    _ script: String, _ arguments: [String], in folder: URL, environment: [String: String] = [:]
  ) async throws -> Outcome {
    let python = Self.root.appending(path: ".venv/bin/python")
    try #require(
      FileManager.default.isExecutableFile(atPath: python.path),
      "The browser needs \(python.path): run `make test`, which makes it.")
    let file = Self.root.appending(path: "Tests/Browser/\(script)")
    let browser = folder.appending(path: "chromium")
    let child = try await Child(
      python, [file.path] + arguments + [browser.path],
      environment: environment.merging(["HOME": folder.path, "PYTHONDONTWRITEBYTECODE": "1"]) { $1 },
      name: "pages", folder: folder)
    // The script ends itself, and the browser with it, before this limit.
    return (try await child.status(), child.output, child.errors)
  }
}
