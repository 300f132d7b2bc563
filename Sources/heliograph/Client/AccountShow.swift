import API
import ArgumentParser
import Core

extension AccountCommand {
  struct Show: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Show an account and its last error.")

    @Argument(help: "The account's id.") var account: AccountID
    @Flag(help: "Print the gateway's reply as JSON.") var json = false

    func run() async throws {
      try await APIClient.withEnvironment { client in
        let reply = try await client.call(Operations.account, path: account)
        if json { return reply.printJSON() }
        reply.value.print()
      }
    }
  }

  struct Delete: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Delete an account and the messages that it still has to send.")

    @Argument(help: "The account's id.") var account: AccountID
    @OptionGroup var confirmation: Confirmation
    @Flag(help: "Print the gateway's reply as JSON.") var json = false

    func run() async throws {
      try confirmation.ask("delete the account \(account) and the messages that it still has to send")
      try await APIClient.withEnvironment { client in
        let reply = try await client.call(Operations.deleteAccount, path: account)
        if json { return reply.printJSON() }
        Terminal.line("Deleted \(account).")
      }
    }
  }
}

extension AccountReply {
  /// The state in words.
  var stateText: String {
    state.known == .connected && !ready ? "connected, not yet able to send" : state.text
  }

  private var sending: String {
    switch sendOnly {
    case true?: "without drafts: the outcome of a message cannot be looked up"
    case false?: ""
    case nil: oauth2.scope.isEmpty && !verified ? "not known: never connected" : "not known yet"
    }
  }

  private var limits: String {
    guard let pacing else { return "" }
    let minute = pacing.messagesPerMinute.map { "\($0) messages a minute" }
    let day = pacing.recipientsPerDay.map { "\($0) recipients a day" }
    let message = pacing.recipientsPerMessage.map { "\($0) recipients a message" }
    let known = [minute, day, message].compactMap(\.self).joined(separator: ", ")
    let warning =
      "no limit on messages a minute; Exchange Online documents 30 and may delay messages beyond that"
    return minute == nil ? [known, warning].filter { !$0.isEmpty }.joined(separator: "; ") : known
  }

  fileprivate func print() {
    Terminal.fields([
      ("account", account.rawValue), ("name", name), ("email", email), ("type", type.text),
      ("app", app.rawValue), ("state", stateText), ("identity", identity?.text ?? ""),
      ("through", oauth2.auth.delegatedAccount?.rawValue ?? ""),
      ("sending", sending), ("limits", limits), ("webhooks", webhooks ?? ""),
      ("waits until", pausedUntil?.description ?? ""),
    ])
    guard let lastError else { return }
    Terminal.line("")
    Terminal.line(lastError.message)
    for line in lastError.advice.lines() { Terminal.line(line) }
  }
}
