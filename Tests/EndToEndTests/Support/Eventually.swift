struct DeadlinePassed: Error, CustomStringConvertible {
  let description: String
}

/// Asks again and again until there is an answer. The only place in these tests that waits.
///
/// - Parameter body: returns `nil` for "not yet"; what it throws ends the waiting.
/// - Throws: `DeadlinePassed`, which names `what`.
@discardableResult
func eventually<Value>(
  within limit: Duration = .seconds(30), _ what: @autoclosure () -> String,
  isolation: isolated (any Actor)? = #isolation, _ body: () async throws -> Value?
) async throws -> Value {
  let clock = ContinuousClock()
  let deadline = clock.now.advanced(by: limit)
  while true {
    if let value = try await body() { return value }
    guard clock.now < deadline else {
      throw DeadlinePassed(description: "After \(limit) still not so: \(what())")
    }
    try await Task.sleep(for: .milliseconds(20))
  }
}

/// Waits until `condition` holds.
func eventually(
  within limit: Duration = .seconds(30), _ what: @autoclosure () -> String,
  isolation: isolated (any Actor)? = #isolation, _ condition: () async throws -> Bool
) async throws {
  let _: Void = try await eventually(within: limit, what()) { try await condition() ? () : nil }
}
