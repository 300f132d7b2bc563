import API
import AsyncHTTPClient
import Core
import Foundation
import JSON
import NIOCore

/// The steps of the demo, each printed with its URL and how long it took.
enum DemoTour {
  private static let account = AccountID("demo")

  static func run(gateway: String, sandbox: String, token: Secret, staysUp: Bool) async throws {
    // The browser follows redirects itself: it has cookies to keep.
    let http = HTTPClient(
      eventLoopGroupProvider: .singleton, configuration: .init(redirectConfiguration: .disallow))
    do {
      try await walk(APIClient(gateway: try GatewayURL(gateway), token: token, http: http), sandbox, http)
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
    Terminal.line("The sandbox at \(sandbox) simulates Microsoft.\n")
    let cast = try await step(1, "Read the sandbox's directory", "\(sandbox)/sandbox/directory") {
      try await Cast(of: sandbox, http)
    }
    let app = try await step(2, "Registered an OAuth2 app", "POST \(api.url)/v1/oauth2") {
      try await register(cast.app, api)
    }
    let link = try await step(3, "Requested a sign-in link", "POST \(api.url)/v1/authentication/form") {
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

      Both keep running until you press Ctrl-C. The mailboxes are at
        \(sandbox)/
      and the gateway can be called with
        export HELIOGRAPH_URL=\(gateway) HELIOGRAPH_TOKEN=\(token.reveal())
        curl -H "Authorization: Bearer $HELIOGRAPH_TOKEN" $HELIOGRAPH_URL/v1/accounts
      """)
  }

  /// The first two work users with a mailbox, and the web client.
  private struct Cast {
    let sender: String
    let recipient: String
    let app: App

    struct App {
      let clientID: String
      let secret: Secret?
    }

    init(of sandbox: String, _ http: HTTPClient) async throws {
      let directory = try await fetch("\(sandbox)/sandbox/directory", http)
      let people = (directory["users"]?.array ?? [])
        .filter { $0["kind"]?.string == "work" && $0["hasMailbox"]?.bool == true }
        .compactMap { $0["userPrincipalName"]?.string }
      let app = directory["apps"]?.array?
        .first { $0["kind"]?.string == "web" && $0["secretExpired"]?.bool == false }
      guard people.count >= 2, let app, let clientID = app["clientId"]?.string else {
        throw Problem(.requestInternal, "The sandbox's directory lacks people or an app.", remedy: nil)
      }
      sender = people[0]
      recipient = people[1]
      self.app = App(clientID: clientID, secret: app["secret"]?.string.map { Secret($0) })
    }
  }

  private static func register(_ app: Cast.App, _ api: APIClient) async throws -> AppID {
    var request = AppRequest()
    request.name = "Demo"
    request.enabled = true
    request.authority = "common"
    request.clientID = app.clientID
    request.clientSecret = app.secret
    return try await api.call(Operations.addApp, body: request).value.id
  }

  private static func signInLink(
    for email: String, _ app: AppID, _ sandbox: String, _ api: APIClient
  ) async throws -> URL {
    var request = SignInRequest()
    request.account = account
    request.name = "Demo"
    request.email = email
    request.app = app
    request.redirectURL = "\(sandbox)/"
    let link = try await api.call(Operations.makeSignInLink, body: request).value.url
    guard let url = URL(string: link) else {
      throw Problem(.requestInternal, "The sign-in link \(link) is not a URL.", remedy: nil)
    }
    return url
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

  private static func submit(
    _ subject: String, to recipient: String, _ api: APIClient
  ) async throws -> String {
    var message = SubmitRequest()
    message.to = [AddressField(recipient)]
    message.subject = subject
    message.text = "This message was composed, stored, drafted and sent by Heliograph.\n"
    return try await api.call(Operations.submit, path: account, body: message).value.queueId?.rawValue ?? ""
  }

  private static func waitForArrival(of subject: String, _ inbox: String, _ http: HTTPClient) async throws {
    let limit = 30
    let deadline = ContinuousClock.now + .seconds(limit)
    while ContinuousClock.now < deadline {
      let messages = try await fetch(inbox, http)["value"]?.array ?? []
      if messages.contains(where: { $0["subject"]?.string == subject }) { return }
      try await Task.sleep(for: .milliseconds(50))
    }
    throw Problem.notArrived(after: limit)
  }

  private static func fetch(_ url: String, _ http: HTTPClient) async throws -> JSONValue {
    let response = try await http.execute(HTTPClientRequest(url: url), timeout: .seconds(10))
    return try JSONValue(parsing: Array(buffer: try await response.body.collect(upTo: 16 << 20)))
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
