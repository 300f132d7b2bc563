import ArgumentParser
import Core
import Foundation

/// What both `app add` and `app update` may say about an app.
struct AppOptions: ParsableArguments {
  @Option(help: "common, organizations, consumers, or a tenant's id or domain.") var authority: String?
  @Option(help: "global, gcc-high, dod, china, or one that the gateway's configuration names.")
  var cloud: String?
  @Option(help: "api (Microsoft Graph) or imap (IMAP and SMTP).") var baseScopes: String?
  @Option(help: "The redirect URI as registered, when it is not the gateway's URL and /oauth.")
  var redirectURL: String?
  @Option(help: "Text of the button on the sign-in page.") var title: String?
  @Option(help: "A scope to ask for beside the usual ones; may be repeated.") var extraScope: [String] = []
  @Option(help: "A scope not to ask for; may be repeated.") var skipScope: [String] = []
  @Flag(inversion: .prefixedNo, help: "Ask people for no more than sending.") var sendOnly: Bool?
  @Flag(inversion: .prefixedNo, help: "Let people of every workspace sign in with it; for the operator.")
  var shared: Bool?
  @Flag(help: "Read the client secret from HELIOGRAPH_CLIENT_SECRET or standard input.") var secret = false
  @Option(help: .init("Read the client secret from the first line of a file.", valueName: "file"))
  var secretFile: String?
  @Flag(help: "Read a certificate and its key, as PEM, from HELIOGRAPH_CLIENT_CERTIFICATE or standard input.")
  var certificate = false
  @Option(
    help: .init("A PEM file with the certificate, its key, or both; may be repeated.", valueName: "file"))
  var certificateFile: [String] = []
  @Option(help: .init("When the secret ends, such as 2027-05-20.", valueName: "date"))
  var secretExpires: String?

  func validate() throws {
    let sources = [secret, secretFile != nil, certificate, !certificateFile.isEmpty].count { $0 }
    guard sources <= 1 else {
      throw ValidationError("Give a secret or a certificate, and that only once.")
    }
  }

  /// - Throws: `ValidationError` when a secret or certificate was promised and is not there.
  func body(
    name: String?, clientID: String?, provider: String? = nil, enabled: Bool? = nil
  ) throws -> AppBody {
    AppBody(
      name: name, provider: provider, clientId: clientID, clientSecret: try clientSecret(),
      clientCertificate: try clientCertificate(), secretExpires: secretExpires, authority: authority,
      cloud: cloud, baseScopes: baseScopes, redirectUrl: redirectURL, title: title,
      extraScopes: extraScope.isEmpty ? nil : extraScope, skipScopes: skipScope.isEmpty ? nil : skipScope,
      sendOnly: sendOnly, shared: shared, enabled: enabled)
  }

  private func clientSecret() throws -> String? {
    if let secretFile {
      let text = String(decoding: try Self.file(secretFile), as: UTF8.self)
      let line = text.split(whereSeparator: \.isNewline).first.map(String.init) ?? ""
      guard !line.isEmpty else { throw ValidationError("\(secretFile) is empty.") }
      return line
    }
    guard secret else { return nil }
    guard let text = Terminal.secret(from: "HELIOGRAPH_CLIENT_SECRET", prompt: "Client secret"), !text.isEmpty
    else {
      throw ValidationError(
        "--secret was given, but neither HELIOGRAPH_CLIENT_SECRET nor standard input had one.")
    }
    return text
  }

  private func clientCertificate() throws -> String? {
    if !certificateFile.isEmpty {
      return try certificateFile.map { String(decoding: try Self.file($0), as: UTF8.self) }
        .joined(separator: "\n")
    }
    guard certificate else { return nil }
    let environment = ProcessInfo.processInfo.environment["HELIOGRAPH_CLIENT_CERTIFICATE"] ?? ""
    let text =
      environment.isEmpty
      ? String(decoding: try FileHandle.standardInput.readToEnd() ?? Data(), as: UTF8.self) : environment
    guard !text.isEmpty else {
      throw ValidationError(
        "--certificate was given, but neither HELIOGRAPH_CLIENT_CERTIFICATE nor standard input had one.")
    }
    return text
  }

  private static func file(_ path: String) throws -> Data {
    guard let data = FileManager.default.contents(atPath: path) else {
      throw Problem.unreadableFile(path)
    }
    return data
  }
}

/// The fields of an app; what is `nil` is not sent.
struct AppBody: Encodable {
  var name, provider, clientId, clientSecret, clientCertificate, secretExpires, authority, cloud: String?
  var baseScopes, redirectUrl, title: String?
  var extraScopes, skipScopes: [String]?
  var sendOnly, shared, enabled: Bool?
}

/// What the gateway answers to a new or changed app.
struct AppSaved: Decodable {
  let id: String
  let warnings: [AppWarningEntry]?

  /// The id on standard output, for scripts; the warnings beside it.
  func print() {
    Terminal.line(id)
    for warning in warnings ?? [] { Terminal.error(warning.text) }
  }
}
