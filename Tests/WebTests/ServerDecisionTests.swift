import Core
import Foundation
import Listening
import Logging
import NIOCore
import NIOEmbedded
import Synchronization
import Testing

@testable import Web

/// What the server decides, without sockets.
@Suite struct ServerDecisionTests {
  private static let limits = ServerLimits(descriptors: 1024)
  private let start = NIODeadline.uptimeNanoseconds(1_000_000_000_000)

  @Test(arguments: [(300, 150), (1024, 512), (4096, 3584), (1 << 20, 16_384), (2, 1)])
  func `connections leave descriptors for everything else`(descriptors: Int, connections: Int) {
    #expect(ServerLimits(descriptors: descriptors).connections == connections)
  }

  @Test func `a connection has ten seconds for its first header, and a minute for the next to begin`() {
    var timing = ConnectionTiming(limits: Self.limits, at: start)
    #expect(timing.deadline == start + .seconds(10))
    _ = timing.received(5, at: start + .seconds(9))
    #expect(timing.deadline == start + .seconds(10))
    timing.head()
    timing.end(at: start + .seconds(9))
    #expect(timing.deadline == nil)
    timing.answered(at: start + .seconds(20))
    #expect(timing.deadline == start + .seconds(80))
    _ = timing.received(1, at: start + .seconds(70))
    #expect(timing.deadline == start + .seconds(80))
    #expect(timing.idleSince != nil)
  }

  @Test func `an answer that nobody reads is not kept for good`() {
    var timing = ConnectionTiming(limits: Self.limits, at: start)
    timing.head()
    timing.end(at: start)
    timing.sending(8192, at: start)
    timing.sending(4096, at: start + .seconds(5))
    // 30 seconds, and one for each 4 KiB.
    #expect(timing.deadline == start + .seconds(33))
    timing.sent(8192, at: start + .seconds(20))
    #expect(timing.deadline == start + .seconds(51))
    timing.answered(at: start + .seconds(21))
    #expect(timing.deadline == start + .seconds(51))
    timing.sent(4096, at: start + .seconds(50))
    #expect(timing.deadline == start + .seconds(110))
  }

  @Test func `a body may pause while we take our time, and not when we wait for it`() {
    var timing = ConnectionTiming(limits: Self.limits, at: start)
    timing.head()
    #expect(timing.deadline == nil)
    timing.asked(at: start)
    #expect(timing.deadline == start + .seconds(30))
    #expect(timing.idleSince == nil)
    let goesOn = timing.received(1, at: start + .seconds(29))
    #expect(goesOn)
    #expect(timing.deadline == nil)
  }

  @Test(arguments: [(4096, true), (4000, false)])
  func `a body has a least speed`(perSecond: Int, isFastEnough: Bool) {
    var timing = ConnectionTiming(limits: Self.limits, at: start)
    timing.head()
    var goesOn = true
    for second in 0..<60 where goesOn {
      timing.asked(at: start + .seconds(Int64(second)))
      goesOn = timing.received(perSecond, at: start + .seconds(Int64(second + 1)))
    }
    #expect(goesOn == isFastEnough)
  }

  @Test func `what is left of a refused body has five seconds`() {
    var timing = ConnectionTiming(limits: Self.limits, at: start)
    timing.head()
    timing.answered(at: start)
    #expect(timing.isDraining)
    #expect(timing.deadline == start + .seconds(5))
    let goesOn = [Self.limits.drainBytes, 1].map { timing.received($0, at: start) }
    #expect(goesOn == [true, false])
    timing.end(at: start)
    #expect(!timing.isDraining)
    timing.finished(at: start)
    #expect(timing.isClosing)
    #expect(timing.deadline == start + .seconds(5))
  }

  @Test func `an address has its share, and says so once`() throws {
    let log = LineLog()
    let gate = ConnectionGate(
      most: 100, perAddress: 2, exempt: [try #require(CIDR("10.0.0.0/8"))],
      logger: Logger(label: "test", factory: { _ in log }))
    let ends = (0..<40).map { _ in NSObject() }
    func enter(_ number: Int, _ address: String) -> Bool {
      gate.enter(ObjectIdentifier(ends[number]), from: IPAddress(address)) {}
    }
    let admitted = (0..<5).map { enter($0, "8.8.8.8") }
    #expect(admitted == [true, true, false, false, false])
    #expect(enter(5, "8.8.4.4"))
    #expect((10..<20).allSatisfy { enter($0, "127.0.0.1") })
    #expect((20..<30).allSatisfy { enter($0, "10.1.2.3") })
    #expect(log.complaints.count == 1)
    gate.leave(ObjectIdentifier(ends[0]))
    #expect(enter(6, "8.8.8.8"))
    gate.leave(ObjectIdentifier(ends[3]))
    #expect(gate.count == 23)
  }

  @Test func `the one that has waited longest gives way, and nobody who works`() {
    let gate = ConnectionGate(
      most: 3, perAddress: 9, exempt: [], logger: Logger(label: "t") { _ in LineLog() })
    let ends = (0..<6).map { _ in NSObject() }
    let closed = Mutex<[Int]>([])
    func enter(_ number: Int) -> Bool {
      gate.enter(ObjectIdentifier(ends[number]), from: nil) { closed.withLock { $0.append(number) } }
    }
    #expect((0..<3).allSatisfy(enter))
    gate.work(ObjectIdentifier(ends[0]))
    gate.wait(ObjectIdentifier(ends[0]))
    gate.work(ObjectIdentifier(ends[1]))
    #expect(enter(3))
    #expect(closed.withLock { $0 } == [2])
    gate.work(ObjectIdentifier(ends[0]))
    gate.work(ObjectIdentifier(ends[3]))
    #expect(!enter(4))
    gate.leave(ObjectIdentifier(ends[0]))
    #expect(enter(5))
    #expect(closed.withLock { $0 } == [2])
  }

  @Test(arguments: [EMFILE, ENFILE, ENOBUFS, ENOMEM])
  func `accepting that fails pauses, longer each time, and ends nothing`(code: CInt) throws {
    let log = LineLog()
    let logger = Logger(label: "test", factory: { _ in log })
    let gate = ConnectionGate(most: 1, perAddress: 1, exempt: [], logger: logger)
    let channel = EmbeddedChannel(handler: AcceptHandler(gate: gate, logger: logger))
    let loop = channel.embeddedEventLoop
    func isReading() -> Bool? {
      channel.options.last { $0.0 is ChannelOptions.Types.AutoReadOption }?.1 as? Bool
    }
    for milliseconds: Int64 in [50, 100, 200, 400, 800, 1000, 1000] {
      channel.pipeline.fireErrorCaught(IOError(errnoCode: code, reason: "accept"))
      #expect(isReading() == false)
      loop.advanceTime(by: .milliseconds(milliseconds - 1))
      #expect(isReading() == false)
      loop.advanceTime(by: .milliseconds(1))
      #expect(isReading() == true)
    }
    #expect(log.complaints.count == 1)
    #expect(throws: Never.self) { try channel.throwIfErrorCaught() }
    #expect(throws: (any Error).self) {
      channel.pipeline.fireErrorCaught(IOError(errnoCode: EBADF, reason: "accept"))
      try channel.throwIfErrorCaught()
    }
  }

  @Test(arguments: [
    ("192.0.2.9", [], "192.0.2.9"), ("192.0.2.9", ["8.8.8.8"], "192.0.2.9"),
    ("10.0.0.1", ["8.8.8.8"], "8.8.8.8"),
    ("10.0.0.1", ["1.1.1.1, 8.8.8.8"], "8.8.8.8"), ("10.0.0.1", ["1.1.1.1", "8.8.8.8, 10.0.0.2"], "8.8.8.8"),
    ("10.0.0.1", ["8.8.8.8, unknown"], "10.0.0.1"), ("10.0.0.1", ["8.8.8.8, unknown, 10.0.0.2"], "10.0.0.2"),
    ("10.0.0.1", ["8.8.8.8:1234"], "8.8.8.8"), ("10.0.0.1", ["[2001:4860::1]:80"], "2001:4860::1"),
    ("10.0.0.1", ["2001:4860::1"], "2001:4860::1"), ("10.0.0.1", ["10.0.0.3"], "10.0.0.3"),
    ("10.0.0.1", [""], "10.0.0.1"),
    ("127.0.0.1", ["8.8.8.8"], "127.0.0.1"),
  ])
  func `the client is the nearest address that is no trusted proxy`(
    peer: String, forwarded: [String], client: String
  ) throws {
    let found = ClientAddress.find(
      peer: try #require(IPAddress(peer)), forwarded: forwarded, trusted: [try #require(CIDR("10.0.0.0/8"))])
    #expect(found.description == client)
  }

  @Test func `memory is counted over all bodies and given back`() throws {
    let budget = MemoryBudget(limit: 1 << 20)
    let (large, small) = (BodyMemory(budget), BodyMemory(budget))
    try large.take(700_000)
    #expect(throws: Problem.self) { try large.take(100_000) }
    try small.take(60_000)
    #expect(budget.bytesInUse == 760_000)
    large.giveBack(200_000)
    try large.take(200_000)
    large.giveBackAll()
    small.giveBack(1 << 30)
    #expect(budget.bytesInUse == 0)
    let single = MemoryBudget(limit: 1 << 20, largestBody: 25 << 20)
    try BodyMemory(single).take(25 << 20)
    #expect(single.bytesInUse == 0, "what is forgotten is given back")
  }
}
