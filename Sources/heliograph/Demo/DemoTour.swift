import AsyncHTTPClient
import Core
import Foundation
import NIOCore

/// The steps of the demo, each told in plain words with its URL and how long it took.
enum DemoTour {
  static func run(gateway: String, sandbox: String, token: Secret, staysUp: Bool) async throws {
    // The browser follows redirects itself: it has cookies to keep.
    let http = HTTPClient(
      eventLoopGroupProvider: .singleton, configuration: .init(redirectConfiguration: .disallow))
    do {
      try await walk(APIClient(url: gateway, token: token, http: http), sandbox, http)
      if staysUp { tellWhatToOpen(gateway, sandbox, token) }
      try await http.shutdown()
    } catch {
      try? await http.shutdown()
      throw error
    }
  }

  private static func walk(_ api: APIClient, _ sandbox: String, _ http: HTTPClient) async throws {
    let start = ContinuousClock.now
    Terminal.line("Heliograph demo: a message through a real sign-in and a real Graph request.")
    Terminal.line("Microsoft is played by the sandbox at \(sandbox).\n")
    let cast = try await step(1, "Looked up who lives in the sandbox", "\(sandbox)/sandbox/directory") {
      try await Cast(of: sandbox, http)
    }
    let app = try await step(2, "Registered an OAuth2 app", "POST \(api.url)/v1/oauth2") {
      try await register(cast.app, api)
    }
    let link = try await step(3, "Asked for a sign-in link", "POST \(api.url)/v1/authentication/form") {
      try await signInLink(for: cast.sender, app, sandbox, api)
    }
    try await step(4, "Signed in as \(cast.sender) on Microsoft's page", link.absoluteString) {
      try await signIn(cast.sender, link, sandbox, http)
    }
    let subject = "Hello from Heliograph, \(Int.random(in: 100_000...999_999))"
    let queueID = try await step(5, "Submitted a message", "POST \(api.url)/v1/account/demo/submit") {
      try await submit(subject, to: cast.recipient, api)
    }
    let inbox = "\(sandbox)/sandbox/messages?user=\(cast.recipient)&folder=inbox"
    try await step(6, "Found message \(queueID) in \(cast.recipient)'s inbox", inbox) {
      try await waitForArrival(of: subject, inbox, http)
    }
    Terminal.line("\nThe message arrived \(seconds(since: start)) after the first step.")
  }

  private static func tellWhatToOpen(_ gateway: String, _ sandbox: String, _ token: Secret) {
    Terminal.line(
      """

      Both stay up until you press Ctrl-C. Open the mailboxes at
        \(sandbox)/
      and talk to the gateway with
        export HELIOGRAPH_URL=\(gateway) HELIOGRAPH_TOKEN=\(token.reveal())
        curl -H "Authorization: Bearer $HELIOGRAPH_TOKEN" $HELIOGRAPH_URL/v1/accounts
      """)
  }

  /// Who plays: the first two work users with a mailbox, and the web client.
  private struct Cast {
    let sender: String
    let recipient: String
    let app: App

    struct App: Decodable {
      let clientId, kind: String
      let secret: String?
      let secretExpired: Bool
    }

    init(of sandbox: String, _ http: HTTPClient) async throws {
      struct Directory: Decodable {
        let users: [User]
        let apps: [App]
      }
      struct User: Decodable {
        let userPrincipalName, kind: String
        let hasMailbox: Bool
      }
      let directory: Directory = try await fetch("\(sandbox)/sandbox/directory", http)
      let people = directory.users.filter { $0.kind == "work" && $0.hasMailbox }.map(\.userPrincipalName)
      guard people.count >= 2,
        let app = directory.apps.first(where: { $0.kind == "web" && !$0.secretExpired })
      else { throw Problem(.requestInternal, "The sandbox's directory lacks people or an app.", remedy: nil) }
      sender = people[0]
      recipient = people[1]
      self.app = app
    }
  }

  private static func register(_ app: Cast.App, _ api: APIClient) async throws -> String {
    struct Created: Decodable { let id: String }
    struct NewApp: Encodable {
      let name = "Demo"
      let provider = "outlook"
      let enabled = true
      let authority = "common"
      let clientId: String
      let clientSecret: String?
    }
    let body = NewApp(clientId: app.clientId, clientSecret: app.secret)
    return try await api.post("/v1/oauth2", body).read(Created.self).id
  }

  private static func signInLink(
    for email: String, _ app: String, _ sandbox: String, _ api: APIClient
  ) async throws -> URL {
    let body = [
      "account": "demo", "name": "Demo", "email": email, "type": app, "redirectUrl": "\(sandbox)/",
    ]
    struct Form: Decodable { let url: URL }
    return try await api.post("/v1/authentication/form", body).read(Form.self).url
  }

  private static func signIn(_ email: String, _ link: URL, _ sandbox: String, _ http: HTTPClient) async throws
  {
    var browser = DemoBrowser(http: http)
    var page = try await browser.press("app", on: try await browser.open(link))
    if page.url.absoluteString.hasPrefix(sandbox), page.url.path.hasSuffix("/authorize") {
      page = try await browser.press("username", email, on: page)
    }
    if page.url.path.hasSuffix("/authorize") {
      page = try await browser.press("decision", "accept", on: page)
    }
    let query = URLComponents(url: page.url, resolvingAgainstBaseURL: true)?.queryItems ?? []
    guard page.status == 200, query.contains(where: { $0.name == "account" && $0.value == "demo" }) else {
      throw Problem.demoNotConnected(page)
    }
  }

  private static func submit(_ subject: String, to recipient: String, _ api: APIClient) async throws -> String
  {
    struct Message: Encodable {
      let to: [[String: String]]
      let subject: String
      let text = "This message was composed, stored, drafted and sent by Heliograph.\n"
    }
    struct Receipt: Decodable { let queueId: String }
    let message = Message(to: [["address": recipient]], subject: subject)
    return try await api.post("/v1/account/demo/submit", message).read(Receipt.self).queueId
  }

  private static func waitForArrival(of subject: String, _ inbox: String, _ http: HTTPClient) async throws {
    struct Messages: Decodable { let value: [Message] }
    struct Message: Decodable { let subject: String? }
    let limit = 30
    let deadline = ContinuousClock.now + .seconds(limit)
    while ContinuousClock.now < deadline {
      let messages: Messages = try await fetch(inbox, http)
      if messages.value.contains(where: { $0.subject == subject }) { return }
      try await Task.sleep(for: .milliseconds(50))
    }
    throw Problem.notArrived(after: limit)
  }

  private static func fetch<Value: Decodable>(_ url: String, _ http: HTTPClient) async throws -> Value {
    let response = try await http.execute(HTTPClientRequest(url: url), timeout: .seconds(10))
    let body = try await response.body.collect(upTo: 16 << 20)
    return try JSONDecoder().decode(Value.self, from: Data(body.readableBytesView))
  }

  @discardableResult
  private static func step<Value>(
    _ number: Int, _ words: String, _ url: String, _ body: () async throws -> Value
  ) async throws -> Value {
    let start = ContinuousClock.now
    let value = try await body()
    Terminal.line("\(number). \(words) (\(seconds(since: start)))\n   \(url)")
    return value
  }

  private static func seconds(since start: ContinuousClock.Instant) -> String {
    let elapsed = ContinuousClock.now - start
    return "\((Double(elapsed.microseconds) / 1_000_000).formatted(.number.precision(.fractionLength(2)))) s"
  }
}
