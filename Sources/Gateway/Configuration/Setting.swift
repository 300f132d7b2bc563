/// One thing an operator may set: by flag, by environment variable or in the YAML file, in that order.
/// `docs/configuration.md` and `--help` are written from this table; `Variable` is its sibling for the commands.
package enum Setting: String, CaseIterable, Sendable {
  case host
  case port
  case data
  case url
  case trustedProxies = "trusted-proxies"
  case microsoft
  case microsoftCA = "microsoft-ca"
  case clouds
  case exposeTokens = "expose-tokens"
  case databaseURL = "database-url"
  case secretKey = "secret-key"
  case secretKeyFile = "secret-key-file"
  case preparedToken = "prepared-token"
  case unknownOutcomeWait = "unknown-outcome-wait"
  case bodyLimit = "body-limit"
  case requestLimit = "request-limit"
  case tenantRecipients = "tenant-recipients"
  case smtpPort = "smtp-port"
  case smtpTLSPort = "smtp-tls-port"
  case smtpHost = "smtp-host"
  case smtpCertificate = "smtp-certificate"
  case smtpKey = "smtp-key"
  case smtpNetworks = "smtp-networks"
  case smtpNetworkDaily = "smtp-network-daily"
  case smtpAuthWithoutTLS = "smtp-auth-without-tls"
  case smtpFailureReports = "smtp-failure-reports"
  case webhookAllow = "webhook-allow"
  case logLevel = "log-level"

  /// The name in the YAML file; the flag is the same after `--`.
  package var key: String { rawValue }

  /// `nil` where a flag would put a secret into the list of processes.
  package var flag: String? { isSecret ? nil : "--" + key }

  package var variable: String {
    switch self {
    case .url: "HELIOGRAPH_PUBLIC_URL"
    default: "HELIOGRAPH_" + key.uppercased().replacing("-", with: "_")
    }
  }

  /// As shown in the documentation.
  package var defaultText: String {
    switch self {
    case .host: "127.0.0.1"
    case .port: "3000"
    case .data: "heliograph-data"
    case .url: "http://localhost:PORT"
    case .microsoft: "Microsoft's global cloud"
    case .microsoftCA: "the system's certificates"
    case .clouds, .trustedProxies, .webhookAllow: "none"
    case .exposeTokens: "no"
    case .databaseURL: "SQLite in the data folder"
    case .secretKey, .preparedToken: "none"
    case .secretKeyFile: "secret.key in the data folder, created at first start"
    case .unknownOutcomeWait: "120"
    case .bodyLimit: "314572800"
    case .requestLimit: "3000000"
    case .tenantRecipients: "none"
    case .smtpPort, .smtpTLSPort: "none: the port is not open"
    case .smtpHost: "the address of `host`"
    case .smtpCertificate, .smtpKey: "a certificate that is made at each start"
    case .smtpNetworks: "none"
    case .smtpNetworkDaily: "500"
    case .smtpAuthWithoutTLS: "no"
    case .smtpFailureReports: "message"
    case .logLevel: "info"
    }
  }

  package var summary: String {
    switch self {
    case .host: "Address to listen on."
    case .port: "Port of the REST API and the sign-in pages."
    case .data: "Folder of the database, the key file and the node's name."
    case .url: "Public URL of this gateway; the redirect URI is this URL followed by /oauth."
    case .trustedProxies:
      "Reverse proxies, as addresses or blocks such as 10.0.0.0/8 separated by spaces: trusted for X-Forwarded-For, "
        + "and not limited in their number of connections."
    case .microsoft: "Replaces the login and Graph base URLs of the global cloud; http only on loopback."
    case .microsoftCA:
      "PEM file of a certificate authority to trust in addition to the system's, for --microsoft."
    case .clouds:
      "Further clouds that apps may name, as NAME=URL separated by spaces; login and Graph at one URL."
    case .exposeTokens: "yes lets GET /v1/account/{account}/oauth-token return Microsoft's access tokens."
    case .databaseURL: "postgres://user:password@host/database."
    case .secretKey: "Base64 of 32 bytes; encrypts the secrets in the database."
    case .secretKeyFile: "File that contains the secret key, mode 0600."
    case .preparedToken: "An operator's API token, valid while it is set and never stored; 128 bits or more."
    case .unknownOutcomeWait:
      "Seconds to wait after a lost reply before looking for the message at Microsoft."
    case .bodyLimit:
      "Largest request body in bytes; beyond 25 MiB only for a message, an upload or a list of accounts."
    case .requestLimit:
      "Largest message in bytes that Graph is given in one request; the attachments of a larger one are uploaded."
    case .tenantRecipients:
      "Recipients outside the sender's domain that all mailboxes of a tenant together may send to in 24 "
        + "hours, as TENANT=COUNT separated by spaces."
    case .smtpPort: "Port for SMTP submission by programs and devices, with STARTTLS."
    case .smtpTLSPort: "Port for SMTP submission with TLS from the beginning."
    case .smtpHost: "Address on which the SMTP ports listen."
    case .smtpCertificate:
      "PEM file of the certificate of the SMTP ports, followed by those that signed it; read again when it changes."
    case .smtpKey: "PEM file of that certificate's private key."
    case .smtpNetworks:
      "Networks whose devices send by SMTP without a password, as CIDR=ACCOUNT separated by spaces; only as that account's "
        + "own address, in the workspace default."
    case .smtpNetworkDaily: "Messages that the devices of one account's networks may send in 24 hours."
    case .smtpAuthWithoutTLS:
      "yes lets clients send passwords to the SMTP port without TLS from other machines too."
    case .smtpFailureReports:
      "message sends the sender of a failed SMTP message a report, from the account itself; event records "
        + "only the event."
    case .webhookAllow:
      "Networks that are not on the internet and that webhooks may be posted to, as addresses or blocks such as 10.0.0.0/8 "
        + "separated by spaces."
    case .logLevel: "trace, debug, info, notice, warning, error or critical."
    }
  }

  private var isSecret: Bool {
    switch self {
    case .secretKey, .preparedToken, .databaseURL: true
    default: false
    }
  }
}
