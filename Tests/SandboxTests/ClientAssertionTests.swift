import Core
import Crypto
import CryptoExtras
import Foundation
import Testing

@testable import Sandbox

@Suite struct ClientAssertionTests {
  /// A change to a good assertion; the number, and a part of the text.
  struct Fault: Sendable, CustomTestStringConvertible {
    var name: String
    var number: Int
    var text: String
    var change: @Sendable (inout Assertion) -> Void

    var testDescription: String { name }
  }

  static let faults: [Fault] = [
    Fault(name: "another algorithm", number: 5_002_738, text: "'ES256'") { $0.header["alg"] = "ES256" },
    Fault(name: "no thumbprint", number: 700_027, text: "key was not found") { $0.header["x5t#S256"] = nil },
    Fault(name: "an unknown thumbprint", number: 700_027, text: "'AAAA'") { $0.header["x5t#S256"] = "AAAA" },
    Fault(name: "another signature", number: 700_027, text: "did not match") { $0.isForged = true },
    Fault(name: "the padding of another algorithm", number: 700_027, text: "did not match") {
      $0.header["alg"] = "RS256"
    },
    Fault(name: "another issuer", number: 700_021, text: "identifier") { $0.claims["iss"] = "x" },
    Fault(name: "another subject", number: 700_021, text: "identifier") { $0.claims["sub"] = "x" },
    Fault(name: "another audience", number: 700_023, text: "audience") {
      $0.claims["aud"] = "https://login.microsoftonline.com/common/oauth2/v2.0/token"
    },
    Fault(name: "an expired one", number: 700_024, text: "valid time range") {
      $0.times = (from: -4000, to: -400)
    },
    Fault(name: "one of tomorrow", number: 700_024, text: "valid time range") {
      $0.times = (from: 80_000, to: 86_400)
    },
    Fault(name: "no identifier", number: 50027, text: "JSON Web Token") { $0.claims["jti"] = nil },
    Fault(name: "no end", number: 50027, text: "JSON Web Token") { $0.times = nil },
  ]

  @Test(arguments: faults)
  func `An assertion with a fault is refused by its number`(_ fault: Fault) async throws {
    try await SandboxHarness.run { sandbox in
      let app = try sandbox.certifiedDaemon()
      var assertion = sandbox.assertion(for: app)
      fault.change(&assertion)
      let answer = try await sandbox.prove(app, try assertion.signed(with: app))
      #expect(answer.status == 401)
      #expect(answer.string("error") == "invalid_client")
      #expect(answer.entraCode == fault.number)
      #expect(answer.string("error_description")?.contains(fault.text) == true)
    }
  }

  @Test(arguments: ["PS256", "RS256"])
  func `A certificate proves a daemon`(algorithm: String) async throws {
    try await SandboxHarness.run { sandbox in
      let app = try sandbox.certifiedDaemon()
      var assertion = sandbox.assertion(for: app)
      if algorithm == "RS256" {
        let certificate = try #require(app.certificates.first)
        assertion.header = ["alg": "RS256", "typ": "JWT", "x5t": certificate.legacyThumbprint + "="]
        assertion.times = (from: -0.5, to: 600.25)
      }
      let answer = try await sandbox.prove(app, try assertion.signed(with: app))
      #expect(answer.status == 200)
      let bearer = try #require(answer.string("access_token"))
      #expect(try sandbox.state.tokens.verify(bearer).roles.contains("Mail.Send"))
    }
  }

  @Test func `A web client signs in with its certificate, and refreshes with it`() async throws {
    try await SandboxHarness.run { sandbox in
      let app = sandbox.state.directory.apps[5]
      let code = try await sandbox.code(app: app)
      func proof() throws -> [String: String] {
        try sandbox.proof(sandbox.assertion(for: app, segment: "common").signed(with: app))
      }
      #expect(try await sandbox.redeem(code, app: app).entraCode == 7_000_218)
      let answer = try await sandbox.redeem(code, app: app, try proof())
      #expect(answer.status == 200)
      let token = try #require(answer.string("refresh_token"))
      #expect(try await sandbox.refresh(token, app: app, try proof()).status == 200)
    }
  }

  @Test func `The listed PEM holds the certificate and its key`() async throws {
    try await SandboxHarness.run { sandbox in
      let directory = try await sandbox.get("/sandbox/directory")
      let apps = directory.json["apps"] as? [[String: Any]] ?? []
      let certificates = apps.compactMap { $0["certificates"] as? [[String: Any]] }.flatMap { $0 }
      #expect(certificates.count == 2)
      for certificate in certificates {
        #expect(certificate.text("pem").contains("-----BEGIN CERTIFICATE-----"))
        #expect(certificate.text("pem").contains("-----BEGIN PRIVATE KEY-----"))
        #expect(certificate.text("sha1").wholeMatch(of: /[0-9A-F]{40}/) != nil)
      }
    }
  }

  @Test func `A certificate ends after two years`() async throws {
    try await SandboxHarness.run { sandbox in
      let app = try sandbox.certifiedDaemon()
      sandbox.state.clock.advance(by: .seconds(731 * 86_400))
      let answer = try await sandbox.prove(app, try sandbox.assertion(for: app).signed(with: app))
      #expect(answer.entraCode == 700_027)
      #expect(answer.string("error_description")?.contains("key used is expired") == true)
    }
  }
}

/// A JSON Web Token in the making.
struct Assertion: Sendable {
  var header: [String: String]
  var claims: [String: String]
  var times: (from: Double, to: Double)? = (from: 0, to: 600)
  var now: Int64
  var isForged = false

  func signed(with app: SandboxDirectory.App) throws -> String {
    var payload: [String: Any] = claims
    if let times {
      payload["nbf"] = Double(now) + times.from
      payload["exp"] = Double(now) + times.to
    }
    let parts = try [header, payload].map { Base64URL.encode(try JSONSerialization.data(withJSONObject: $0)) }
    let text = parts.joined(separator: ".")
    let pem = try #require(app.certificates.first?.pem)
    let start = try #require(pem.range(of: "-----BEGIN PRIVATE KEY-----")?.lowerBound)
    let key = try _RSA.Signing.PrivateKey(pemRepresentation: String(pem[start...]))
    let isLegacy = header["x5t"] != nil
    let signature = try key.signature(
      for: SHA256.hash(data: Data((isForged ? text + "x" : text).utf8)),
      padding: isLegacy ? .insecurePKCS1v1_5 : .PSS)
    return text + "." + Base64URL.encode(signature.rawRepresentation)
  }
}

extension SandboxHarness {
  func certifiedDaemon() throws -> SandboxDirectory.App {
    try #require(state.directory.apps.first { $0.kind == .daemon && !$0.certificates.isEmpty })
  }

  func assertion(for app: SandboxDirectory.App, segment: String = "contoso.test") -> Assertion {
    Assertion(
      header: ["alg": "PS256", "typ": "JWT", "x5t#S256": app.certificates.first?.thumbprint ?? ""],
      claims: [
        "aud": "\(origin)/\(segment)/oauth2/v2.0/token", "iss": app.clientId, "sub": app.clientId,
        "jti": UUID().uuidString,
      ],
      now: state.clock.wallNow.seconds)
  }

  func proof(_ assertion: String) -> [String: String] {
    ["client_assertion_type": ClientAssertion.type, "client_assertion": assertion]
  }

  func prove(_ app: SandboxDirectory.App, _ assertion: String) async throws -> Answer {
    try await token(
      segment: "contoso.test", app: app, TokenTests.alone.merging(proof(assertion)) { $1 })
  }
}
