import Backends
import Core
import Store
import Testing

@testable import Delivery

@Suite struct GrantMemoryTests {
  @Test func `it remembers no more accounts than it may`() {
    var memory = GrantMemory()
    func row(_ number: Int) -> QueueRecord {
      QueueRecord(
        workspace: .default, id: QueueID("q_1"), lane: LaneKey(.mail, "lane"),
        account: AccountID("account\(number)"),
        progress: "fresh", created: Instant(microseconds: 0))
    }
    for number in 0...GrantMemory.limit {
      memory[row(number)] = number % 2 == 0 ? [.submission, .lookup] : .submission
    }
    #expect(memory.count == 1)
    #expect(memory[row(GrantMemory.limit)] == [.submission, .lookup])
    #expect(memory[row(0)] == nil)
  }
}
