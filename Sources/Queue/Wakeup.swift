/// Wakes one task: however often it is rung while that is busy, it finds one ring waiting.
final class Wakeup: Sendable {
  /// One reader.
  let rings: AsyncStream<Void>
  private let continuation: AsyncStream<Void>.Continuation

  init() {
    (rings, continuation) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
  }

  func ring() {
    continuation.yield()
  }
}
