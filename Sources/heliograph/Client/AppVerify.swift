import API
import ArgumentParser
import Core

extension App {
  struct Verify: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Test an app step by step and explain what fails.",
      discussion: "Exits with status 1 when a step fails.")

    @Argument(help: "The app's id.") var app: AppID
    @Option(help: "One of the app's accounts, whose mailbox is tested too.") var account: AccountID?
    @Option(help: "Send a real test message from that account to this address.") var sendTo: String?
    @Flag(help: "Print the gateway's reply as JSON.") var json = false

    func run() async throws {
      var body = AppVerifyRequest()
      body.account = account
      body.sendTo = sendTo
      try await Verification.show(json: json) { [body] client in
        try await client.call(Operations.verifyApp, path: app, body: body)
      }
    }
  }
}

extension AccountCommand {
  struct Verify: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Test an account step by step and explain what fails.",
      discussion: "Exits with status 1 when a step fails.")

    @Argument(help: "The account's id.") var account: AccountID
    @Option(help: "Send a real test message to this address.") var sendTo: String?
    @Flag(help: "Print the gateway's reply as JSON.") var json = false

    func run() async throws {
      try await Verification.show(json: json) { client in
        try await client.call(
          Operations.verifyAccount, path: account, body: AccountVerifyRequest(sendTo: sendTo))
      }
    }
  }
}

private enum Verification {
  static func show(
    json: Bool, _ verify: (APIClient) async throws -> APIReply<VerificationReply>
  ) async throws {
    let isFine = try await APIClient.withEnvironment { client in
      let reply = try await verify(client)
      if json { reply.printJSON() } else { reply.value.printTable() }
      return reply.value.ok
    }
    if !isFine { throw ExitCode.failure }
  }
}
