import Accounts
import Core
import Store
import Testing

@testable import Backends
@testable import Delivery

/// The machine as tables: what was recorded, or what a request came to, and what follows.
@Suite struct DeliveryMachineTests {
  typealias Action = DeliveryMachine.Action

  static let now = Instant(microseconds: 1_795_214_486_000_000)
  static let one = DraftID("one")
  static let all: SenderAbilities = [.drafts, .submission, .lookup]
  /// SMTP with IMAP beside it.
  static let looking: SenderAbilities = [.submission, .lookup]

  static func machine(
    _ abilities: SenderAbilities = all, unknownOutcome: UnknownOutcome = .hold, age: Duration = .zero,
    attempt: Int = 1
  ) -> DeliveryMachine {
    DeliveryMachine(
      abilities: abilities, unknownOutcome: unknownOutcome, firstDue: now - age, attempt: attempt,
      schedule: DeliverySchedule(), jitter: 0.5)
  }

  static let beginnings: [(Progress, Action)] = [
    (.fresh, .request(.create)),
    (.creating, .request(.look(.create))),
    (.drafted(one, inDoubt: false), .request(.send(one, inDoubt: false))),
    (.drafted(one, inDoubt: true), .request(.send(one, inDoubt: true))),
    (.sending(one, inDoubt: false), .request(.look(.send(one)))),
    (.sending(one, inDoubt: true), .request(.look(.send(one)))),
    (.submitting, .request(.look(.submit))),
  ]

  @Test(arguments: beginnings)
  func `with a mailbox that can be read it looks before it repeats`(progress: Progress, action: Action) {
    #expect(Self.machine().begin(progress, now: Self.now) == action)
  }

  static let lookingBeginnings: [(Progress, DeliveryRequest)] = [
    (.fresh, .submit(inDoubt: false)),
    (.submitting, .look(.submit)),
    // Recorded when the mailbox was reached in another way.
    (.creating, .look(.create)),
    (.drafted(one, inDoubt: false), .submit(inDoubt: false)),
    (.drafted(one, inDoubt: true), .look(.send(one))),
    (.sending(one, inDoubt: false), .look(.send(one))),
  ]

  @Test(arguments: lookingBeginnings)
  func `a message that does not go as a draft is looked up where that is possible`(
    progress: Progress, request: DeliveryRequest
  ) {
    #expect(Self.machine(Self.looking).begin(progress, now: Self.now) == .request(request))
  }

  static let lookingResults: [(LookupResult, UnknownOutcome, DeliveryRequest?, Settlement.Verdict?)] = [
    (.sent(as: nil), .hold, nil, .sent), (.absent, .hold, nil, .held),
    (.absent, .resend, .submit(inDoubt: true), nil), (.draft(one), .resend, nil, .unknown),
  ]

  @Test(arguments: lookingResults)
  func `what is not found after it was submitted follows the account's choice`(
    result: LookupResult, unknownOutcome: UnknownOutcome, request: DeliveryRequest?,
    verdict: Settlement.Verdict?
  ) {
    let action = Self.machine(Self.looking, unknownOutcome: unknownOutcome)
      .found(result, .submit, now: Self.now)
    #expect(action.request == request)
    #expect(action.settlement?.verdict == verdict)
  }

  @Test func `with a sender that can neither draft nor submit the message waits for its account`() {
    for progress in [Progress.fresh, .creating] {
      let settlement = Self.machine([]).begin(progress, now: Self.now).settlement
      #expect(settlement?.verdict == .deferred && settlement?.waitsForAccount == true)
      #expect(settlement?.problem?.code == "account.permissionMissing")
    }
  }

  static let blindBeginnings: [(Progress, UnknownOutcome, DeliveryRequest?)] = [
    (.fresh, .hold, .submit(inDoubt: false)),
    (.creating, .hold, .submit(inDoubt: false)),
    (.drafted(one, inDoubt: false), .hold, .submit(inDoubt: false)),
    (.drafted(one, inDoubt: true), .hold, nil),
    (.sending(one, inDoubt: false), .hold, nil),
    (.submitting, .hold, nil),
    (.submitting, .resend, .submit(inDoubt: true)),
    (.sending(one, inDoubt: true), .resend, .submit(inDoubt: true)),
  ]

  @Test(arguments: blindBeginnings)
  func `with one that cannot be read the account decides what doubt means`(
    progress: Progress, unknownOutcome: UnknownOutcome, request: DeliveryRequest?
  ) {
    let action = Self.machine(.submission, unknownOutcome: unknownOutcome)
      .begin(progress, now: Self.now)
    if let request {
      #expect(action == .request(request))
    } else {
      #expect(action.settlement?.verdict == .held)
      #expect(action.settlement?.progress == progress)
      #expect(action.settlement?.problem?.code == "delivery.unknownOutcome")
    }
  }

  static let results: [(LookupResult, LostStep, DeliveryRequest?, Settlement.Verdict?)] = [
    (.sent(as: nil), .create, nil, .sent), (.sent(as: nil), .send(one), nil, .sent),
    (.sent(as: nil), .submit, nil, .sent),
    (.draft(one), .create, .send(one, inDoubt: false), nil),
    (.draft(one), .send(one), .send(one, inDoubt: true), nil),
    (.draft(DraftID("two")), .send(one), nil, .unknown),
    (.draft(one), .submit, nil, .unknown),
    (.absent, .create, .create, nil),
    (.absent, .send(one), nil, .held),
    (.absent, .submit, nil, .held),
  ]

  @Test(arguments: results)
  func `a second draft is made only where nothing was asked to be sent`(
    result: LookupResult, lost: LostStep, request: DeliveryRequest?, verdict: Settlement.Verdict?
  ) {
    let action = Self.machine().found(result, lost, now: Self.now)
    #expect(action.request == request)
    #expect(action.settlement?.verdict == verdict)
  }

  struct Failed: Sendable {
    var request: DeliveryRequest
    var problem: Problem
    var verdict: Settlement.Verdict
    var progress: Progress
    /// From now.
    var due: Duration = .zero
    var lanePause: Duration?
    var waitsForAccount = false
    var orphan: Orphan?
    var abilities = all
    var unknownOutcome = UnknownOutcome.hold
    var age: Duration = .zero
  }

  static let denied = Failure.of(.graphAccessDenied, .futile)
  static let unreachable = Failure.of(.graphUnreachable, .safe(after: nil))

  static let failures: [Failed] = [
    // Safe: back to where it was.
    Failed(
      request: .create, problem: Failure.unavailable, verdict: .deferred, progress: .fresh, due: .seconds(5),
      lanePause: .seconds(5)),
    Failed(
      request: .send(one, inDoubt: false), problem: Failure.unavailable, verdict: .deferred,
      progress: .drafted(one, inDoubt: false), due: .seconds(5), lanePause: .seconds(5)),
    Failed(
      request: .send(one, inDoubt: true), problem: Failure.unavailable, verdict: .deferred,
      progress: .drafted(one, inDoubt: true), due: .seconds(5), lanePause: .seconds(5)),
    Failed(
      request: .submit(inDoubt: false), problem: Failure.unavailable, verdict: .deferred, progress: .fresh,
      due: .seconds(5), lanePause: .seconds(5), abilities: .submission),
    Failed(
      request: .submit(inDoubt: true), problem: Failure.unavailable, verdict: .deferred,
      progress: .submitting,
      due: .seconds(5), lanePause: .seconds(5), abilities: .submission),
    // The peer's pause, when it is longer than ours, holds for the lane.
    Failed(
      request: .create, problem: Failure.throttled(.seconds(90)), verdict: .deferred, progress: .fresh,
      due: .seconds(90), lanePause: .seconds(90)),
    Failed(
      request: .create, problem: Failure.throttled(.seconds(1)), verdict: .deferred, progress: .fresh,
      due: .seconds(5), lanePause: .seconds(1)),
    Failed(
      request: .create, problem: Failure.of(.graphThrottled, .safe(after: nil)),
      verdict: .deferred, progress: .fresh, due: .seconds(5), lanePause: .seconds(10)),
    Failed(
      request: .create, problem: unreachable, verdict: .deferred, progress: .fresh, due: .seconds(5),
      lanePause: .seconds(5)),
    // The sender will do otherwise at once.
    Failed(
      request: .create, problem: Failure.of(.graphAccessDenied, .safe(after: .zero)),
      verdict: .deferred, progress: .fresh),
    // Futile for the message.
    Failed(request: .create, problem: Failure.refused, verdict: .failed, progress: .fresh),
    Failed(
      request: .send(one, inDoubt: false), problem: Failure.refused, verdict: .failed,
      progress: .drafted(one, inDoubt: false), orphan: .draft(one)),
    // It may have been sent the first time, so it has not failed, and its draft is let alone.
    Failed(
      request: .send(one, inDoubt: true), problem: Failure.refused, verdict: .held,
      progress: .drafted(one, inDoubt: true)),
    // A draft that is gone: not shown yet, deleted by somebody, or taken by Exchange.
    Failed(
      request: .send(one, inDoubt: false), problem: Failure.noSuchItem, verdict: .unknown,
      progress: .sending(one, inDoubt: true), due: .seconds(120)),
    Failed(
      request: .send(one, inDoubt: true), problem: Failure.noSuchItem, verdict: .unknown,
      progress: .sending(one, inDoubt: true), due: .seconds(120)),
    // The message waits until the account can send again.
    Failed(
      request: .create, problem: denied, verdict: .deferred, progress: .fresh, due: .seconds(300),
      lanePause: .seconds(300), waitsForAccount: true),
    Failed(
      request: .send(one, inDoubt: false), problem: Failure.notConnected, verdict: .deferred,
      progress: .drafted(one, inDoubt: false), due: .seconds(300), lanePause: .seconds(300),
      waitsForAccount: true),
    Failed(
      request: .create, problem: Failure.of(.appCloudUnknown, .futile), verdict: .deferred, progress: .fresh,
      due: .seconds(300), lanePause: .seconds(300), waitsForAccount: true),
    // It is us: everything waits, and no account is to blame.
    Failed(
      request: .create, problem: Failure.of(.vaultWrongKey, .futile), verdict: .deferred, progress: .fresh,
      due: .seconds(5), lanePause: .seconds(5)),
    Failed(
      request: .send(one, inDoubt: true), problem: Failure.of(.storeFull, .safe(after: nil)),
      verdict: .deferred,
      progress: .drafted(one, inDoubt: true), due: .seconds(5), lanePause: .seconds(5)),
    // A pause that only the message needs is no pause of the lane.
    Failed(
      request: .create, problem: Failure.of(.graphRejected, .safe(after: .seconds(60))), verdict: .deferred,
      progress: .fresh, due: .seconds(60)),
    // Nobody knows.
    Failed(
      request: .create, problem: Failure.lostReply, verdict: .unknown, progress: .creating, due: .seconds(120)
    ),
    Failed(
      request: .send(one, inDoubt: false), problem: Failure.lostReply, verdict: .unknown,
      progress: .sending(one, inDoubt: true), due: .seconds(120)),
    // An outage, told by a status: what was in flight is in doubt, and the rest waits.
    Failed(
      request: .send(one, inDoubt: false), problem: Failure.of(.graphUnavailable, .unsafe), verdict: .unknown,
      progress: .sending(one, inDoubt: true), due: .seconds(120), lanePause: .seconds(5)),
    Failed(
      request: .submit(inDoubt: false), problem: Failure.of(.graphUnavailable, .unsafe), verdict: .held,
      progress: .submitting, lanePause: .seconds(5), abilities: .submission),
    Failed(
      request: .submit(inDoubt: false), problem: Failure.lostReply, verdict: .held, progress: .submitting,
      abilities: .submission),
    Failed(
      request: .submit(inDoubt: false), problem: Failure.lostReply, verdict: .unknown, progress: .submitting,
      due: .seconds(120), abilities: .submission, unknownOutcome: .resend),
    // To send it was not asked yet, so there is nothing to hold.
    Failed(
      request: .create, problem: Failure.lostReply, verdict: .unknown, progress: .creating,
      due: .seconds(120),
      abilities: [.drafts, .submission]),
    // Without drafts, but with a look.
    Failed(
      request: .submit(inDoubt: false), problem: Failure.lostReply, verdict: .unknown, progress: .submitting,
      due: .seconds(120), abilities: looking),
    // Looking failed: look again, however it failed.
    Failed(
      request: .look(.send(one)), problem: Failure.lostReply, verdict: .deferred,
      progress: .sending(one, inDoubt: true), due: .seconds(120), lanePause: .seconds(5)),
    Failed(
      request: .look(.send(one)), problem: denied, verdict: .deferred, progress: .sending(one, inDoubt: true),
      due: .seconds(300), lanePause: .seconds(300), waitsForAccount: true),
    Failed(
      request: .look(.create), problem: Failure.refused, verdict: .deferred, progress: .creating,
      due: .seconds(120)),
    // Too old.
    Failed(
      request: .send(one, inDoubt: false), problem: Failure.unavailable, verdict: .failed,
      progress: .drafted(one, inDoubt: false), orphan: .draft(one), age: .seconds(5 * 86_400)),
    Failed(
      request: .look(.create), problem: Failure.unavailable, verdict: .failed, progress: .creating,
      due: .seconds(120), orphan: .unseen, age: .seconds(5 * 86_400)),
    Failed(
      request: .look(.send(one)), problem: Failure.unavailable, verdict: .held,
      progress: .sending(one, inDoubt: true), due: .seconds(120), age: .seconds(5 * 86_400)),
  ]

  @Test(arguments: failures)
  func `what follows a failure depends on what was asked and whether it may have been done`(
    failed: Failed
  ) throws {
    let machine = Self.machine(
      failed.abilities, unknownOutcome: failed.unknownOutcome, age: failed.age)
    let settlement = try #require(
      machine.failed(failed.request, failed.problem, now: Self.now).settlement)
    #expect(settlement.verdict == failed.verdict)
    #expect(settlement.progress == failed.progress)
    #expect(settlement.due == Self.now + failed.due)
    #expect(settlement.pauseUntil == failed.lanePause.map { Self.now + $0 })
    #expect(settlement.waitsForAccount == failed.waitsForAccount)
    #expect(settlement.orphan == failed.orphan)
    #expect(settlement.problem != nil)
  }

  @Test func `a message whose account is gone has failed`() {
    let problem = Failure.of(.accountNotFound, .futile)
    let machine = Self.machine()
    #expect(machine.unreached(problem, .fresh, now: Self.now).verdict == .failed)
    #expect(machine.unreached(problem, .submitting, now: Self.now).verdict == .held)
  }

  @Test func `a draft is sent as soon as it is there`() {
    #expect(Self.machine().created(Self.one) == .request(.send(Self.one, inDoubt: false)))
    #expect(
      Self.machine().accepted(.send(Self.one, inDoubt: false), now: Self.now).settlement?.verdict == .sent)
  }
}

extension DeliveryMachine.Action {
  var settlement: Settlement? { if case .settle(let settlement) = self { settlement } else { nil } }
  var request: DeliveryRequest? { if case .request(let request) = self { request } else { nil } }
}
