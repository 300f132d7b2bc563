import Testing

/// Lets three cases at a time of the tests that kill gateways under load run. With all of them at once, what a test waits
/// for depends on how starved the machine is.
struct TakingTurns: TestTrait, TestScoping {
  func provideScope(
    for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
  ) async throws {
    await Places.shared.take()
    let result: Result<Void, any Error>
    do { result = .success(try await function()) } catch { result = .failure(error) }
    await Places.shared.giveBack()
    try result.get()
  }
}

extension Trait where Self == TakingTurns {
  static var takingTurns: Self { TakingTurns() }
}

private actor Places {
  static let shared = Places()

  private var free = 3
  private var waiting: [CheckedContinuation<Void, Never>] = []

  func take() async {
    guard free == 0 else {
      free -= 1
      return
    }
    await withCheckedContinuation { waiting.append($0) }
  }

  func giveBack() {
    if waiting.isEmpty { free += 1 } else { waiting.removeFirst().resume() }
  }
}
