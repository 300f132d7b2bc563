import Foundation
import Testing

/// The hosted pages in a real Chromium: `Tests/Browser/pages.py`.
@Suite struct PagesTests {
  private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  /// Most of it is spent waiting for a page that goes back by itself after 20 seconds.
  @Test(.timeLimit(.minutes(10)))
  func `A person connects a mailbox in Chromium, and every failure can be read and leads back`() async throws
  {
    let python = Self.root.appending(path: ".venv/bin/python")
    try #require(
      FileManager.default.isExecutableFile(atPath: python.path),
      "The browser needs \(python.path): run `make test`, which makes it.")
    // Pages go on by themselves after 20 seconds: on a machine that stalls for so long a second walk decides.
    let first = try await walk(python)
    let (status, output, errors) = first.status == 0 ? first : try await walk(python)
    #expect(status == 0 && output.hasSuffix("Every page is as it should be.\n"), "\(output)")
    #expect(errors.isEmpty, "\(errors)")
  }

  private func walk(_ python: URL) async throws -> (status: Int32, output: String, errors: String) {
    try await Rig.run { rig in
      let script = Self.root.appending(path: "Tests/Browser/pages.py")
      let database = rig.gateway.data.appending(path: "heliograph.sqlite")
      let browser = rig.folder.appending(path: "chromium")
      let child = try await Child(
        python, [script.path, rig.gateway.origin, rig.sandbox.origin, database.path, browser.path],
        environment: [
          "HELIOGRAPH_TOKEN": rig.gateway.token, "HOME": rig.folder.path, "PYTHONDONTWRITEBYTECODE": "1",
        ],
        name: "pages", folder: rig.folder)
      // The script ends itself, and the browser with it, before this limit.
      return (try await child.status(), child.output, child.errors)
    }
  }
}
