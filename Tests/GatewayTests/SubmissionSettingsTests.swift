import Core
import Submission
import Testing

@testable import Gateway

/// The settings of the SMTP ports.
@Suite struct SubmissionSettingsTests {
  private static func submission(_ flags: [Setting: String]) throws -> SubmissionConfiguration? {
    try Configuration(Settings(flags: flags)).submission
  }

  @Test func `without a port there is none`() throws {
    #expect(try Self.submission([.smtpHost: "0.0.0.0"]) == nil)
  }

  @Test func `a port listens where the API does, under the name of the public URL`() throws {
    let submission = try #require(
      try Self.submission([.smtpPort: "587", .host: "10.0.0.1", .url: "https://mail.example.com/x"]))
    #expect(submission.host == "10.0.0.1" && submission.port == 587 && submission.tlsPort == nil)
    #expect(submission.name == "mail.example.com" && !submission.allowsClearPasswords)
    #expect(submission.networkDailyLimit == 500)
  }

  @Test func `networks name their accounts`() throws {
    let submission = try #require(
      try Self.submission([
        .smtpTLSPort: "465", .smtpNetworks: "192.168.1.0/24=printers  fd00:1::/64=a=b 10.0.0.5=c",
      ]))
    #expect(
      submission.networks.map { "\($0.block) \($0.account)" } == [
        "192.168.1.0/24 printers", "fd00:1::/64 a=b", "10.0.0.5/32 c",
      ])
  }

  @Test(arguments: [
    [Setting.smtpPort: "0"], [.smtpPort: "3000"], [.smtpPort: "587", .smtpTLSPort: "587"],
    [.smtpPort: "587", .smtpCertificate: "a.pem"], [.smtpPort: "587", .smtpKey: "a.key"],
    [.smtpPort: "587", .smtpNetworks: "0.0.0.0/0=a"], [.smtpPort: "587", .smtpNetworks: "::/0=a"],
    [.smtpPort: "587", .smtpNetworks: "10.0.0.0/8"], [.smtpPort: "587", .smtpNetworks: "10.0.0.1/8=a"],
    [.smtpPort: "587", .smtpNetworks: "10.0.0.0/8=a 10.0.0.0/8=b"],
    [.smtpPort: "587", .smtpNetworkDaily: "-1"],
    [.smtpPort: "587", .smtpAuthWithoutTLS: "maybe"],
  ])
  func `what cannot be is refused`(flags: [Setting: String]) throws {
    let problem = try #require(throws: Problem.self) { try Self.submission(flags) }
    #expect(problem.code == .configurationInvalid && problem.summary.contains("smtp-"))
  }
}
