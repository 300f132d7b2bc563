import NIOCore

/// Until when one connection is waited for: decides from its inputs, and uses neither socket nor clock.
struct SessionTiming {
  /// What is waited for.
  enum Wait {
    case command
    case content
    /// For ourselves.
    case nothing
  }

  private let limits: SubmissionLimits
  private let connected: NIODeadline
  private var wait = Wait.command
  private var waitSince: NIODeadline
  private var content = (bytes: 0, waited: TimeAmount.zero)
  private var unsentSince: NIODeadline?
  private var stopsAt: NIODeadline?
  /// Whether the client may send.
  var isAdmitted = false

  init(limits: SubmissionLimits, at now: NIODeadline) {
    self.limits = limits
    connected = now
    waitSince = now
  }

  /// When the connection is closed if nothing happens until then.
  var deadline: NIODeadline {
    var deadline = NIODeadline.distantFuture
    switch wait {
    case .command: deadline = waitSince + limits.commandTimeout
    case .content: deadline = waitSince + limits.contentTimeout
    case .nothing: break
    }
    if !isAdmitted { deadline = min(deadline, connected + limits.authenticationTimeout) }
    if let unsentSince { deadline = min(deadline, unsentSince + limits.replyTimeout) }
    if let stopsAt { deadline = min(deadline, stopsAt) }
    return deadline
  }

  mutating func waits(for wait: Wait, at now: NIODeadline) {
    if wait == .command { content = (0, .zero) }
    if self.wait != wait { waitSince = now }
    self.wait = wait
  }

  /// Bytes arrived.
  ///
  /// - Returns: Whether the client is still worth waiting for.
  mutating func received(_ count: Int, at now: NIODeadline) -> Bool {
    defer { waitSince = now }
    guard wait == .content else { return true }
    content.bytes += count
    content.waited = content.waited + (now - waitSince)
    guard content.waited >= limits.contentTimeout else { return true }
    return Int64(content.bytes) >= content.waited.nanoseconds / 1_000_000_000 * Int64(limits.slowestContent)
  }

  /// Bytes of a reply were given to the socket.
  mutating func sending(at now: NIODeadline) {
    if unsentSince == nil { unsentSince = now }
  }

  /// The socket has taken all there was.
  mutating func sent() { unsentSince = nil }

  /// The gateway stops.
  mutating func stops(at now: NIODeadline) { stopsAt = now + limits.shutdownTimeout }
}
