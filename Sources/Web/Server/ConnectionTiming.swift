import NIOCore

/// What one connection waits for, and until when: decides from its inputs, and uses neither socket nor clock.
struct ConnectionTiming {
  private let limits: ServerLimits
  /// Requests whose header has been read and that have not been answered.
  private var inProgress = 0
  /// Whether the end of the last request is still to come.
  private var isReading = false
  /// Since when a header, or the first byte of one, has been waited for.
  private var headSince: NIODeadline
  /// Whether some of that header is there, or the connection has just been made.
  private var hasHeadBegun = true
  /// What is left of a body whose request has been answered, or of a connection that we have finished with.
  private var drain: (since: NIODeadline, bytes: Int)?
  private var isFinished = false
  private var body = (bytes: 0, waited: TimeAmount.zero)
  /// Since when the client has been asked for more of a body; `nil` while the server is busy.
  private var askedSince: NIODeadline?
  /// Bytes of answers that the socket has not taken yet.
  private var unsent = 0
  /// Since when it has taken none of them.
  private var unsentSince: NIODeadline

  init(limits: ServerLimits, at now: NIODeadline) {
    self.limits = limits
    headSince = now
    unsentSince = now
  }

  /// Whether nothing of ours would be lost by closing the connection, and since when that is so.
  var idleSince: NIODeadline? { inProgress == 0 && !isReading ? headSince : nil }

  /// Whether what arrives is thrown away.
  var isDraining: Bool { drain != nil }
  /// Whether no further request is read.
  var isClosing: Bool { isFinished }

  /// When the connection is closed if nothing happens until then.
  var deadline: NIODeadline? {
    guard unsent > 0 else { return readDeadline }
    let time = limits.bodyTimeout + .seconds(Int64(unsent / limits.slowestBody))
    let sendDeadline = unsentSince + time
    // Whoever still reads the last answer need not begin the next request.
    return idleSince != nil && drain == nil ? sendDeadline : min(sendDeadline, readDeadline ?? sendDeadline)
  }

  private var readDeadline: NIODeadline? {
    if let drain { return drain.since + limits.drainTimeout }
    if isReading { return askedSince.map { $0 + limits.bodyTimeout } }
    guard inProgress == 0 else { return nil }
    return headSince + (hasHeadBegun ? limits.headTimeout : limits.idleTimeout)
  }

  /// More is read from the socket as soon as it is there.
  mutating func asked(at now: NIODeadline) {
    if askedSince == nil { askedSince = now }
  }

  /// Bytes of an answer were given to the socket.
  mutating func sending(_ count: Int, at now: NIODeadline) {
    if unsent == 0 { unsentSince = now }
    unsent += count
  }

  /// The socket has taken bytes, as it does when the client reads.
  mutating func sent(_ count: Int, at now: NIODeadline) {
    unsent -= count
    unsentSince = now
    if unsent == 0, !hasHeadBegun { headSince = now }
  }

  /// Bytes arrived.
  ///
  /// - Returns: Whether the client is still worth waiting for.
  mutating func received(_ count: Int, at now: NIODeadline) -> Bool {
    let waited = askedSince.map { now - $0 } ?? .zero
    askedSince = nil
    if drain != nil {
      drain?.bytes += count
      return drain.map { $0.bytes <= limits.drainBytes } ?? true
    }
    guard isReading else {
      if !hasHeadBegun { (hasHeadBegun, headSince) = (true, now) }
      return true
    }
    body.bytes += count
    body.waited = body.waited + waited
    guard body.waited >= limits.bodyTimeout else { return true }
    return Int64(body.bytes) >= body.waited.nanoseconds / 1_000_000_000 * Int64(limits.slowestBody)
  }

  mutating func head() {
    inProgress += 1
    isReading = true
    body = (0, .zero)
  }

  mutating func end(at now: NIODeadline) {
    isReading = false
    hasHeadBegun = false
    headSince = now
    if !isFinished { drain = nil }
  }

  /// The end of an answer was written.
  mutating func answered(at now: NIODeadline) {
    inProgress = max(0, inProgress - 1)
    headSince = now
    if isReading, inProgress == 0, drain == nil { drain = (now, 0) }
  }

  /// Nothing more will be written.
  mutating func finished(at now: NIODeadline) {
    isFinished = true
    if drain == nil { drain = (now, 0) }
  }
}
