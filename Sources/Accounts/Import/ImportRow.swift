import Access
import Core
import MIME
import Store
import Tables
import Vault

/// One row of a list of mailboxes that can be saved.
struct ImportRow: Sendable {
  let line: Int
  let grant: ImportedGrant
  let client: ImportedApps.Client

  /// Throws `request.invalidField`; its text quotes nothing from the row, because a row whose columns are shifted
  /// has a token where something else belongs.
  init(line: Int, _ values: [ImportColumns.Column: String]) throws(Problem) {
    self.line = line
    guard let email = values[.email] else { throw .rowLacks(.email) }
    guard let named = values[.clientID] else { throw .rowLacks(.clientID) }
    guard let token = values[.refreshToken] else { throw .rowLacks(.refreshToken) }
    let (clientID, tenant) = try Self.client(named, tenant: values[.tenant])
    let secret = try values[.clientSecret].map { text throws(Problem) in try Self.secret(text) }
    guard !Self.isAccessToken(token) else { throw .accessTokenForRefreshToken }
    client = ImportedApps.Client(id: clientID, tenant: tenant, secretHash: secret.map { Digest.sha256($0) })
    grant = ImportedGrant(
      account: values[.account].map { AccountID($0) }, name: values[.name], email: email,
      app: .client(id: clientID, tenant: tenant, secret: secret, cloud: nil, base: .api),
      refreshToken: Secret(token))
    try grant.validate()
  }

  /// The row's mailbox, to find duplicates.
  var key: String { grant.account.map { "account " + $0.rawValue } ?? "email " + grant.email.lowercased() }

  private static func client(
    _ text: String, tenant column: String?
  ) throws(Problem) -> (id: String, tenant: String?) {
    let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    guard isGUID(parts[0]) else {
      throw .invalidField(
        "client id", "is not an Application (client) ID",
        remedy:
          "Give the 36 characters that the app's Overview page shows, and after a slash its tenant, if any.")
    }
    let suffix = parts.count > 1 ? parts[1] : nil
    guard suffix == nil || column == nil || suffix?.lowercased() == column?.lowercased() else {
      throw .invalidField("tenant", "differs from the one after the client id", remedy: "Give it once.")
    }
    guard let tenant = suffix ?? column else { return (parts[0].lowercased(), nil) }
    guard let authority = try? Authority(tenant) else {
      throw .invalidField(
        "tenant", "is not a tenant",
        remedy: "Use common, organizations, consumers, a Directory (tenant) ID or a domain of the tenant.")
    }
    return (parts[0].lowercased(), authority.segment)
  }

  private static func secret(_ text: String) throws(Problem) -> Secret {
    guard text.utf8.count <= NewApp.longest, text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
      throw .invalidField(
        "client secret", "does not look like one of Microsoft's",
        remedy: "Give the Value of a secret from Certificates & secrets, or leave it out.")
    }
    return Secret(text)
  }

  /// A signed JWT. Microsoft's refresh tokens are not JWTs, and an access token expires within the hour.
  private static func isAccessToken(_ text: String) -> Bool {
    text.hasPrefix("eyJ") && text.split(separator: ".", omittingEmptySubsequences: false).count == 3
  }
}

extension Problem {
  fileprivate static func rowLacks(_ column: ImportColumns.Column) -> Problem {
    .invalidField(
      column.title, "is missing",
      remedy: "A row takes email, client id, refresh token and, for a web client, client secret.")
  }

  fileprivate static let accessTokenForRefreshToken = invalidField(
    "refresh token", "is an access token, which expires within the hour",
    remedy: "Give the refresh token that came with it.")

  /// What makes a row invalid.
  static func unreadableRow(_ fault: CSVFault) -> Problem {
    let (flaw, remedy) =
      switch fault {
      case .quoting:
        (
          "A quotation mark is in a place where none is allowed.",
          "Double each one inside a quoted field, and close every quoted field."
        )
      case .encoding: ("The row is neither UTF-8 nor UTF-16.", "Save the list as UTF-8.")
      case .fieldTooLong:
        (
          "A field is longer than \(CSVReader.fieldLimit) bytes.",
          "Check where the row ends and what separates it."
        )
      case .rowTooLong:
        (
          "The row is longer than \(CSVReader.rowLimit) bytes.",
          "Check where it ends, and its quotation marks."
        )
      case .tooManyColumns:
        (
          "The row has more than \(CSVReader.columnLimit) fields.",
          "Leave out the columns that are not needed, and quote fields that contain the separator."
        )
      }
    return Problem(.requestMalformed, flaw, remedy: remedy)
  }

  static func headerLacks(_ columns: [ImportColumns.Column]) -> Problem {
    Problem(
      .requestMalformed, "The header does not name \(columns.map(\.title).joined(separator: " or ")).",
      remedy: "Name the columns email, client id, refresh token and client secret, or leave the header out.")
  }

  static func rowTwice(first line: Int) -> Problem {
    Problem(
      .requestInvalidField, "The same mailbox is in line \(line).",
      remedy: "Keep the row whose refresh token is newer.")
  }

  static func severalAccounts(_ email: String) -> Problem {
    Problem(
      .accountExists, "Several accounts have the mailbox \(email).",
      remedy: "Name the account in a column “account”.")
  }
}
