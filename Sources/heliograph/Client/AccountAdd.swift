import ArgumentParser

struct AccountAdd: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "add",
    abstract: "Connect a mailbox.",
    discussion: """
      With --device a code is shown, which the mailbox's owner enters on a page of Microsoft's in any browser: for \
      gateways that no browser reaches. The app's registration must allow public client flows.

      EXAMPLE
        heliograph account add --device --email alice@contoso.com
      """)

  @Flag(help: "Show a code to be entered on another device, and wait.") var device = false
  @Option(help: "The app's id here; may be left out where there is one only.") var app: String?
  @Option(help: "The account's id; one is made otherwise. That of an account connects it again.")
  var account: String?
  @Option(help: "The account's name; otherwise what Microsoft says.") var name: String?
  @Option(help: "The mailbox. Nobody else may sign in.") var email: String?
  @Flag(help: "Print the gateway's answers as JSON.") var json = false

  func validate() throws {
    guard device else {
      throw ValidationError("Say how: --device. POST /v1/authentication/form makes a sign-in link.")
    }
  }

  func run() async throws {
    try await AccountDevice(app: app, account: account, name: name, email: email, json: json).run()
  }
}
