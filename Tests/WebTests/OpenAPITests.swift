import Foundation
import Hummingbird
import Testing

@testable import Web

/// `docs/openapi.json` is written by hand; this holds it to the code.
@Suite struct OpenAPITests {
  private let document: Document

  init() throws {
    let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../..")
    let data = try Data(contentsOf: root.appending(path: "docs/openapi.json"))
    document = try JSONDecoder().decode(Document.self, from: data)
  }

  @Test func `every route of the API is described, and nothing else`() async throws {
    let described = document.paths.flatMap { path, item in
      ["get", "post", "put", "delete"].filter { item[$0] != nil }.map { "\($0.uppercased()) \(path)" }
    }
    let routes = try await WebFixture.withRouter { router in
      router.routes.map { route in
        let path = route.path.description.replacing(/:(\w+)/) { "{\($0.1)}" }
        return "\(route.method.rawValue) \(path.hasPrefix("/") ? path : "/" + path)"
      }
    }
    #expect(Set(described) == Set(routes.filter { $0.contains(" /v1/") || $0.contains(" /health") }))
  }

  @Test(arguments: [
    ("SubmitRequest", SubmitRequest.known), ("AddressField", AddressField.known),
    ("EnvelopeField", EnvelopeField.known), ("AttachmentField", AttachmentField.known),
    ("AppRequest", AppRequest.known), ("AppUpdateRequest", AppUpdateRequest.known),
    ("RegistrationFields", RegistrationFields.known), ("AppVerifyRequest", AppVerifyRequest.known),
    ("AccountVerifyRequest", AccountVerifyRequest.known),
    ("AccountRequest", AccountRequest.known),
    ("OAuth2Field", OAuth2Field.known), ("SMTPField", SMTPField.known), ("FormRequest", FormRequest.known),
    ("DeviceRequest", DeviceRequest.known),
    ("WorkspaceRequest", WorkspaceRequest.known), ("WorkspaceUpdateRequest", WorkspaceUpdateRequest.known),
    ("TokenRequest", TokenRequest.known), ("ReconnectRequest", ReconnectRequest.known),
  ])
  func `a request's fields are those that are read`(schema: String, known: Set<String>) throws {
    let properties = try #require(document.components.schemas[schema]?.properties)
    #expect(Set(properties.keys) == known)
  }

  private struct Document: Decodable {
    let paths: [String: [String: Anything]]
    let components: Components

    struct Components: Decodable { let schemas: [String: Schema] }
    struct Schema: Decodable { let properties: [String: Anything]? }
  }

  private struct Anything: Decodable {
    init(from decoder: any Decoder) {}
  }
}
