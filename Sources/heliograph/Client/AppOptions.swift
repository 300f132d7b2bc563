import API
import ArgumentParser
import Core
import Foundation

/// The options that `app add` and `app update` share.
struct AppOptions: ParsableArguments {
  @Option(help: "common, organizations, consumers, or the id or a domain of a tenant.") var authority: String?
  @Option(help: "global, gcc-high, dod, china, or a cloud from the gateway's configuration.")
  var cloud: String?
  @Option(help: "api: Microsoft Graph. imap: IMAP and SMTP.") var baseScopes: BaseScopes?
  @Option(help: "The redirect URI as registered; default: the gateway's URL followed by /oauth.")
  var redirectURL: String?
  @Option(help: "Label of the app's button on the sign-in page.") var title: String?
  @Option(help: "A scope to request in addition; may be repeated.") var extraScope: [String] = []
  @Option(help: "A scope not to request; may be repeated.") var skipScope: [String] = []
  @Flag(inversion: .prefixedNo, help: "Request no permission beyond sending.") var sendOnly: Bool?
  @Flag(inversion: .prefixedNo, help: "Offer the app in every workspace; operators only.")
  var shared: Bool?
  @Flag(inversion: .prefixedNo, help: "Offer the app on the page of sign-in links that name no app.")
  var listed: Bool?
  @Flag(help: "Read the client secret from HELIOGRAPH_CLIENT_SECRET or standard input.") var secret = false
  @Option(help: .init("Read the client secret from the first line of a file.", valueName: "file"))
  var secretFile: String?
  @Flag(help: "Read a certificate and its key (PEM) from HELIOGRAPH_CLIENT_CERTIFICATE or standard input.")
  var certificate = false
  @Option(
    help: .init("A PEM file with the certificate, its key, or both; may be repeated.", valueName: "file"))
  var certificateFile: [String] = []
  @Option(help: .init("When the secret expires, such as 2027-05-20.", valueName: "date"))
  var secretExpires: Instant?

  func validate() throws {
    let sources = [secret, secretFile != nil, certificate, !certificateFile.isEmpty].count { $0 }
    guard sources <= 1 else {
      throw ValidationError("Give one secret or one certificate, from one source.")
    }
  }

  /// - Throws: `ValidationError` when a secret or certificate was announced and is missing.
  func fill(_ request: inout AppRequest) throws {
    request.clientSecret = try clientSecret()
    request.clientCertificate = try clientCertificate()
    request.secretExpires = secretExpires
    request.authority = authority
    request.cloud = cloud
    request.redirectURL = redirectURL
    request.baseScopes = baseScopes ?? request.baseScopes
    request.title = title
    request.extraScopes = extraScope
    request.skipScopes = skipScope
    request.sendOnly = sendOnly ?? false
    request.shared = shared ?? false
    request.includeInListing = listed ?? true
  }

  /// - Throws: `ValidationError` when a secret or certificate was announced and is missing.
  func fill(_ request: inout AppUpdateRequest) throws {
    request.clientSecret = try clientSecret()
    request.clientCertificate = try clientCertificate()
    request.secretExpires = secretExpires
    request.authority = authority
    request.cloud = cloud
    request.redirectURL = redirectURL
    request.baseScopes = baseScopes
    request.title = title
    request.extraScopes = extraScope.isEmpty ? nil : extraScope
    request.skipScopes = skipScope.isEmpty ? nil : skipScope
    request.sendOnly = sendOnly
    request.shared = shared
    request.includeInListing = listed
  }

  private func clientSecret() throws -> Secret? {
    if let secretFile {
      let text = String(decoding: try Self.file(secretFile), as: UTF8.self)
      let line = text.split(whereSeparator: \.isNewline).first.map(String.init) ?? ""
      guard !line.isEmpty else { throw ValidationError("\(secretFile) is empty.") }
      return Secret(line)
    }
    return try secret
      ? StandardInput.secret(from: "HELIOGRAPH_CLIENT_SECRET", prompt: "Client secret") : nil
  }

  private func clientCertificate() throws -> Secret? {
    if !certificateFile.isEmpty {
      let texts = try certificateFile.map { String(decoding: try Self.file($0), as: UTF8.self) }
      return Secret(texts.joined(separator: "\n"))
    }
    guard certificate else { return nil }
    let environment = ProcessInfo.processInfo.environment["HELIOGRAPH_CLIENT_CERTIFICATE"] ?? ""
    let text =
      environment.isEmpty
      ? String(decoding: try StandardInput.read("the certificate and its key (PEM)"), as: UTF8.self)
      : environment
    guard !text.isEmpty else {
      throw ValidationError(
        "--certificate was given, but neither HELIOGRAPH_CLIENT_CERTIFICATE nor standard input has one.")
    }
    return Secret(text)
  }

  private static func file(_ path: String) throws -> Data {
    guard let data = FileManager.default.contents(atPath: path) else {
      throw Problem.unreadableFile(path)
    }
    return data
  }
}
