import Core
import Events
import Store
import Testing

@testable import Accounts

/// What becomes of an account, without a database and without a clock.
@Suite struct AccountMachineTests {
  static let lost = record(.entraGrantRevoked)
  static let noMailbox = record(.graphMailboxUnavailable)
  static let closed = record(.graphAccessDenied)
  static let now = Instant(microseconds: 1_000_000_000)

  static func record(_ code: ProblemCode, at instant: Instant = now) -> ProblemRecord {
    ProblemRecord(Problem(code, "It failed.", remedy: nil), at: instant)
  }

  static func machine(
    _ state: AccountState, found: Bool = false, paused: Bool = false, error: ProblemRecord? = nil,
    base: BaseScopes = .api, owner: AccountMachine.TokenOwner = .itself, ownsApp: Bool = true
  ) -> AccountMachine {
    AccountMachine(
      AccountStatus(state: state, paused: paused, mailboxFound: found, lastError: error), tokenOwner: owner,
      baseScopes: base, grantVersion: 7, ownsApp: ownsApp, mailbox: "a@x.example")
  }

  static let everyInput: [AccountInput] = [
    .entered(sameMailbox: true), .entered(sameMailbox: false), .signedIn(mailboxFound: true),
    .signedIn(mailboxFound: false), .connecting, .tokenGained(.found), .tokenGained(.unknown),
    .tokenGained(.closed(closed)), .messageAccepted,
    .tokenGained(.unusable(noMailbox)), .tokenRefused(lost, grantVersion: 7, blamesApp: false),
    .tokenRefused(lost, grantVersion: 6, blamesApp: false),
    .tokenRefused(lost, grantVersion: nil, blamesApp: true),
    .connectingFailed(noMailbox), .grantOwnerRefused(lost), .grantOwnerRestored, .importAdopted,
    .importRefused(lost), .paused, .resumed, .reconnectRequested, .appChanged,
  ]

  /// Where an input leads from each state: init, unset, connecting, connected, authenticationError, connectError.
  static let table: [(AccountInput, [AccountState])] = [
    (.entered(sameMailbox: true), [.initial, .initial, .initial, .initial, .initial, .initial]),
    (
      .signedIn(mailboxFound: false),
      [.connected, .connected, .connected, .connected, .connected, .connected]
    ),
    (.connecting, [.connecting, .unset, .connecting, .connected, .authenticationError, .connectError]),
    (.tokenGained(.found), [.connected, .connected, .connected, .connected, .connected, .connected]),
    (.tokenGained(.unknown), [.connected, .connected, .connected, .connected, .connected, .connected]),
    (
      .tokenGained(.closed(closed)), [.connected, .connected, .connected, .connected, .connected, .connected]
    ),
    (.messageAccepted, [.initial, .unset, .connecting, .connected, .authenticationError, .connectError]),
    (
      .tokenGained(.unusable(noMailbox)),
      [.connectError, .connectError, .connectError, .connected, .connectError, .connectError]
    ),
    (
      .tokenRefused(lost, grantVersion: 7, blamesApp: false),
      Array(repeating: .authenticationError, count: 6)
    ),
    (
      .tokenRefused(lost, grantVersion: 6, blamesApp: true),
      [.initial, .unset, .connecting, .connected, .authenticationError, .connectError]
    ),
    (
      .connectingFailed(noMailbox),
      [.connectError, .unset, .connectError, .connected, .authenticationError, .connectError]
    ),
    (.grantOwnerRefused(lost), Array(repeating: .authenticationError, count: 6)),
    (.grantOwnerRestored, [.initial, .unset, .connecting, .connected, .connecting, .connecting]),
    (.importAdopted, [.connecting, .connecting, .connecting, .connected, .connecting, .connecting]),
    (
      .importRefused(lost), [.initial, .unset, .connecting, .connected, .authenticationError, .connectError]
    ),
    (.paused, [.initial, .unset, .connecting, .connected, .authenticationError, .connectError]),
    (.resumed, [.initial, .unset, .connecting, .connected, .authenticationError, .connectError]),
    (.reconnectRequested, Array(repeating: .connecting, count: 6)),
    (.appChanged, [.initial, .unset, .connecting, .connected, .authenticationError, .connectError]),
  ]

  @Test
  func `an app that is not let into the mailbox is connected, and says why until a message is accepted`() {
    let connected = Self.machine(.connecting).transition(for: .tokenGained(.closed(Self.closed))).status
    #expect(connected.isClosed && connected.lastError == Self.closed && !connected.mailboxFound)
    let sent = AccountMachine(connected).transition(for: .messageAccepted).status
    #expect(!sent.isClosed && sent.lastError == nil && sent.mailboxFound)
    // What an import was refused for is not forgotten with it.
    let other = Self.machine(.connected, error: Self.lost).transition(for: .messageAccepted).status
    #expect(other.lastError == Self.lost && other.mailboxFound)
  }

  @Test(arguments: table)
  func `each input leads from each state to one other`(input: AccountInput, states: [AccountState]) {
    for (state, expected) in zip(AccountState.allCases, states) {
      #expect(Self.machine(state).transition(for: input).status.state == expected, "\(input) in \(state)")
    }
  }

  @Test func `the table names every input`() {
    let named = Set(Self.table.map { "\($0.0)".prefix { $0 != "(" } })
    #expect(named == Set(Self.everyInput.map { "\($0)".prefix { $0 != "(" } }))
  }

  @Test(arguments: everyInput)
  func `nothing but pausing and resuming pauses or resumes`(input: AccountInput) {
    for paused in [true, false] {
      for state in AccountState.allCases {
        let next = Self.machine(state, paused: paused).transition(for: input).status.paused
        #expect(
          next == (input == .paused ? true : input == .resumed ? false : paused), "\(input) in \(state)")
      }
    }
  }

  @Test(arguments: everyInput)
  func `an account is connected without an error, and not connected never resumes messages`(
    input: AccountInput
  ) {
    for state in AccountState.allCases {
      let next = Self.machine(state, error: Self.lost).transition(for: input)
      if next.status.state == .connected, state != .connected {
        #expect(next.status.lastError == nil || next.status.isClosed)
      }
      if next.resumesMessages { #expect(next.status.state == .connected || input == .resumed) }
      if next.status.state == .connected, state != .connected { #expect(next.resumesMessages) }
      if next.status.state == .authenticationError { #expect(next.status.lastError != nil) }
    }
  }

  @Test(arguments: everyInput)
  func `an account of IMAP holds its token in the state unset`(input: AccountInput) {
    for state in AccountState.allCases where state != .connected {
      let next = Self.machine(state, base: .imap).transition(for: input)
      #expect(next.status.state != .connected, "\(input) in \(state)")
    }
    #expect(
      Self.machine(.connecting, base: .imap).transition(for: .tokenGained(.unknown)).status.state == .unset)
  }
}

// What is told
extension AccountMachineTests {
  @Test(arguments: [
    (AccountInput.tokenGained(.found), AccountState.connecting, "authenticationSuccess" as String?),
    (.tokenGained(.found), .connected, nil),
    (.tokenGained(.unusable(noMailbox)), .connecting, "connectError"),
    (.tokenGained(.unusable(noMailbox)), .connectError, nil),
    (.tokenRefused(lost, grantVersion: 7, blamesApp: false), .connected, "authenticationError"),
    (.tokenRefused(lost, grantVersion: 7, blamesApp: false), .authenticationError, nil),
    (.tokenRefused(lost, grantVersion: 6, blamesApp: false), .connected, nil),
    (.connectingFailed(noMailbox), .connecting, "connectError"),
    (.connectingFailed(noMailbox), .connectError, nil),
    (.signedIn(mailboxFound: true), .authenticationError, "authenticationSuccess"),
    (.signedIn(mailboxFound: true), .connected, nil),
    (.importAdopted, .connected, "authenticationSuccess"), (.importAdopted, .connectError, nil),
    (.importRefused(lost), .connected, "authenticationError"), (.paused, .connected, nil),
    (.resumed, .connected, nil), (.reconnectRequested, .authenticationError, nil),
  ])
  func `a change is told, and the first of a run`(input: AccountInput, state: AccountState, event: String?) {
    #expect(Self.machine(state).transition(for: input).event?.name == event, "\(input) in \(state)")
  }

  @Test func `a refused import is told once and leaves the account connected`() {
    let first = Self.machine(.connected).transition(for: .importRefused(Self.lost))
    #expect(first.status == AccountStatus(state: .connected, lastError: Self.lost))
    var machine = Self.machine(.connected)
    machine.status = first.status
    #expect(machine.transition(for: .importRefused(Self.lost)).event == nil)
  }

  @Test func `accounts that use a grant follow it`() {
    let refusal = AccountInput.tokenRefused(Self.lost, grantVersion: 7, blamesApp: false)
    #expect(Self.machine(.connected).transition(for: refusal).delegates == .grantOwnerRefused(Self.lost))
    #expect(Self.machine(.connecting).transition(for: .tokenGained(.found)).delegates == .grantOwnerRestored)
    let signedIn = Self.machine(.connected).transition(for: .signedIn(mailboxFound: true))
    #expect(signedIn.delegates == .grantOwnerRestored && signedIn.resumesMessages)
    let known = Self.machine(.authenticationError, found: true, error: Self.lost)
    #expect(known.transition(for: .grantOwnerRestored).status.state == .connected)
    // One that nobody has looked into is looked into first.
    let unknown = Self.machine(.authenticationError, error: Self.lost).transition(for: .grantOwnerRestored)
    #expect(unknown.status.state == .connecting && unknown.wakesConnector && !unknown.resumesMessages)
  }

  @Test func `the app is told of what concerns all its accounts`() {
    let refusal = AccountInput.tokenRefused(Self.lost, grantVersion: 7, blamesApp: true)
    #expect(Self.machine(.connected).transition(for: refusal).appError == .set(Self.lost))
    #expect(Self.machine(.connecting).transition(for: .tokenGained(.found)).appError == .cleared)
    #expect(Self.machine(.connected).transition(for: .reconnectRequested).appError == .cleared)
    let guest = Self.machine(.connected, ownsApp: false)
    #expect(guest.transition(for: .reconnectRequested).appError == .kept)
  }

  @Test(arguments: [
    (ProblemCode.entraSecretExpired, true), (.appCloudUnknown, true), (.appDisabled, true),
    (.entraGrantRevoked, false), (.graphMailboxUnavailable, false), (.entraUnreachable, false),
  ])
  func `a changed app is tried again where it was to blame`(code: ProblemCode, again: Bool) {
    for state in [AccountState.authenticationError, .connectError] {
      let next = Self.machine(state, error: Self.record(code)).transition(for: .appChanged)
      #expect((next.status.state == .connecting) == again && next.wakesConnector == again)
    }
  }

  @Test func `the scope of a refusal counts, not that of its code`() {
    let code = ProblemCode.entraRejected
    #expect(code.scope == .account)
    let refusal = ProblemRecord(Problem(code, "It failed.", remedy: nil, scope: .app), at: Self.now)
    let next = Self.machine(.authenticationError, error: refusal).transition(for: .appChanged)
    #expect(next.status.state == .connecting && next.wakesConnector)
  }

  @Test func `what is known of a mailbox stays, unless it is another one`() {
    let known = Self.machine(.connected, found: true)
    #expect(known.transition(for: .entered(sameMailbox: true)).status.mailboxFound)
    #expect(!known.transition(for: .entered(sameMailbox: false)).status.mailboxFound)
    #expect(known.transition(for: .tokenGained(.unknown)).status.mailboxFound)
    #expect(Self.machine(.connected).transition(for: .tokenGained(.found)).status.mailboxFound)
  }
}

// When a token is asked for
extension AccountMachineTests {
  @Test(arguments: [
    (AccountState.authenticationError, ProblemCode.entraGrantRevoked, 3_000 as Int64, true),
    (.authenticationError, .accountIdentityMismatch, 3_000, true),
    (.authenticationError, .entraAccessBlocked, 299, true),
    (.authenticationError, .entraAccessBlocked, 300, false),
    (.authenticationError, .entraSecretExpired, 299, true),
    (.authenticationError, .appCloudUnknown, 300, false),
    (.connectError, .graphMailboxUnavailable, 299, true),
    (.connectError, .graphMailboxUnavailable, 300, false),
    (.connectError, .accountPermissionMissing, 299, true), (.connectError, .entraUnreachable, 0, false),
    (.connectError, .vaultWrongKey, 0, false), (.connected, .entraGrantRevoked, 0, false),
  ])
  func `a loss stands, a refusal for a while, and what passes by itself not at all`(
    state: AccountState, code: ProblemCode, seconds: Int64, stands: Bool
  ) {
    let machine = Self.machine(state, error: Self.record(code))
    #expect((machine.refusalInForce(nil, at: Self.now + .seconds(seconds)) != nil) == stands)
  }

  @Test func `what the app was refused concerns every account of it for a while`() {
    let refusal = Self.record(.entraSecretExpired)
    let machine = Self.machine(.connected, owner: .app)
    #expect(machine.refusalInForce(refusal, at: Self.now + .seconds(299)) == refusal)
    #expect(machine.refusalInForce(refusal, at: Self.now + .seconds(300)) == nil)
  }

  @Test func `an account that only comes back from a refusal is not looked into`() {
    #expect(!Self.machine(.connected).needsLook)
    #expect(!Self.machine(.authenticationError, found: true).needsLook)
    for machine in [
      Self.machine(.authenticationError), Self.machine(.connecting, found: true), Self.machine(.initial),
      Self.machine(.connectError),
    ] {
      #expect(machine.needsLook)
    }
  }
}
