import Core
import Foundation

/// `heliograph account add --device`: shows where to enter which code, and waits for the end.
struct AccountDevice {
  /// `nil` where there is one to choose from only.
  var app: String?
  var account: String?
  var name: String?
  var email: String?
  var json: Bool

  func run() async throws {
    try await APIClient.withEnvironment { client in
      let reply = try await client.post(
        "/v1/authentication/device",
        Body(account: account, name: name, email: email, provider: try await provider(client)))
      let journey: PendingSignIn = try reply.read()
      if json { reply.printJSON() } else { journey.print() }
      let end = try await wait(for: journey, client)
      if json { end.reply.printJSON() }
      guard end.status.status == "connected", let account = end.status.account else {
        throw Problem(end.status)
      }
      if !json { try await greet(account, client) }
    }
  }

  private func provider(_ client: APIClient) async throws -> String {
    if let app { return app }
    struct Page: Decodable { let apps: [Entry] }
    struct Entry: Decodable {
      let id, name, provider: String
      let enabled: Bool
    }
    let page: Page = try await client.get("/v1/oauth2", query: ["pageSize": "1000"]).read()
    let apps = page.apps.filter { $0.enabled && $0.provider == "outlook" }
    guard apps.count == 1, let only = apps.first else {
      throw Problem.chooseApp(apps.map { "\($0.id) (\($0.name))" })
    }
    return only.id
  }

  private func wait(
    for journey: PendingSignIn, _ client: APIClient
  ) async throws -> (reply: APIReply, status: Status) {
    let line = ProgressLine(isShown: !json)
    defer { line.clear() }
    let end = ContinuousClock.now + .seconds(journey.expiresIn)
    while true {
      for _ in 0..<max(journey.interval, 1) {
        let left = max((end - .now).components.seconds, 0)
        line.show("Waiting for the sign-in: \(left / 60):\(left % 60 < 10 ? "0" : "")\(left % 60) left")
        try await Task.sleep(for: .seconds(1))
      }
      let reply = try await client.get("/v1/authentication/device/\(pathSegment(journey.id))")
      let status: Status = try reply.read()
      if status.status != "pending" { return (reply, status) }
    }
  }

  private func greet(_ id: String, _ client: APIClient) async throws {
    struct Account: Decodable { let email, state: String }
    let account: Account = try await client.get("/v1/account/\(pathSegment(id))").read()
    Terminal.line("Connected as \(account.email): account \(id), \(account.state).")
  }

  private struct Body: Encodable {
    let account, name, email: String?
    let provider: String
  }

  private struct PendingSignIn: Decodable {
    let id, userCode, verificationUri: String
    let expiresIn, interval: Int

    func print() {
      Terminal.line("Open \(verificationUri) in any browser and enter the code")
      Terminal.line()
      Terminal.line("    \(userCode)")
      Terminal.line()
    }
  }

  fileprivate struct Status: Decodable {
    let status: String
    let account: String?
    let error: Flaw?

    struct Flaw: Decodable {
      let code, message: String
      let remedy: String?
    }
  }
}

extension Problem {
  fileprivate init(_ status: AccountDevice.Status) {
    self.init(
      status.error.flatMap { ProblemCode(rawValue: $0.code) } ?? .requestInternal,
      status.error?.message ?? "The sign-in ended as \(status.status).",
      remedy: status.error.map(\.remedy) ?? "Start again.")
  }

  fileprivate static func chooseApp(_ apps: [String]) -> Problem {
    Problem(
      .requestInvalidField,
      apps.isEmpty
        ? "There is no enabled app that people sign in to."
        : "There are several apps that people sign in to.",
      remedy: apps.isEmpty
        ? "Add one with `heliograph app add`." : "Name one with --app: \(apps.joined(separator: ", ")).")
  }
}
