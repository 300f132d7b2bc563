import ArgumentParser

extension App {
  struct Verify: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Try out an app step by step, and say what is wrong with it.",
      discussion: "Leaves with status 1 when a step fails.")

    @Argument(help: "The app's id.") var app: String
    @Option(help: "One of its accounts, with which the steps go on to its mailbox.") var account: String?
    @Option(help: "Send a real test message from that account to this address.") var sendTo: String?
    @Flag(help: "Print the gateway's answer as JSON.") var json = false

    func run() async throws {
      struct Body: Encodable { let account, sendTo: String? }
      try await Verification.run(
        "/v1/oauth2/\(pathSegment(app))/verify", Body(account: account, sendTo: sendTo), json: json)
    }
  }
}

extension AccountCommand {
  struct Verify: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Try out an account step by step, and say what is wrong with it.",
      discussion: "Leaves with status 1 when a step fails.")

    @Argument(help: "The account's id.") var account: String
    @Option(help: "Send a real test message to this address.") var sendTo: String?
    @Flag(help: "Print the gateway's answer as JSON.") var json = false

    func run() async throws {
      struct Body: Encodable { let sendTo: String? }
      try await Verification.run(
        "/v1/account/\(pathSegment(account))/verify", Body(sendTo: sendTo), json: json)
    }
  }
}

private enum Verification {
  static func run(_ path: String, _ body: some Encodable & Sendable, json: Bool) async throws {
    let isFine = try await APIClient.withEnvironment { client in
      let reply = try await client.post(path, body)
      let report: VerificationReport = try reply.read()
      if json { reply.printJSON() } else { report.printTable() }
      return report.ok
    }
    if !isFine { throw ExitCode.failure }
  }
}
