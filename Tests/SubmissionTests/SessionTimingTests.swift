import NIOCore
import Testing

@testable import Submission

/// Until when a connection is waited for, without sockets.
@Suite struct SessionTimingTests {
  private static let limits = SubmissionLimits()
  private let start = NIODeadline.uptimeNanoseconds(1_000_000_000_000)

  private func timing(isAdmitted: Bool = true) -> SessionTiming {
    var timing = SessionTiming(limits: Self.limits, at: start)
    timing.isAdmitted = isAdmitted
    return timing
  }

  @Test func `a client has so long to say who it is, whatever else it says`() {
    var timing = timing(isAdmitted: false)
    #expect(timing.deadline == start + Self.limits.authenticationTimeout)
    _ = timing.received(10, at: start + .seconds(60))
    timing.waits(for: .command, at: start + .seconds(60))
    #expect(timing.deadline == start + Self.limits.authenticationTimeout)
    timing.isAdmitted = true
    #expect(timing.deadline == start + .seconds(60) + Self.limits.commandTimeout)
  }

  @Test func `each piece of a message gives the client time again`() {
    var timing = timing()
    timing.waits(for: .content, at: start)
    #expect(timing.deadline == start + Self.limits.contentTimeout)
    let goesOn = timing.received(100_000, at: start + .seconds(10))
    #expect(goesOn)
    #expect(timing.deadline == start + .seconds(10) + Self.limits.contentTimeout)
  }

  @Test func `nothing is waited for while the gateway works`() {
    var timing = timing()
    timing.waits(for: .nothing, at: start)
    #expect(timing.deadline == .distantFuture)
    timing.waits(for: .command, at: start + .hours(1))
    #expect(timing.deadline == start + .hours(1) + Self.limits.commandTimeout)
  }

  @Test func `a message that drips is given up, one that comes slowly is not`() {
    var (drip, slow) = (timing(), timing())
    drip.waits(for: .content, at: start)
    slow.waits(for: .content, at: start)
    var isDripping = true
    for minute in 1...10 where isDripping {
      isDripping = drip.received(1, at: start + .minutes(Int64(minute)))
      #expect(isDripping == (minute < 3), "minute \(minute)")
      let goesOn = slow.received(70_000, at: start + .minutes(Int64(minute)))
      #expect(goesOn, "minute \(minute)")
    }
  }

  @Test func `a client that does not read is given up`() {
    var timing = timing()
    timing.waits(for: .nothing, at: start)
    timing.sending(at: start)
    timing.sending(at: start + .seconds(30))
    #expect(timing.deadline == start + Self.limits.replyTimeout)
    timing.sent()
    #expect(timing.deadline == .distantFuture)
  }

  @Test func `a gateway that stops waits for nobody longer than a moment`() {
    var timing = timing()
    timing.waits(for: .content, at: start)
    timing.stops(at: start)
    #expect(timing.deadline == start + Self.limits.shutdownTimeout)
  }
}
