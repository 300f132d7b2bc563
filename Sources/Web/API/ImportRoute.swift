import API
import Access
import Accounts
import Core
import HTTPTypes
import Hummingbird
import NIOCore
import Store
import Synchronization

/// `POST /v1/accounts/import`: a list of mailboxes, read as it comes and answered as it is read.
struct ImportRoute: Sendable {
  let directory: AccountDirectory

  /// Of a list; it is never held whole. A million rows have about this much.
  static let bodyLimit = 2 << 30

  func add(to router: APIRouter) {
    router.handle(Operations.importAccounts) { call, request in
      if let length = request.headers[.contentLength].flatMap(Int.init), length > Self.bodyLimit {
        throw Problem.listTooLarge(limit: Self.bodyLimit)
      }
      let list = AccountImport(
        into: directory, workspace: try call.workspace, isDryRun: call.query.isDryRun)
      return Self.answer(request.body, list, call.context.bodyMemory)
    }
  }

  private static func answer(_ body: RequestBody, _ list: AccountImport, _ memory: BodyMemory?) -> Response {
    Response(
      status: .ok, headers: [.contentType: "application/x-ndjson; charset=utf-8", .cacheControl: "no-store"],
      body: ResponseBody { writer in
        // A client may send all of the list before it reads a word of the answer.
        let answer = AnswerQueue()
        try await withThrowingTaskGroup(of: Void.self) { group in
          group.addTask {
            defer { answer.finish() }
            try await read(body, list, memory, answer)
          }
          for await lines in answer.lines {
            try await writer.write(lines)
            answer.noteWritten(lines.readableBytes)
          }
          try await group.waitForAll()
        }
        try await writer.finish(nil)
      })
  }

  private static func read(
    _ body: RequestBody, _ list: AccountImport, _ memory: BodyMemory?, _ answer: AnswerQueue
  ) async throws {
    var list = list
    var size = 0
    do {
      for try await buffer in body {
        defer { memory?.giveBack(buffer.readableBytes) }
        size += buffer.readableBytes
        let reports =
          if size > bodyLimit {
            list.stop(Problem.listTooLarge(limit: bodyLimit))
          } else {
            await list.take(Array(buffer.readableBytesView))
          }
        try await answer.add(reports)
      }
    } catch let problem as Problem {
      try await answer.add(list.stop(problem))
    }
    try await answer.add(await list.finish())
  }
}

/// What has been said and not yet been sent.
private final class AnswerQueue: Sendable {
  let lines: AsyncStream<ByteBuffer>
  private let continuation: AsyncStream<ByteBuffer>.Continuation
  private let written: AsyncStream<Void>
  private let noteWritten: AsyncStream<Void>.Continuation
  private let unsent = Mutex(0)

  /// Some hundred thousand rows that failed; beyond it the list is read no faster than the answer.
  private static let most = 32 << 20

  init() {
    (lines, continuation) = AsyncStream.makeStream()
    (written, noteWritten) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
  }

  func add(_ reports: [ImportReport]) async throws {
    guard !reports.isEmpty else { return }
    var bytes = ByteBuffer()
    for report in reports {
      bytes.writeBytes(ImportLine(report).json())
      bytes.writeInteger(UInt8(ascii: "\n"))
    }
    unsent.withLock { $0 += bytes.readableBytes }
    continuation.yield(bytes)
    if unsent.withLock({ $0 <= Self.most }) { return }
    for await _ in written where unsent.withLock({ $0 <= Self.most }) { break }
  }

  func noteWritten(_ count: Int) {
    unsent.withLock { $0 -= count }
    noteWritten.yield()
  }

  func finish() {
    continuation.finish()
  }
}

extension ImportLine {
  fileprivate init(_ report: ImportReport) {
    self.init()
    switch report {
    case .failed(let line, let problem):
      self.line = line
      error = ImportFault(problem)
    case .renewed(let line, let id):
      self.line = line
      account = id
      state = Word(.existing)
    case .passwordsLeftOut(let line):
      self.line = line
      notice = ImportNotice(
        "The list contains passwords. They are neither needed nor stored.",
        remedy: "Delete the list once it is imported.")
    case .progress(let counts): progress = API.ImportCounts(counts)
    case .done(let counts): done = API.ImportCounts(counts)
    case .stopped(let problem, let counts):
      error = ImportFault(problem)
      stopped = API.ImportCounts(counts)
    }
  }
}

extension API.ImportCounts {
  fileprivate init(_ counts: Accounts.ImportCounts) {
    self.init(rows: counts.rows, imported: counts.imported, failed: counts.failed)
  }
}

extension Problem {
  fileprivate static func listTooLarge(limit: Int) -> Problem {
    Problem(
      .requestTooLarge, "The list is larger than \(limit >> 20) MiB.",
      remedy: "Import it in parts; what was saved stays.")
  }
}
