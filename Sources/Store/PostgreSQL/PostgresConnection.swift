import CPostgres
import Core
import Foundation

/// A connection to PostgreSQL and the statements that were prepared on it. Every call blocks its thread.
final class PostgresConnection {
  private let handle: OpaquePointer
  private var statements: [SQL: Statement] = [:]

  private struct Statement {
    let name: String
    /// Known after the first execution; a statement that returns nothing has none.
    var columns = Columns([])
  }

  init(_ url: Secret) throws {
    // Those before `dbname` give way to what the URL says. A server that disappears without closing the
    // connection is noticed within a minute.
    let handle = Self.connect([
      ("fallback_application_name", "heliograph"), ("connect_timeout", "5"), ("keepalives_idle", "30"),
      ("keepalives_interval", "10"), ("keepalives_count", "3"), ("tcp_user_timeout", "30000"),
      ("dbname", url.reveal()), ("client_encoding", "UTF8"),
    ])
    guard let handle else { throw Problem.storeUnavailable("there is no memory for a connection") }
    self.handle = handle
    do {
      guard PQstatus(handle) == CONNECTION_OK else { throw Self.refusal(handle) }
      // Notices would go to standard error.
      PQsetNoticeReceiver(handle, { _, _ in }, nil)
      try prepareSession()
    } catch {
      PQfinish(handle)
      throw error
    }
  }

  /// Afterwards the connection cannot be used.
  func close() { PQfinish(handle) }

  func run(_ sql: SQL, _ arguments: [SQLValue]) throws -> Outcome {
    let statement = try statement(for: sql)
    let result = PostgresArguments(arguments).withPointers { values, lengths, formats in
      PQexecPrepared(
        handle, statement.name, Int32(arguments.count), values, lengths, formats, PostgresResult.binary)
    }
    return try PostgresResult(result).use { result in
      try result.check()
      // A transaction that had failed is rolled back by COMMIT, which PostgreSQL reports as a success.
      if sql == "COMMIT", result.command != "COMMIT" { throw PostgresError(state: "25P02") }
      guard result.columnCount > 0 else { return Outcome(changed: result.changed) }
      var columns = statement.columns
      if columns.positions.isEmpty {
        columns = result.columns()
        statements[sql]?.columns = columns
      }
      return Outcome(rows: try result.rows(columns), changed: result.changed)
    }
  }

  /// Ends the transaction, and returns whether the connection can be used for the next one.
  func rollBack() -> Bool {
    guard PQstatus(handle) == CONNECTION_OK else { return false }
    if PQtransactionStatus(handle) != PQTRANS_IDLE { PQclear(PQexec(handle, "ROLLBACK")) }
    // A connection that the server has closed still looked open until now.
    return PQstatus(handle) == CONNECTION_OK && PQtransactionStatus(handle) == PQTRANS_IDLE
  }

  private func statement(for sql: SQL) throws -> Statement {
    if let known = statements[sql] { return known }
    let statement = Statement(name: "s\(statements.count)")
    try PostgresResult(PQprepare(handle, statement.name, sql.text, 0, nil)).use { try $0.check() }
    statements[sql] = statement
    return statement
  }

  private func prepareSession() throws {
    // A transaction that holds a lock for so long will not release it; a deadlock is found by the server itself.
    try run("SET lock_timeout = '10s'")
    try run("SET synchronous_commit = on")
    for setting in ["synchronous_commit", "fsync"] {
      let value = try value(of: setting)
      guard value == "on" else { throw Problem.notDurable(setting, value) }
    }
    let encoding = try value(of: "server_encoding")
    guard encoding == "UTF8" else { throw Problem.notUTF8(encoding) }
  }

  private func run(_ sql: SQL) throws { _ = try run(sql, []) }

  private func value(of setting: String) throws -> String {
    try run("SELECT current_setting($1) AS value", [.text(setting)]).rows.first?.text("value") ?? "nothing"
  }
}

extension PostgresConnection {
  /// Refuses what libpq cannot read, without libpq's own message: that would quote the URL.
  static func check(_ url: Secret) throws {
    guard let options = PQconninfoParse(url.reveal(), nil) else { throw Problem.invalidDatabaseURL }
    PQconninfoFree(options)
  }

  private static func connect(_ settings: [(String, String)]) -> OpaquePointer? {
    let names = settings.map { strdup($0.0) } + [nil]
    let values = settings.map { strdup($0.1) } + [nil]
    defer { (names + values).forEach { free($0) } }
    return PQconnectdbParams(names.map { UnsafePointer($0) }, values.map { UnsafePointer($0) }, 1)
  }

  /// Why there is no connection. libpq's message may quote parts of the URL, and so of a password that was not
  /// escaped: it is recognised, never shown.
  private static func refusal(_ handle: OpaquePointer) -> Problem {
    let message = String(cString: PQerrorMessage(handle))
    let reason = reasons.first { message.contains($0.sign) }?.reason
    return .storeUnavailable(
      "connecting to PostgreSQL failed, \(reason ?? "for a reason that its log may tell")")
  }

  private static let reasons: [(sign: String, reason: String)] = [
    ("could not translate host name", "the host's name is not known"),
    ("Connection refused", "nothing listens there"),
    ("No such file or directory", "there is no such socket"),
    ("timeout expired", "there was no reply in time"),
    ("Network is unreachable", "the network cannot be reached"),
    ("No route to host", "there is no route to the host"),
    ("password authentication failed", "the user or the password is wrong"),
    ("no password supplied", "a password is needed"),
    ("no pg_hba.conf entry", "its pg_hba.conf does not let us in"),
    ("the database system is", "it is starting or stopping"),
    ("too many clients", "it has too many clients"),
    ("remaining connection slots", "it has too many clients"),
    ("certificate", "its certificate is not accepted"),
    ("SSL", "the two sides do not agree about TLS"),
    ("does not exist", "the database or the user does not exist"),
  ]
}
