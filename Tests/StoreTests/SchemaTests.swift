import Core
import Foundation
import StoreTesting
import Testing

@testable import Store

/// Databases of every version that there has been. `Fixtures/version-N.sql` holds one of version N as the
/// Heliograph of that time left it: the schema, statement by statement, and a few rows.
///
/// When the first test fails, a migration has been changed whose text is frozen. Once a version has been
/// released that must never happen: undo the change and append a migration. Before its first release, write
/// the fixture anew with `HELIOGRAPH_WRITE_FIXTURES=1 swift test --filter SchemaTests`. A new migration gets
/// its fixture in the same way, in a file that holds `-- rows` and what a database of its version holds.
@Suite struct SchemaTests {
  @Test(arguments: Migration.all.map(\.version))
  func `a migration that is frozen has not changed`(version: Int64) throws {
    if ProcessInfo.processInfo.environment["HELIOGRAPH_WRITE_FIXTURES"] == "1" { try write(version) }
    #expect(try Fixture(version).schema == schema(upTo: version), "see the comment of SchemaTests")
  }

  @Test(arguments: StoreEngine.allCases, Migration.all.map(\.version))
  func `a database of every version opens, and is used`(engine: StoreEngine, version: Int64) async throws {
    let fixture = try Fixture(version)
    try await withDatabase(engine) { database in
      try await database.load((fixture.schema + fixture.rows).filter { $0.isFor(engine) })
      let store = try await database.open()
      let now = Instant(microseconds: 2_000_000_000_000_000)
      let (versions, message, recipients, event) = try await store.write { (tx: borrowing Transaction) in
        let versions = try tx.rows("SELECT version FROM schema_migration ORDER BY version") {
          try $0.integer("version")
        }
        let message = try tx.messages(.default, messageID: "<q_1@example.com>").first
        let recipients = try tx.recipients(of: QueueID("q_1"), in: .default)
        let event = try tx.append(
          EventRecord(
            workspace: .default, account: AccountID("anna"), kind: "sample", data: "{}", created: now))
        return (versions, message, recipients, event)
      }
      #expect(versions == Migration.all.map(\.version))
      #expect(message?.envelopeTo == ["bert@example.com"])
      #expect(recipients.map(\.address) == ["bert@example.com"])
      #expect(event == 2)
      let row = try await store.write { (tx: borrowing Transaction) in
        let lease = try #require(
          try tx.leaseLanes(.mail, owner: NodeID("n"), now: now, length: .seconds(60), limit: 1).first)
        return try tx.claim(lease, limit: 1).first
      }
      #expect(row?.id == QueueID("q_1"))
      let content = try await store.read { (tx: borrowing Transaction) in
        try tx.contentExtents(of: #require(message)).flatMap { try tx.chunk($0.key) ?? [] }
      }
      #expect(String(decoding: content, as: UTF8.self) == "Hello")
      await store.close()
    }
  }

  private func schema(upTo version: Int64) -> [Fixture.Statement] {
    Migration.all.filter { $0.version <= version }.flatMap { migration in
      migration.statements.map { Fixture.Statement($0.text, .all) }
        + migration.postgres.map { Fixture.Statement($0.text, .postgres) }
    }
  }

  private func write(_ version: Int64) throws {
    var text = "-- A database of schema version \(version). Never change it once this version is released.\n"
    for statement in schema(upTo: version) { text += "-- \(statement.engines)\n\(statement.text);\n" }
    text += try Fixture.rowMark + Fixture(version).rowText
    try text.write(to: Fixture.url(version), atomically: true, encoding: .utf8)
  }
}

/// One of the files. Statements end with a semicolon at the end of a line; a comment says for which engines
/// those are that follow, or that the rows begin.
private struct Fixture {
  var schema: [Statement] = []
  var rows: [Statement] = []
  /// The second part of the file, as it is.
  var rowText = ""

  enum Engines: String { case all, sqlite, postgres }

  struct Statement: Equatable {
    var text: String
    var engines: Engines

    init(_ text: String, _ engines: Engines) {
      self.text = text
      self.engines = engines
    }

    func isFor(_ engine: StoreEngine) -> Bool { engines == .all || engines.rawValue == engine.rawValue }
  }

  static let rowMark = "-- rows\n"

  static func url(_ version: Int64) -> URL {
    URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures/version-\(version).sql")
  }

  init(_ version: Int64) throws {
    let parts = try String(contentsOf: Self.url(version), encoding: .utf8).components(
      separatedBy: Self.rowMark)
    schema = Self.statements(in: parts[0])
    if parts.count > 1 { rowText = parts[1] }
    rows = Self.statements(in: rowText)
  }

  private static func statements(in text: String) -> [Statement] {
    var engines = Engines.all
    return text.components(separatedBy: ";\n").compactMap { part in
      var lines = part.split(separator: "\n", omittingEmptySubsequences: false)[...]
      while let line = lines.first, line.isEmpty || line.hasPrefix("-- ") {
        engines = Engines(rawValue: String(line.dropFirst(3))) ?? engines
        lines = lines.dropFirst()
      }
      return lines.isEmpty ? nil : Statement(lines.joined(separator: "\n"), engines)
    }
  }
}

extension TestDatabase {
  /// Runs statements in a database that no Heliograph of today has seen.
  fileprivate func load(_ statements: [Fixture.Statement]) async throws {
    let engine: any Engine =
      switch location {
      case .sqlite(let path): try SQLiteEngine(path: path)
      case .postgres(let url, _): try PostgresEngine(url: url, connections: 1)
      }
    let store = Store(database: engine)
    try await store.write { (tx: borrowing Transaction) in
      for statement in statements { try tx.execute(SQL(trusted: statement.text)) }
    }
    await store.close()
  }
}
