import API
import Core
import Foundation
import Submission

extension Configuration {
  static func submission(
    _ settings: Settings, host: String, port: Int, publicURL: String?
  ) throws -> SubmissionConfiguration? {
    let smtpPort = try integer(settings, .smtpPort, in: 1...65_535)
    let tlsPort = try integer(settings, .smtpTLSPort, in: 1...65_535)
    let ports: [(setting: Setting, chosen: Int?, others: [Int?])] = [
      (.smtpPort, smtpPort, [port]), (.smtpTLSPort, tlsPort, [port, smtpPort]),
    ]
    for (setting, chosen, others) in ports where chosen != nil && others.contains(chosen) {
      throw Problem.invalidSetting(
        setting, "\(chosen ?? 0)", "a port that nothing else of this gateway uses")
    }
    let name = hostName(publicURL)
    var submission = SubmissionConfiguration(
      host: settings[.smtpHost] ?? host, port: smtpPort, tlsPort: tlsPort, name: name)
    switch (settings[.smtpCertificate], settings[.smtpKey]) {
    case (nil, nil): break
    case (let certificate?, let key?): submission.certificate = .files(certificate: certificate, key: key)
    case (_?, nil): throw Problem.invalidSetting(.smtpKey, "not set", "the PEM file of the certificate's key")
    case (nil, _?):
      throw Problem.invalidSetting(.smtpCertificate, "not set", "the PEM file of the key's certificate")
    }
    submission.networks = try networks(settings[.smtpNetworks])
    if let limit = try integer(settings, .smtpNetworkDaily, in: 0...10_000_000) {
      submission.networkDailyLimit = limit
    }
    submission.allowsClearPasswords = try flag(settings, .smtpAuthWithoutTLS)
    return smtpPort == nil && tlsPort == nil ? nil : submission
  }

  /// How the gateway calls itself in mail.
  static func hostName(_ publicURL: String?) -> String {
    publicURL.flatMap { URLComponents(string: $0)?.host } ?? "localhost"
  }

  static func reportsFailures(_ settings: Settings) throws(Problem) -> Bool {
    switch settings[.smtpFailureReports] {
    case nil, "message": return true
    case "event": return false
    case .some(let text): throw .invalidSetting(.smtpFailureReports, text, "message or event")
    }
  }

  /// What clients are told.
  var smtpServer: SMTPServerReply? {
    submission.map { submission in
      var reply = SMTPServerReply()
      (reply.host, reply.port, reply.tlsPort) = (submission.name, submission.port, submission.tlsPort)
      return reply
    }
  }

  /// `192.168.1.0/24=printers fd00:1::/64=printers`.
  private static func networks(_ text: String?) throws(Problem) -> [ClientNetwork] {
    var networks: [ClientNetwork] = []
    for entry in (text ?? "").split(separator: " ") {
      let parts = entry.split(separator: "=", maxSplits: 1)
      guard parts.count == 2, let block = CIDR(parts[0]) else {
        throw .invalidSetting(
          .smtpNetworks, String(entry), "CIDR=ACCOUNT, such as 192.168.1.0/24=printers")
      }
      guard block.prefix > 0 else {
        throw .invalidSetting(
          .smtpNetworks, String(entry), "a network: everyone would send without a password")
      }
      guard !networks.contains(where: { $0.block == block }) else {
        throw .invalidSetting(.smtpNetworks, String(entry), "there only once")
      }
      networks.append(ClientNetwork(block, account: AccountID(String(parts[1]))))
    }
    return networks
  }
}
