import Accounts
import Core
import Synchronization
import Testing

@testable import Backends

/// Microsoft, as the outbox sees it: drafts, sent messages, and a script of what goes wrong.
final class FakeMailbox: Sendable {
  enum Step: String, Sendable {
    case create, attach, open, upload, resume, list, send, submit, lookUp, duplicates, delete, deleteCopy
  }

  struct Call: Sendable, Hashable {
    var step: Step
    /// The message's own id, or the draft's.
    var subject: String
  }

  struct File: Sendable, Hashable {
    var name: String
    var content: [UInt8]
  }

  private struct Upload {
    var draft: String
    var file: OutgoingFile
    var content: [UInt8] = []
  }

  /// What becomes of one call.
  enum Reaction: Sendable {
    case act
    /// Refused without acting.
    case refuse(Problem)
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
    /// Draft id to message.
    var drafts: [String: String] = [:]
    /// The messages in Sent Items, in order.
    var sent: [String] = []
    /// The content of each message, as it came last.
    var messages: [String: [UInt8]] = [:]
    /// The messages whose sent copies were looked at, in order.
    var looks: [String] = []
    var calls: [Call] = []
    /// The files of each draft, and of what was sent, in order.
    var files: [String: [File]] = [:]
    var sentFiles: [String: [File]] = [:]
    var uploads: [String: Upload] = [:]
    var nextID = 1
    var inFlight = 0
    var mostInFlight = 0
  }

  private let state = Mutex(State())
  private let script: @Sendable (Call, Int) async throws -> Reaction
  private let readiness: Readiness
  let abilities: SenderAbilities
  /// What Exchange makes of a Message-ID when it sends the message, given how many copies were looked at before;
  /// `nil` while there is no copy.
  private let sentAs: @Sendable (String, Int) throws -> String?

  /// - Parameter script: asked with each call and how many calls of that step there were before.
  init(
    abilities: SenderAbilities = [.drafts, .submission, .lookup],
    readiness: Readiness = Readiness {},
    script: @escaping @Sendable (Call, Int) async throws -> Reaction = { _, _ in .act },
    sentAs: @escaping @Sendable (String, Int) throws -> String? = { id, _ in id }
  ) {
    self.abilities = abilities
    self.readiness = readiness
    self.sentAs = sentAs
    self.script = script
  }

  var sent: [String] { state.withLock { $0.sent } }
  /// By message.
  var sentFiles: [String: [File]] { state.withLock { $0.sentFiles } }
  var drafts: [String] { state.withLock { Array($0.drafts.keys) } }
  var calls: [Call] { state.withLock { $0.calls } }
  var messages: [String: [UInt8]] { state.withLock { $0.messages } }
  var looks: [String] { state.withLock { $0.looks } }
  var steps: [Step] { calls.map(\.step) }
  var mostInFlight: Int { state.withLock { $0.mostInFlight } }

  private static func putDraft(of message: String, _ state: inout State) -> String {
    let id = "AAMk=\(state.nextID)"
    state.nextID += 1
    state.drafts[id] = message
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

extension FakeMailbox: Sender {
  func prepare() async throws {
    if await !prepareAtOnce() { try await readiness.preparing() }
  }

  func prepareAtOnce() async -> Bool { readiness.isReady.load(ordering: .relaxed) }

  func createDraft(_ message: OutgoingMessage) async throws -> CreatedDraft {
    let ids = message.correlationIDs
    return try await call(.create, ids.heliographID) { state in
      state.messages[ids.heliographID] = message.mime
      return CreatedDraft(
        DraftID(Self.putDraft(of: ids.heliographID, &state)), internetMessageID: ids.internetMessageID)
    }
  }

  /// Not one of the calls: it comes when it comes.
  func sentMessageID(of message: CorrelationIDs, draft: DraftID) async throws -> String? {
    let before = state.withLock { state in
      defer { state.looks.append(message.heliographID) }
      return state.looks.count
    }
    return try sentAs(message.internetMessageID, before)
  }

  func sendDraft(_ draft: DraftID, of message: CorrelationIDs, from: String) async throws {
    try await call(.send, draft.rawValue) { state in
      guard let message = state.drafts.removeValue(forKey: draft.rawValue) else { throw Failure.noSuchItem }
      state.sent.append(message)
      state.sentFiles[message] = state.files.removeValue(forKey: draft.rawValue)
    }
  }

  func attach(_ file: OutgoingFile, content: [UInt8], to draft: DraftID) async throws {
    try await call(.attach, file.name) { state in
      guard state.drafts[draft.rawValue] != nil else { throw Failure.noSuchItem }
      #expect(content.count == file.size)
      state.files[draft.rawValue, default: []].append(File(name: file.name, content: content))
    }
  }

  func openUpload(of file: OutgoingFile, to draft: DraftID) async throws -> UploadSession? {
    try await call(.open, file.name) { state in
      guard state.drafts[draft.rawValue] != nil else { throw Failure.noSuchItem }
      let id = "upload\(state.nextID)"
      state.nextID += 1
      state.uploads[id] = Upload(draft: draft.rawValue, file: file)
      return UploadSession(id)
    }
  }

  func upload(
    _ bytes: [UInt8], at offset: Int, of file: OutgoingFile, in session: UploadSession
  ) async throws -> UploadStatus {
    try await call(.upload, "\(file.name) \(offset)", nothing: .gone) { state in
      guard var upload = state.uploads[session.rawValue] else { return .gone }
      guard offset == upload.content.count else { throw Failure.refused }
      upload.content += bytes
      state.uploads[session.rawValue] = upload
      guard upload.content.count == file.size else { return .needs(upload.content.count) }
      state.uploads[session.rawValue] = nil
      state.files[upload.draft, default: []].append(File(name: file.name, content: upload.content))
      return .complete
    }
  }

  func uploadStatus(of session: UploadSession) async throws -> UploadStatus {
    try await call(.resume, session.rawValue, nothing: .gone) { state in
      state.uploads[session.rawValue].map { .needs($0.content.count) } ?? .gone
    }
  }

  func fileNames(of draft: DraftID) async throws -> [String] {
    try await call(.list, draft.rawValue) { state in
      guard state.drafts[draft.rawValue] != nil else { throw Failure.noSuchItem }
      return state.files[draft.rawValue, default: []].map(\.name)
    }
  }

  func submit(_ message: OutgoingMessage) async throws {
    try await call(.submit, message.correlationIDs.heliographID) {
      $0.sent.append(message.correlationIDs.heliographID)
    }
  }

  func lookUp(_ message: CorrelationIDs, draft: DraftID?) async throws -> LookupResult {
    try await call(.lookUp, message.heliographID, nothing: .absent) { state in
      if state.sent.contains(message.heliographID) {
        return .sent(as: try sentAs(message.internetMessageID, 0))
      }
      if let draft = state.drafts.first(where: { $0.value == message.heliographID }) {
        return .draft(DraftID(draft.key))
      }
      return .absent
    }
  }

  func duplicateDrafts(of message: CorrelationIDs) async throws -> [DraftID] {
    try await call(.duplicates, message.heliographID) { state in
      guard state.sent.contains(message.heliographID) else { return [] }
      return state.drafts.filter { $0.value == message.heliographID }.map { DraftID($0.key) }
    }
  }

  func deleteSentCopies(of message: CorrelationIDs, draft: DraftID?) async throws -> Bool {
    try await call(.deleteCopy, message.heliographID, nothing: false) { state in
      guard state.sent.contains(message.heliographID) else { return false }
      state.sent.removeAll { $0 == message.heliographID }
      return true
    }
  }

  func deleteDraft(_ draft: DraftID) async throws {
    try await call(.delete, draft.rawValue) { $0.drafts[draft.rawValue] = nil }
  }
}

/// Whether a token and a place are at hand, and what it takes to have them.
final class Readiness: Sendable {
  let isReady = Atomic(true)
  let preparing: @Sendable () async throws -> Void

  init(preparing: @escaping @Sendable () async throws -> Void) {
    self.preparing = preparing
  }
}

/// What the talkers throw, without the talkers.
enum Failure {
  static let lostReply = Problem(
    .graphLostReply, "The reply was lost.", remedy: nil, retry: .unsafe, origin: nil)
  static let noSuchItem = of(.graphItemNotFound, .futile)
  static let refused = of(.graphRecipientsInvalid, .futile)
  static let unavailable = of(.graphUnavailable, .safe(after: nil))
  static let notConnected = of(.accountNotConnected, .futile)
  static func throttled(_ pause: Duration) -> Problem { of(.graphThrottled, .safe(after: pause)) }

  static func of(_ code: ProblemCode, _ retry: Retry) -> Problem {
    Problem(
      code, "It failed with \(code.rawValue).", remedy: nil, retry: retry,
      origin: PeerError(status: 500, code: "ErrorTest"))
  }
}

/// Ends only with the task.
func untilCancelled() async throws -> Never {
  let (stream, continuation) = AsyncStream.makeStream(of: Void.self)
  for await _ in stream {}
  continuation.finish()
  throw CancellationError()
}
