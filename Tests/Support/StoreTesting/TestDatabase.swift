import Core
import Foundation
package import Store
import Synchronization

/// The databases that every test of `Store`, and of what stands on it, runs on:
/// `@Test(arguments: StoreEngine.allCases)`.
package enum StoreEngine: String, CaseIterable, Sendable {
  case sqlite
  case postgres
}

/// An empty database of one test's own.
package struct TestDatabase: Sendable {
  package let engine: StoreEngine
  package let location: StoreLocation
  /// The path of a folder that lives as long as the database.
  package let folder: String

  package func open() async throws -> Store { try await Store(location) }

  /// Runs `body` with a copy of the database: of SQLite's files, or what `pg_dump` says, restored elsewhere.
  /// Nobody has the database open.
  package nonisolated(nonsending) func withCopy(
    _ body: nonisolated(nonsending) (TestDatabase) async throws -> Void
  ) async throws {
    switch location {
    case .sqlite(let path):
      let copy = path + ".copy"
      for suffix in ["", "-wal"] where FileManager.default.fileExists(atPath: path + suffix) {
        try FileManager.default.copyItem(atPath: path + suffix, toPath: copy + suffix)
      }
      try await body(TestDatabase(engine: engine, location: .sqlite(path: copy), folder: folder))
    case .postgres(let url, _):
      let server = try await PostgresServer.shared()
      let name = try await server.copyDatabase(url.reveal())
      let location = StoreLocation.postgres(url: Secret(server.url(of: name)))
      let result = await Result { () async throws -> Void in
        try await body(TestDatabase(engine: engine, location: location, folder: folder))
      }
      try await server.dropDatabase(name)
      try result.get()
    }
  }
}

/// Runs `body` with an open database of its own, and closes and removes it afterwards.
package nonisolated(nonsending) func withStore<Value>(
  _ engine: StoreEngine, _ body: nonisolated(nonsending) (Store) async throws -> Value
) async throws -> Value {
  try await withDatabase(engine) { database in
    let store = try await database.open()
    let result = await Result { () async throws -> Value in try await body(store) }
    await store.close()
    return try result.get()
  }
}

/// Runs `body` with a database of its own that nobody has opened yet, for tests that open it more than once.
package nonisolated(nonsending) func withDatabase<Value>(
  _ engine: StoreEngine, _ body: nonisolated(nonsending) (TestDatabase) async throws -> Value
) async throws -> Value {
  await Turns.databases.take()
  let result = await Result { () async throws -> Value in try await withNewDatabase(engine, body) }
  await Turns.databases.giveBack()
  return try result.get()
}

private nonisolated(nonsending) func withNewDatabase<Value>(
  _ engine: StoreEngine, _ body: nonisolated(nonsending) (TestDatabase) async throws -> Value
) async throws -> Value {
  let folder = FileManager.default.temporaryDirectory.appending(path: "heliograph-\(UUID().uuidString)")
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(at: folder) }
  switch engine {
  case .sqlite:
    let location = StoreLocation.sqlite(path: folder.appending(path: "heliograph.sqlite").path)
    return try await body(TestDatabase(engine: engine, location: location, folder: folder.path))
  case .postgres:
    await PostgresTurnstile.shared.enter()
    defer { PostgresTurnstile.shared.leave() }
    let server = try await PostgresServer.shared()
    let name = try await server.createDatabase()
    let location = StoreLocation.postgres(url: Secret(server.url(of: name)))
    let result = await Result { () async throws -> Value in
      try await body(TestDatabase(engine: engine, location: location, folder: folder.path))
    }
    try await server.dropDatabase(name)
    return try result.get()
  }
}

/// Lets a few tests at a time use PostgreSQL: all at once would need more connections than the server has.
private final class PostgresTurnstile: Sendable {
  static let shared = PostgresTurnstile(places: 12)

  private let state: Mutex<(free: Int, waiting: [CheckedContinuation<Void, Never>])>

  init(places: Int) {
    state = Mutex((places, []))
  }

  func enter() async {
    await withCheckedContinuation { continuation in
      let free = state.withLock { state in
        guard state.free == 0 else {
          state.free -= 1
          return true
        }
        state.waiting.append(continuation)
        return false
      }
      if free { continuation.resume() }
    }
  }

  func leave() {
    let next = state.withLock { state -> CheckedContinuation<Void, Never>? in
      guard state.waiting.isEmpty else { return state.waiting.removeFirst() }
      state.free += 1
      return nil
    }
    next?.resume()
  }
}

extension Result where Failure == any Error {
  fileprivate nonisolated(nonsending) init(_ body: nonisolated(nonsending) () async throws -> Success) async {
    do { self = .success(try await body()) } catch { self = .failure(error) }
  }
}
