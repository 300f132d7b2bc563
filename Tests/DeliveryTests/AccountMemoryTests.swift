import Core
import Testing

@testable import Delivery

@Suite struct AccountMemoryTests {
  @Test func `it remembers no more accounts than it may, and forgets none to change or drop one`() {
    var memory = AccountMemory<Int>()
    let limit = AccountMemory<Int>.limit
    func account(_ number: Int) -> AccountID { AccountID("account\(number)") }
    for number in 0..<limit { memory[account(number), .default] = number }
    memory[account(limit), .default] = nil
    memory[account(1), .default] = -1
    #expect(memory.count == limit)
    #expect(memory[account(1), .default] == -1)
    memory[account(limit), .default] = limit
    #expect(memory.count == 1)
    #expect(memory[account(limit), .default] == limit)
    #expect(memory[account(0), .default] == nil)
  }
}
