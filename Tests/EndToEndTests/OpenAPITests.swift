import Foundation
import Testing

/// The description that a gateway serves, by the validator that others use.
@Suite struct OpenAPITests {
  private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  @Test(.timeLimit(.minutes(10)))
  func `The description of the API is valid OpenAPI`() async throws {
    let python = Self.root.appending(path: ".venv/bin/python")
    try #require(
      FileManager.default.isExecutableFile(atPath: python.path),
      "The validator needs \(python.path): run `make test`, which makes it.")
    try await Rig.run { rig in
      let document = rig.folder.appending(path: "openapi.json")
      try Data(try await rig.gateway.send("GET", "/openapi.json").body.utf8).write(to: document)
      let child = try await Child(
        python, ["-m", "openapi_spec_validator", document.path], name: "validator", folder: rig.folder)
      #expect(try await child.status() == 0, "\(child.output) \(child.errors)")
    }
  }
}
