/// An environment variable of the commands that is not a setting of the gateway. `docs/configuration.md` and
/// `--help` are written from this table; `Setting` is its sibling for the gateway.
package enum Variable: String, CaseIterable, Sendable {
  case config = "HELIOGRAPH_CONFIG"
  case url = "HELIOGRAPH_URL"
  case token = "HELIOGRAPH_TOKEN"
  case workspace = "HELIOGRAPH_WORKSPACE"
  case clientSecret = "HELIOGRAPH_CLIENT_SECRET"
  case clientCertificate = "HELIOGRAPH_CLIENT_CERTIFICATE"
  case refreshToken = "HELIOGRAPH_REFRESH_TOKEN"
  case webhookSecret = "HELIOGRAPH_WEBHOOK_SECRET"
  case serviceSecret = "HELIOGRAPH_SERVICE_SECRET"

  /// Which commands read it.
  package var readers: String {
    switch self {
    case .config: "serve, token"
    case .url, .token: "all clients"
    case .workspace: "all clients, token"
    case .clientSecret: "app add --secret, app update --secret, account add"
    case .clientCertificate: "app add --certificate, app update --certificate"
    case .refreshToken: "account add --email"
    case .webhookSecret: "listen --forward"
    case .serviceSecret: "settings set serviceSecret"
    }
  }

  /// As shown in the documentation.
  package var defaultText: String {
    switch self {
    case .config, .token: "none"
    case .url: "http://localhost:3000"
    case .workspace: "the token's own"
    case .clientSecret, .clientCertificate, .refreshToken, .serviceSecret: "standard input"
    case .webhookSecret: "one that is made"
    }
  }

  package var summary: String {
    switch self {
    case .config: "YAML file with settings."
    case .url: "Where the gateway is."
    case .token: "API token; `heliograph token issue` creates one."
    case .workspace: "Workspace to act in, for operators' tokens."
    case .clientSecret: "The app's secret: its Value, not Secret ID."
    case .clientCertificate: "The app's certificate and key, as PEM."
    case .serviceSecret: "The secret that signs posted events."
    case .refreshToken: "Refresh token issued to another program."
    case .webhookSecret: "Key that signs forwarded events."
    }
  }

  /// Which commands talk to a running gateway.
  package static let clientSentence =
    "The commands send, template, app, account, queue, smtp-credential, webhook, listen, workspace, settings, list, events, "
    + "status, doctor and open are clients of a running gateway, and so are token list and token revoke when "
    + "HELIOGRAPH_TOKEN is set."

  /// Name and sentence of each variable that clients read, a line each, for `--help`.
  package static var clientTable: String {
    let clients = allCases.filter { $0 != .config }
    let width = clients.map(\.rawValue.count).max() ?? 0
    return clients.map { variable in
      let padding = String(repeating: " ", count: width - variable.rawValue.count)
      return "  \(variable.rawValue)\(padding)  \(variable.summary)"
    }.joined(separator: "\n")
  }
}
