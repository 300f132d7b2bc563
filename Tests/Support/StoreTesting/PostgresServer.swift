import Foundation
import ProcessTesting
import Synchronization

/// A PostgreSQL server that lives no longer than this process, in a folder of its own, behind a unix socket.
package final class PostgresServer: Sendable {
  /// Of the database `postgres`.
  package let url: String
  private let folder: String

  /// The one that the tests of this process share; started when the first asks for it.
  package static func shared() async throws -> PostgresServer { try await started.value }

  private static let started = Task { try await PostgresServer() }

  /// - Parameter options: for `postgres` itself, as `-c name=value`.
  package init(options: [String] = []) async throws {
    let name = "hpg-\(ProcessInfo.processInfo.processIdentifier)-\(UInt16.random(in: 0...(.max)))"
    let folder = FileManager.default.temporaryDirectory.appending(path: name).path
    let parent = String(ProcessInfo.processInfo.processIdentifier)
    let output = try await run(script, ["start", folder, "--parent", parent, "--"] + options)
    self.folder = folder
    url = output.trimmingCharacters(in: .whitespacesAndNewlines)
  }

  package func url(of database: String) -> String {
    url.replacingOccurrences(of: "@/postgres?", with: "@/\(database)?")
  }

  /// A new, empty database; returns its name.
  package func createDatabase() async throws -> String {
    let name = "test_" + UUID().uuidString.replacingOccurrences(of: "-", with: "").lowercased()
    try await execute("CREATE DATABASE \(name) TEMPLATE template0")
    return name
  }

  /// Dumps the database behind that URL and restores it into a new one; returns its name.
  package func copyDatabase(_ url: String) async throws -> String {
    let name = try await createDatabase()
    try await run(
      "/bin/bash",
      [
        "-euo", "pipefail", "-c", #"pg_dump "$1" | psql "$2" -X -q -v ON_ERROR_STOP=1 >/dev/null"#, "copy",
        url,
        self.url(of: name),
      ])
    return name
  }

  package func dropDatabase(_ name: String) async throws {
    try await execute("DROP DATABASE \(name) WITH (FORCE)")
  }

  /// Runs one statement from outside, as an administrator would.
  @discardableResult
  package func execute(_ sql: String) async throws -> String {
    try await run("/usr/bin/env", ["psql", url, "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-c", sql])
  }

  /// Takes the server away for a while; its data stays.
  package func stop() async throws { try await run(script, ["stop", folder]) }

  /// Brings it back after `stop`.
  package func start() async throws { try await run(script, ["start", folder]) }

  /// Stops it and deletes its data, sooner than the end of the process would.
  package func remove() async throws { try await run(script, ["remove", folder]) }
}

private let script =
  URL(filePath: #filePath).appending(path: "../../../../Scripts/postgres").standardized.path

package struct CommandFailure: Error, CustomStringConvertible {
  package let description: String
}

/// Runs a program and returns what it printed; throws what it complained about.
@discardableResult
private func run(_ program: String, _ arguments: [String]) async throws -> String {
  let process = Process()
  process.executableURL = URL(filePath: program)
  process.arguments = arguments
  let (output, errors) = (Pipe(), Pipe())
  process.standardInput = FileHandle.nullDevice
  process.standardOutput = output
  process.standardError = errors
  let status: Int32 = try await withCheckedThrowingContinuation { continuation in
    process.terminationHandler = { continuation.resume(returning: $0.terminationStatus) }
    do { try start(process) } catch { continuation.resume(throwing: error) }
  }
  // Both print a line or two, far less than a pipe holds.
  let printed = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
  let complaint = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
  for pipe in [output, errors] { try pipe.fileHandleForReading.close() }
  guard status == 0 else {
    throw CommandFailure(description: "\(program) ended with \(status): \(complaint)")
  }
  return printed
}
