import Foundation

/// `heliograph sandbox` as a process of its own, and its control API.
struct SandboxProcess: Sendable {
  let child: Child
  let origin: String
  let directory: Directory
  private let http: HTTP

  init(folder: URL, http: HTTP) async throws {
    let port = FreePort.take()
    let data = folder.appending(path: "sandbox").path
    child = try await Child(
      Program.heliograph, ["sandbox", "--port", "\(port)", "--data", data], name: "sandbox", folder: folder)
    origin = "http://localhost:\(port)"
    self.http = http
    directory = try await eventually("the sandbox answers") { [child, origin] in
      guard child.isRunning else { throw UnexpectedAnswer(description: "the sandbox ended: \(child.errors)") }
      guard let answer = try? await http.send("GET", origin + "/sandbox/directory") else { return nil }
      return try JSONDecoder().decode(Directory.self, from: Data(answer.body.utf8))
    }
  }

  struct Directory: Decodable, Sendable {
    struct Tenant: Decodable, Sendable {
      let id: String
      let domain: String
    }
    struct User: Decodable, Sendable {
      let id: String
      let userPrincipalName: String
      let mail: String?
      let tenantId: String
      let kind: String
      let hasMailbox: Bool
    }
    struct App: Decodable, Sendable {
      let clientId: String
      let kind: String
      let tenantId: String
      let secret: String?
      let delegatedScopes: [String]
      let secretExpired: Bool
    }

    let tenants: [Tenant]
    let users: [User]
    let apps: [App]

    /// Work users with a mailbox in the tenant of the daemon app.
    var mailboxes: [String] {
      let tenant = apps.first { $0.kind == "daemon" }?.tenantId
      return users.filter { $0.kind == "work" && $0.hasMailbox && $0.tenantId == tenant }.compactMap(\.mail)
    }

    func app(_ kind: String) throws -> App {
      guard let app = apps.first(where: { $0.kind == kind && !$0.secretExpired }) else {
        throw UnexpectedAnswer(description: "no \(kind) app in the directory")
      }
      return app
    }
  }

  /// One line of `/sandbox/requests`.
  struct Request: Decodable, Sendable {
    let time: String
    let method: String
    let path: String
    let query: String
    let headers: [String: String]
    let body: String
    let status: Int?
    let responseHeaders: [String: String]
    let responseBody: String

    var isToken: Bool { method == "POST" && path.hasSuffix("/oauth2/v2.0/token") }
    var isAuthorize: Bool { path.hasSuffix("/oauth2/v2.0/authorize") }
    var isDraft: Bool { method == "POST" && path.hasSuffix("/messages") }
    var isSend: Bool { method == "POST" && path.hasSuffix("/send") }
    var isSendMail: Bool { method == "POST" && path.hasSuffix("/sendMail") }

    /// Whether Graph was asked for something in this mailbox, by its address.
    func concerns(_ mailbox: String) -> Bool { path.removingPercentEncoding?.contains(mailbox) == true }
  }

  func requests() async throws -> [Request] {
    struct Log: Decodable { let value: [Request] }
    let answer = try await http.send("GET", origin + "/sandbox/requests")
    return try JSONDecoder().decode(Log.self, from: Data(answer.body.utf8)).value
  }

  /// The subjects of what lies in a folder, newest first.
  func subjects(of user: String, folder: String = "inbox") async throws -> [String] {
    let path = "/sandbox/messages?user=\(user)&folder=\(folder)"
    let answer = try await http.send("GET", origin + path).expect()
    return answer["value"].list.compactMap { $0["subject"].text }
  }

  func settings(_ settings: JSON) async throws {
    _ = try await http.send("POST", origin + "/sandbox/settings", json: settings).expect()
  }

  /// As awkward as Exchange and Entra may be.
  func makeAwkward(sendLagMs: Int = 2000) async throws {
    try await settings([
      "sendLagMs": .number(Double(sendLagMs)), "newIdOnSend": true, "replaceMessageId": true,
      "strictRotation": true,
    ])
  }

  func advance(seconds: Int) async throws {
    let body: JSON = ["advanceSeconds": .number(Double(seconds))]
    _ = try await http.send("POST", origin + "/sandbox/clock", json: body).expect()
  }

  func fault(_ fault: JSON) async throws {
    _ = try await http.send("POST", origin + "/sandbox/faults", json: fault).expect()
  }
}
