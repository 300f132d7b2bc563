import Core
import JSON
import Testing

@testable import API

@Suite struct OpenAPITests {
  private let bytes = OpenAPI.document(version: "1.2.3")
  private let document: JSONValue

  init() throws {
    document = try JSONValue(parsing: bytes)
  }

  @Test func `every route is an operation, and every operation a route`() {
    let routes = """
      POST /v1/account/{account}/submit, POST /v1/submit,
      POST /v1/account/{account}/uploads, PUT /v1/account/{account}/uploads/{upload},
      GET /v1/account/{account}/uploads/{upload}, DELETE /v1/account/{account}/uploads/{upload},
      GET /v1/outbox, PUT /v1/outbox/cancel, PUT /v1/outbox/retry, PUT /v1/outbox/release, PUT /v1/outbox/reschedule,
      GET /v1/outbox/{queueId}, GET /v1/outbox/{queueId}/source, PUT /v1/outbox/{queueId}, DELETE /v1/outbox/{queueId},
      PUT /v1/outbox/{queueId}/release, PUT /v1/outbox/{queueId}/retry,
      GET /v1/account/{account}/mailboxes, GET /v1/account/{account}/messages, GET /v1/account/{account}/message/{message},
      GET /v1/account/{account}/message/{message}/source, GET /v1/account/{account}/text/{text},
      GET /v1/account/{account}/attachment/{attachment}, PUT /v1/account/{account}/message/{message},
      PUT /v1/account/{account}/message/{message}/move, DELETE /v1/account/{account}/message/{message},
      GET /v1/templates, POST /v1/templates/template, GET /v1/templates/template/{template},
      PUT /v1/templates/template/{template}, DELETE /v1/templates/template/{template},
      POST /v1/templates/template/{template}/preview, DELETE /v1/templates/account/{account},
      POST /v1/account, GET /v1/accounts, POST /v1/accounts/import,
      GET /v1/account/{account}, PUT /v1/account/{account}, DELETE /v1/account/{account}, PUT /v1/account/{account}/pause,
      PUT /v1/account/{account}/resume, PUT /v1/account/{account}/reconnect, GET /v1/account/{account}/oauth-token,
      POST /v1/account/{account}/verify, POST /v1/authentication/form, POST /v1/authentication/device,
      GET /v1/authentication/device/{device},
      POST /v1/oauth2, GET /v1/oauth2, GET /v1/oauth2/{app}, PUT /v1/oauth2/{app}, DELETE /v1/oauth2/{app},
      POST /v1/oauth2/{app}/verify, GET /v1/oauth2/{app}/registration, POST /v1/oauth2/registration,
      GET /v1/events, GET /v1/events/stream, GET /v1/changes,
      GET /v1/webhookRoutes, POST /v1/webhookRoutes, GET /v1/webhookRoutes/webhookRoute/{webhookRoute},
      PUT /v1/webhookRoutes/webhookRoute/{webhookRoute}, DELETE /v1/webhookRoutes/webhookRoute/{webhookRoute},
      POST /v1/webhookRoutes/webhookRoute/{webhookRoute}/secret, POST /v1/webhookRoutes/webhookRoute/{webhookRoute}/test,
      GET /v1/webhookRoutes/webhookRoute/{webhookRoute}/posts,
      POST /v1/webhookRoutes/webhookRoute/{webhookRoute}/replay,
      POST /v1/tokens, GET /v1/tokens, DELETE /v1/tokens/{token},
      POST /v1/workspaces, GET /v1/workspaces, GET /v1/workspaces/{workspace}, PUT /v1/workspaces/{workspace},
      DELETE /v1/workspaces/{workspace}, GET /v1/settings, POST /v1/settings,
      GET /v1/blocklists, GET /v1/blocklist/{listId}, POST /v1/blocklist/{listId}, DELETE /v1/blocklist/{listId},
      GET /health, GET /openapi.json
      """
    let expected = routes.split(separator: ",").map { $0.drop { $0.isWhitespace } }.map(String.init)
    #expect(Operations.all.map { "\($0.method.rawValue) \($0.template)" } == expected)
  }

  @Test func `ids of operations are unique`() {
    #expect(Set(Operations.all.map(\.id)).count == Operations.all.count)
  }

  @Test func `the document is the same each time and has what it needs`() throws {
    #expect(OpenAPI.document(version: "1.2.3") == bytes)
    #expect(document["openapi"] == "3.1.0")
    #expect(document["info"]?["version"] == "1.2.3")
    let paths = try #require(document["paths"]?.object)
    #expect(paths.members.reduce(0) { $0 + ($1.value.object?.count ?? 0) } == Operations.all.count)
    for (path, item) in paths.members {
      for (method, operation) in item.object?.members ?? [] {
        let name: Comment = "\(method) \(path)"
        #expect(operation["summary"]?.string?.hasSuffix(".") == true, name)
        let replies = try #require(operation["responses"]?.object, name)
        #expect(replies.keys.first == "200", name)
        #expect(replies.keys.last == "default", name)
        for var reply in replies.members.map(\.value) {
          if let component = reply["$ref"]?.string?.split(separator: "/").last {
            reply = try #require(document["components"]?["responses"]?[String(component)], name)
          }
          #expect(reply["description"]?.string?.isEmpty == false, name)
          #expect(reply["content"]?.object?.count == 1, name)
        }
        let parameters = operation["parameters"]?.array ?? []
        let inPath = parameters.filter { $0["in"] == "path" }.compactMap { $0["name"]?.string }
        #expect(path.matches(of: /\{(\w+)\}/).map { String($0.1) } == inPath, name)
        for parameter in parameters {
          #expect(parameter["description"]?.string?.hasSuffix(".") == true, name)
        }
      }
    }
  }

  @Test func `every reference leads to a component, and every component is referred to`() throws {
    let components = try #require(document["components"]?["schemas"]?.object)
    var references: Set<String> = []
    func collect(_ value: JSONValue) {
      if let reference = value["$ref"]?.string { references.insert(reference) }
      for member in value.object?.members ?? [] { collect(member.value) }
      for element in value.array ?? [] { collect(element) }
    }
    collect(document)
    let replies = try #require(document["components"]?["responses"]?.object)
    let schemas = Set(components.keys.map { "#/components/schemas/\($0)" })
    #expect(references == schemas.union(replies.keys.map { "#/components/responses/\($0)" }))
    for (name, schema) in components.members {
      #expect(schema["additionalProperties"] == false, "\(name)")
      let properties = try #require(schema["properties"]?.object)
      for required in schema["required"]?.array ?? [] {
        #expect(properties[required.string ?? ""] != nil, "\(name)")
      }
      for (field, property) in properties.members {
        #expect(property["description"]?.string?.isEmpty == false, "\(name).\(field)")
      }
    }
  }

  @Test func `two objects of one name are one`() {
    var fields: [String: [String]] = [:]
    func visit(_ schema: ObjectSchema) {
      let names = schema.fields.map(\.name)
      #expect(fields[schema.name, default: names] == names, "\(schema.name)")
      fields[schema.name] = names
      for place in schema.places { if case .object(let inner) = place.schema { visit(inner) } }
    }
    for operation in Operations.all {
      visit(operation.body)
      visit(operation.reply)
    }
  }

  @Test func `defaults, limits and formats are in the document`() throws {
    let schemas = try #require(document["components"]?["schemas"])
    let submit = try #require(schemas["SubmitRequest"]?["properties"])
    #expect(submit["subject"]?["maxLength"] == 10_240)
    #expect(submit["to"]?["oneOf"]?.array?.count == 2)
    #expect(submit["attachments"]?["maxItems"] == 100)
    #expect(submit["headers"]?["maxProperties"] == 100)
    let account = try #require(schemas["AccountRequest"]?["properties"])
    #expect(account["unknownOutcome"]?["enum"] == ["hold", "resend"])
    #expect(schemas["TokenRequest"]?["properties"]?["scopes"]?["default"] == ["api"])
    #expect(schemas["TokenRequest"]?["required"] == ["description"])
    #expect(
      schemas["SMTPField"]?["properties"]?["port"] == [
        "type": "integer", "minimum": 1, "maximum": 65_535, "description": "The port.", "default": 587,
      ])
    #expect(schemas["OutboxEntry"]?["properties"]?["nextAttempt"]?["oneOf"]?.array?.count == 2)
  }

  @Test func `paths are built from values and read back`() throws {
    #expect(
      Operations.submit.target(AccountID("a@b.example/ü")) == "/v1/account/a%40b.example%2F%C3%BC/submit")
    #expect(Operations.account.target(AccountID("..")) == "/v1/account/%2E%2E")
    #expect(
      Operations.deleteWorkspace.target(WorkspaceID("w"), WorkspaceDeletion(force: true))
        == "/v1/workspaces/w?force=true")
    #expect(Operations.health.target(Nothing()) == "/health")
    let id = try Operations.submit.path { $0 == "account" ? "a%40b.example%2F%C3%BC" : nil }
    #expect(id == AccountID("a@b.example/ü"))
    #expect(throws: Problem.self) { try Operations.submit.path { _ in nil } }
  }

  @Test func `a body that may be left out may be empty`() throws {
    #expect(try Operations.verifyAccount.body([]) == AccountVerifyRequest())
    #expect(throws: Problem.self) { try Operations.issueToken.body([]) }
  }

  @Test func `a header is held to its limits`() throws {
    #expect(try RequestHeader.idempotencyKey.read(nil) == nil)
    #expect(try RequestHeader.idempotencyKey.read("k") == "k")
    for text in ["", String(repeating: "k", count: 1025), "a\u{0}"] {
      let problem = try #require(throws: Problem.self) { try RequestHeader.idempotencyKey.read(text) }
      #expect(problem.fields.map(\.key) == ["Idempotency-Key"])
    }
  }
}
