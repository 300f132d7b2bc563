import Accounts
import Core
import Synchronization

/// Microsoft, as the outbox sees it: drafts, sent letters, and a script of what goes wrong.
final class FakeMailbox: Sendable {
  enum Step: String, Sendable { case create, send, submit, find, strays, delete }

  struct Call: Sendable, Hashable {
    var step: Step
    /// The letter's own mark, or the draft's id.
    var subject: String
  }

  /// What becomes of one call.
  enum Reaction: Sendable {
    case act
    /// Refused without acting.
    case refuse(any Problem)
    /// Done, and the reply is lost.
    case loseReply
    /// Not done, and the caller cannot know.
    case loseRequest
    /// Nothing is found, whatever is there.
    case findNothing
    /// No reply ever comes; `acts` says whether it was done.
    case hang(acts: Bool)
  }

  private struct State {
    /// Draft id to letter.
    var drafts: [String: String] = [:]
    /// The letters in Sent Items, in order.
    var sent: [String] = []
    /// The content of each letter, as it came last.
    var letters: [String: [UInt8]] = [:]
    var calls: [Call] = []
    var nextID = 1
    var inFlight = 0
    var mostInFlight = 0
  }

  private let state = Mutex(State())
  private let script: @Sendable (Call, Int) async throws -> Reaction
  let canReconcile: Bool

  /// - Parameter script: asked with each call and how many calls of that step there were before.
  init(
    canReconcile: Bool = true,
    script: @escaping @Sendable (Call, Int) async throws -> Reaction = { _, _ in .act }
  ) {
    self.canReconcile = canReconcile
    self.script = script
  }

  var sent: [String] { state.withLock { $0.sent } }
  var drafts: [String] { state.withLock { Array($0.drafts.keys) } }
  var calls: [Call] { state.withLock { $0.calls } }
  var letters: [String: [UInt8]] { state.withLock { $0.letters } }
  var steps: [Step] { calls.map(\.step) }
  var mostInFlight: Int { state.withLock { $0.mostInFlight } }

  private static func putDraft(of letter: String, _ state: inout State) -> String {
    let id = "AAMk=\(state.nextID)"
    state.nextID += 1
    state.drafts[id] = letter
    return id
  }

  private func call<Value: Sendable>(
    _ step: Step, _ subject: String, nothing: Value? = nil,
    _ act: @Sendable (inout State) throws -> Value
  ) async throws -> Value {
    let call = Call(step: step, subject: subject)
    let before = state.withLock { state in
      state.inFlight += 1
      state.mostInFlight = max(state.mostInFlight, state.inFlight)
      defer { state.calls.append(call) }
      return state.calls.count { $0.step == step }
    }
    defer { state.withLock { $0.inFlight -= 1 } }
    switch try await script(call, before) {
    case .act: return try state.withLock { try act(&$0) }
    case .refuse(let problem): throw problem
    case .loseReply:
      _ = try state.withLock { try act(&$0) }
      throw Failure.lostReply
    case .loseRequest: throw Failure.lostReply
    case .findNothing:
      guard let nothing else { throw Failure.lostReply }
      return nothing
    case .hang(let acts):
      if acts { _ = try state.withLock { try act(&$0) } }
      try await untilCancelled()
    }
  }
}

extension FakeMailbox: Backend {
  func createDraft(_ letter: OutgoingLetter) async throws -> DraftID {
    try await call(.create, letter.marks.heliographID) { state in
      state.letters[letter.marks.heliographID] = letter.mime
      return DraftID(Self.putDraft(of: letter.marks.heliographID, &state))
    }
  }

  func sendDraft(_ draft: DraftID) async throws {
    try await call(.send, draft.rawValue) { state in
      guard let letter = state.drafts.removeValue(forKey: draft.rawValue) else { throw Failure.noSuchItem }
      state.sent.append(letter)
    }
  }

  func send(_ letter: OutgoingLetter) async throws {
    try await call(.submit, letter.marks.heliographID) { $0.sent.append(letter.marks.heliographID) }
  }

  func find(_ letter: LetterMarks, draft: DraftID?) async throws -> LetterFate {
    try await call(.find, letter.heliographID, nothing: .absent) { state in
      if state.sent.contains(letter.heliographID) { return .sent }
      if let draft = state.drafts.first(where: { $0.value == letter.heliographID }) {
        return .draft(DraftID(draft.key))
      }
      return .absent
    }
  }

  func strayDrafts(of letter: LetterMarks) async throws -> [DraftID] {
    try await call(.strays, letter.heliographID) { state in
      guard state.sent.contains(letter.heliographID) else { return [] }
      return state.drafts.filter { $0.value == letter.heliographID }.map { DraftID($0.key) }
    }
  }

  func deleteDraft(_ draft: DraftID) async throws {
    try await call(.delete, draft.rawValue) { $0.drafts[draft.rawValue] = nil }
  }
}

/// What the talkers throw, without the talkers.
struct Failure: Problem, Hashable {
  var code: ProblemCode
  var retry: Retry
  var summary: String { "It failed with \(code.rawValue)." }
  var remedy: String? { nil }
  var origin: PeerError? { PeerError(status: 500, code: "ErrorTest", requestID: nil) }

  static let lostReply = Failure(code: .graphLostReply, retry: .unsafe)
  static let noSuchItem = Failure(code: .graphItemNotFound, retry: .futile)
  static let refused = Failure(code: .graphRecipientsInvalid, retry: .futile)
  static let unavailable = Failure(code: .graphUnavailable, retry: .safe(after: nil))
  static let notConnected = Failure(code: .accountNotConnected, retry: .safe(after: nil))
  static func throttled(_ pause: Duration) -> Failure {
    Failure(code: .graphThrottled, retry: .safe(after: pause))
  }
}

/// Ends only with the task.
func untilCancelled() async throws -> Never {
  let (stream, continuation) = AsyncStream.makeStream(of: Void.self)
  for await _ in stream {}
  continuation.finish()
  throw CancellationError()
}
