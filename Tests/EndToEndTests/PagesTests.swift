import Foundation
import Testing

/// The hosted pages in a real Chromium: `Tests/Browser/pages.py`.
@Suite struct PagesTests {
  private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  /// Most of it is spent waiting for a page that goes back by itself after 20 seconds.
  @Test(.timeLimit(.minutes(4)))
  func `A person connects a mailbox in Chromium, and every failure can be read and leads back`() async throws
  {
    let python = Self.root.appending(path: ".venv/bin/python")
    try #require(
      FileManager.default.isExecutableFile(atPath: python.path),
      "The browser needs \(python.path): run `make test`, which makes it.")
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
      let status = try await child.status(within: .seconds(180))
      #expect(status == 0 && child.output.hasSuffix("Every page is as it should be.\n"), "\(child.output)")
      #expect(child.errors.isEmpty, "\(child.errors)")
    }
  }
}
