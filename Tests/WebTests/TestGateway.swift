import Accounts
import ContractTesting
import Core
import Delivery
import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Logging
import Microsoft
import NIOCore
import Store
import StoreTesting
import Synchronization
import Testing
import Vault
import Web

/// The routes over a fresh database; Microsoft is out of reach and no service runs.
struct TestGateway: Sendable {
  let services: WebApplication.Services
  let time: ManualTime
  let vault: Vault
  /// `GET /v1/account/{account}`, ...
  let routes: [String]
  private let client: @Sendable (HTTPRequest.Method, String, HTTPFields, String?) async throws -> TestResponse

  /// An operator's token that is not in the database.
  static let prepared = "0123456789abcdef0123456789abcdef"

  static func open<Value: Sendable>(
    _ engine: StoreEngine = .sqlite, exposesTokens: Bool = false,
    _ body: @escaping @Sendable (TestGateway) async throws -> Value
  ) async throws -> Value {
    let (time, vault) = (ManualTime(), Vault(key: .random()))
    return try await WebFixture.withServices(
      engine, time: time, prepared: Secret(prepared), exposesTokens: exposesTokens, vault: vault
    ) { services, cloud in
      let application = WebApplication(
        services, publicURL: "http://localhost:3000", loginOrigins: [cloud.login], bodyLimit: 1 << 20,
        bodyMemory: 64 << 20)
      let router = application.router()
      let routes = router.routes.map { "\($0.method.rawValue) \($0.path.description)" }
      let value = Slot<Value>()
      try await Application(responder: router.buildResponder()).test(.router) { client in
        let gateway = TestGateway(services: services, time: time, vault: vault, routes: routes) {
          method, uri, headers, body in
          try await client.execute(
            uri: uri, method: method, headers: headers, body: body.map { ByteBuffer(string: $0) })
        }
        value.set(try await body(gateway))
      }
      return try #require(value.get())
    }
  }

  /// - Parameter token: `nil` sends none.
  func send(
    _ method: String, _ path: String, _ body: String? = nil, token: String? = prepared,
    headers: [String: String] = [:]
  ) async throws -> WebAnswer {
    var fields = HTTPFields()
    for (name, value) in headers { fields[try #require(HTTPField.Name(name))] = value }
    if let token { fields[.authorization] = "Bearer \(token)" }
    if body != nil { fields[.contentType] = fields[.contentType] ?? "application/json" }
    let verb = try #require(HTTPRequest.Method(rawValue: method))
    let response = try await client(verb, path, fields, body)
    let differences = ContractCheck.differences(
      method: method, target: path, status: response.status.code, body: response.body.readableBytesView)
    #expect(differences == [], "\(method) \(path): \(String(buffer: response.body))")
    return WebAnswer(
      status: response.status.code, body: String(buffer: response.body),
      retryAfter: response.headers[.retryAfter])
  }
}

struct WebAnswer: Sendable, CustomStringConvertible {
  let status: Int
  let body: String
  let retryAfter: String?

  /// The members of the JSON object that came; empty for anything else.
  var json: [String: any Sendable] {
    (try? JSONSerialization.jsonObject(with: Data(body.utf8))) as? [String: any Sendable] ?? [:]
  }

  func text(_ name: String) -> String? { json[name] as? String }
  var problem: String? { text("problem") }
  var description: String { "\(status) \(body)" }
}

/// Carries a result out of a closure that returns nothing.
private final class Slot<Value: Sendable>: Sendable {
  private let value = Mutex<Value?>(nil)

  func set(_ new: Value) { value.withLock { $0 = new } }
  func get() -> Value? { value.withLock { $0 } }
}
