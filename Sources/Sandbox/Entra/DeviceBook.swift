import Core

/// One run of the device authorization grant (RFC 8628).
struct DeviceGrant: Sendable {
  enum Outcome: Sendable, Equatable {
    case pending
    case accepted(userID: String)
    case declined
    case redeemed
  }

  var clientID: String
  /// As the first request named it; the polls have to name the same one.
  var segment: String
  var scope: ScopeRequest
  var userCode: String
  var expiresAt: Instant
  var outcome = Outcome.pending
  var lastPoll: Instant?
}

/// The device codes that were issued.
struct DeviceBook: Sendable {
  /// Microsoft Learn, "OAuth 2.0 device authorization grant": a quarter of an hour.
  static let lifetime = Duration.seconds(900)

  private var grants: [String: DeviceGrant] = [:]
  private var userCodes: [String: String] = [:]

  /// - Returns: the device code.
  mutating func issue(_ grant: DeviceGrant) -> String {
    let code = "SBX" + RandomText.make(bytes: 96)
    grants[code] = grant
    userCodes[grant.userCode] = code
    return code
  }

  /// The grant that a person may still decide; without regard to case.
  func grant(userCode: String, now: Instant) -> DeviceGrant? {
    guard let code = userCodes[userCode.uppercased()], let grant = grants[code], grant.outcome == .pending,
      now <= grant.expiresAt
    else { return nil }
    return grant
  }

  mutating func decide(_ outcome: DeviceGrant.Outcome, userCode: String) {
    if let code = userCodes[userCode.uppercased()] { grants[code]?.outcome = outcome }
  }

  /// Who accepted. Throws 70018, 700007, 70020, 70016 or 54005.
  ///
  /// - Parameter interval: polls in less than half of it get `slow_down`; with zero, never.
  mutating func poll(
    _ code: String, clientID: String, segment: String, interval: Duration, now: Instant
  ) throws(EntraError) -> (userID: String, scope: ScopeRequest) {
    guard let grant = grants[code], grant.segment == segment else { throw EntraError(70018) }
    guard grant.clientID == clientID else { throw EntraError(700_007) }
    let last = grant.lastPoll
    grants[code]?.lastPoll = now
    switch grant.outcome {
    case .accepted(let userID): return (userID, grant.scope)
    case .declined: throw Self.declined
    case .redeemed: throw EntraError(54005)
    case .pending:
      guard now <= grant.expiresAt else { throw EntraError(70020) }
      if let last, interval > .zero, now - last < interval / 2 { throw Self.slowDown }
      throw EntraError(70016)
    }
  }

  mutating func redeem(_ code: String) {
    grants[code]?.outcome = .redeemed
  }

  func userID(deviceCode: String) -> String? {
    guard case .accepted(let id)? = grants[deviceCode]?.outcome else { return nil }
    return id
  }

  /// Nine characters that cannot be mistaken for one another.
  static func newUserCode() -> String {
    var generator = SystemRandomNumberGenerator()
    let alphabet = Array("ABCDEFGHJKLMNPQRSTUVWXYZ23456789")
    return String((0..<9).map { _ in alphabet.randomElement(using: &generator) ?? "A" })
  }

  private static var declined: EntraError {
    var error = EntraError(65004, "The user declined the sign-in on the other device.")
    error.kind = "authorization_declined"
    return error
  }

  private static var slowDown: EntraError {
    var error = EntraError(70016, "The client polls faster than the interval it was given.")
    error.kind = "slow_down"
    return error
  }
}
