/// One row of the catalogue of failures: the stable name of a kind of failure, and everything that is decided
/// about that kind. A failure cannot be thrown without its row, because the row is its code.
///
/// A code is documented in `docs/errors.md`, which is written from these rows, and is never reused.
package struct ProblemCode: Sendable {
  /// `area.reason`.
  package let rawValue: String
  /// What a failure of this kind stops, unless the failure itself knows better.
  package let scope: Scope
  /// Who can fix it, unless the failure itself knows better; `nil` is the reader.
  package let actor: Responsible?
  /// The HTTP status of our own answers.
  package let status: Int
  /// The word for `code` that existing clients of this vocabulary know; `nil` where it has none.
  package let vocabulary: String?
  /// The reply of our own SMTP server: the code and the enhanced status code (RFC 3463).
  package let smtp: SMTPStatus
  /// Where the reader finds what the remedy speaks of.
  package let how: How?
  /// What is to blame where a token was refused for this; `nil` where it can be fixed at Microsoft without our
  /// hearing of it, and for everything that is not about tokens.
  package let fault: TokenFault?
  /// One sentence about the kind, for the documentation.
  package let meaning: String
  /// What to do about it in general, for the documentation.
  package let remedy: String

  init(
    _ rawValue: String, _ scope: Scope, actor: Responsible? = nil, status: Int, vocabulary: String? = nil,
    smtp: SMTPStatus, how: How? = nil, fault: TokenFault? = nil, _ meaning: String, remedy: String
  ) {
    self.rawValue = rawValue
    self.scope = scope
    self.actor = actor
    self.status = status
    self.vocabulary = vocabulary
    self.smtp = smtp
    self.how = how
    self.fault = fault
    self.meaning = meaning
    self.remedy = remedy
  }

  /// `nil` for a name that is not a code of this version.
  package init?(rawValue: String) {
    guard let known = Self.byName[rawValue] else { return nil }
    self = known
  }

  /// The `code` in the API, in events and in webhooks: the vocabulary's word, otherwise ours.
  package var apiCode: String { vocabulary ?? rawValue }

  /// Every row, in the order of the documentation.
  package static let all =
    requestsCodes + accountsCodes + entraCodes + exchangeCodes + messagesCodes + submissionCodes
    + mailCodes + webhooksCodes + installationCodes

  private static let byName = Dictionary(uniqueKeysWithValues: all.map { ($0.rawValue, $0) })
}

extension ProblemCode: Hashable {
  package static func == (lhs: ProblemCode, rhs: ProblemCode) -> Bool { lhs.rawValue == rhs.rawValue }
  package func hash(into hasher: inout Hasher) { hasher.combine(rawValue) }
}

/// What a failure stops, and so what becomes of a queued message that meets it.
package enum Scope: String, Sendable, CaseIterable {
  /// Only the caller's request, which is not queued.
  case request
  /// This message: it fails, or is held if it may have been sent.
  case message
  /// One recipient of this message; the message fails or is held.
  case recipient
  /// This account: its messages wait, and this is reported once for the account.
  case account
  /// Every account of the app: their messages wait, and this is reported once for the app.
  case app
  /// Microsoft, or the connection to it: messages wait.
  case service
  /// One receiver of webhooks: its events wait.
  case endpoint
  /// This installation, that is its key, database or configuration: messages wait.
  case installation

  /// Whether a queued message waits for the failure to pass, instead of failing by it.
  package var letsMessagesWait: Bool {
    switch self {
    case .request, .message, .recipient, .endpoint: false
    case .account, .app, .service, .installation: true
    }
  }
}

/// What is to blame for a refused token.
package enum TokenFault: Sendable, Hashable {
  /// The grant is lost: only a new sign-in helps.
  case grant
  /// The app's proof of its identity, that is its secret or certificate.
  case credential
  /// The app's registration, in the tenant that was asked.
  case registration
  /// The app as it is stored here; Microsoft was not asked.
  case settings
}

/// An SMTP reply code with its enhanced status code: `550 5.7.1`.
package struct SMTPStatus: Sendable, Hashable, ExpressibleByStringLiteral, CustomStringConvertible {
  /// Three digits.
  package let code: Int
  /// Class, subject and detail (RFC 3463 section 2).
  package let enhanced: String

  /// The literal must read `550 5.7.1`; a test checks this for every row.
  package init(stringLiteral text: String) {
    let parts = text.split(separator: " ", maxSplits: 1)
    code = parts.first.flatMap { Int($0) } ?? 0
    enhanced = parts.count == 2 ? String(parts[1]) : ""
  }

  package var description: String { "\(code) \(enhanced)" }
}

/// A way to what a remedy describes. Each interface shows it in its own terms.
package enum How: String, Sendable, CaseIterable {
  case accounts, apps, templates, tokens, workspaces, outbox, release, resume, lists

  /// A method and a path of the REST API.
  package var api: String {
    switch self {
    case .accounts: "GET /v1/accounts"
    case .apps: "GET /v1/oauth2"
    case .templates: "GET /v1/templates"
    case .tokens: "GET /v1/tokens"
    case .workspaces: "GET /v1/workspaces"
    case .outbox: "GET /v1/outbox"
    case .release: "PUT /v1/outbox/{queueId}/release"
    case .resume: "PUT /v1/account/{account}/resume"
    case .lists: "GET /v1/blocklists"
    }
  }

  /// A command of `heliograph`.
  package var command: String {
    switch self {
    case .accounts: "heliograph account list"
    case .apps: "heliograph app list"
    case .templates: "heliograph template list"
    case .tokens: "heliograph token list"
    case .workspaces: "heliograph workspace list"
    case .outbox: "heliograph queue list"
    case .release: "heliograph queue release QUEUE_ID --as sent|queued"
    case .resume: "heliograph account resume ACCOUNT"
    case .lists: "heliograph list"
    }
  }
}
