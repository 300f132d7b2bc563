import Core
import Foundation
package import Store

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

extension Result where Failure == any Error {
  fileprivate nonisolated(nonsending) init(_ body: nonisolated(nonsending) () async throws -> Success) async {
    do { self = .success(try await body()) } catch { self = .failure(error) }
  }
}
