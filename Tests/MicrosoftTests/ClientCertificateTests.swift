import Core
import Foundation
import ProcessTesting
import Testing

@testable import Microsoft

@Suite struct ClientCertificateTests {
  static let good: [String] = [
    AppCertificate.certificate + "\n" + AppCertificate.key,
    AppCertificate.key + "\n" + AppCertificate.certificate,
    AppCertificate.traditionalKey + AppCertificate.certificate,
    // As “openssl pkcs12” exports it, with Windows' line ends.
    ("Bag Attributes\n    localKeyID: 01\n" + AppCertificate.certificate + "\nsubject=CN = x\n"
      + AppCertificate.key)
      .replacing("\n", with: "\r\n"),
    // As a form's single line leaves it.
    (AppCertificate.certificate + AppCertificate.key).replacing("\n", with: " "),
    // A chain: the one that the key belongs to counts.
    LocalhostCertificate.pem + "\n" + AppCertificate.certificate + "\n" + AppCertificate.key,
  ]

  @Test(arguments: good)
  func `a certificate and its key are read in any order and dress`(pem: String) throws {
    let certificate = try ClientCertificate(pem: Secret(pem))
    #expect(certificate.thumbprint == AppCertificate.thumbprint)
    #expect(certificate.portalThumbprint == AppCertificate.portalThumbprint)
    #expect(certificate.subject == "CN=heliograph test")
    #expect(certificate.notBefore == Instant(microseconds: AppCertificate.notBefore * 1_000_000))
    #expect(certificate.notAfter == Instant(microseconds: AppCertificate.notAfter * 1_000_000))
  }

  static let empty = "-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n"

  static let bad: [(String, String)] = [
    ("", "This is not a PEM text."),
    ("8f1e7c8a-1111-2222-3333-444444444444", "This is not a PEM text."),
    (String(repeating: "-----BEGIN X-----", count: 5000), "This is not a PEM text."),
    (AppCertificate.certificate, "The PEM text contains no private key."),
    (AppCertificate.key, "The PEM text contains no certificate."),
    (
      AppCertificate.key + AppCertificate.key + AppCertificate.certificate,
      "The PEM text contains 2 private keys."
    ),
    (AppCertificate.key + LocalhostCertificate.pem, "The private key does not belong to the certificate."),
    (
      AppCertificate.key + AppCertificate.smallCertificate,
      "The certificate cannot be read."
    ),
    (LocalhostCertificate.key + LocalhostCertificate.pem, "The private key is not an RSA key."),
    (
      AppCertificate.smallKey + AppCertificate.smallCertificate, "The RSA key has 1024 bits, fewer than 2048."
    ),
    (
      AppCertificate.certificate + AppCertificate.key.replacing(" PRIVATE", with: " ENCRYPTED PRIVATE"),
      "The private key is protected by a password."
    ),
    (
      AppCertificate.certificate
        + AppCertificate.traditionalKey.replacing(
          "KEY-----\nM", with: "KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,00\n\nM"),
      "The private key is protected by a password."
    ),
    (
      AppCertificate.certificate + AppCertificate.key.replacing("\nM", with: "\n!"),
      "The private key cannot be read."
    ),
    (AppCertificate.certificate + AppCertificate.key.dropLast(40), "The private key cannot be read."),
    (AppCertificate.key + empty, "The certificate cannot be read."),
    (
      AppCertificate.key + AppCertificate.certificate.replacing("\nM", with: "\nA"),
      "The certificate cannot be read."
    ),
  ]

  @Test(arguments: bad)
  func `a PEM that cannot prove anything is refused by what is wrong with it`(pem: String, fault: String)
    throws
  {
    let problem = try #require(
      #expect(throws: Problem.self) { try ClientCertificate(pem: Secret(pem)) })
    #expect(problem.summary == fault)
    #expect(problem.code == .appCertificateInvalid && problem.actor == .appOwner)
    #expect(problem.remedy?.hasSuffix(".") == true)
  }

  @Test func `nothing of the key is printed`() throws {
    let certificate = try ClientCertificate(pem: Secret(AppCertificate.certificate + AppCertificate.key))
    let client = EntraClient(
      clientID: "c", credential: .certificate(certificate, at: Instant(microseconds: 0)))
    let line = AppCertificate.key.split(separator: "\n")[3]
    #expect(!"\(client)".contains(line) && !String(reflecting: client).contains(line))
  }

  @Test func `an assertion says who, to whom and until when, and OpenSSL finds its signature good`() throws {
    let certificate = try ClientCertificate(pem: Secret(AppCertificate.certificate + AppCertificate.key))
    let endpoint = "https://login.microsoftonline.com/contoso.test/oauth2/v2.0/token"
    let id = try #require(UUID(uuidString: "0000AAAA-11BB-4CCC-8D22-EEEEEE333333"))
    let assertion = try #require(
      ClientAssertion.make(
        clientID: "6731de76-14a6-49ae-97bc-6eba6914391e", endpoint: endpoint, certificate: certificate,
        now: Instant(microseconds: 1_800_000_000_999_999),
        id: id))
    let parts = assertion.split(separator: ".").map(String.init)
    #expect(parts.count == 3)
    let client = "6731de76-14a6-49ae-97bc-6eba6914391e"
    let header = "{\"alg\":\"PS256\",\"typ\":\"JWT\",\"x5t#S256\":\"\(AppCertificate.thumbprint)\"}"
    let claims =
      "{\"aud\":\"\(endpoint)\",\"iss\":\"\(client)\",\"sub\":\"\(client)\","
      + "\"jti\":\"0000aaaa-11bb-4ccc-8d22-eeeeee333333\",\"nbf\":1800000000,\"iat\":1800000000,"
      + "\"exp\":1800000600}"
    #expect(Data(base64URL: parts[0]) == Data(header.utf8))
    #expect(Data(base64URL: parts[1]) == Data(claims.utf8))
    let signature = try #require(Data(base64URL: parts[2]))
    #expect(try openSSLVerifies(parts[0] + "." + parts[1], signature: signature))
    #expect(try !openSSLVerifies(parts[0] + ".x" + parts[1], signature: signature))
  }

  @Test func `a web client with a certificate sends a new assertion with each request, and no secret`()
    async throws
  {
    let certificate = try ClientCertificate(pem: Secret(AppCertificate.certificate + AppCertificate.key))
    let body = #"{"token_type":"Bearer","expires_in":3599,"access_token":"eyJ0..."}"#
    try await withEntra(react: { _ in .answer(200, body: body) }) { entra, server in
      let client = EntraClient(
        clientID: "c", credential: .certificate(certificate, at: Instant(microseconds: 0)))
      for _ in 0..<2 {
        _ = try await entra.clientCredentials(scope: "r/.default", client: client, tenant: "t")
      }
      let forms = server.requests.map { request in
        Dictionary(
          uniqueKeysWithValues: request.body.split(separator: "&").map { pair in
            let field = pair.split(separator: "=", maxSplits: 1)
            return (String(field[0]), field[1].removingPercentEncoding ?? "")
          })
      }
      #expect(
        forms.allSatisfy {
          $0["client_assertion_type"] == "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
            && $0["client_secret"] == nil
        })
      let claims = forms.compactMap { $0["client_assertion"]?.split(separator: ".")[1] }
        .compactMap { Data(base64URL: $0) }.map { String(decoding: $0, as: UTF8.self) }
      #expect(claims.allSatisfy { $0.contains("\"aud\":\"\(server.origin)/t/oauth2/v2.0/token\"") })
      #expect(Set(claims).count == 2)
    }
  }

  private func openSSLVerifies(_ text: String, signature: Data) throws -> Bool {
    let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try Data(AppCertificate.key.utf8).write(to: folder.appending(path: "key.pem"))
    try Data(text.utf8).write(to: folder.appending(path: "text"))
    try signature.write(to: folder.appending(path: "signature"))
    let openSSL = Process()
    openSSL.executableURL = URL(filePath: "/usr/bin/env")
    openSSL.currentDirectoryURL = folder
    openSSL.standardOutput = FileHandle.nullDevice
    openSSL.standardError = FileHandle.nullDevice
    openSSL.arguments =
      ["openssl", "dgst", "-sha256", "-prverify", "key.pem", "-sigopt", "rsa_padding_mode:pss"]
      + ["-sigopt", "rsa_pss_saltlen:32", "-signature", "signature", "text"]
    try start(openSSL)
    openSSL.waitUntilExit()
    return openSSL.terminationStatus == 0
  }
}
