import Foundation
import GRDB
import Synchronization

/// What keeping a message costs when nothing else is done: writers that each wait until the commit which holds
/// their bytes is on disk, many sharing one commit. SQLite with a write-ahead log and `synchronous=FULL`.
struct CommitLoop {
  /// The database file; it must not exist.
  var path: String
  var bytes: [UInt8]
  var writers: Int
  var warmUp: Duration = .milliseconds(500)
  var length: Duration = .seconds(2)

  /// Rows per second.
  func run() async throws -> Double {
    let committer = try Committer(path: path)
    let data = Data(bytes)
    return try await withThrowingTaskGroup { group in
      for _ in 0..<writers {
        group.addTask {
          while !Task.isCancelled { try await committer.commit(data) }
        }
      }
      let clock = ContinuousClock()
      try await clock.sleep(for: warmUp)
      let (before, start) = (committer.commits, clock.now)
      try await clock.sleep(for: length)
      let rate = Double(committer.commits - before) / (clock.now - start).seconds
      group.cancelAll()
      try await group.waitForAll()
      return rate
    }
  }
}

/// Puts everything that waits into one transaction.
private final class Committer: Sendable {
  private typealias Job = (data: Data, answer: CheckedContinuation<Void, any Error>)

  private let database: DatabasePool
  private let waiting = Mutex<(jobs: [Job], busy: Bool, done: Int)>(([], false, 0))

  /// Rows that are on disk.
  var commits: Int { waiting.withLock { $0.done } }

  init(path: String) throws {
    database = try DatabasePool(path: path)
    try database.writeWithoutTransaction { db in
      // Opening a pool sets NORMAL.
      try db.execute(sql: "PRAGMA synchronous = FULL")
      try db.execute(sql: "CREATE TABLE message (id INTEGER PRIMARY KEY, data BLOB NOT NULL)")
      // A log that still grows is slower than one that is written again from its start, which is how every log
      // is after 4 MB.
      try db.inTransaction {
        for _ in 0..<5000 {
          try db.execute(sql: "INSERT INTO message (data) VALUES (?)", arguments: [Data(count: 2000)])
        }
        return .commit
      }
      try db.execute(sql: "PRAGMA wal_checkpoint(RESTART)")
    }
  }

  func commit(_ data: Data) async throws {
    try await withCheckedThrowingContinuation { (answer: CheckedContinuation<Void, any Error>) in
      let starts = waiting.withLock { waiting in
        waiting.jobs.append((data, answer))
        defer { waiting.busy = true }
        return !waiting.busy
      }
      if starts { database.asyncWriteWithoutTransaction { db in self.drain(db) } }
    }
  }

  private func drain(_ db: Database) {
    while true {
      let jobs = waiting.withLock { waiting in
        defer { waiting.jobs = [] }
        if waiting.jobs.isEmpty { waiting.busy = false }
        return waiting.jobs
      }
      if jobs.isEmpty { return }
      let result = Result {
        try db.inTransaction(.immediate) {
          let statement = try db.cachedStatement(sql: "INSERT INTO message (data) VALUES (?)")
          for job in jobs { try statement.execute(arguments: [job.data]) }
          return .commit
        }
      }
      waiting.withLock { $0.done += jobs.count }
      for job in jobs { job.answer.resume(with: result) }
    }
  }
}
