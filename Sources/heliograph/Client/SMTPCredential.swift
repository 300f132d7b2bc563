import API
import ArgumentParser
import Core

struct SMTPCredential: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "smtp-credential",
    abstract: "Create a password for the SMTP port and print what to enter in a printer or program.",
    discussion: """
      The password is an API token of the scope smtp for one account; it is shown once. `heliograph token list` lists \
      it, and `heliograph token revoke` ends its use.

      EXAMPLE
        heliograph smtp-credential --account printers --description 'Printer, 2nd floor'
        heliograph smtp-credential --account printers --allow-address 192.168.1.0/24
      """)

  @Option(help: "The account that sends.") var account: AccountID
  @Option(help: "What the password is for.") var description = "SMTP"
  @Option(
    help: .init(
      "Allow use only from this address or network, such as 192.168.1.0/24; may be repeated.",
      valueName: "cidr"))
  var allowAddress: [String] = []
  @Flag(help: "Print the gateway's reply as JSON.") var json = false

  func validate() throws {
    guard isPlainText(description, longest: 1024) else {
      throw ValidationError("--description must say in one line what the password is for.")
    }
    try TokenLimitOptions.check(addresses: allowAddress)
  }

  func run() async throws {
    var request = TokenRequest()
    (request.account, request.scopes, request.description) = (account, [.smtp], description)
    if !allowAddress.isEmpty {
      var restrictions = TokenRestrictionsForm()
      restrictions.addresses = allowAddress
      request.restrictions = restrictions
    }
    try await APIClient.withEnvironment { [request] client in
      let email = try await client.call(Operations.account, path: account).value.email
      let reply = try await client.call(Operations.issueToken, body: request)
      if reply.value.smtp == nil {
        Terminal.error("heliograph: the gateway has no SMTP port yet: set smtp-port or smtp-tls-port.")
      }
      if json { return reply.printJSON() }
      Terminal.fields(Self.fields(reply.value, account: account, email: email))
    }
  }

  /// What the device asks for. One that knows neither way of encryption cannot be used but on the gateway's machine.
  static func fields(
    _ issued: TokenIssued, account: AccountID, email: String
  ) -> [(name: String, value: String)] {
    let ports = [
      issued.smtp?.port.map { "\($0), encryption STARTTLS" },
      issued.smtp?.tlsPort.map { "\($0), encryption SSL/TLS" },
    ].compactMap { $0 }
    return [
      ("server", issued.smtp?.host ?? ""), ("port", ports.joined(separator: "; or ")),
      ("user name", account.rawValue), ("password", issued.token.reveal()), ("sender", email),
      ("token", issued.id.rawValue),
    ]
  }
}
