package import Core
package import NIOCore

/// What the SMTP port needs to know, as values.
package struct SubmissionConfiguration: Sendable {
  /// The address to listen on.
  package var host: String
  /// For clients that begin in the clear and then use STARTTLS; `nil` for no such port.
  package var port: Int?
  /// For clients that begin with TLS; `nil` for no such port.
  package var tlsPort: Int?
  /// How the server calls itself, and for whom a certificate is made if there is none.
  package var name: String
  package var certificate = CertificateSource.selfMade
  /// Devices that send without a password.
  package var networks: [ClientNetwork] = []
  /// Messages of all devices of one account in a day.
  package var networkDailyLimit = 500
  /// Whether passwords are taken over a connection that is not encrypted. They always are on loopback.
  package var allowsClearPasswords = false
  /// Octets of a message.
  package var sizeLimit = 210 << 20
  package var limits = SubmissionLimits()
  /// How many bytes there is room for; `nil` where that is not known.
  package var freeSpace: @Sendable () -> Int? = { nil }

  package enum CertificateSource: Sendable {
    /// PEM files, read again when they change.
    case files(certificate: String, key: String)
    case selfMade
  }

  package init(host: String, port: Int?, tlsPort: Int?, name: String) {
    self.host = host
    self.port = port
    self.tlsPort = tlsPort
    self.name = name
  }
}

/// What one client, and all clients together, may take of the server.
package struct SubmissionLimits: Sendable {
  /// From one command to the next (RFC 5321 section 4.5.3.2.7).
  package var commandTimeout: TimeAmount = .minutes(5)
  /// From the connection to a client that may send. Devices need a second; a person who types needs longer.
  package var authenticationTimeout: TimeAmount = .minutes(2)
  /// From one piece of a message to the next (RFC 5321 section 4.5.3.2.5).
  package var contentTimeout: TimeAmount = .minutes(3)
  /// Bytes per second of a message, on average, once the client has been waited for `contentTimeout` in all.
  package var slowestContent = 1024
  /// For the client to read a reply.
  package var replyTimeout: TimeAmount = .minutes(1)
  /// For what is going on when the gateway stops.
  package var shutdownTimeout: TimeAmount = .seconds(8)
  /// Open connections.
  package var connections = 1000
  /// Open connections of one address.
  package var connectionsPerAddress = 100
  /// Refused credentials in one connection.
  package var failedAuthentications = 5

  package init() {}
}

/// Devices that send as one account, without a password.
package struct ClientNetwork: Sendable, Hashable {
  package let block: CIDR
  package let account: AccountID

  package init(_ block: CIDR, account: AccountID) {
    self.block = block
    self.account = account
  }
}

extension [ClientNetwork] {
  /// The smallest one that the address is in.
  func network(of address: IPAddress?) -> ClientNetwork? {
    guard let address else { return nil }
    return filter { $0.block.contains(address) }.max { $0.block.prefix < $1.block.prefix }
  }
}
