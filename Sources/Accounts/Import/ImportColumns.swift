import Core
import Tables

/// What each column of a list of mailboxes contains: as its header says, or in the usual order of such lists.
struct ImportColumns: Sendable, Hashable {
  enum Column: String, Sendable, CaseIterable {
    case account
    case name
    case email
    case clientID
    case tenant
    case refreshToken
    case clientSecret
    /// Skipped: it is not needed, and it is private.
    case password
  }

  /// `nil` for an unknown one.
  let columns: [Column?]

  /// Without a header.
  static let usual = ImportColumns(columns: [.email, .clientID, .refreshToken, .clientSecret])
  /// The same for a list with dashes.
  static let sold = ImportColumns(columns: [.email, .password, .clientID, .refreshToken])

  private init(columns: [Column?]) {
    self.columns = columns
  }

  /// `nil` when the row is not a header: it contains an address, or no name that we know.
  init?(header: [String]) {
    guard !header.contains(where: { $0.contains("@") }) else { return nil }
    var seen: Set<Column> = []
    columns = header.map { text in
      guard let column = Self.names[Self.key(text)], seen.insert(column).inserted else { return nil }
      return column
    }
    guard !seen.isEmpty else { return nil }
  }

  /// How a list whose first row is this one, and no header, is read. Sellers do not agree which of the last two
  /// comes first, but a client id is easy to recognise.
  init(guessedFrom row: [String], _ separator: CSVSeparator?) {
    guard separator == .dashes, row.count >= 4 else {
      self = .usual
      return
    }
    let isSwapped = isGUID(row[3]) && !isGUID(row[2])
    self = isSwapped ? ImportColumns(columns: [.email, .password, .refreshToken, .clientID]) : .sold
  }

  /// What a header lacks; without them no row can be read.
  var missing: [Column] { [.email, .clientID, .refreshToken].filter { !columns.contains($0) } }

  var hasPassword: Bool { columns.contains(.password) }

  /// The row's texts by what they are. Empty ones are left out, and so is the password.
  func values(_ row: [String]) -> [Column: String] {
    var values: [Column: String] = [:]
    for (column, text) in zip(columns, row) {
      guard let column, column != .password, !text.isEmpty else { continue }
      values[column] = text
    }
    return values
  }

  /// Only alphanumeric characters: “Client ID”, `client_id` and `clientId` are the same.
  private static func key(_ text: String) -> String {
    text.lowercased().filter { $0.isLetter || $0.isNumber }
  }

  private static let names: [String: Column] = {
    let spellings: [(Column, [String])] = [
      (.account, ["account", "accountid"]),
      (.name, ["name", "displayname", "fullname"]),
      (
        .email,
        [
          "email", "emailaddress", "mail", "address", "mailbox", "user", "username", "login", "upn",
          "userprincipalname",
        ]
      ),
      (.clientID, ["clientid", "client", "appid", "applicationid", "applicationclientid"]),
      (.tenant, ["tenant", "tenantid", "directoryid", "directorytenantid", "authority"]),
      (.refreshToken, ["refreshtoken", "refresh", "token", "rt"]),
      (.clientSecret, ["clientsecret", "secret", "secretvalue", "clientsecretvalue"]),
      (.password, ["password", "pass", "pwd", "passwd"]),
    ]
    return Dictionary(uniqueKeysWithValues: spellings.flatMap { column, names in names.map { ($0, column) } })
  }()
}

extension ImportColumns.Column {
  /// Its name in a header.
  var title: String {
    switch self {
    case .account: "account"
    case .name: "name"
    case .email: "email"
    case .clientID: "client id"
    case .tenant: "tenant"
    case .refreshToken: "refresh token"
    case .clientSecret: "client secret"
    case .password: "password"
    }
  }
}
