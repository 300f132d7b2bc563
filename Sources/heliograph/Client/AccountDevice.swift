import API
import Core

/// `heliograph account add --device`: shows which code to enter where, and waits for the sign-in.
struct AccountDevice {
  /// `nil` where there is only one app to choose from.
  var app: AppID?
  var account: AccountID?
  var name: String?
  var email: String?
  var json: Bool

  func run() async throws {
    try await APIClient.withEnvironment { client in
      var request = DeviceSignInRequest()
      request.account = account
      request.name = name
      request.email = email
      request.provider = try await provider(client)
      let started = try await client.call(Operations.startDeviceSignIn, body: request)
      if json { started.printJSON() } else { started.value.print() }
      let ended = try await wait(for: started.value, client)
      if json { ended.printJSON() }
      guard ended.value.status.known == .connected, let account = ended.value.account else {
        throw Problem(ended.value)
      }
      if !json { try await printConnected(account, client) }
    }
  }

  private func provider(_ client: APIClient) async throws -> AppID {
    if let app { return app }
    let apps = try await client.pages(of: Operations.apps).flatMap(\.apps)
      .filter { $0.enabled && $0.provider.known == .outlook }
    guard apps.count == 1, let only = apps.first else {
      throw Problem.chooseApp(apps.map { "\($0.id) (\($0.name))" })
    }
    return only.id
  }

  private func wait(
    for signIn: DeviceSignInReply, _ client: APIClient
  ) async throws -> APIReply<DeviceStatusReply> {
    let line = ProgressLine(isShown: !json)
    defer { line.clear() }
    let end = ContinuousClock.now + .seconds(signIn.expiresIn)
    while true {
      for _ in 0..<max(signIn.interval, 1) {
        let left = max((end - .now).components.seconds, 0)
        line.show("Waiting for the sign-in: \(left / 60):\(left % 60 < 10 ? "0" : "")\(left % 60) left")
        try await Task.sleep(for: .seconds(1))
      }
      let reply = try await client.call(Operations.deviceSignIn, path: signIn.id)
      if reply.value.status.known != .pending { return reply }
    }
  }

  private func printConnected(_ id: AccountID, _ client: APIClient) async throws {
    let account = try await client.call(Operations.account, path: id).value
    Terminal.line("Connected as \(account.email): account \(id), \(account.state).")
  }
}

extension DeviceSignInReply {
  fileprivate func print() {
    Terminal.line("Open \(verificationURI) in any browser and enter the code")
    Terminal.line()
    Terminal.line("    \(userCode)")
    Terminal.line()
  }
}

extension Problem {
  fileprivate init(_ reply: DeviceStatusReply) {
    self =
      reply.error?.asProblem
      ?? Problem(.requestInternal, "The sign-in ended as \(reply.status).", remedy: "Start again.")
  }

  fileprivate static func chooseApp(_ apps: [String]) -> Problem {
    Problem(
      .requestInvalidField,
      apps.isEmpty
        ? "There is no enabled app through which people sign in."
        : "There are several apps through which people sign in.",
      remedy: apps.isEmpty
        ? "Add one with `heliograph app add`." : "Choose one with --app: \(apps.joined(separator: ", ")).")
  }
}
