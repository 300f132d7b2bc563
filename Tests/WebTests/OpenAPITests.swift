import API
import Core
import Foundation
import Hummingbird
import Testing
import Web

@Suite struct OpenAPITests {
  @Test func `every operation of the contract has a route, and every route its operation`() async throws {
    let described = Operations.all.map { "\($0.method.rawValue) \($0.template)" }
    let routes = try await WebFixture.withRouter { router in
      router.routes.map { route in
        let path = route.path.description.replacing(/:(\w+)/) { "{\($0.1)}" }
        return "\(route.method.rawValue) \(path.hasPrefix("/") ? path : "/" + path)"
      }
    }
    let ofTheAPI = routes.filter {
      $0.contains(" /v1/") || $0.hasSuffix(" /health") || $0.hasSuffix(" /openapi.json")
    }
    #expect(Set(described) == Set(ofTheAPI))
    #expect(described.count == Set(described).count)
  }

  @Test func `the gateway serves the description of its API`() async throws {
    try await TestGateway.open { web in
      let answer = try await web.send("GET", "/openapi.json", token: nil)
      #expect(answer.status == 200)
      #expect(Array(answer.body.utf8) == OpenAPI.document(version: heliographVersion))
    }
  }

  @Test func `docs/openapi.json is the description as it is`() throws {
    let page = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../docs/openapi.json")
      .standardizedFileURL
    let fresh = Data(OpenAPI.document(version: heliographVersion))
    if ProcessInfo.processInfo.environment["HELIOGRAPH_WRITE_DOCS"] == "1" {
      try fresh.write(to: page)
    } else {
      #expect(try Data(contentsOf: page) == fresh, "docs/openapi.json is stale: run make docs")
    }
  }
}
