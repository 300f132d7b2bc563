import Core
import Testing

@Suite struct IdentifierTests {
  @Test func `identifiers carry their prefix and sort by the time of their making`() {
    let ids = (0..<100).map { QueueID.make(at: Instant(microseconds: Int64($0) * 1_000_000)).rawValue }
    #expect(ids == ids.sorted())
    #expect(ids.allSatisfy { $0.hasPrefix("q_") && $0.count == 28 })
  }

  @Test func `identifiers made in the same instant differ`() {
    let now = Instant(microseconds: 1_795_214_486_123_456)
    #expect(Set((0..<1000).map { _ in AppID.make(at: now) }).count == 1000)
  }
}
