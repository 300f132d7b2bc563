struct DeadlinePassed: Error, CustomStringConvertible {
  let description: String
}

/// How long anything may take. Only a test that fails waits so long; a slow machine must not fail one.
let patience = Duration.seconds(300)

/// Asks again and again until there is an answer. The only place in these tests that waits.
///
/// - Parameter body: returns `nil` for "not yet"; what it throws ends the waiting.
/// - Throws: `DeadlinePassed`, which names `what`.
@discardableResult
func eventually<Value>(
  _ what: @autoclosure () -> String,
  isolation: isolated (any Actor)? = #isolation, _ body: () async throws -> Value?
) async throws -> Value {
  let clock = ContinuousClock()
  let deadline = clock.now.advanced(by: patience)
  while true {
    if let value = try await body() { return value }
    guard clock.now < deadline else {
      throw DeadlinePassed(description: "After \(patience) still not so: \(what())")
    }
    try await Task.sleep(for: .milliseconds(20))
  }
}

/// Waits until `condition` holds.
func eventually(
  _ what: @autoclosure () -> String,
  isolation: isolated (any Actor)? = #isolation, _ condition: () async throws -> Bool
) async throws {
  let _: Void = try await eventually(what()) { try await condition() ? () : nil }
}
