import Core
import Synchronization
import Testing

@testable import Store

// Workspaces serve as the simplest rows there are.
extension Transaction {
  func insertSample(_ id: String) throws {
    try execute("INSERT INTO workspace (id, name, created) VALUES ($1, $2, $3)", id, "a sample", 1)
  }

  /// The ids of all samples, ordered.
  func samples() throws -> [String] {
    try rows("SELECT id FROM workspace WHERE id <> 'default' ORDER BY id") { try $0.text("id") }
  }
}

extension Store {
  func samples() async throws -> [String] {
    try await read { (tx: borrowing Transaction) in try tx.samples() }
  }

  func expectSamples(_ expected: [String], _ location: SourceLocation = #_sourceLocation) async throws {
    let samples = try await samples()
    #expect(samples == expected, sourceLocation: location)
  }
}

/// What a body throws on purpose.
struct Refusal: Error, Equatable {
  var number = 0
}

/// Counts how often a body runs.
final class Count: Sendable {
  private let runs = Mutex(0)

  var value: Int { runs.withLock { $0 } }

  func next() -> Int {
    runs.withLock { runs in
      runs += 1
      return runs
    }
  }
}
