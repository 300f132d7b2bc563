import Foundation
import GRDB

/// The time from starting the process until its port takes a connection, the memory it has then, and the time until the
/// sandbox has the first request to send a message, with a long queue; beside it, in turn, the same with an empty data
/// folder.
///
/// Every start follows a kill, so the queue holds messages whose fate is open, and all of it is due: delivery begins
/// at once.
struct StartFigure {
  var bench: Bench

  private struct Starts {
    var milliseconds = Samples()
    var megabytes = Samples()
    var peak = Samples()
    var firstSend = Samples()
  }

  func table() async throws -> String {
    bench.note("start, filling the queue")
    var (long, empty) = (Starts(), Starts())
    try await Sandbox.run(bench) { sandbox in
      let data = bench.fresh("start")
      try await fill(data, with: sandbox)
      for round in 1...bench.rounds {
        bench.note("start, round \(round) of \(bench.rounds)")
        try await start(data, sandbox, into: &long)
        try await start(bench.fresh("empty"), sandbox, into: &empty)
      }
    }
    var table = Table(
      "Rows queued", "Start, ms", "Memory, MB", "Most ever, MB", "First send, ms",
      "Start over an empty one's")
    let ratio = long.milliseconds.over(empty.milliseconds).text(decimals: 2)
    for (rows, starts, ratio) in [(bench.rows, long, ratio), (0, empty, "1")] {
      table.add(
        "\(rows)", starts.milliseconds.text(), starts.megabytes.text(), starts.peak.text(),
        starts.firstSend.values.isEmpty ? "" : starts.firstSend.text(), ratio)
    }
    return table.text
  }

  private func start(_ data: String, _ sandbox: Sandbox, into starts: inout Starts) async throws {
    sandbox.child.thaw()
    let known = try await sandbox.requests().last?.number ?? 0
    let begun = Date.now
    let measured = try await Gateway.run(bench, data: data, microsoft: sandbox.service.url) { gateway in
      // What begins after listening, claiming above all, shall be in the figure.
      try await Task.sleep(for: .seconds(2))
      let memory = try gateway.child.memory()
      gateway.child.kill()
      return (gateway.startTime, memory)
    }
    let sent = try await sandbox.requests().first {
      $0.number > known && $0.path.hasSuffix("/send") && $0.status == 202
    }
    if let sent { starts.firstSend.add(try sent.moment().timeIntervalSince(begun) * 1000) }
    starts.milliseconds.add(measured.0.seconds * 1000)
    starts.megabytes.add(Double(measured.1.now) / 1_000_000)
    starts.peak.add(Double(measured.1.peak) / 1_000_000)
  }

  /// Makes the schema and a few messages through the front door, and the rest by copying those in the database.
  private func fill(_ data: String, with sandbox: Sandbox) async throws {
    try await Gateway.run(bench, data: data, microsoft: sandbox.service.url) { gateway in
      try await gateway.connect(sandbox.mailboxes, of: sandbox)
      sandbox.child.freeze()
      // Four of each mailbox are soon in flight; the others are as a message is that waits.
      try await gateway.fill(sandbox.mailboxes, count: 8)
      gateway.child.kill()
    }
    let files = try FileManager.default.contentsOfDirectory(atPath: data)
    guard let file = files.first(where: { $0.hasSuffix(".sqlite") }) else {
      throw Failure("There is no database in \(data).")
    }
    let copies = bench.rows / sandbox.mailboxes.count
    try await DatabaseQueue(path: data + "/" + file).write { db in
      try db.execute(
        sql: """
          CREATE TEMP TABLE template AS
            SELECT min(id) AS id FROM queue WHERE state = 0 AND attempts = 0 GROUP BY workspace, lane
          """)
      guard try Int.fetchOne(db, sql: "SELECT count(*) FROM template") == sandbox.mailboxes.count else {
        throw Failure("Not every mailbox has a message that waits.")
      }
      let tables = [("message", "id"), ("recipient", "message"), ("chunk", "segment"), ("queue", "id")]
      for (table, key) in tables {
        let columns = try db.columns(in: table).map(\.name)
        let copy = "substr(\(table).\(key), 1, length(\(table).\(key)) - 5) || printf('%05d', n)"
        let values = columns.map { $0 == key ? copy : table + "." + $0 }
        try db.execute(
          sql: """
            WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < \(copies))
            INSERT INTO \(table) (\(columns.joined(separator: ", ")))
            SELECT \(values.joined(separator: ", ")) FROM \(table) JOIN template ON \(table).\(key) = template.id
            CROSS JOIN numbers
            """)
      }
    }
  }
}
